#!/usr/bin/python
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of the action of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: port_audit_suggest
short_description: Suggest a port policy from evidence
version_added: 0.1.0
description:
  - Proposes the smallest readable policy that approves what the evidence shows, by inventory group, with conditions
    on the process where its owners agree, and with outliers apart.
  - The fields that only people know are marked C(REVIEW). That something listens is no reason to approve it.
  - On demand proposes waivers with an end instead of rules, see O(suggest_as).
  - Judges the evidence by the result before it is written, so that nothing is left unlisted.
  - Contacts no host.
author:
  - fleetports maintainers (@fleetports)
extends_documentation_fragment:
  - fleetports.compliance.run.once
  - fleetports.compliance.stored
  - fleetports.compliance.stored.verify
  - fleetports.compliance.stored.evidence
options:
  dest:
    description: The file to write.
    type: path
    default: suggested-policy.yml
  name:
    description: Name of the policy.
    type: str
    default: suggested
  force:
    description: Write over a file that is there already.
    type: bool
    default: false
  suggest_as:
    description:
      - V(rules) approve what was seen, once somebody has decided on every C(REVIEW).
      - V(waivers) approve nothing. What was seen is borne until O(expires), and fails from then on.
    type: str
    choices: [rules, waivers]
    default: rules
  owner:
    description: Who answers for the waivers. Required with O(suggest_as=waivers), and only there.
    type: str
  expires:
    description:
      - The last day of the waivers, C(YYYY-MM-DD), a year ahead at most. Required with O(suggest_as=waivers), and only
        there; nothing stays forever because nobody said how long.
    type: str
  justification:
    description:
      - What the waivers say of why. Only with O(suggest_as=waivers). Default says which evidence they are from.
    type: str
  ticket:
    description: Where it was agreed. Only with O(suggest_as=waivers).
    type: str
seealso:
  - module: fleetports.compliance.port_audit_baseline
  - module: fleetports.compliance.port_audit_replay
"""

EXAMPLES = r"""
- name: Propose a policy from last night's audit
  fleetports.compliance.port_audit_suggest:
    evidence: [/srv/audit/port-audit]
    dest: suggested.yml

- name: Bear what last night's audit showed until the end of March, and approve none of it
  fleetports.compliance.port_audit_suggest:
    evidence: [/srv/audit/port-audit]
    dest: until-march.yml
    suggest_as: waivers
    owner: platform
    expires: "2027-03-31"
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
  sample: "/srv/audit/suggested.yml: 14 rules from 31 hosts, 2 for outliers. Decide on every REVIEW."
path:
  description: The file that was written.
  returned: success
  type: str
  sample: /srv/audit/suggested.yml
hosts:
  description: How many hosts it was made from.
  returned: success
  type: int
  sample: 40
rules:
  description: How many rules it has.
  returned: with O(suggest_as=rules)
  type: int
  sample: 13
outliers:
  description: How many of the rules are for hosts by name.
  returned: with O(suggest_as=rules)
  type: int
  sample: 3
left_out:
  description: Listeners that need no rule, since only their own host reaches them (C(host)), or since they are
    unconnected UDP on ports given by chance (C(chance)).
  returned: with O(suggest_as=rules)
  type: dict
  sample: {host: 80, chance: 12}
waivers:
  description: How many waivers it has.
  returned: with O(suggest_as=waivers)
  type: int
  sample: 21
covered:
  description: How many findings the waivers cover, by code.
  returned: with O(suggest_as=waivers)
  type: dict
  sample: {unlisted-listener: 80}
not_covered:
  description: How many findings no waiver may cover, by code.
  returned: with O(suggest_as=waivers)
  type: dict
  sample: {unverified-owner: 2}
unseen:
  description: Hosts of which nothing was seen.
  returned: with O(suggest_as=rules)
  type: list
  elements: str
  sample: []
without_evidence:
  description: Hosts that the runs were meant for and that left no evidence.
  returned: success
  type: list
  elements: str
  sample: [web9]
"""
