#!/usr/bin/python
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of the action of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: port_audit_replay
short_description: Judge stored evidence by a changed policy
version_added: 0.1.0
description:
  - Judges stored evidence by another policy and reports what would change, before you merge the policy.
  - Compares with the policy that each host was judged by in its audit, or with the policy in O(against).
  - Reads and judges one host at a time, in two processes if there are two cores. It keeps only the changes of each
    host.
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
  against:
    description: The policy to compare with, as O(policy). The default is the policy that each host was judged by in its
      run.
    type: raw
  as_of:
    description:
      - The time at which both policies are judged, as a date or an ISO 8601 time. A later time shows the verdicts after
        waivers have expired.
      - The default is the time in the evidence of each host.
    type: str
  dest:
    description: Directory for C(replay.json), which has the whole result, and C(changes.jsonl), which has one change
      per line.
    type: path
  fail_on:
    description:
      - Fail when a listener gets one of these verdicts from O(policy) and did not have it before. V(unverified)
        includes V(fail), and V(warn) includes both.
      - Also fail when some evidence cannot be judged, when a host that the runs were meant for has no evidence in any
        of them, and when no host was judged.
    type: list
    elements: str
    choices: [fail, unverified, warn]
    default: []
seealso:
  - module: fleetports.compliance.port_audit_suggest
  - module: fleetports.compliance.port_audit_drift
"""

EXAMPLES = r"""
- name: Show what a pull request would change
  fleetports.compliance.port_audit_replay:
    evidence: [/srv/audit/port-audit]
    policy: policies/production.yml
    fail_on: [fail]

- name: Show which waivers expire by the end of the year
  fleetports.compliance.port_audit_replay:
    evidence: [/srv/audit/port-audit]
    policy: policies/production.yml
    as_of: "2027-01-01"
"""

RETURN = r"""
verified:
  description: Whether everything that was read from earlier runs was verified against its C(SHA256SUMS).
  returned: success
  type: bool
  sample: true
summary:
  description: The changes, as lines of text.
  returned: success
  type: list
  elements: str
  sample:
    - 14 changes on 9 hosts, of 1,600 listeners on 40 hosts.
    - "  14 listeners on 9 hosts would newly fail"
hosts:
  description: Number of hosts that were judged, that have changes, and that could not be judged.
  returned: success
  type: dict
  sample: {judged: 40, changed: 9, unseen: 0}
listeners:
  description: Number of listeners that were judged.
  returned: success
  type: dict
  sample: {judged: 1600}
changes:
  description: Number of listeners, missing ones included, that O(policy) judges differently.
  returned: success
  type: int
  sample: 14
into:
  description: For each verdict, the number of listeners and hosts that would get it.
  returned: success
  type: dict
  sample: {fail: {listeners: 14, hosts: 9}}
out_of:
  description: For each verdict, the number of listeners and hosts that would lose it.
  returned: success
  type: dict
  sample: {pass: {listeners: 14, hosts: 9}}
verdicts:
  description: Hosts by verdict, before and after.
  returned: success
  type: dict
  sample: {before: {pass: 40}, after: {pass: 31, fail: 9}}
groups:
  description: Groups of equal changes, the most important first, at most a hundred. C(replay.json) has all groups.
  returned: success
  type: list
  elements: dict
  sample:
    - protocol: tcp
      port: "8081"
      owner: java
      missing: false
      before: {verdict: pass, codes: [], rule: java, message: null}
      after:
        verdict: fail
        codes: [unlisted-listener]
        rule: null
        message: "8081/tcp by java: no rule approves it; IANA: sunproxyadmin"
      listeners: 14
      hosts: 9
      names: [web1, web2]
not_judged:
  description: Evidence that could not be judged, and why.
  returned: success
  type: list
  elements: dict
  sample: [{host: web7.json, reason: web7.json is not complete JSON}]
without_evidence:
  description: Hosts that the runs were meant for and that have no evidence.
  returned: success
  type: list
  elements: str
  sample: [web9]
policy_findings:
  description: Findings about O(policy) itself.
  returned: success
  type: list
  elements: dict
  sample: [{code: expired-waiver, message: waiver W-1 expired after 2026-12-31 and no longer applies}]
files:
  description: The files that were written into O(dest).
  returned: success
  type: dict
  sample: {summary: /srv/replay/replay.json, changes: /srv/replay/changes.jsonl}
"""
