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
  - Judges evidence that is there already by another policy and says what would change, before anybody merges the
    policy.
  - Compares with the policy that each host was judged by when it was audited, or with another one that is given.
  - Reads and judges host by host, in two processes where there are two cores, and keeps nothing of a host but its
    changes.
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
    description: The policy to compare with, as O(policy). Default is what each host was judged by in its run.
    type: raw
  as_of:
    description:
      - The time at which both policies are judged, as a date or an ISO 8601 time. Tells what will be said when
        waivers have lapsed.
      - Default is the time that the evidence of each host gives.
    type: str
  dest:
    description: Directory for C(replay.json), all of the result, and C(changes.jsonl), one change a line.
    type: path
  fail_on:
    description:
      - Fail when a listener gets one of these verdicts from O(policy) that did not have it. V(unverified) means
        V(fail) as well, and V(warn) all three.
      - Fails also when there is evidence that cannot be judged, when a host that the runs were meant for has no
        evidence in any of them, and when no host was judged.
    type: list
    elements: str
    choices: [fail, unverified, warn]
    default: []
seealso:
  - module: fleetports.compliance.port_audit_suggest
  - module: fleetports.compliance.port_audit_drift
"""

EXAMPLES = r"""
- name: Say what a pull request would change
  fleetports.compliance.port_audit_replay:
    evidence: [/srv/audit/port-audit]
    policy: policies/production.yml
    fail_on: [fail]

- name: Say what lapses by the end of the year
  fleetports.compliance.port_audit_replay:
    evidence: [/srv/audit/port-audit]
    policy: policies/production.yml
    as_of: "2027-01-01"
"""

RETURN = r"""
verified:
  description: Whether all that was read of earlier runs was held to their C(SHA256SUMS).
  returned: success
  type: bool
  sample: true
summary:
  description: What would change, in lines for a person.
  returned: success
  type: list
  elements: str
  sample:
    - 14 changes on 9 hosts, of 1,600 listeners on 40 hosts.
    - "  14 listeners on 9 hosts would fail that did not"
hosts:
  description: How many hosts were judged, have changes, and could not be judged.
  returned: success
  type: dict
  sample: {judged: 40, changed: 9, unseen: 0}
listeners:
  description: How many listeners were judged.
  returned: success
  type: dict
  sample: {judged: 1600}
changes:
  description: How many listeners, missing ones included, O(policy) says something else of.
  returned: success
  type: int
  sample: 14
into:
  description: By verdict, how many listeners on how many hosts would get it that do not have it.
  returned: success
  type: dict
  sample: {fail: {listeners: 14, hosts: 9}}
out_of:
  description: By verdict, how many listeners on how many hosts would lose it.
  returned: success
  type: dict
  sample: {pass: {listeners: 14, hosts: 9}}
verdicts:
  description: Hosts by verdict, before and after.
  returned: success
  type: dict
  sample: {before: {pass: 40}, after: {pass: 31, fail: 9}}
groups:
  description: Equal changes together, those first that matter most, a hundred at most. C(replay.json) has all.
  returned: success
  type: list
  elements: dict
  sample:
    - protocol: tcp
      port: "8081"
      owner: java
      missing: false
      before: {verdict: pass, codes: [], rule: java, message: null}
      after: {verdict: fail, codes: [unlisted-listener], rule: null, message: "8081/tcp by java: nobody approved it"}
      listeners: 14
      hosts: 9
      names: [web1, web2]
not_judged:
  description: Evidence that could not be judged, and why.
  returned: success
  type: list
  elements: dict
  sample: [{host: web7.json, reason: web7.json is not whole JSON}]
without_evidence:
  description: Hosts that the runs were meant for and that left no evidence.
  returned: success
  type: list
  elements: str
  sample: [web9]
policy_findings:
  description: What is wrong with O(policy) itself.
  returned: success
  type: list
  elements: dict
  sample: [{code: expired-waiver, message: waiver W-1 expired after 2026-12-31 and covers nothing now}]
files:
  description: What was written into O(dest).
  returned: success
  type: dict
  sample: {summary: /srv/replay/replay.json, changes: /srv/replay/changes.jsonl}
"""
