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
  - Proposes the smallest readable policy that approves the listeners in the evidence. Rules apply to inventory groups
    and have conditions on the process where its owners agree. Outliers have rules of their own.
  - Fields that only a person can fill in are marked C(REVIEW). Decide on each one. A listener is not approved just
    because it exists.
  - Can propose waivers with an expiry date instead of rules, see O(suggest_as).
  - Judges the evidence by the proposed policy before it writes the file, so that no listener is left unlisted.
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
    description: Overwrite an existing file.
    type: bool
    default: false
  suggest_as:
    description:
      - V(rules) approve the listeners in the evidence, after you have decided on every C(REVIEW).
      - V(waivers) approve nothing. They waive the findings until O(expires). After that day the findings fail.
    type: str
    choices: [rules, waivers]
    default: rules
  owner:
    description: Who is responsible for the waivers. Required with O(suggest_as=waivers), and allowed only there.
    type: str
  expires:
    description:
      - The last day of the waivers, C(YYYY-MM-DD), at most a year ahead. Required with O(suggest_as=waivers), and
        allowed only there. Every waiver needs an end.
    type: str
  justification:
    description:
      - The justification of the waivers. Only with O(suggest_as=waivers). The default names the evidence.
    type: str
  ticket:
    description: The ticket of the approval. Only with O(suggest_as=waivers).
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

- name: Waive the findings of last night's audit until the end of March
  fleetports.compliance.port_audit_suggest:
    evidence: [/srv/audit/port-audit]
    dest: until-march.yml
    suggest_as: waivers
    owner: platform
    expires: "2027-03-31"
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
  sample: "/srv/audit/suggested.yml: 14 rules from 31 hosts, 2 for outliers. Decide on every REVIEW."
path:
  description: The file that was written.
  returned: success
  type: str
  sample: /srv/audit/suggested.yml
hosts:
  description: Number of hosts whose evidence was used.
  returned: success
  type: int
  sample: 40
rules:
  description: Number of rules in the file.
  returned: with O(suggest_as=rules)
  type: int
  sample: 13
outliers:
  description: Number of rules that name hosts.
  returned: with O(suggest_as=rules)
  type: int
  sample: 3
left_out:
  description: Number of listeners that need no rule, because only their own host reaches them (C(host)), or because
    they are unconnected UDP on ephemeral ports (C(chance)).
  returned: with O(suggest_as=rules)
  type: dict
  sample: {host: 80, chance: 12}
waivers:
  description: Number of waivers in the file.
  returned: with O(suggest_as=waivers)
  type: int
  sample: 21
covered:
  description: Number of findings that the waivers cover, by code.
  returned: with O(suggest_as=waivers)
  type: dict
  sample: {unlisted-listener: 80}
not_covered:
  description: Number of findings that no waiver may cover, by code.
  returned: with O(suggest_as=waivers)
  type: dict
  sample: {unverified-owner: 2}
unseen:
  description: Hosts whose evidence shows nothing.
  returned: with O(suggest_as=rules)
  type: list
  elements: str
  sample: []
without_evidence:
  description: Hosts that the runs were meant for and that have no evidence.
  returned: success
  type: list
  elements: str
  sample: [web9]
"""
