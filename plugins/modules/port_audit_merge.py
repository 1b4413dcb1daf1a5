#!/usr/bin/python
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of the action of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: port_audit_merge
short_description: Make one run of several, to report a fleet that was audited in slices
version_added: 0.1.0
description:
  - Opens a new run in O(output_dir) with the newest evidence of every host that any of the runs in O(runs) was
    meant for. M(fleetports.compliance.port_audit_report) and M(fleetports.compliance.port_audit_gate) then work on it
    as on any run. The playbook C(fleetports.compliance.report) does all three.
  - The newest evidence is the one whose collection ended last, by the clock of the controller that collected it.
    Evidence that is more than five minutes from the future leaves its host not assessed, for a clock is wrong.
  - Every evidence file is held to the C(SHA256SUMS) of its run and copied as it is. One that was altered, is not whole
    or of a newer version leaves its host not assessed, unless a newer run has evidence of it. A run that did not
    finish gives no evidence, and its hosts still count.
  - A name that stands for two machines, by their machine ids, is not assessed, for the evidence of one must not answer
    for the other. Machines without an id cannot be told apart.
  - Hosts that no run has evidence of are not assessed, and counted.
  - Contacts no host.
author:
  - fleetports maintainers (@fleetports)
extends_documentation_fragment:
  - fleetports.compliance.run.once
  - fleetports.compliance.run
  - fleetports.compliance.stored.verify
  - fleetports.compliance.run.controls
  - fleetports.compliance.run.formats
  - fleetports.compliance.run.unreachable
options:
  runs:
    description:
      - Where the runs are. Each is the directory of a run, an output directory, of which every run is meant, or a
        pattern of these.
    type: list
    elements: path
    default: [port-audit]
    aliases: [evidence]
  fail_on:
    description:
      - What the gate of the merged run will fail on, see M(fleetports.compliance.port_audit_gate).
    type: list
    elements: str
    choices: [fail, warn, unverified, policy, new]
    default: []
  reference:
    description: An earlier run that the report will compare with, see M(fleetports.compliance.port_audit_report).
    type: list
    elements: path
    default: []
  fail_on_drift:
    description: The kinds of change since O(reference) that the gate of the merged run will fail on.
    type: list
    elements: str
    choices: [opened, widened, replaced, moved, closed]
    default: []
  template_dirs:
    description: Directories that the report will search for templates before the role's own.
    type: list
    elements: path
    default: []
  max_evidence_age:
    description:
      - How old evidence may be, as a number and a unit, such as V(90m), V(24h), V(7d) or V(2w). A host whose newest
        evidence is older is not assessed. V(any) means any age.
    type: str
    default: 24h
  policy:
    description:
      - The policy to judge all hosts by, as in M(fleetports.compliance.port_audit). Default is the one that they were
        judged by; where that is more than one, the task fails and names them. A gate needs a policy that was named, so
        with one the bundled policy has to be named here.
    type: raw
  policies:
    description: The layers of the policy, the most general first. They take the place of O(policy).
    type: list
    elements: raw
  include_outside:
    description: Whether a policy file may include files outside the directory of the policy that was given.
    type: bool
    default: false
  keep_policies:
    description: Judge each host by the policy that its run judged it by, where these differ.
    type: bool
    default: false
  hosts:
    description:
      - Hosts that are expected whether or not a run was meant for them, such as those of an inventory. AWX gives each
        slice of a job an inventory of its own, so that no other slice knows of one that never ran.
    type: list
    elements: str
    default: []
  as_of:
    description:
      - The time at which waivers and reviews are judged, as a date or an ISO 8601 time. Default is now.
    type: str
seealso:
  - module: fleetports.compliance.port_audit_report
  - module: fleetports.compliance.port_audit_gate
"""

EXAMPLES = r"""
- name: Merge what three controllers saw
  fleetports.compliance.port_audit_merge:
    runs:
      - /srv/collected/*/port-audit
    max_evidence_age: 24h
    hosts: "{{ groups['all'] }}"
    output_dir: /srv/audit
    fail_on: [fail, unverified]

- name: Report the merged run
  fleetports.compliance.port_audit_report:

- name: Gate the merged run
  fleetports.compliance.port_audit_gate:
    whole_run: true
"""

RETURN = r"""
verified:
  description: Whether all that was read of earlier runs was held to their C(SHA256SUMS).
  returned: success
  type: bool
  sample: true
run_id:
  description: Identity of the merged run.
  returned: success
  type: str
  sample: 20261122T225907Z-3f9a1c
run_directory:
  description: Where the merged run is.
  returned: success
  type: str
  sample: /srv/audit/20261122T225907Z-3f9a1c
runs:
  description: The runs that were merged, the oldest first.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: Identity of the run.
      returned: success
      type: str
      sample: 20261122T210102Z-0a1b2c
    finished:
      description: Whether it wrote its sums. One that did not gives no evidence.
      returned: success
      type: bool
      sample: true
    hosts:
      description: How many hosts its evidence answers for.
      returned: success
      type: int
      sample: 3334
hosts:
  description: Number of hosts that the merged run is for.
  returned: success
  type: int
  sample: 10000
with_evidence:
  description: Number of them that evidence answers for.
  returned: success
  type: int
  sample: 9998
left_out:
  description: Number of hosts of the inventories that no run was meant for.
  returned: success
  type: int
  sample: 0
problems:
  description: Every problem of the policy, as C(file:line:column), the path in the document, and what is wrong.
  returned: when the policy cannot be used
  type: list
  elements: str
  sample:
    - "policy.yml:7:11: $.rules[0].port: 70000 is not a port, ports are 1 to 65535"
"""
