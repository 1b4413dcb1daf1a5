# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation shared by the actions that take part in a run."""

from __future__ import annotations


class ModuleDocFragment:
    """The options and attributes that the actions of a run have in common."""

    DOCUMENTATION = r"""
options:
  output_dir:
    description:
      - Directory on the controller that holds one directory per run, relative to where the playbook was started.
      - Created with mode 0700 when it does not exist.
      - Refused where others could exchange a run while it goes on. See O(output_trusted).
    type: path
    default: port-audit
  output_trusted:
    description:
      - Accept an output directory that others can change.
      - Without it, the run ends with an error when a folder on the way to it, or a link, belongs to a user other than
        root and the one that runs, or can be written by its group or by everybody and has no sticky bit. The error
        names the folder.
      - What was accepted is kept in C(run.json) and shown in every report.
    type: bool
    default: false
attributes:
  check_mode:
    description: Can run in check mode and answers the same, since it changes nothing on a host.
    support: full
    details:
      - Evidence and reports on the controller are the answer itself and are written in check mode too.
  diff_mode:
    description: Returns details on what has changed or would change in diff mode.
    support: none
    details:
      - Nothing ever changes.
"""

    ONCE = r"""
options: {}
attributes:
  action:
    description: Runs on the controller.
    support: full
  bypass_host_loop:
    description: Runs once, not once per host.
    support: full
"""

    POLICY = r"""
options:
  policy:
    description:
      - The port policy, as the path of a YAML file or of a directory of them, as a dictionary, or as a list of these.
      - A list is merged by the ids of rules and waivers, the most general layer first. The same id twice is an error
        unless the later layer says C(override).
      - A relative path is looked for in C(files) of the role and the playbook first, then below the directory
        that the playbook was started in.
      - C(~) and environment variables such as C($HOME) in a path are filled in. Only regular files are read.
      - A file that C(ansible-vault encrypt) encrypted as a whole is read with the vault secrets of the run. A warning
        says that the run keeps the policy in clear.
      - Files are not templated. An inline dictionary is templated by Ansible once per host, which is slow above
        a hundred rules.
      - V(baseline) is the policy that comes with the collection.
    type: raw
  policies:
    description: The layers of the policy, the most general first. They take the place of O(policy).
    type: list
    elements: raw
  include_outside:
    description: Whether a policy file may include files outside the directory of the policy that was given.
    type: bool
    default: false
"""

    CONTROLS = r"""
options:
  controls:
    description:
      - Controls that the report speaks of beside those that rules of the policy name.
      - V(pci-dss) stands for all controls of a framework that the bundled catalogue has, V(pci-dss:2.2.5) for one.
      - A dictionary describes a control of one's own, with the keys C(framework), C(version) and C(id), and as wanted
        C(title), C(summary), C(evidence) (names that the catalogue has for kinds of evidence) and C(not_shown).
      - What a report says of a control is evidence that supports it, never its closure.
    type: list
    elements: raw
    default: []
"""

    FORMATS = r"""
options:
  formats:
    description:
      - The reports to write, each as the name of a format or as a dictionary that names, places or changes one.
      - "V(html), V(json), V(markdown): the report for people, programs and repositories."
      - "V(junit): JUnit XML for the test view of a pipeline. V(sarif): SARIF 2.1.0 for code scanning. V(csv): findings
        for spreadsheets. V(openmetrics): counts for the textfile collector of node_exporter."
      - "V(github): annotations as lines that a step prints. V(gitlab): a code quality report. V(step-summary): a short
        Markdown page. V(console): the summary for a terminal of 80 columns."
      - "A dictionary has the key C(format). It may have C(name), the file in the directory of the run; C(path), where
        a copy goes, relative to where the playbook was started, and C(mode), the copy's mode as quoted octal digits
        (default C('0600')); C(template) for V(html), V(markdown) and V(step-summary), a template that takes the place
        of ours;
        C(policy_file) for V(sarif), V(github) and V(gitlab), the file that findings point at; C(color) for
        V(console)."
      - A name or key that is not among these is an error before any host is contacted.
    type: list
    elements: raw
    default: [html, json, markdown]
"""

    UNREACHABLE = r"""
options:
  max_unreachable:
    description:
      - How many hosts that could not be reached the gate forgives, as a count such as V(2) or as a share of the hosts
        that the run was meant for, such as V(5%), rounded down. Where more could not be reached, none is forgiven.
      - A forgiven host stays not assessed in every report. Hosts that failed, or whose evidence cannot be used, are not
        forgiven, and a run that assessed no host never is.
    type: raw
    default: 0
"""
