# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a network namespace takes as its own beside the addresses of its devices: routes, VRFs, route_localnet.

A packet is the host's own when the route to its destination is of type ``local``, not when a device has the address
(ip_route_input_slow() in net/ipv4/route.c, ip6_rt_init_dst() in net/ipv6/route.c).
"""

from __future__ import annotations

import os
import socket
import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils import _socket
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _host_files
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.netlink import _rtnetlink, _wire
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.procfs import _hidepid

LOCAL_TABLE, MAIN_TABLE = 255, 254
FEW_ROUTES = 500  # of other kinds, up to which all are read: it takes a third of a millisecond
FEW = 4  # tables that are asked for one by one; a question for all of them walks every route of the host
_DEPTH = 8  # masters above one another; the kernel allows as many (MAX_NEST_DEV)
_ACCEPT = {"tcp": "tcp_l3mdev_accept", "udp": "udp_l3mdev_accept"}

Record = t.Dict[str, t.Any]
Domain = t.Optional[str]  # the VRF, by name; None: whatever is in none


class Block(t.NamedTuple):
    """A prefix: its first address as a number, and how many bits of it count."""

    start: int
    length: int


def delivery(
    namespace: t.Optional[int], addresses: t.Optional[t.Sequence[Record]], *, proc: str, connect: _wire.Connect
) -> t.Tuple[Record, t.List[_socket.Gap]]:
    """As evidence holds it, and a gap where the kernel does not tell.

    ``addresses`` as evidence holds them: what repeats them is left out. Where they are not known, a gap says so, and
    there is no more to say of it.
    """
    gaps: t.List[_socket.Gap] = []
    found: Record = {"networks": [], "bridges": [], "vrfs": [], "l3mdev_accept": None}
    devices = None
    if addresses is not None:
        try:
            links = _Links(_rtnetlink.links(connect=connect))
            devices = links.localnet
            found = _of_routes(links, addresses, proc, connect)
        except _wire.NetlinkError as error:
            detail = "local networks and devices could not be read: %s" % error
            gaps.append(_socket.Gap(error.code, "addresses", detail))
    if devices is None:
        devices = _localnet_by_name(proc)
    return {"namespace": namespace, **found, "route_localnet": _localnet(devices, proc, connect)}, gaps


def _of_routes(links: _Links, addresses: t.Sequence[Record], proc: str, connect: _wire.Connect) -> Record:
    rules = _rtnetlink.rules(connect=connect)
    vrfs = [_vrf(device, links, rules, connect) for device in sorted(links.vrfs)]
    return {
        "networks": _Networks(links, rules, connect).beside(addresses),
        "bridges": links.bridges(),
        "vrfs": vrfs,
        "l3mdev_accept": {name: _setting(proc, "ipv4/" + file) for name, file in _ACCEPT.items()} if vrfs else None,
    }


def _localnet_by_name(proc: str) -> t.Dict[str, bool]:
    """Devices but ``lo``, and whether each takes 127.0.0.0/8 from other hosts by its own setting."""
    try:
        names = os.listdir(proc + "/sys/net/ipv4/conf")
    except OSError:
        names = []
    devices = set(names) - {"all", "default", "lo"}
    return {
        _host_files.unicode_text(name): bool(_setting(proc, "ipv4/conf/%s/route_localnet" % name)) for name in devices
    }


def _localnet(devices: t.Mapping[str, bool], proc: str, connect: _wire.Connect) -> t.Optional[Record]:
    """Where 127.0.0.0/8 is taken from other hosts: nowhere is None. ``lo`` and ``default`` do nothing.

    Source: IN_DEV_NET_ROUTE_LOCALNET(), include/linux/inetdevice.h.
    """
    everywhere = _setting(proc, "ipv4/conf/all/route_localnet") if devices else False
    own = sorted(name for name, on in devices.items() if on)
    if everywhere is False and not own:
        return None
    from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.packet_filter import _published

    return {"all": everywhere, "devices": own, "filter": _published.has_rules(proc, connect)}


def _setting(proc: str, name: str) -> t.Optional[bool]:
    """A switch below ``net``; None when it cannot be read, or what is read need not be the kernel's."""
    if _hidepid.replaced(proc, "sys/net/" + name):
        return None
    raw = (_host_files.read("%s/sys/net/%s" % (proc, name)) or b"").strip()
    return int(raw) != 0 if raw.isdigit() else None


