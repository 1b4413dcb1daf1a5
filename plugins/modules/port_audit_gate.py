#!/usr/bin/python
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of the action of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: port_audit_gate
short_description: Stop a pipeline on the verdicts of an audit
version_added: 0.1.0
description:
  - Fails for each host with a finding that O(fail_on) means, after M(fleetports.compliance.port_audit_report) has
    written the verdicts of the run.
  - Answers C(unreachable) for a host that was not assessed, whatever O(fail_on) holds, for what nobody saw cannot pass.
    C(ansible-playbook) then exits with 4, and with 2 when hosts only failed. See O(max_unreachable) for those that may
    be let through.
  - Fails, whatever O(fail_on) holds, for a host with something unverified of which no listener was verified. Listeners
    that the defaults of the policy ignore do not count as verified.
  - Fails when the verdicts of the run are missing, altered, of another run or older than its evidence.
  - The first host of the play also fails for findings about the policy that O(fail_on) means, and for hosts of the run
    that stop the gate and are not in the play.
  - Does nothing when O(fail_on) and O(fail_on_drift) are empty.
  - What stops is decided when the run is opened, by M(fleetports.compliance.port_audit_check) or
    M(fleetports.compliance.port_audit_merge). Options given here have to say the same, and a gate without an open run
    is refused. So no task in between, and nothing that a host answers, can open it.
  - Runs on the controller and contacts no host.
author:
  - fleetports maintainers (@fleetports)
extends_documentation_fragment:
  - fleetports.compliance.run
  - fleetports.compliance.run.unreachable
options:
  fail_on:
    description:
      - The verdicts to fail on. They are ordered V(fail), V(unverified), V(warn), and naming one means it and
        everything worse. V(fail) alone lets V(unverified) through, and the summary counts the hosts.
      - V(policy) and V(new) stand outside this order and mean themselves.
      - V(policy) is any finding about the policy itself, such as an expired waiver, but not a rule or waiver that
        nothing uses. It fails the first host of the play.
      - V(new) is a finding that fails now and would not have failed in the earlier run that
        M(fleetports.compliance.port_audit_report) was given as reference.
    type: list
    elements: str
    choices: [fail, warn, unverified, policy, new]
    default: []
  fail_on_drift:
    description:
      - The kinds of change since the reference of the report to fail on. V(opened) is a new listener, V(widened) one
        that is reachable from further away, V(replaced) one that something else holds, V(moved) one that is bound to
        another address of no wider reach, V(closed) one that is gone.
      - Hosts that were not compared fail too, and so do hosts that were compared for some protocols only, or that may
        have changed in this way, because not all owners were read in both runs.
    type: list
    elements: str
    choices: [opened, widened, replaced, moved, closed]
    default: []
  whole_run:
    description:
      - Decide once for the whole run instead of for the host of the task. For a run that was merged on a controller
        whose inventory does not have its hosts.
      - A task with C(run_once) does so whatever is given here.
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
- name: Open a run whose gate fails on anything but compliance
  fleetports.compliance.port_audit_check:
    policy: policies/production.yml
    fail_on: [warn, policy]

# port_audit and port_audit_report come here.

- name: Stop on what the run was opened with
  fleetports.compliance.port_audit_gate:
"""

RETURN = r"""
gate:
  description: V(off), V(open), or V(closed) when it stops the host.
  returned: always
  type: str
  sample: closed
msg:
  description: Why.
  returned: always
  type: str
  sample: "gate: 2 fail"
reasons:
  description: The worst findings.
  returned: when the host fails
  type: list
  elements: str
  sample:
    - "unassigned-port: 81/tcp by python3: nobody approved it, and IANA has the port unassigned"
"""
