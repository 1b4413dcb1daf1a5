# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lookup ``iana_port``."""

from __future__ import annotations

DOCUMENTATION = r"""
name: iana_port
short_description: Look up ports in IANA's registry
version_added: 0.1.0
author:
  - fleetports maintainers (@fleetports)
description:
  - Looks ports up in IANA's Service Name and Transport Protocol Port Number Registry.
  - Uses the snapshot that the collection contains, so it needs no network.
  - An assignment does not show which service really runs on a port.
notes:
  - The result depends on the transport. 4789/udp is assigned (C(vxlan)); 4789/tcp is reserved.
  - Every port above 49151 is C(dynamic). IANA does not assign these ports (RFC 6335).
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
      - The transport of terms that do not name one. C(udplite) uses the assignments of C(udp).
      - Required when a term does not name its transport.
    type: str
    choices: [tcp, udp, udplite, sctp, dccp]
seealso:
  - plugin: fleetports.compliance.iana_port
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Show which service port 603 is registered for
  ansible.builtin.debug:
    msg: "{{ lookup('fleetports.compliance.iana_port', 603, protocol='tcp').name }}" # idxp

- name: Show which of these ports are unassigned
  ansible.builtin.debug:
    msg: >-
      {{ query('fleetports.compliance.iana_port', '22/tcp', '81/tcp', '4789/udp')
         | selectattr('status', 'equalto', 'unassigned') | map(attribute='port') }}
"""

RETURN = r"""
_list:
  description: The registry entries, one for each term, in the order of the terms.
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
