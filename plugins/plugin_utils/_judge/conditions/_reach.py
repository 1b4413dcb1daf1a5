# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reach: the widest scope of the address that a listener is bound to. Not reachability: no firewall or NAT is seen.

The tables are the collection's own. Python's ``ipaddress`` changes its mind between versions (``is_private`` of
shared address space and of 192.0.0.0/24 did in 3.11.10), and a verdict must not depend on the controller's Python.
"""

from __future__ import annotations

import ipaddress
import typing as t

from ....module_utils._socket import Listener
from ..._common._mapped import unmap
from ..._policy._policy_model import Network
from .._judgement import HostFacts
from ._addresses import Address, as_network, is_wildcard, parse
from ._local_addresses import LocalAddresses

HOST, LINK, PRIVATE, PUBLIC = range(4)  # positions in REACHES
PUBLISHED = "published"

# The longest prefix that holds an address decides; an address in none of them is public.
_TABLE = (
    ("127.0.0.0/8", HOST),  # loopback, RFC 1122
    ("::1/128", HOST),  # RFC 4291
    ("169.254.0.0/16", LINK),  # RFC 3927
    ("fe80::/10", LINK),  # RFC 4291
    ("255.255.255.255/32", LINK),  # limited broadcast, never forwarded: RFC 919
    ("10.0.0.0/8", PRIVATE),  # RFC 1918
    ("172.16.0.0/12", PRIVATE),
    ("192.168.0.0/16", PRIVATE),
    ("100.64.0.0/10", PRIVATE),  # shared address space behind carriers' NAT: RFC 6598
    ("fc00::/7", PRIVATE),  # unique local: RFC 4193
    ("fec0::/10", PRIVATE),  # site-local, deprecated by RFC 3879, not to be routed beyond a site
    ("64:ff9b:1::/48", PRIVATE),  # local-use translation: RFC 8215
    ("224.0.0.0/24", LINK),  # local network control, never forwarded: RFC 5771
    ("239.0.0.0/8", PRIVATE),  # administratively scoped multicast: RFC 2365
    ("ff01::/16", HOST),  # interface-local multicast: RFC 4291 for this and the next; flags are the third digit
    ("ff02::/16", LINK),
    ("ff03::/16", PRIVATE),  # realm-, admin-, site- and organisation-local: RFC 7346
    ("ff04::/16", PRIVATE),
    ("ff05::/16", PRIVATE),
    ("ff08::/16", PRIVATE),
)

# Multicast scopes are the fourth digit, whatever the flags before it: look them up as if no flag was set.
_MULTICAST6 = ipaddress.IPv6Network("ff00::/8")
_NO_FLAGS = ~(0xF << 116)

_Prefix = tuple[int, int, int, int]  # version, network, shift, reach


class ReachTable:
    """Classes of addresses: the built-in prefixes, and the policy's own idea of what is private or public."""

    def __init__(self, *, public: t.Iterable[Network] = (), private: t.Iterable[Network] = ()) -> None:
        # Of two equal prefixes the first counts: public, the safer reading.
        own = [(unmap(net), PUBLIC) for net in public] + [(unmap(net), PRIVATE) for net in private]
        self._own = _prefixes(own)
        self._known: dict[str, int | None] = {}
        self._networks: dict[str, int] = {}

    def of(self, text: str) -> int | None:
        """The reach of one address, None for a wildcard. Raises ValueError when it is not an address."""
        try:
            return self._known[text]
        except KeyError:
            if len(self._known) >= 1 << 17:
                self._known.clear()
            return self._known.setdefault(text, self._classify(text))

    def of_network(self, text: str) -> int:
        """The widest reach of any address in a network. Raises ValueError when it is not a network."""
        found = self._networks.get(text)
        if found is None:
            found = self._networks[text] = max(map(self._of_one, self._samples(unmap(as_network(text)))))
        return found

    def _of_one(self, address: Address) -> int:
        reach = self.of(str(address))
        return PUBLIC if reach is None else reach

    def _samples(self, net: Network) -> t.Iterator[Address]:
        """An address of each part of a network that is of one class: parts begin and end where prefixes do."""
        first, last = int(net.network_address), int(net.broadcast_address)
        whole = type(net.network_address)
        yield net.network_address
        for version, prefix, shift, _reach in (*_BUILTIN, *self._own):
            if version == net.version:
                begin, end = prefix << shift, (prefix + 1) << shift
                yield from (whole(number) for number in (begin, end) if first < number <= last)

    def _classify(self, text: str) -> int | None:
        address = parse(text)
        if is_wildcard(address):
            return None
        number = int(address)
        builtin = _longest(_BUILTIN, address.version, _scope_only(address, number))
        reach = PUBLIC if builtin is None else builtin
        if reach < PRIVATE:
            return reach  # a network in a policy cannot move loopback or a link
        own = _longest(self._own, address.version, number)
        return reach if own is None else own


