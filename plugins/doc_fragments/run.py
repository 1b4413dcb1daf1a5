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
      - Directory on the controller that holds one directory per run. A relative path starts at the directory that the
        playbook was started in.
      - Created with mode 0700 when it does not exist.
      - The run refuses a directory in which other users could replace files during the run. See O(output_trusted).
    type: path
    default: port-audit
  output_trusted:
    description:
      - Accept an output directory that other users can change.
      - Without this option, the run checks every folder and link on the path to the output directory. It fails when one
        of them belongs to a user other than root or the user who runs Ansible. It also fails when the group or
        everybody can write to a folder that has no sticky bit. The error names the folder.
      - The run records in C(run.json) what it accepted, and every report shows it.
    type: bool
    default: false
attributes:
  check_mode:
    description: Can run in check mode with the same result, because it changes nothing on a host.
    support: full
    details:
      - The evidence and the reports on the controller are the result. Check mode writes them too.
  diff_mode:
    description: Returns details on what has changed or would change in diff mode.
    support: none
    details:
      - This module never changes a host.
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
      - The port policy. It is the path of a YAML file, the path of a directory of such files, a dictionary, or a list
        of these.
      - The layers of a list are merged by the ids of rules and waivers. Put the most general layer first. The same id
        in two layers is an error unless the later layer sets C(override).
      - Ansible looks for a relative path in C(files) of the role and of the playbook first, then below the directory
        that the playbook was started in.
      - A path may contain C(~) and environment variables such as C($HOME). Only regular files are read.
      - The vault secrets of the run decrypt a file that C(ansible-vault encrypt) encrypted as a whole. The run stores
        the policy unencrypted, and a warning says so.
      - Ansible does not template policy files. It templates an inline dictionary once per host, which is slow above a
        hundred rules.
      - V(baseline) is the policy that comes with the collection.
    type: raw
  policies:
    description: The layers of the policy, the most general first. This option replaces O(policy).
    type: list
    elements: raw
  include_outside:
    description: Whether a policy file may include files outside the directory of the given policy.
    type: bool
    default: false
"""

    CONTROLS = r"""
options:
  controls:
    description:
      - Controls that the report covers, in addition to those that rules of the policy name.
      - V(pci-dss) selects all controls of a framework in the bundled catalogue. V(pci-dss:2.2.5) selects one control.
      - A dictionary describes a control of your own. It needs the keys C(framework), C(version) and C(id). It may have
        C(title), C(summary), C(evidence) (the catalogue's names for kinds of evidence) and C(not_shown).
      - A report shows evidence that supports a control. It never says that the control is closed.
    type: list
    elements: raw
    default: []
"""

    HAZARDS = r"""
options:
  hazards:
    description:
      - Changes to the bundled catalogue of hazards. A hazard is a service that should not be open beyond its host or a
        private network. It makes findings graver and says why. It never changes a verdict.
      - V(redis:silent) removes a hazard. V(redis:low) sets its severity.
      - A dictionary has the key C(id). Its other keys replace those of the hazard with this id. C(silent=true) removes
        the hazard.
      - An id that the catalogue does not have is a hazard of your own. It needs the keys C(title), C(why),
        C(severity), and at least one of C(ports), C(programs) and C(units). It may have C(its_ports_only),
        C(certainty), C(narrower) and C(sources).
      - >-
        C(severity) is a severity, or a dictionary with a severity for each reach (C(private), C(public)) from which it
        applies. C(ports) is a dictionary of lists, such as C({tcp: [6379]}).
      - The severity of a rule of the policy takes precedence.
    type: list
    elements: raw
    default: []
"""

    FORMATS = r"""
options:
  formats:
    description:
      - The reports to write. Each item is the name of a format, or a dictionary that also sets its name, place or
        content.
      - "V(html), V(json), V(markdown): the report for people, for programs and for repositories."
      - "V(junit): JUnit XML for the test view of a pipeline. V(sarif): SARIF 2.1.0 for code scanning. V(csv): findings
        for spreadsheets. V(openmetrics): counts for the textfile collector of node_exporter."
      - "V(github): annotations as lines that a step prints. V(gitlab): a code quality report. V(step-summary): a short
        Markdown page. V(console): the summary for a terminal of 80 columns."
      - "A dictionary has the key C(format). It may have these keys. C(name) is the name of the file in the directory of
        the run. C(path) is the place of a copy, relative to the directory that the playbook was started in. C(mode) is
        the mode of the copy as quoted octal digits (default C('0600')). C(template), for V(html), V(markdown) and
        V(step-summary), is a template that replaces the role's own. C(policy_file), for V(sarif), V(github) and
        V(gitlab), is the file that findings point at. C(color) is for V(console)."
      - Any other name or key is an error. The check reports it before any host is contacted.
    type: list
    elements: raw
    default: [html, json, markdown]
"""

    UNREACHABLE = r"""
options:
  max_unreachable:
    description:
      - How many unreachable hosts the gate excuses. Set a count such as V(2), or a share such as V(5%) of the hosts
        that the run was meant for, rounded down. When more hosts are unreachable, the gate excuses none of them.
      - Every report still shows an excused host as not assessed. The gate does not excuse hosts that failed or whose
        evidence cannot be used. It never excuses a run that assessed no host.
    type: raw
    default: 0
"""
