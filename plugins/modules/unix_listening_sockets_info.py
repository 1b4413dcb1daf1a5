#!/usr/bin/python
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: unix_listening_sockets_info
short_description: What listens on a Unix host, by the commands that the system has
version_added: 0.1.0
description:
  - What M(fleetports.compliance.listening_sockets_info) and M(fleetports.compliance.port_audit) run on macOS, FreeBSD
    and other Unix systems, and on Linux when a collector is asked for that runs commands. Use those.
  - Commands are run by absolute path, without a shell, in the C locale and with a deadline.
  - It is a module of its own so that Linux hosts are not sent what only others need.
  - Command lines and environments of processes are never read.
attributes:
  check_mode:
    support: full
    description: Can run in C(check_mode) and return the same without changing anything.
  diff_mode:
    support: none
    description: Changes nothing, and so has no differences to show.
  platform:
    support: full
    platforms: macos, freebsd, posix
    description: Target systems, those that are neither macOS nor FreeBSD with lsof.
    details:
      - Of these, none was at hand to run it on. See C(docs/platforms) of the collection for what was tested how.
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
- name: See what lsof shows
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
