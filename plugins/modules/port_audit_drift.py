#!/usr/bin/python
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of the action of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: port_audit_drift
short_description: Compare the listeners of two runs
version_added: 0.1.0
description:
  - Compares two runs by host, protocol, address, port, and the executables and units of the owners. A restarted service
    is not drift.
  - Unconnected UDP on ephemeral ports is compared by its owners, without the port. So are other listeners on ephemeral
    ports that belong to a service or to the kernel.
  - Does not compare a host that was audited in only one of the runs, with other collection options, or with another
    view of its processes. The result lists these hosts.
  - Contacts no host.
author:
  - fleetports maintainers (@fleetports)
extends_documentation_fragment:
  - fleetports.compliance.run.once
  - fleetports.compliance.stored
  - fleetports.compliance.stored.verify
options:
  before:
    description:
      - The earlier evidence, as directories of runs or as output directories. Of an output directory, the newest
        finished run is used.
      - When several runs have evidence of a host, the evidence of the newest run is used.
    type: list
    elements: path
    required: true
  after:
    description:
      - The later evidence, as directories of runs or as output directories. Of an output directory, the newest finished
        run is used.
      - When several runs have evidence of a host, the evidence of the newest run is used.
    type: list
    elements: path
    default: [port-audit]
  dest:
    description: File for the result as JSON.
    type: path
  fail_on:
    description:
      - Fail on changes of these kinds, on hosts that were not compared, and when no host was compared.
      - Also fail on hosts that were compared only for some protocols, and on hosts that may have changed in this way
        because not all owners were read in both runs.
    type: list
    elements: str
    choices: [opened, widened, replaced, moved, closed]
    default: []
seealso:
  - module: fleetports.compliance.port_audit_replay
  - module: fleetports.compliance.port_audit_gate
"""

EXAMPLES = r"""
- name: Show what changed since the audit before the migration
  fleetports.compliance.port_audit_drift:
    before: [/srv/audit/port-audit/20261122T225907Z-3f9a1c]
    after: [/srv/audit/port-audit]
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
    - 1 opened on 40 hosts compared.
    - "  opened 8081/tcp by java on web1: 0.0.0.0:8081 by /usr/bin/java (app.service), reach private"
compared:
  description: Number of hosts that were compared.
  returned: success
  type: int
  sample: 40
kinds:
  description: Number of changes of each kind.
  returned: success
  type: dict
  sample: {opened: 1}
groups:
  description: Groups of equal changes, with their hosts.
  returned: success
  type: list
  elements: dict
  sample:
    - kind: opened
      protocol: tcp
      port: 8081
      owner: java
      was: null
      now: 0.0.0.0:8081 by /usr/bin/java (app.service), reach private
      hosts: [web1]
not_compared:
  description: Hosts that were not compared, or not in full, by reason.
  returned: success
  type: list
  elements: dict
  sample: [{reason: there is no later evidence of it, hosts: [web9]}]
before:
  description: The earlier runs.
  returned: success
  type: list
  elements: dict
  sample: [{id: 20261122T225907Z-3f9a1c, started: "2026-11-22T22:59:07Z"}]
after:
  description: The later runs.
  returned: success
  type: list
  elements: dict
  sample: [{id: 20261123T225907Z-1c3f9a, started: "2026-11-23T22:59:07Z"}]
drift_version:
  description: Version of this result.
  returned: success
  type: int
  sample: 1
path:
  description: The file that was written.
  returned: when O(dest) is given
  type: str
  sample: /srv/audit/drift.json
"""
