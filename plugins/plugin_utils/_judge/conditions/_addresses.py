# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Addresses as sockets have them: read, unmapped, and compared with the networks of a policy."""

from __future__ import annotations

import functools
import ipaddress
import typing as t

from ..._common._mapped import unmap
from ..._policy._policy_model import Network

Address = t.Union[ipaddress.IPv4Address, ipaddress.IPv6Address]


@functools.lru_cache(maxsize=65536)
def parse(text: str) -> Address:
    """Read an address; a scope (``%eth0``) is dropped and ``::ffff:`` unmapped. Raises ValueError."""
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


@functools.lru_cache(maxsize=4096)
def as_network(text: str) -> Network:
    """Read a network, as evidence has it. Raises ValueError."""
    return ipaddress.ip_network(text, strict=False)


def is_wildcard(address: Address) -> bool:
    """Whether it is ``0.0.0.0`` or ``::``: bound to every address."""
    return int(address) == 0


def _holds_wildcard(network: Network) -> bool:
    return network.prefixlen == 0 or (network.prefixlen == network.max_prefixlen and int(network.network_address) == 0)


class Networks:
    """Networks in which an address may be bound; remembers its answers."""

    def __init__(self, networks: t.Iterable[Network]) -> None:
        self._networks = tuple(unmap(network) for network in networks)
        self._contains = functools.lru_cache(maxsize=4096)(self._look)

    def contain(self, text: str) -> bool:
        """Whether the address is inside one of them.

        A wildcard is inside ``0.0.0.0/0`` or ``::/0`` only: it is bound to addresses outside of anything smaller too.
        ``0.0.0.0`` and ``::`` by themselves are the wildcards of their family, and nothing else.
        """
        return self._contains(text)

    def _look(self, text: str) -> bool:
        address = parse(text)
        if is_wildcard(address):
            return any(net.version == address.version and _holds_wildcard(net) for net in self._networks)
        return any(address in net for net in self._networks)
