# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Addresses, links, routes and rules of a network namespace, by NETLINK_ROUTE.

Sources: rtnetlink(7), include/uapi/linux/{if_addr,if_link,rtnetlink,fib_rules,ip}.h.
"""

from __future__ import annotations

import errno
import socket
import struct
import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.netlink import (
    _generic_netlink,
    _wire,
)

GETLINK, GETADDR, GETROUTE, GETRULE = 18, 22, 26, 34
FAMILIES = {"ipv4": socket.AF_INET, "ipv6": socket.AF_INET6}
_NAMES = {number: name for name, number in FAMILIES.items()}
_IFADDRMSG = struct.Struct("=BBBBI")
_IFINFOMSG = struct.Struct("=BxHiII")
_RTMSG = struct.Struct("=BBBBBBBBI")  # struct rtmsg; struct fib_rule_hdr has the same shape
_RTM_TYPE = 7  # offset of rtm_type
_BE16, _U32 = struct.Struct(">H"), struct.Struct("=I")
_NOTHING = 0xFFFFFFFF  # of a length that suppresses routes, and of the bits of a mark: none is left out
IFA_ADDRESS, IFA_LOCAL = 1, 2
IFLA_IFNAME, IFLA_MASTER, IFLA_LINKINFO, IFLA_AF_SPEC, IFLA_EXT_MASK = 3, 10, 18, 26, 29
_OF_A_DEVICE = {IFLA_IFNAME, IFLA_MASTER, IFLA_LINKINFO, IFLA_AF_SPEC}
IFLA_INFO_KIND, IFLA_INFO_DATA = 1, 2
IFLA_VRF_TABLE = 1
IFLA_INET_CONF = 1  # an array of the device's settings; IPV4_DEVCONF_ROUTE_LOCALNET is 26, and they count from 1
_ROUTE_LOCALNET = slice(100, 104)
SKIP_STATS = 1 << 3  # RTEXT_FILTER_SKIP_STATS
IFF_LOOPBACK = 0x8
RTA_DST, RTA_OIF, RTA_TABLE = 1, 4, 15
_OF_A_ROUTE = {RTA_DST, RTA_OIF, RTA_TABLE}
LOCAL, ANYCAST = 2, 4  # RTN_LOCAL, RTN_ANYCAST
ENDS = (6, 7, 8)  # RTN_BLACKHOLE, RTN_UNREACHABLE, RTN_PROHIBIT
FRA_PRIORITY, FRA_FWMARK, FRA_SUPPRESS, FRA_TABLE, FRA_FWMASK, FRA_L3MDEV, FRA_PROTOCOL = 6, 10, 14, 15, 16, 19, 21
_OF_EVERY_PACKET = {FRA_PRIORITY, FRA_SUPPRESS, FRA_TABLE, FRA_L3MDEV, FRA_PROTOCOL}
FR_ACT_TO_TBL, FIB_RULE_INVERT = 1, 0x2
# Which attribute of IFLA_INFO_DATA holds the UDP port, big endian.
TUNNEL_PORT = {b"vxlan": 15, b"geneve": 5}


class Address(t.NamedTuple):
    """An address of the host: text, length of its prefix in bits, index of its device."""

    family: str
    address: str
    prefix_length: int
    interface: int


def addresses(*, connect: _wire.Connect = _wire.connect) -> t.List[Address]:
    """All addresses. Raises NetlinkError."""
    request = _IFADDRMSG.pack(0, 0, 0, 0, 0)
    found = (parse_address(raw) for raw in _wire.dump(_wire.ROUTE, GETADDR, request, connect=connect))
    return [address for address in found if address is not None]


def parse_address(payload: bytes) -> t.Optional[Address]:
    """One RTM_NEWADDR; None for families other than IPv4 and IPv6. Raises NetlinkError."""
    if len(payload) < _IFADDRMSG.size:
        raise _wire.NetlinkError("malformed", "an address of %d bytes" % len(payload))
    kind, prefix, _flags, _scope, interface = _IFADDRMSG.unpack_from(payload)
    found = _wire.attributes(payload, _IFADDRMSG.size)
    # On point-to-point links IFA_ADDRESS is the peer's (rtnetlink(7)).
    raw = found.get(IFA_LOCAL) or found.get(IFA_ADDRESS) or b""
    if kind == socket.AF_INET and len(raw) == 4:
        return Address("ipv4", socket.inet_ntop(kind, raw), prefix, interface)
    if kind == socket.AF_INET6 and len(raw) == 16:
        return Address("ipv6", socket.inet_ntop(kind, raw), prefix, interface)
    return None


def tunnel_ports(*, connect: _wire.Connect = _wire.connect) -> t.Dict[int, str]:
    """UDP ports that vxlan, geneve and wireguard links of this namespace hold, with the kind. Raises NetlinkError.

    WireGuard tells its port only to CAP_NET_ADMIN; without it those ports are missing.
    """
    request = _IFINFOMSG.pack(0, 0, 0, 0, 0)
    ports: t.Dict[int, str] = {}
    wireguard: t.List[int] = []
    for payload in _wire.dump(_wire.ROUTE, GETLINK, request, connect=connect):
        kind, index, port = parse_link(payload)
        if port is not None:
            ports[port] = kind
        elif kind == "wireguard":
            wireguard.append(index)
    for index in wireguard:
        port = _generic_netlink.wireguard_port(index, connect)
        if port:
            ports[port] = "wireguard"
    return ports


def parse_link(payload: bytes) -> t.Tuple[str, int, t.Optional[int]]:
    """Kind, index and UDP port of one RTM_NEWLINK. Raises NetlinkError."""
    if len(payload) < _IFINFOMSG.size:
        raise _wire.NetlinkError("malformed", "a link of %d bytes" % len(payload))
    _family, _type, index, _flags, _change = _IFINFOMSG.unpack_from(payload)
    info = _wire.attributes(_wire.attributes(payload, _IFINFOMSG.size).get(IFLA_LINKINFO, b""))
    kind = info.get(IFLA_INFO_KIND, b"").rstrip(b"\0")
    port = None
    if kind in TUNNEL_PORT:
        port = _wire.attribute_number(_wire.attributes(info.get(IFLA_INFO_DATA, b"")), TUNNEL_PORT[kind], _BE16)
    return kind.decode("ascii", "replace"), index, port


class Route(t.NamedTuple):
    """A route. ``destination`` are its bytes, all of the address; ``kind`` is a number of RTN_*."""

    destination: bytes
    length: int
    table: int
    kind: int
    interface: int


def routes(family: str, *, table: int, kind: int, connect: _wire.Connect = _wire.connect) -> t.List[Route]:
    """Routes of a kind, filtered in the kernel: a router has a million others. ``kind`` 0: LOCAL and ANYCAST.

    ``table`` 0: of every table. A kernel that does not filter gives those of every table too. Raises NetlinkError.
    """
    kinds = (kind,) if kind else (LOCAL, ANYCAST)
    request = _rtmsg(FAMILIES[family], rtm_type=kind) + _wire.pack_attribute(RTA_TABLE, _U32.pack(table))
    try:
        strict = _wire.strictly(connect)
        answers = _wire.dump(_wire.ROUTE, GETROUTE, request, connect=strict, keep=_of(kinds))
    except _wire.NetlinkError as error:
        if error.errno == errno.ENOENT:
            return []  # a table without any route is none
        raise
    return [parse_route(payload) for payload in answers]


def all_routes(family: str, *, most: int, connect: _wire.Connect = _wire.connect) -> t.List[Route]:
    """Routes of kind LOCAL and ANYCAST of every table, out of no more than ``most`` others.

    One question, and nothing to set; the cheapest where a host has few routes. Raises NetlinkError, ``too-many``.
    """
    keep = _of((LOCAL, ANYCAST), most=most)
    answers = _wire.dump(_wire.ROUTE, GETROUTE, _rtmsg(FAMILIES[family]), connect=connect, keep=keep)
    return [parse_route(payload) for payload in answers]


def _rtmsg(rtm_family: int, *, rtm_type: int = 0) -> bytes:
    return _RTMSG.pack(rtm_family, 0, 0, 0, 0, 0, 0, rtm_type, 0)


def _of(kinds: t.Sequence[int], *, most: t.Optional[int] = None) -> _wire.Keep:
    """Routes of these kinds; one that is too short to have any is kept, to be refused."""
    size, rtm_type = _RTMSG.size, _RTM_TYPE  # looked up once: a router has a million others
    return _wire.Keep(lambda payload: len(payload) < size or payload[rtm_type] in kinds, most or _wire.MOST_PASSED)


def parse_route(payload: bytes) -> Route:
    """One RTM_NEWROUTE. Raises NetlinkError."""
    if len(payload) < _RTMSG.size:
        raise _wire.NetlinkError("malformed", "a route of %d bytes" % len(payload))
    family, length, _src_len, _tos, table, _protocol, _scope, kind, _flags = _RTMSG.unpack_from(payload)
    size = {socket.AF_INET: 4, socket.AF_INET6: 16}.get(family, 0)
    found = _wire.attributes(payload, _RTMSG.size, only=_OF_A_ROUTE)
    destination = found.get(RTA_DST, b"\0" * size)
    if len(destination) != size or length > 8 * size:
        raise _wire.NetlinkError("malformed", "a route to %d bits of %d bytes" % (length, len(destination)))
    return Route(destination, length, _number(found, RTA_TABLE, table), kind, _number(found, RTA_OIF, 0))


def _number(found: t.Mapping[int, bytes], kind: int, otherwise: int) -> int:
    number = _wire.attribute_number(found, kind, _U32)
    return otherwise if number is None else number


class RoutingRule(t.NamedTuple):
    """A rule that names a table. ``vrf``: that of the packet's VRF. ``marked``: only for packets with a mark.

    ``every``: nothing else narrows it either.
    """

    family: str
    table: int
    vrf: bool
    marked: bool
    every: bool


def rules(*, connect: _wire.Connect = _wire.connect) -> t.List[RoutingRule]:
    """The rules that name tables, both families, in the kernel's order. Raises NetlinkError."""
    try:
        answers = _wire.dump(_wire.ROUTE, GETRULE, _rtmsg(socket.AF_UNSPEC), connect=connect)
    except _wire.NetlinkError as error:
        if error.errno == errno.EOPNOTSUPP:
            return []  # a kernel without CONFIG_IP_MULTIPLE_TABLES
        raise
    return [rule for rule in map(parse_rule, answers) if rule is not None]


