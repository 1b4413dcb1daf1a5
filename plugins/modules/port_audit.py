#!/usr/bin/python
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of the action of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: port_audit
short_description: Audit the listeners of a host against a port policy
version_added: 0.1.0
description:
  - Collects the listening sockets of the host with M(fleetports.compliance.listening_sockets_info). It then classifies
    them by IANA's port registry, judges them by the policy and writes the evidence on the controller.
  - Everything that the collector could not see is a gap. Where a verdict depends on a gap, the host is V(unverified),
    never V(pass).
  - The task does not fail on findings. Test RV(ignore:verdict), or run M(fleetports.compliance.port_audit_report) and
    M(fleetports.compliance.port_audit_gate) after it.
  - An unreachable host and a host on which the module cannot run behave as with any module.
author:
  - fleetports maintainers (@fleetports)
extends_documentation_fragment:
  - fleetports.compliance.run
  - fleetports.compliance.run.policy
options:
  as_of:
    description:
      - The time at which waivers and reviews are judged, as a date or an ISO 8601 time. A time without a zone is UTC.
      - The default is the time of collection.
    type: str
  return_listeners:
    description: Whether to return every listener. The evidence contains them in any case.
    type: bool
    default: false
  owners:
    description:
      - V(all) finds every process that holds a listener, V(first) stops at the first one, V(none) looks for none.
      - A rule with a condition on the process can pass only with V(all), because a second process may hold the same
        listener.
    type: str
    choices: [all, first, none]
    default: all
  cpu_budget:
    description: How many CPU seconds the search for owners may use on the host.
    type: float
    default: 5.0
  wall_limit:
    description: After this many seconds, the host answers with what it has found so far, and a gap.
    type: float
    default: 20.0
  namespaces:
    description:
      - Which network namespaces to audit. With V(host), the collector counts the other namespaces but does not audit
        them.
      - With V(all), the same rules apply to listeners in other namespaces, such as those of containers. A namespace
        that the collector cannot enter is a gap.
    type: str
    choices: [host, all]
    default: host
  collector:
    description:
      - Which collector to use. V(auto) selects the collector of the host's platform. The connection and the host itself
        show the platform; facts are not used. M(fleetports.compliance.listening_sockets_info) describes the other
        values.
    type: str
    choices: [auto, linux, darwin, freebsd, lsof, windows]
    default: auto
  http_sys:
    description: On Windows, find the processes that use ports through HTTP.sys.
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
      - It would record the sockets of one host under the name of another.
  platform:
    description: Target systems.
    platforms: linux, macos, freebsd, windows
    support: full
    details:
      - The collection was run on Linux only, see C(docs/platforms) of the collection.
      - Other systems without lsof, and persistent connections (network_cli, netconf, httpapi), return the gap
        C(unsupported).
notes:
  - Without root, the collector cannot see the owners of other users' sockets. On Linux, it also cannot see the ports
    that a packet filter publishes, so the host is C(unverified). Use C(become) for a complete result.
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

- name: Fail for this host unless its verdict is pass or waived
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
    - The findings of the host, at most 50. If there are more, the list has those with the worst verdicts, the worst
      first.
    - The report of the run has all findings, with more details.
    - A key that does not apply to the finding is null.
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
      description: The severity, from the rule or from the policy's defaults. It never changes the verdict.
      returned: success
      type: str
      sample: medium
    message:
      description: A sentence that says what was found and what was expected.
      returned: success
      type: str
      sample: "81/tcp by python3: no rule approves it; IANA has this port unassigned"
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
      description: Port number. Null if the finding covers several ports.
      returned: success
      type: int
      sample: 81
    port_label:
      description:
        - The ports, if the finding covers consecutive ports of one process, or ports that a rule requires.
      returned: success
      type: str
      sample: 8000-8099
    device:
      description: Device that the listener is bound to.
      returned: success
      type: str
      sample: wg0
    owner:
      description: The owner of the listener, in one word.
      returned: success
      type: str
      sample: python3
    rule:
      description: The rule that the finding is about.
      returned: success
      type: str
      sample: ssh
    waiver:
      description: The waiver that covers the finding.
      returned: success
      type: str
      sample: legacy-ftp
    why:
      description: Why a service such as this one should not be open that wide, if the listener is a known hazard.
      returned: success
      type: str
      sample: "Port 23/tcp is usually Telnet: passwords and sessions cross the network in clear text."
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
  description: The listeners, as M(fleetports.compliance.listening_sockets_info) returns them.
  returned: when O(return_listeners=true)
  type: list
  elements: dict
  sample:
    - protocol: tcp
      family: ipv4
      address: 0.0.0.0
      port: 81
problems:
  description: Every problem of the policy, as C(file:line:column), the path in the document, and the error message.
  returned: when the policy cannot be used
  type: list
  elements: str
  sample:
    - "policy.yml:7:11: $.rules[0].port: must be at most 65535, found 70000"
"""
