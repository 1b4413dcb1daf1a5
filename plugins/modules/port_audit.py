#!/usr/bin/python
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of the action of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: port_audit
short_description: Audit what listens on a host against a port policy
version_added: 0.1.0
description:
  - Gathers the listening sockets of the host with M(fleetports.compliance.listening_sockets_info), classifies them by
    IANA's port registry, judges them by the policy and writes the evidence on the controller.
  - What could not be seen is a gap and makes the host V(unverified) where a verdict needed it, never V(pass).
  - The task does not fail on what it finds. Test RV(ignore:verdict), or run
    M(fleetports.compliance.port_audit_report) and M(fleetports.compliance.port_audit_gate) after it.
  - An unreachable host and a host on which the module cannot run behave as with any module.
author:
  - fleetports maintainers (@fleetports)
extends_documentation_fragment:
  - fleetports.compliance.run
  - fleetports.compliance.run.policy
options:
  as_of:
    description:
      - The time at which waivers and reviews are judged, as a date or an ISO 8601 time. Without a zone it is UTC.
      - Default is the time of collection.
    type: str
  return_listeners:
    description: Return every listener as well. They are in the evidence anyway.
    type: bool
    default: false
  owners:
    description:
      - V(all) finds every process that holds a listener, V(first) stops at the first one, V(none) looks for none.
      - A rule with a condition on the process can pass only with V(all), since a listener is stolen by a second holder.
    type: str
    choices: [all, first, none]
    default: all
  cpu_budget:
    description: CPU seconds that the search for owners may take on the host.
    type: float
    default: 5.0
  wall_limit:
    description: Seconds after which the host answers with what it has, and a gap.
    type: float
    default: 20.0
  namespaces:
    description:
      - Which network namespaces to look into. With V(host), others are counted, and are outside the scope.
      - With V(all), listeners of containers and the like are judged by the same rules. A namespace that cannot be
        entered is a gap.
    type: str
    choices: [host, all]
    default: host
  collector:
    description:
      - How to look at the host. V(auto) takes the collector of its platform, which is told by the connection and by the
        host itself, without facts. Others are those of M(fleetports.compliance.listening_sockets_info).
    type: str
    choices: [auto, linux, darwin, freebsd, lsof, windows]
    default: auto
  http_sys:
    description: On Windows, ask which processes stand behind the ports that HTTP.sys holds for them.
    type: bool
    default: false
attributes:
  action:
    description: Has a part that runs on the controller.
    support: full
  bypass_host_loop:
    description: Runs once per host.
    support: none
  delegation:
    description: Can be used in conjunction with C(delegate_to).
    support: none
    details:
      - It would file the sockets of one host under the name of another.
  platform:
    description: Target systems.
    platforms: linux, macos, freebsd, windows
    support: full
    details:
      - Only Linux was at hand to run it on, see C(docs/platforms) of the collection.
      - Other systems without lsof, and persistent connections (network_cli, netconf, httpapi), give an C(unsupported)
        gap.
notes:
  - Without root neither the owners of other users' sockets can be seen, nor on Linux the ports that a packet filter
    publishes, which makes a host C(unverified). Use C(become) for a full answer.
seealso:
  - module: fleetports.compliance.listening_sockets_info
  - module: fleetports.compliance.port_audit_report
  - module: fleetports.compliance.port_audit_gate
"""

EXAMPLES = r"""
- name: Audit the host
  fleetports.compliance.port_audit:
    policy: policies/production.yml
  become: true
  register: port_audit

- name: Stop this host's play on anything but compliance
  ansible.builtin.assert:
    that: port_audit.verdict in ['pass', 'waived']
    fail_msg: "{{ port_audit.findings | map(attribute='message') | join('\n') }}"

- name: Audit with a policy of one rule
  fleetports.compliance.port_audit:
    policy:
      version: 1
      name: ssh-only
      rules:
        - id: ssh
          protocol: tcp
          port: 22