def parse_rule(payload: bytes) -> t.Optional[RoutingRule]:
    """One RTM_NEWRULE; None when it names no table, or is of another family. Raises NetlinkError."""
    if len(payload) < _RTMSG.size:
        raise _wire.NetlinkError("malformed", "a rule of %d bytes" % len(payload))
    family, dst_len, src_len, tos, table, _res1, _res2, action, flags = _RTMSG.unpack_from(payload)
    if action != FR_ACT_TO_TBL or family not in _NAMES:
        return None
    found = _wire.attributes(payload, _RTMSG.size)
    # fib_rule_match(): the mark of a packet that has none is 0, and "not" turns the whole rule round.
    mark = _number(found, FRA_FWMARK, 0) & _number(found, FRA_FWMASK, _NOTHING)
    return RoutingRule(
        _NAMES[family],
        _number(found, FRA_TABLE, table),
        vrf=found.get(FRA_L3MDEV, b"\0") != b"\0",
        marked=bool(mark) and not flags & FIB_RULE_INVERT,
        every=not (dst_len or src_len or tos or flags & FIB_RULE_INVERT)
        and found.keys() <= _OF_EVERY_PACKET
        and _number(found, FRA_SUPPRESS, _NOTHING) == _NOTHING,
    )


class Link(t.NamedTuple):
    """A device. ``number`` is its index, ``master`` that of another (0: none), ``table`` a VRF's.

    ``localnet``: its own ``route_localnet``.
    """

    number: int
    name: bytes
    kind: bytes
    master: int
    table: int
    loopback: bool
    localnet: bool


