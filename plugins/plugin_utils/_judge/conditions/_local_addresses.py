# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which addresses a listener that is bound to a wildcard answers for.

A wildcard that is bound to a device answers for the addresses of that device and of what is below it, and for those
of ``lo``, which lie on no wire. Linux takes a packet for its own by its destination, whichever device it came in by.
So a device that has no more than a link address answers for those of all others: that is how unnumbered links work.
"""

from __future__ import annotations

import typing as t

from ....module_utils._socket import Listener
from .._judgement import Delivery, HostAddress, HostFacts, LocalNetwork, Vrf
from ._addresses import Address, as_network, parse

LOOPBACK = "lo"
# Table local, and main: as long as a host has no rules of its own, both are one (fib_lookup(), __ip_dev_find()).
_ANSWERED = (255, 254)
_REFUSED = ("tcp", "dccp")  # they route their answer from the address that was asked (inet_csk_route_req())
_FAMILIES = {4: "ipv4", 6: "ipv6"}

_Namespace = t.Optional[int]


class LocalAddresses:
    """What one host takes as its own."""

    def __init__(self, facts: HostFacts) -> None:
        self._addresses = facts.addresses or ()
        self._delivery = facts.delivery

    def addresses(self, listener: Listener, versions: frozenset[int]) -> t.Iterator[str]:
        """Addresses of devices that a wildcard takes; none where the device that it is bound to has none itself."""
        view = _View(listener, self._of(listener))
        held = [own for own in self._addresses if _holds(own, listener) and parse(own.address).version in versions]
        if listener.device is not None and not any(view.beside(own.device) for own in held):
            return
        numbered = self._numbered(listener, view)
        for own in held:
            version = parse(own.address).version
            if view.takes(own.device, version) and (version not in numbered or view.near(own.device)):
                yield own.address

    def networks(self, listener: Listener, versions: frozenset[int]) -> t.Iterator[str]:
        """Networks beside them that routes make local."""
        deliveries = self._of(listener)
        view = _View(listener, deliveries)
        numbered = self._numbered(listener, view)
        for delivery in deliveries:
            for one in delivery.networks:
                version = as_network(one.network).version
                near = version not in numbered or one.device is None or view.near(one.device)
                if near and version in versions and view.takes_network(one, version):
                    yield one.network

    def _numbered(self, listener: Listener, view: _View) -> frozenset[int]:
        """IP versions of which the device that it is bound to has addresses of its own that lead beyond the link."""
        if not view.divides:
            return frozenset()
        own = (one for one in self._addresses if _holds(one, listener) and view.beside(one.device))
        return frozenset(address.version for address in (parse(one.address) for one in own) if _beyond_link(address))

    def loopback(self, listener: Listener) -> bool | None:
        """Whether packets from other hosts to 127.0.0.0/8 come to it; None: they may be dropped before."""
        found = [_loopback(delivery, listener.device) for delivery in self._of(listener)]
        return True if True in found else None if None in found else False

    def _of(self, listener: Listener) -> tuple[Delivery, ...]:
        return tuple(one for one in self._delivery if _same(one.namespace, listener.namespace))


def _loopback(delivery: Delivery, device: str | None) -> bool | None:
    localnet = delivery.localnet
    if localnet is None or device == LOOPBACK:
        return False
    devices = {device, *(name for vrf in delivery.vrfs if vrf.device == device for name in vrf.members)}
    if localnet.everywhere or (localnet.devices and (device is None or devices & localnet.devices)):
        return True if localnet.filtered is False else None
    return None if localnet.everywhere is None else False


class _View:
    """What a wildcard sees of its namespace: it is in a VRF, in none, or bound to no device."""

    def __init__(self, listener: Listener, deliveries: t.Iterable[Delivery]) -> None:
        self._device = listener.device
        self._refused = listener.protocol in _REFUSED
        self._vrfs = {name: vrf for one in deliveries for vrf in one.vrfs for name in (vrf.device, *vrf.members)}
        self._ports = {port for one in deliveries for port in one.bridges.get(listener.device or "", ())}
        self._own = self._vrfs.get(listener.device) if listener.device is not None else None
        self._all_vrfs = listener.device is None and _accepts(listener.protocol, deliveries)

    @property
    def divides(self) -> bool:
        """Whether it is bound to a device that is no VRF and in none."""
        return self._device not in (None, LOOPBACK) and self._own is None

    def beside(self, device: str | None) -> bool:
        """Whether a device is the one that it is bound to, or a part of it."""
        return (
            device == self._device
            or device in self._ports
            or (self._own is not None and self._vrf(device) is self._own)
        )

    def near(self, device: str | None) -> bool:
        """Whether an address of a device is not on another wire than the device that it is bound to."""
        return device == LOOPBACK or self.beside(device)

    def takes(self, device: str | None, version: int) -> bool:
        """Whether it takes packets to an address of a device."""
        if self._device == LOOPBACK:
            return device == LOOPBACK  # whatever else comes from the host itself
        return self._of(self._vrf(device), version)

    def takes_network(self, one: LocalNetwork, version: int) -> bool:
        """Whether it takes packets to a network that a route makes local.

        TCP over IPv4 answers only from what the table local has.
        """
        if self._device == LOOPBACK:
            return one.device == LOOPBACK
        if version == 4 and one.vrf is None and one.table not in _ANSWERED and self._refused:
            return False
        return self._of(self._vrf(one.vrf), version)

    def _of(self, vrf: Vrf | None, version: int) -> bool:
        if vrf is None:
            return self._own is None or _FAMILIES[version] not in self._own.closed
        return vrf is self._own or self._all_vrfs

    def _vrf(self, device: str | None) -> Vrf | None:
        return self._vrfs.get(device) if device is not None else None


def _beyond_link(address: Address) -> bool:
    return not (address.is_link_local or address.is_loopback or address.is_multicast)


def _accepts(protocol: str, deliveries: t.Iterable[Delivery]) -> bool:
    """Whether sockets bound to no device take packets of VRFs: net.ipv4.{tcp,udp}_l3mdev_accept.

    SCTP does unless told (net.sctp.l3mdev_accept), and is taken to.
    """
    at = {"tcp": 0, "dccp": 0, "udp": 1, "udplite": 1}.get(protocol)
    return any(at is None or one.accepts[at] is not False for one in deliveries)


def _holds(own: HostAddress, listener: Listener) -> bool:
    """Whether an address is one of the listener's network namespace; an unknown one could be any."""
    return _same(own.namespace, listener.namespace)


def _same(one: _Namespace, other: _Namespace) -> bool:
    return one == other or one is None or other is None
