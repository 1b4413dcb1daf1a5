#!/usr/bin/python
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: unix_listening_sockets_info
short_description: List the listening sockets of a Unix host with the system's own commands
version_added: 0.1.0
description:
  - M(fleetports.compliance.listening_sockets_info) and M(fleetports.compliance.port_audit) run this module on macOS,
    FreeBSD and other Unix systems. They also run it on Linux if you select a collector that runs commands. Use those
    modules.
  - It runs commands by absolute path, without a shell, in the C locale and with a deadline.
  - It is a separate module so that Ansible does not send its code to Linux hosts.
  - It never reads command lines or environments of processes.
attributes:
  check_mode:
    support: full
    description: Can run in C(check_mode) and return the same without changing anything.
  diff_mode:
    support: none
    description: Changes nothing, so it has no differences to show.
  platform:
    support: full
    platforms: macos, freebsd, posix
    description: Target systems. Systems other than macOS and FreeBSD need lsof.
    details:
      - The module was not run on these systems. See C(docs/platforms) of the collection for how it was tested.
notes:
  - Needs Python 3.8 or later on the host.
seealso:
  - module: fleetports.compliance.listening_sockets_info
  - module: fleetports.compliance.port_audit
extends_documentation_fragment:
  - fleetports.compliance.collecting
author:
  - fleetports maintainers (@fleetports)
"""

EXAMPLES = r"""
- name: Show what lsof reports
  fleetports.compliance.unix_listening_sockets_info:
    collector: lsof
  become: true
  register: sockets
"""

RETURN = r"""
host:
  description: As M(fleetports.compliance.listening_sockets_info) returns it.
  returned: always
  type: dict
  sample: {hostname: mac1, kernel: 24.5.0}
collector:
  description: As M(fleetports.compliance.listening_sockets_info) returns it.
  returned: always
  type: dict
  sample: {name: darwin, platform: darwin, gaps: []}
listeners:
  description: As M(fleetports.compliance.listening_sockets_info) returns them.
  returned: always
  type: list
  elements: dict
  sample:
    - {protocol: tcp, family: ipv4, address: "0.0.0.0", port: 22}
"""

import os

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _budget, _snapshot
from ansible_collections.fleetports.compliance.plugins.module_utils._collect import _unix_entry


def main() -> None:
    module = AnsibleModule(argument_spec=_snapshot.argument_spec(), supports_check_mode=True)
    os.nice(_budget.NICE)
    result = _unix_entry.collect(_snapshot.Options(**module.params)).to_result()
    module.exit_json(changed=False, **result)


if __name__ == "__main__":
    main()