def _scope_only(address: Address, number: int) -> int:
    return number & _NO_FLAGS if address.version == 6 and address in _MULTICAST6 else number


def _prefixes(networks: t.Iterable[tuple[Network, int]]) -> tuple[_Prefix, ...]:
    """Longest first; a stable sort, so that of equals the first stays first."""
    ordered = sorted(networks, key=lambda item: -item[0].prefixlen)
    return tuple(
        (
            net.version,
            int(net.network_address) >> (net.max_prefixlen - net.prefixlen),
            net.max_prefixlen - net.prefixlen,
            reach,
        )
        for net, reach in ordered
    )


# Once per run: a judge is made for each host.
_BUILTIN = _prefixes((ipaddress.ip_network(text), reach) for text, reach in _TABLE)


def _longest(prefixes: tuple[_Prefix, ...], version: int, number: int) -> int | None:
    for of_version, network, shift, reach in prefixes:
        if of_version == version and number >> shift == network:
            return reach
    return None


def prefixes(own: t.Iterable[Network]) -> tuple[_Prefix, ...]:
    """All prefixes that decide on the class of an address: the built-in ones and those of a policy."""
    return (*_BUILTIN, *_prefixes((unmap(net), PUBLIC) for net in own))


class HostReach:
    """The reach of the listeners of one host, whose wildcards mean what the host takes as its own."""

    def __init__(self, table: ReachTable, facts: HostFacts) -> None:
        self._table = table
        self._local = LocalAddresses(facts)
        self._unseen = _unseen_versions(facts.gaps) | (frozenset() if facts.addresses is not None else _BOTH)
        self._wildcards: dict[tuple[t.Any, ...], int] = {}
        self._localnet = any(one.localnet is not None for one in facts.delivery)

    def of(self, listener: Listener) -> int:
        """Position in REACHES. A transparent socket takes traffic for addresses that are not the host's: public."""
        if listener.transparent:
            return PUBLIC
        reach = self._table.of(listener.address)
        if reach is None:
            reach = self._wildcard(listener)
        return LINK if reach == HOST and self._from_the_link(listener) else reach

    def in_doubt(self, listener: Listener) -> bool:
        """Whether a listener of reach ``host`` may be of ``link``: a packet filter decides, and was not followed."""
        return self._from_the_link(listener) is None

    def _from_the_link(self, listener: Listener) -> bool | None:
        """Whether a packet from another host to 127.0.0.0/8 gets to it."""
        if not (self._localnet or listener.state == PUBLISHED) or 4 not in _versions(listener):
            return False
        # DNAT comes before the kernel refuses such packets from a link (ip_rcv(), ip_route_input_slow()).
        return None if listener.state == PUBLISHED else self._local.loopback(listener)

    def _wildcard(self, listener: Listener) -> int:
        versions = _versions(listener)
        key = (listener.namespace, listener.device, listener.protocol, versions)
        reach = self._wildcards.get(key)
        if reach is None:
            reach = self._wildcards[key] = self._widest(listener, versions)
        return reach

    def _widest(self, listener: Listener, versions: frozenset[int]) -> int:
        """The widest class among what it takes; what is not known may be public."""
        if versions & self._unseen:
            return PUBLIC
        classes = [self._table.of(text) for text in self._local.addresses(listener, versions)]
        if not classes or None in classes:
            return PUBLIC
        classes += [self._table.of_network(text) for text in self._local.networks(listener, versions)]
        return max(reach for reach in classes if reach is not None)


def _versions(listener: Listener) -> frozenset[int]:
    """IP versions that a listener takes. ``::`` takes IPv4 too, unless it is known to be for IPv6 only."""
    address = parse(listener.address)
    if address.version == 4:
        return _V4
    return _BOTH if is_wildcard(address) and listener.dual_stack is not False else _V6


def _unseen_versions(gaps: t.Iterable[t.Mapping[str, t.Any]]) -> frozenset[int]:
    families = {gap.get("family") for gap in gaps if gap["affects"] == "addresses"}
    return frozenset(
        version for version, family in ((4, "ipv4"), (6, "ipv6")) if family in families or None in families
    )


_V4, _V6, _BOTH = frozenset({4}), frozenset({6}), frozenset({4, 6})
