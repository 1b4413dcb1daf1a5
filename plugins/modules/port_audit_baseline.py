#!/usr/bin/python
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of the action of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: port_audit_baseline
short_description: Write waivers with an expiry date for today's findings
version_added: 0.1.0
description:
  - Judges evidence by a policy and writes waivers for the findings that fail or warn. A gate then fails only on
    findings that appear later.
  - The waivers need an owner and an expiry date. Neither has a default.
  - A waiver names a group of the inventory only if every host of the group has the finding. Otherwise it names the
    hosts.
  - It never waives an unverified finding.
  - Contacts no host.
author:
  - fleetports maintainers (@fleetports)
extends_documentation_fragment:
  - fleetports.compliance.run.once
  - fleetports.compliance.stored
  - fleetports.compliance.stored.verify
  - fleetports.compliance.stored.evidence
  - fleetports.compliance.run.policy
options:
  dest:
    description: The file to write, a policy with waivers and no rules.
    type: path
    default: baseline.yml
  owner:
    description: Who is responsible for the waived findings. Becomes C(approved_by). Required.
    type: str
  expires:
    description:
      - The last day on which the waivers apply. It is a date after today and at most a year away. Required.
    type: str
  justification:
    description: Why the findings are acceptable until then. The default names the run that showed them.
    type: str
  ticket:
    description: The ticket that tracks the work.
    type: str
  force:
    description: Overwrite an existing file.
    type: bool
    default: false
seealso:
  - module: fleetports.compliance.port_audit_suggest
  - module: fleetports.compliance.port_audit_gate
"""

EXAMPLES = r"""
- name: Waive the findings of the first day until the end of March
  fleetports.compliance.port_audit_baseline:
    evidence: [/srv/audit/port-audit]
    policy: policies/production.yml
    dest: policies/baseline.yml
    owner: platform
    expires: "2027-03-31"
    ticket: CHG-1204
"""

RETURN = r"""
verified:
  description: Whether everything that was read from earlier runs was verified against its C(SHA256SUMS).
  returned: success
  type: bool
  sample: true
summary:
  description: A sentence that says what was written.
  returned: success
  type: str
  sample: "baseline.yml: 12 waivers for 40 findings on 31 hosts, until 2027-03-31. Not covered: nothing."
path:
  description: The file that was written.
  returned: success
  type: str
  sample: /srv/audit/policies/baseline.yml
hosts:
  description: Number of hosts whose evidence was used.
  returned: success
  type: int
  sample: 40
waivers:
  description: Number of waivers in the file.
  returned: success
  type: int
  sample: 16
covered:
  description: Number of findings that the waivers cover, by code.
  returned: success
  type: dict
  sample: {unassigned-port: 3, unlisted-listener: 40}
not_covered:
  description: Number of findings that no waiver may cover, by code.
  returned: success
  type: dict
  sample: {unverified-owner: 2}
without_evidence:
  description: Hosts that the runs were meant for and that have no evidence.
  returned: success
  type: list
  elements: str
  sample: [web9]
"""
