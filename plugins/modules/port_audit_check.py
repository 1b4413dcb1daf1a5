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
  - Validates the port policy and names every problem in it with file, line and column.
  - Opens the run by writing C(run.json), which says which hosts the audit is meant for. They are the denominator
    of the report, whether they can be reached or not.
  - Decides the options of the run. Report and gate take them from here, whatever variables say later. A second check of
    the same C(ansible-playbook) opens a run of its own. It is refused while the first run has a gate that
    M(fleetports.compliance.port_audit_gate) has not asked.
  - Refuses options that come from facts, whichever host of the run has them, variables that begin with C(port_audit_)
    and are no option, extra variables that Ansible cut at a space, and an inventory that Ansible could not read whole.
  - Runs once per play on the controller and contacts no host.
author:
  - fleetports maintainers (@fleetports)
extends_documentation_fragment:
  - fleetports.compliance.run.once
  - fleetports.compliance.run
  - fleetports.compliance.run.policy
  - fleetports.compliance.run.controls
  - fleetports.compliance.run.formats
  - fleetports.compliance.stored.verify
options:
  as_of:
    description: The time at which hosts are to be judged; checked here, before any host is contacted.
    type: str
  fail_on:
    description:
      - What the gate of this run will fail on, see M(fleetports.compliance.port_audit_gate). A gate needs a policy that
        was named.
    type: list
    elements: str
    choices: [fail, warn, unverified, policy, new]
    default: []
  reference:
    description:
      - An earlier run to compare with, as the directory of the run or an output directory, of which the newest
        finished run is meant. Several, where the fleet was audited in slices.
      - Looked for here, before any host is contacted.
    type: list
    elements: path
    default: []
  fail_on_drift:
    description:
      - The kinds of change since O(reference) that the gate of this run will fail on. V(opened) is a new listener,
        V(widened) one that is reachable from further away, V(replaced) one that something else holds, V(moved) one
        that is bound to another address of no wider reach, V(closed) one that is gone.
      - Hosts that were not compared fail too, and so do hosts that were compared in part.
    type: list
    elements: str
    choices: [opened, widened, replaced, moved, closed]
    default: []
  max_unreachable:
    description:
      - How many hosts that could not be reached the gate of this run will forgive, as a count or as a share such as
        V(5%).
    type: raw
    default: 0
  max_evidence_age:
    description:
      - How old evidence may be that the report of this run will let stand in for a host which does not answer.
    type: str
    default: ""
  evidence:
    description: Where that report will look for earlier evidence beside O(output_dir).
    type: list
    elements: path
    default: []
  template_dirs:
    description: Directories that the report will search for templates before the role's own.
    type: list
    elements: path
    default: []
  unless_open:
    description:
      - Do nothing where this C(ansible-playbook) has opened a run. Open one of no hosts otherwise, whose gate closes.
      - Where the open run has a gate that no task has asked, the result is not skipped, for a report and a gate to
        follow.
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
  description: The policy that was read.
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
      description: The files it came from.
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
  description: Where this run keeps evidence and reports.
  returned: success
  type: str
  sample: /srv/audit/port-audit/20261122T225907Z-3f9a1c
hosts:
  description: Number of hosts the run is meant for.
  returned: success
  type: int
  sample: 40
left_out:
  description: Number of hosts of the inventory the run is not meant for.
  returned: success
  type: int
  sample: 2
gate:
  description: V(on) or V(off).
  returned: success
  type: str
  sample: "on"
problems:
  description: Every problem of the policy, as C(file:line:column), the path in the document, and what is wrong.
  returned: when the policy cannot be used
  type: list
  elements: str
  sample:
    - "policy.yml:7:11: $.rules[0].port: 70000 is not a port, ports are 1 to 65535"
"""
