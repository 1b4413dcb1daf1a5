# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The look-up ``iana_port``."""

from __future__ import annotations

DOCUMENTATION = r"""
name: iana_port
short_description: What IANA's registry says of ports
version_added: 0.1.0
author:
  - fleetports maintainers (@fleetports)
description:
  - Looks ports up in IANA's Service Name and Transport Protocol Port Number Registry.
  - Uses the snapshot that the collection brings, so nothing is asked over the network.
  - An assignment says nothing about what really runs on a port.
notes:
  - The answer depends on the transport. 4789/udp is assigned (C(vxlan)), 4789/tcp is reserved.
  - Above 49151 every port is C(dynamic). IANA assigns those to nobody (RFC 6335).
  - To use a newer registry, download C(service-names-port-numbers.csv) from IANA and run
    C(python plugins/plugin_utils/_registry/_convert.py service-names-port-numbers.csv) in the collection's directory.
options:
  _terms:
    description: Ports, as a number or as C(port/protocol).
    type: list
    elements: str
    required: true
  protocol:
    description:
      - The transport of terms that do not name theirs. C(udplite) has the assignments of C(udp).
      - Required when a term has none.
    type: str
    choices: [tcp, udp, udplite, sctp, dccp]
seealso:
  - plugin: fleetports.compliance.iana_port
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Say what port 603 is registered for
  ansible.builtin.debug:
    msg: "{{ lookup('fleetports.compliance.iana_port', 603, protocol='tcp').name }}" # idxp

- name: Show which of some ports IANA has unassigned
  ansible.builtin.debug:
    msg: >-
      {{ query('fleetports.compliance.iana_port', '22/tcp', '81/tcp', '4789/udp')
         | selectattr('status', 'equalto', 'unassigned') | map(attribute='port') }}
"""

RETURN = r"""
_list:
  description: What IANA says, one entry for each term, in their order.
  type: list
  elements: dict
  sample:
    - aliases: [www, www-http]
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
      description: Whether IANA has the port C(assigned), C(reserved) or C(unassigned), or it is C(dynamic).
      type: str
      sample: assigned
    range:
      description: C(system) (0-1023), C(user) (1024-49151) or C(dynamic) (49152-65535).
      type: str
      sample: system
    name:
      description: The first service name that IANA lists; null unless the port is assigned.
      type: str
      sample: http
    aliases:
      description: The other service names, in IANA's order.
      type: list
      elements: str
      sample: [www, www-http]
    description:
      description: IANA's words; null if there are none.
      type: str
      sample: World Wide Web HTTP
"""

import typing as t

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase

from ansible_collections.fleetports.compliance.plugins.plugin_utils._registry._ask import describe, split


class LookupModule(LookupBase):  # type: ignore[misc]  # ansible-core has no type information
    """Ansible looks for this class."""

    def run(
        self, terms: t.Sequence[t.Any], variables: t.Mapping[str, t.Any] | None = None, **kwargs: t.Any
    ) -> list[dict[str, t.Any]]:
        """What IANA says of each term. Raises AnsibleLookupError for what is not a port or a protocol."""
        self.set_options(var_options=variables, direct=kwargs)
        protocol = self.get_option("protocol")
        try:
            return [describe(*split(term, protocol)) for term in terms]
        except ValueError as error:
            raise AnsibleLookupError(f"fleetports.compliance.iana_port: {error}") from error