class _Links:
    def __init__(self, links: t.Sequence[_rtnetlink.Link]) -> None:
        self._links = {link.number: link for link in links}
        self._named = {link.number: _host_files.unicode_text(link.name) for link in links}
        self.vrfs = {self._named[link.number]: link.table for link in links if link.kind == b"vrf"}
        self._domains = {link.number: self._above(link) for link in links}
        self.domains = {name: self._domains[index] for index, name in self._named.items()}
        self.localnet = {self._named[link.number]: link.localnet for link in links if not link.loopback}

    def name(self, index: int) -> t.Optional[str]:
        return self._named.get(index)

    def _above(self, link: t.Optional[_rtnetlink.Link]) -> Domain:
        """The VRF that it is, or is in: a port of a bridge in one, too."""
        for _each in range(_DEPTH):
            if link is None or link.kind == b"vrf":
                break
            link = self._links.get(link.master)
        return self._named[link.number] if link is not None and link.kind == b"vrf" else None

    def bridges(self) -> t.List[Record]:
        """Devices that others are ports of, VRFs apart: bridges, bonds and teams, with every port below them."""
        ports: t.Dict[str, t.Set[str]] = {}
        for link in self._links.values():
            above = self._links.get(link.master)
            for _each in range(_DEPTH):
                if above is None or above.kind == b"vrf":
                    break
                ports.setdefault(self._named[above.number], set()).add(self._named[link.number])
                above = self._links.get(above.master)
        return [{"device": device, "members": sorted(ports[device])} for device in sorted(ports)]

    def members(self, vrf: str) -> t.List[str]:
        return sorted(name for name, domain in self.domains.items() if domain == vrf and name != vrf)


def _vrf(device: str, links: _Links, rules: t.Sequence[_rtnetlink.RoutingRule], connect: _wire.Connect) -> Record:
    """``closed``: families of which its packets never come to the table of what is local for all others.

    As a kernel makes a VRF, that table is asked first. Documentation/networking/vrf.rst says how to turn that round.
    """
    table = links.vrfs[device]
    closed = [
        family
        for family in sorted(_rtnetlink.FAMILIES)
        if _first([rule for rule in rules if rule.family == family]) and _ends(family, table, connect)
    ]
    return {"device": device, "members": links.members(device), "closed": closed}


def _first(rules: t.Sequence[_rtnetlink.RoutingRule]) -> bool:
    """Whether every packet of a VRF is asked of its own table before it is of the local one."""
    for rule in rules:
        if rule.vrf and rule.every:
            return True
        if not rule.vrf:
            return False
    return False


def _ends(family: str, table: int, connect: _wire.Connect) -> bool:
    """Whether what has no route in a table goes no further."""
    return any(
        route.length == 0 and route.table == table
        for kind in _rtnetlink.ENDS
        for route in _rtnetlink.routes(family, table=table, kind=kind, connect=connect)
    )


