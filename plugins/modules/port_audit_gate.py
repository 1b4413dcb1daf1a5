#!/usr/bin/python
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of the action of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: port_audit_gate
short_description: Fail a pipeline on the verdicts of an audit
version_added: 0.1.0
description:
  - Fails for each host with a finding that O(fail_on) selects. M(fleetports.compliance.port_audit_report) has to write
    the verdicts of the run first.
  - Returns C(unreachable) for a host that was not assessed, for any value of O(fail_on), because such a host cannot
    pass. C(ansible-playbook) then exits with 4. It exits with 2 when hosts only failed. O(max_unreachable) can excuse
    unreachable hosts.
  - Fails, for any value of O(fail_on), for a host that has an unverified finding and no verified listener. Listeners
    that the defaults of the policy ignore do not count as verified.
  - Fails when the verdicts of the run are missing, were altered, belong to another run or are older than its evidence.
  - The first host of the play also fails for findings about the policy that O(fail_on) selects, and for hosts of the
    run that fail the gate and are not in the play.
  - Does nothing when O(fail_on) and O(fail_on_drift) are empty.
  - M(fleetports.compliance.port_audit_check) or M(fleetports.compliance.port_audit_merge) fixes the gate's options when
    it opens the run. Options given here must have the same values. The gate refuses to work without an open run. So
    neither a later task nor the answer of a host can change what the gate fails on.
  - Runs on the controller and contacts no host.
author:
  - fleetports maintainers (@fleetports)
extends_documentation_fragment:
  - fleetports.compliance.run
  - fleetports.compliance.run.unreachable
options:
  fail_on:
    description:
      - The verdicts to fail on. Their order is V(fail), V(unverified), V(warn). A value selects that verdict and all
        worse ones. V(fail) alone does not fail on V(unverified), and the summary counts those hosts.
      - V(policy) and V(new) are outside this order and select only themselves.
      - V(policy) selects any finding about the policy itself, such as an expired waiver. It does not select unused
        rules and waivers. It fails the first host of the play.
      - V(new) selects a finding that fails now and would not have failed in the earlier run that
        M(fleetports.compliance.port_audit_report) has as its reference.
    type: list
    elements: str
    choices: [fail, warn, unverified, policy, new]
    default: []
  fail_on_drift:
    description:
      - The kinds of change since the reference of the report to fail on. V(opened) is a new listener, V(widened) is a
        listener with a wider reach, V(replaced) is a listener with another owner, V(moved) is a listener on another
        address with no wider reach, V(closed) is a listener that is gone.
      - Also fails for hosts that were not compared, for hosts that were compared only for some protocols, and for hosts
        that may have changed in this way because not all owners were read in both runs.
    type: list
    elements: str
    choices: [opened, widened, replaced, moved, closed]
    default: []
  whole_run:
    description:
      - Evaluate the gate once for the whole run instead of for the host of the task. Use it for a run that was merged
        on a controller whose inventory does not have its hosts.
      - A task with C(run_once) always does this.
    type: bool
    default: false
attributes:
  action:
    description: Runs on the controller.
    support: full
  bypass_host_loop:
    description: Runs once per host.
    support: none
seealso:
  - module: fleetports.compliance.port_audit_report
"""

EXAMPLES = r"""
- name: Open a run whose gate fails on every verdict but pass and waived
  fleetports.compliance.port_audit_check:
    policy: policies/production.yml
    fail_on: [warn, policy]

# port_audit and port_audit_report come here.

- name: Evaluate the gate with the options of the run
  fleetports.compliance.port_audit_gate:
"""

RETURN = r"""
gate:
  description: V(off), V(open), or V(closed) when the gate fails for the host.
  returned: always
  type: str
  sample: closed
msg:
  description: The reason.
  returned: always
  type: str
  sample: "gate: 2 fail"
reasons:
  description: The worst findings.
  returned: when the host fails
  type: list
  elements: str
  sample:
    - "unassigned-port: 81/tcp by python3: no rule approves it; IANA has this port unassigned"
"""
