# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter ``iana_port``."""

from __future__ import annotations

DOCUMENTATION = r"""
name: iana_port
short_description: Look up a port in IANA's registry
version_added: 0.1.0
author:
  - fleetports maintainers (@fleetports)
description:
  - Looks a port up in IANA's Service Name and Transport Protocol Port Number Registry.
  - Uses the snapshot that the collection contains, so it needs no network.
  - An assignment does not show which service really runs on a port.
notes:
  - The result depends on the transport. 4789/udp is assigned (C(vxlan)); 4789/tcp is reserved.
  - Every port above 49151 is C(dynamic). IANA does not assign these ports (RFC 6335).
  - To use a newer registry, download C(service-names-port-numbers.csv) from IANA and run
    C(python plugins/plugin_utils/_registry/_convert.py service-names-port-numbers.csv) in the collection's directory.
positional: protocol
options:
  _input:
    description: The port, a number from 0 to 65535.
    type: int
    required: true
  protocol:
    description: The transport. C(udplite) uses the assignments of C(udp).
    type: str
    choices: [tcp, udp, udplite, sctp, dccp]
    required: true
seealso:
  - plugin: fleetports.compliance.iana_port
    plugin_type: lookup
"""

EXAMPLES = r"""
- name: Show which service port 603 is registered for
  ansible.builtin.debug:
    msg: "{{ 603 | fleetports.compliance.iana_port('tcp') }}"
    # status: assigned, range: system, name: idxp

- name: Refuse a port that is not assigned
  ansible.builtin.assert:
    that: (app_port | fleetports.compliance.iana_port('tcp')).status in ['assigned', 'dynamic']
    fail_msg: This port is unassigned or reserved in IANA's registry
  vars:
    app_port: 8443
"""

RETURN = r"""
_value:
  description: The registry entry of the port and transport.
  type: dict
  sample:
    aliases: [www, www-http]
    description: World Wide Web HTTP
    name: http
    port: 80
    protocol: tcp
    range: system
    status: assigned
  contains:
    port:
      description: The port.
      type: int
      sample: 80
    protocol:
      description: The transport.
      type: str
      sample: tcp
    status:
      description: The status of the port, C(assigned), C(reserved), C(unassigned) or C(dynamic).
      type: str
      sample: assigned
    range:
      description: C(system) (0-1023), C(user) (1024-49151) or C(dynamic) (49152-65535).
      type: str
      sample: system
    name:
      description: The first service name that IANA lists. Null unless the port is assigned.
      type: str
      sample: http
    aliases:
      description: The other service names, in IANA's order.
      type: list
      elements: str
      sample: [www, www-http]
    description:
      description: IANA's description. Null if there is none.
      type: str
      sample: World Wide Web HTTP
"""

import typing as t

from ansible.errors import AnsibleFilterError

from ansible_collections.fleetports.compliance.plugins.plugin_utils._registry._ask import describe


def iana_port(port: t.Any, protocol: t.Any) -> dict[str, t.Any]:
    """What IANA says of ``port`` for ``protocol``. Raises AnsibleFilterError for what is not a port or a protocol."""
    try:
        return describe(port, protocol)
    except ValueError as error:
        raise AnsibleFilterError(f"fleetports.compliance.iana_port: {error}") from error


class FilterModule:
    """Ansible looks for this class."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        """The filters of this file by name."""
        return {"iana_port": iana_port}