"""

RETURN = r"""
verdict:
  description: The worst of the host's findings, one of V(pass), V(waived), V(warn), V(unverified), V(fail).
  returned: success
  type: str
  sample: fail
summary:
  description: Counts.
  returned: success
  type: dict
  contains:
    listeners:
      description: Number of listeners in total and by verdict.
      returned: success
      type: dict
      sample: {total: 9, pass: 7, waived: 0, warn: 1, unverified: 0, fail: 1}
    findings:
      description: Number of findings by verdict.
      returned: success
      type: dict
      sample: {waived: 0, warn: 1, unverified: 0, fail: 1}
    codes:
      description: Number of findings by code.
      returned: success
      type: dict
      sample: {unassigned-port: 1, unlisted-listener: 1}
findings:
  description:
    - What is wrong or unknown about the host, at most 50 findings. Where there are more, those with the worst
      verdicts, worst first.
    - The report of the run has all of them, and more about each.
    - A key that does not apply to a finding is null.
  returned: success
  type: list
  elements: dict
  contains:
    code:
      description: What kind of finding it is.
      returned: success
      type: str
      sample: unassigned-port
    verdict:
      description: One of V(waived), V(warn), V(unverified), V(fail).
      returned: success
      type: str
      sample: fail
    severity:
      description: From the rule or the policy's defaults. It never changes the verdict.
      returned: success
      type: str
      sample: medium
    message:
      description: What was found and what was expected, in a sentence.
      returned: success
      type: str
      sample: "81/tcp by python3: nobody approved it, and IANA has the port unassigned"
    host:
      description: Inventory name.
      returned: success
      type: str
      sample: web1
    protocol:
      description: Transport protocol of the listener.
      returned: success
      type: str
      sample: tcp
    family:
      description: V(ipv4) or V(ipv6).
      returned: success
      type: str
      sample: ipv4
    address:
      description: Address that the listener is bound to.
      returned: success
      type: str
      sample: 0.0.0.0
    port:
      description: Port number, null where one finding speaks of several ports.
      returned: success
      type: int
      sample: 81
    port_label:
      description:
        - The ports of a finding that speaks of several - sockets of one process on ports in a row - or that a rule
          requires.
      returned: success
      type: str
      sample: 8000-8099
    device:
      description: Device that the listener is bound to.
      returned: success
      type: str
      sample: wg0
    owner:
      description: Who holds the listener, in a word.
      returned: success
      type: str
      sample: python3
    rule:
      description: The rule that speaks.
      returned: success
      type: str
      sample: ssh
    waiver:
      description: The waiver that covers the finding.
      returned: success
      type: str
      sample: legacy-ftp
findings_left_out:
  description: How many more findings the host has than RV(findings) holds.
  returned: success
  type: int
  sample: 0
policy:
  description: The policy that the host was judged by.
  returned: success
  type: dict
  sample:
    name: production
    sha256: 6f0c1e9b5f1f9a2f4b8f4c1f5a0f0f9a3b7d2c1e5a4b3c2d1e0f9a8b7c6d5e4f
evidence:
  description: Path of the evidence on the controller.
  returned: success
  type: str
  sample: /srv/audit/port-audit/20261122T225907Z-3f9a1c/evidence/web1.json
run_id:
  description: Identity of this run.
  returned: success
  type: str
  sample: 20261122T225907Z-3f9a1c
listeners:
  description: What listens, as M(fleetports.compliance.listening_sockets_info) returns it.
  returned: when O(return_listeners=true)
  type: list
  elements: dict
  sample:
    - protocol: tcp
      family: ipv4
      address: 0.0.0.0
      port: 81
problems:
  description: Every problem of the policy, as C(file:line:column), the path in the document, and what is wrong.
  returned: when the policy cannot be used
  type: list
  elements: str
  sample:
    - "policy.yml:7:11: $.rules[0].port: 70000 is not a port, ports are 1 to 65535"
"""