def links(*, connect: _wire.Connect = _wire.connect) -> t.List[Link]:
    """All devices, without their statistics. Raises NetlinkError."""
    request = _IFINFOMSG.pack(0, 0, 0, 0, 0) + _wire.pack_attribute(IFLA_EXT_MASK, _U32.pack(SKIP_STATS))
    return [parse_device(payload) for payload in _wire.dump(_wire.ROUTE, GETLINK, request, connect=connect)]


def parse_device(payload: bytes) -> Link:
    """One RTM_NEWLINK. Raises NetlinkError."""
    if len(payload) < _IFINFOMSG.size:
        raise _wire.NetlinkError("malformed", "a link of %d bytes" % len(payload))
    _family, _type, index, flags, _change = _IFINFOMSG.unpack_from(payload)
    found = _wire.attributes(payload, _IFINFOMSG.size, only=_OF_A_DEVICE)
    info = _wire.attributes(found.get(IFLA_LINKINFO, b""))
    kind = info.get(IFLA_INFO_KIND, b"").rstrip(b"\0")
    data = _wire.attributes(info.get(IFLA_INFO_DATA, b"")) if kind == b"vrf" else {}
    of_ipv4 = _wire.attributes(_wire.attributes(found.get(IFLA_AF_SPEC, b"")).get(socket.AF_INET, b""))
    return Link(
        index,
        found.get(IFLA_IFNAME, b"").rstrip(b"\0"),
        kind,
        _number(found, IFLA_MASTER, 0),
        _number(data, IFLA_VRF_TABLE, 0),
        loopback=bool(flags & IFF_LOOPBACK),
        localnet=any(of_ipv4.get(IFLA_INET_CONF, b"")[_ROUTE_LOCALNET]),
    )