class _Networks:
    """Routes by which packets are taken, of tables that are asked."""

    def __init__(self, links: _Links, rules: t.Sequence[_rtnetlink.RoutingRule], connect: _wire.Connect) -> None:
        self._links = links
        self._connect = connect
        self._named = {
            family: {rule.table for rule in rules if rule.family == family and not (rule.vrf or rule.marked)}
            for family in _rtnetlink.FAMILIES
        }
        self._found: t.Dict[t.Tuple[Domain, int, str, str], t.Set[Block]] = {}
        self._own: t.Set[t.Tuple[Domain, str]] = set()

    def beside(self, addresses: t.Iterable[Record]) -> t.List[Record]:
        """Networks that are local and no address of a device in the same VRF."""
        domains = self._links.domains
        self._own = {(domains.get(own["device"]), own["address"]) for own in addresses}
        for family in _rtnetlink.FAMILIES:
            for route in self._routes(family):
                self._add(family, route)
        found = [record for key in self._found for record in _records(key, self._found[key])]
        return sorted(found, key=lambda one: (one["vrf"] or "", one["table"], one["device"] or "", one["network"]))

    def _routes(self, family: str) -> t.List[_rtnetlink.Route]:
        try:
            return _rtnetlink.all_routes(family, most=FEW_ROUTES, connect=self._connect)
        except _wire.NetlinkError:
            return self._filtered(family)  # too many of them, or they never stood still

    def _filtered(self, family: str) -> t.List[_rtnetlink.Route]:
        local = _rtnetlink.routes(family, table=LOCAL_TABLE, kind=0, connect=self._connect)
        if any(route.table != LOCAL_TABLE for route in local):
            return local  # the kernel does not filter: these are all
        others = {*self._named[family], *self._links.vrfs.values()} - {LOCAL_TABLE}
        kinds = (_rtnetlink.LOCAL,) if family == "ipv4" else (_rtnetlink.LOCAL, _rtnetlink.ANYCAST)
        for table in sorted(others) if len(others) <= FEW else [0]:
            for kind in kinds:
                found = _rtnetlink.routes(family, table=table, kind=kind, connect=self._connect)
                local += [route for route in found if route.table != LOCAL_TABLE]
        return local

    def _add(self, family: str, route: _rtnetlink.Route) -> None:
        if _means_nothing(route):
            return
        device = self._links.name(route.interface) or ""
        start = int.from_bytes(route.destination, "big")
        for domain in self._domains(family, route.table):
            if not self._repeats(family, route, domain):
                blocks = self._found.setdefault((domain, route.table, family, device), set())
                blocks.add(Block(start, route.length))

    def _domains(self, family: str, table: int) -> t.List[Domain]:
        """For whom a table speaks: for a VRF whose own it is, for all others where a rule without mark names it."""
        found: t.List[Domain] = [vrf for vrf, own in self._links.vrfs.items() if own == table]
        if table == LOCAL_TABLE or table in self._named[family]:
            found.append(None)
        return found

    def _repeats(self, family: str, route: _rtnetlink.Route, domain: Domain) -> bool:
        if route.length != 8 * len(route.destination):
            return False
        return (domain, socket.inet_ntop(_rtnetlink.FAMILIES[family], route.destination)) in self._own


def _means_nothing(route: _rtnetlink.Route) -> bool:
    """Loopback and multicast, and the anycast address that every link has (``fe80::``, RFC 4291, section 2.6.1).

    IPv4 takes nothing for its own by a route of type anycast; what table local has of them counts all the same.
    """
    first = route.destination
    if len(first) == 4:
        if route.kind == _rtnetlink.ANYCAST and route.table != LOCAL_TABLE:
            return True
        return first[0] == 127 or (route.length >= 4 and first[0] >> 4 == 14)
    if route.length >= 8 and first[0] == 0xFF:
        return True
    return route.length == 128 and first in (b"\0" * 15 + b"\1", b"\xfe\x80" + b"\0" * 14)


def _records(key: t.Tuple[Domain, int, str, str], blocks: t.Iterable[Block]) -> t.List[Record]:
    domain, table, family, device = key
    size = 4 if family == "ipv4" else 16
    return [
        {
            "network": "%s/%d"
            % (socket.inet_ntop(_rtnetlink.FAMILIES[family], block.start.to_bytes(size, "big")), block.length),
            "device": device or None,
            "vrf": domain,
            "table": table,
        }
        for block in collapsed(blocks, bits=8 * size)
    ]


def collapsed(blocks: t.Iterable[Block], *, bits: int) -> t.List[Block]:
    """The same addresses in as few blocks as there can be."""
    kept: t.List[Block] = []
    for block in sorted(set(blocks)):
        if kept and kept[-1].start >> (bits - kept[-1].length) == block.start >> (bits - kept[-1].length):
            continue  # inside of the one before, which begins no later and is no smaller
        kept.append(block)
        while len(kept) > 1 and kept[-2].length == kept[-1].length and _halves(kept[-2], kept[-1], bits):
            kept[-2:] = [Block(kept[-2].start, kept[-2].length - 1)]
    return kept


def _halves(one: Block, other: Block, bits: int) -> bool:
    return one.start ^ other.start == 1 << (bits - one.length)
