#!/usr/bin/python
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of the action of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: port_audit_check
short_description: Check a port policy and open the run of an audit
version_added: 0.1.0
description:
  - Validates the port policy and reports every problem in it with file, line and column.
  - Opens the run. It writes C(run.json), which lists the hosts that the audit is meant for. The report counts all these
    hosts, whether they can be reached or not.
  - Fixes the options of the run. The report and the gate use these options, even when variables change later. A second
    check in the same C(ansible-playbook) opens another run. It is refused while the first run has a gate that
    M(fleetports.compliance.port_audit_gate) has not evaluated.
  - Refuses options that come from facts of any host of the run. It also refuses variables that begin with
    C(port_audit_) and are not an option, extra variables that Ansible cut at a space, and an inventory that Ansible
    could not read completely.
  - Runs once per play on the controller and contacts no host.
author:
  - fleetports maintainers (@fleetports)
extends_documentation_fragment:
  - fleetports.compliance.run.once
  - fleetports.compliance.run
  - fleetports.compliance.run.policy
  - fleetports.compliance.run.controls
  - fleetports.compliance.run.hazards
  - fleetports.compliance.run.formats
  - fleetports.compliance.stored.verify
options:
  as_of:
    description: The time at which the audit judges the hosts. The value is checked here, before any host is contacted.
    type: str
  fail_on:
    description:
      - What the gate of this run fails on, see M(fleetports.compliance.port_audit_gate). A gate needs a policy that you
        name.
    type: list
    elements: str
    choices: [fail, warn, unverified, policy, new]
    default: []
  reference:
    description:
      - An earlier run to compare with, as the directory of the run or as an output directory. Of an output directory,
        the newest finished run is used. Give several runs if the fleet was audited in slices.
      - The check looks for them before any host is contacted.
    type: list
    elements: path
    default: []
  fail_on_drift:
    description:
      - The kinds of change since O(reference) that the gate of this run fails on. V(opened) is a new listener,
        V(widened) is a listener with a wider reach, V(replaced) is a listener with another owner, V(moved) is a
        listener on another address with no wider reach, V(closed) is a listener that is gone.
      - The gate also fails for hosts that were not compared or were compared only in part.
    type: list
    elements: str
    choices: [opened, widened, replaced, moved, closed]
    default: []
  max_unreachable:
    description:
      - How many unreachable hosts the gate of this run excuses, as a count or as a share such as V(5%).
    type: raw
    default: 0
  max_evidence_age:
    description:
      - How old earlier evidence may be that the report of this run uses for a host that does not answer.
    type: str
    default: ""
  evidence:
    description: Where the report looks for earlier evidence, in addition to O(output_dir).
    type: list
    elements: path
    default: []
  template_dirs:
    description: Directories that the report searches for templates before it uses the role's own.
    type: list
    elements: path
    default: []
  unless_open:
    description:
      - Do nothing if this C(ansible-playbook) has opened a run. Otherwise open a run without hosts, so that its gate
        fails.
      - If the open run has a gate that no task has evaluated, the result is not skipped, so that a report and a gate
        can follow.
    type: bool
    default: false
seealso:
  - module: fleetports.compliance.port_audit
  - module: fleetports.compliance.port_audit_report
"""

EXAMPLES = r"""
- name: Stop before any host is contacted when the policy is wrong
  fleetports.compliance.port_audit_check:
    policy: policies/production.yml
"""

RETURN = r"""
policy:
  description: The policy that the check read.
  returned: success
  type: dict
  contains:
    name:
      description: Its name.
      returned: success
      type: str
      sample: production
    sha256:
      description: SHA-256 of its canonical form.
      returned: success
      type: str
      sample: 6f0c1e9b5f1f9a2f4b8f4c1f5a0f0f9a3b7d2c1e5a4b3c2d1e0f9a8b7c6d5e4f
    sources:
      description: The files that the policy was read from.
      returned: success
      type: list
      elements: str
      sample: [policies/production.yml]
rules:
  description: Number of rules.
  returned: success
  type: int
  sample: 12
waivers:
  description: Number of waivers.
  returned: success
  type: int
  sample: 1
run_id:
  description: Identity of this run.
  returned: success
  type: str
  sample: 20261122T225907Z-3f9a1c
run_directory:
  description: The directory of this run, for its evidence and reports.
  returned: success
  type: str
  sample: /srv/audit/port-audit/20261122T225907Z-3f9a1c
hosts:
  description: Number of hosts that the run is meant for.
  returned: success
  type: int
  sample: 40
left_out:
  description: Number of hosts of the inventory that the run is not meant for.
  returned: success
  type: int
  sample: 2
gate:
  description: V(on) or V(off).
  returned: success
  type: str
  sample: "on"
problems:
  description: Every problem of the policy, as C(file:line:column), the path in the document, and the error message.
  returned: when the policy cannot be used
  type: list
  elements: str
  sample:
    - "policy.yml:7:11: $.rules[0].port: must be at most 65535, found 70000"
"""
