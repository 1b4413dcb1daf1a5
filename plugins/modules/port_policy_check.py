#!/usr/bin/python
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of the action of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: port_policy_check
short_description: Validate and lint a port policy
version_added: 0.1.0
description:
  - Reports every problem of a port policy with file, line and column, and lints a valid policy.
  - Runs once on the controller. Contacts no host and opens no run. Fails on problems and on lint errors.
author:
  - fleetports maintainers (@fleetports)
extends_documentation_fragment:
  - fleetports.compliance.run.once
  - fleetports.compliance.run.policy
  - fleetports.compliance.stored.verify
options:
  strictness:
    description:
      - V(basic) reports what is wrong in any policy. Contradictions and insecure services without C(security_features)
        are errors; the other remarks are warnings.
      - V(strict) also requires owners, justifications and conditions, and every remark is an error. Remarks about the
        controls that a rule names stay warnings, because no catalogue is complete.
      - V(off) only validates.
    type: str
    choices: ['off', basic, strict]
    default: basic
  as_of:
    description:
      - The day on which reviews and waivers are judged. The default is today, UTC.
      - O(evidence) is judged at that time as well. The default is the time in the evidence of each host.
    type: str
  evidence:
    description:
      - Directories of runs, or output directories. Of an output directory, the newest finished run is used. The lint
        then reports rules and waivers that match nothing on any host of that evidence, and those that apply to none of
        its hosts.
      - The lint reports nothing about a rule or waiver that applies to a host with gaps. RV(undecided) counts these.
      - Contacts no host. Not with O(strictness=off).
    type: list
    elements: path
    default: []
  annotations:
    description:
      - V(github) prints workflow commands that GitHub shows next to the lines of a change.
      - V(gitlab) writes a Code Quality report to O(annotations_path).
    type: str
    choices: [none, github, gitlab]
    default: none
  annotations_path:
    description: The file for the GitLab report.
    type: path
    default: gl-code-quality-report.json
attributes:
  check_mode:
    description: Can run in check mode with the same result, because it changes nothing on a host.
    support: full
  diff_mode:
    description: Returns details on what has changed or would change in diff mode.
    support: none
seealso:
  - module: fleetports.compliance.port_audit_check
"""

EXAMPLES = r"""
- name: Check a policy with the strict lint
  fleetports.compliance.port_policy_check:
    policy: policies/production.yml
    strictness: strict

- name: Find rules that match nothing in the last audit
  fleetports.compliance.port_policy_check:
    policy: policies/production.yml
    evidence: port-audit
"""

RETURN = r"""
verified:
  description: Whether everything that was read from earlier runs was verified against its C(SHA256SUMS).
  returned: when evidence was given
  type: bool
  sample: true
policy:
  description: The policy that the check read.
  returned: when the policy is valid
  type: dict
  sample: {name: production, sha256: 6f0c1e9b, sources: [policies/production.yml]}
rules:
  description: Number of rules.
  returned: when the policy is valid
  type: int
  sample: 12
waivers:
  description: Number of waivers.
  returned: when the policy is valid
  type: int
  sample: 1
remarks:
  description: The remarks of the lint, as C(file:line:column), level, message and code.
  returned: when the policy is valid
  type: list
  elements: str
  sample:
    - "policy.yml:7:5: warning: rule ssh was due for review by 2026-01-05 [overdue-review] (layer production)"
errors:
  description: Number of remarks that are errors.
  returned: when the policy is valid
  type: int
  sample: 0
undecided:
  description: Number of rules and waivers for which O(evidence) does not show whether they match anything.
  returned: when the policy is valid
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
