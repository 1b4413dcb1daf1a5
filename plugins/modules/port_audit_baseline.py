#!/usr/bin/python
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of the action of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: port_audit_baseline
short_description: Turn what is wrong today into waivers with an end
version_added: 0.1.0
description:
  - Judges evidence by a policy and writes waivers for what fails or warns, so that a gate stops only on what comes
    later.
  - Somebody answers for them and they end on a day. Neither has a default.
  - A waiver is for a group of the inventory only where every host of it has the finding, else for hosts by name.
  - What could not be verified is never waived.
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
    description: Who answers for what is there already; becomes C(approved_by). A baseline without one is refused.
    type: str
  expires:
    description:
      - The last day on which the waivers hold, a date after today and at most a year away. A baseline without one is
        refused.
    type: str
  justification:
    description: Why it is bearable until then. Default says in which run it was seen.
    type: str
  ticket:
    description: Where the work is tracked.
    type: str
  force:
    description: Write over a file that is there already.
    type: bool
    default: false
seealso:
  - module: fleetports.compliance.port_audit_suggest
  - module: fleetports.compliance.port_audit_gate
"""

EXAMPLES = r"""
- name: Waive until the end of March what was there on day one
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
  description: Whether all that was read of earlier runs was held to their C(SHA256SUMS).
  returned: success
  type: bool
  sample: true
summary:
  description: What was written, for a person.
  returned: success
  type: str
  sample: "baseline.yml: 12 waivers for 40 findings on 31 hosts, until 2027-03-31. Not to be covered: nothing."
path:
  description: The file that was written.
  returned: success
  type: str
  sample: /srv/audit/policies/baseline.yml
hosts:
  description: How many hosts it was made from.
  returned: success
  type: int
  sample: 40
waivers:
  description: How many waivers it has.
  returned: success
  type: int
  sample: 16
covered:
  description: How many findings they cover, by code.
  returned: success
  type: dict
  sample: {unassigned-port: 3, unlisted-listener: 40}
not_covered:
  description: How many findings no waiver may cover, by code.
  returned: success
  type: dict
  sample: {unverified-owner: 2}
without_evidence:
  description: Hosts that the runs were meant for and that left no evidence.
  returned: success
  type: list
  elements: str
  sample: [web9]
"""
