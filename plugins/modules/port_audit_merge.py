#!/usr/bin/python
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of the action of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: port_audit_merge
short_description: Merge several runs into one, to report a fleet that was audited in slices
version_added: 0.1.0
description:
  - Opens a new run in O(output_dir). The new run has the newest evidence of every host that any of the runs in O(runs)
    was meant for. M(fleetports.compliance.port_audit_report) and M(fleetports.compliance.port_audit_gate) can then use
    it like any other run. The playbook C(fleetports.compliance.report) runs all three.
  - The newest evidence is the one whose collection ended last, by the clock of the controller that collected it. If the
    time of the evidence is more than five minutes in the future, a clock is wrong, and the host is not assessed.
  - Every evidence file is verified against the C(SHA256SUMS) of its run and copied unchanged. If a file was altered, is
    incomplete or has a newer version, its host is not assessed, unless a newer run has evidence of the host. A run that
    did not finish gives no evidence, but its hosts still count.
  - If two machines with different machine ids have the same host name, the host is not assessed, because the evidence
    is not of one machine. Machines without an id cannot be told apart.
  - Hosts without evidence in any run are not assessed, and the report counts them.
  - Contacts no host.
author:
  - fleetports maintainers (@fleetports)
extends_documentation_fragment:
  - fleetports.compliance.run.once
  - fleetports.compliance.run
  - fleetports.compliance.stored.verify
  - fleetports.compliance.run.controls
  - fleetports.compliance.run.hazards
  - fleetports.compliance.run.formats
  - fleetports.compliance.run.unreachable
options:
  runs:
    description:
      - The runs to merge. Each item is the directory of a run, an output directory with all its runs, or a pattern of
        these.
    type: list
    elements: path
    default: [port-audit]
    aliases: [evidence]
  fail_on:
    description:
      - What the gate of the merged run fails on, see M(fleetports.compliance.port_audit_gate).
    type: list
    elements: str
    choices: [fail, warn, unverified, policy, new]
    default: []
  reference:
    description: An earlier run that the report compares with, see M(fleetports.compliance.port_audit_report).
    type: list
    elements: path
    default: []
  fail_on_drift:
    description: The kinds of change since O(reference) that the gate of the merged run fails on.
    type: list
    elements: str
    choices: [opened, widened, replaced, moved, closed]
    default: []
  template_dirs:
    description: Directories that the report searches for templates before it uses the role's own.
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
      - The policy to judge all hosts by, as in M(fleetports.compliance.port_audit). The default is the policy that the
        hosts were judged by. If the hosts were judged by several policies, the task fails and names them. A gate needs
        a policy that you name, so set V(baseline) if a gate is to use the bundled policy.
    type: raw
  policies:
    description: The layers of the policy, the most general first. This option replaces O(policy).
    type: list
    elements: raw
  include_outside:
    description: Whether a policy file may include files outside the directory of the given policy.
    type: bool
    default: false
  keep_policies:
    description: Judge each host by the policy that its own run used, if the runs used different policies.
    type: bool
    default: false
  hosts:
    description:
      - Hosts that the merged run must cover even if no run was meant for them, such as the hosts of an inventory. AWX
        gives each slice of a job its own inventory, so no other slice knows about a slice that never ran.
    type: list
    elements: str
    default: []
  as_of:
    description:
      - The time at which waivers and reviews are judged, as a date or an ISO 8601 time. The default is now.
    type: str
seealso:
  - module: fleetports.compliance.port_audit_report
  - module: fleetports.compliance.port_audit_gate
"""

EXAMPLES = r"""
- name: Merge the runs of three controllers
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
  description: Whether everything that was read from earlier runs was verified against its C(SHA256SUMS).
  returned: success
  type: bool
  sample: true
run_id:
  description: Identity of the merged run.
  returned: success
  type: str
  sample: 20261122T225907Z-3f9a1c
run_directory:
  description: The directory of the merged run.
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
      description: Whether the run wrote its sums. A run without sums gives no evidence.
      returned: success
      type: bool
      sample: true
    hosts:
      description: Number of hosts that its evidence is used for.
      returned: success
      type: int
      sample: 3334
hosts:
  description: Number of hosts that the merged run is for.
  returned: success
  type: int
  sample: 10000
with_evidence:
  description: Number of these hosts that have evidence.
  returned: success
  type: int
  sample: 9998
left_out:
  description: Number of hosts of the inventories that no run was meant for.
  returned: success
  type: int
  sample: 0
problems:
  description: Every problem of the policy, as C(file:line:column), the path in the document, and the error message.
  returned: when the policy cannot be used
  type: list
  elements: str
  sample:
    - "policy.yml:7:11: $.rules[0].port: must be at most 65535, found 70000"
"""
