# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Addresses and tunnel links of a network namespace, by NETLINK_ROUTE and generic netlink.

Sources: rtnetlink(7), include/uapi/linux/{if_addr,if_link,wireguard}.h.
"""

from __future__ import annotations

import socket
import struct
import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils._collect import _netlink

GETLINK, GETADDR = 18, 22
_IFADDRMSG = struct.Struct("=BBBBI")
_IFINFOMSG = struct.Struct("=BxHiII")
_GENLMSG = struct.Struct("=BBxx")
IFA_ADDRESS, IFA_LOCAL = 1, 2
IFLA_IFNAME, IFLA_LINKINFO = 3, 18
IFLA_INFO_KIND, IFLA_INFO_DATA = 1, 2
# Which attribute of IFLA_INFO_DATA holds the UDP port, big endian.
TUNNEL_PORT = {b"vxlan": 15, b"geneve": 5}

GENL_ID_CTRL, CTRL_CMD_GETFAMILY = 0x10, 3
CTRL_ATTR_FAMILY_ID, CTRL_ATTR_FAMILY_NAME = 1, 2
WG_CMD_GET_DEVICE, WGDEVICE_A_IFINDEX, WGDEVICE_A_LISTEN_PORT = 0, 1, 6


class Address(t.NamedTuple):
    """An address of the host: text, length of its prefix in bits, index of its device."""

    family: str
    address: str
    prefix_length: int
    interface: int


def addresses(*, connect: _netlink.Connect = _netlink.connect) -> t.List[Address]:
    """All addresses. Raises NetlinkError."""
    request = _IFADDRMSG.pack(0, 0, 0, 0, 0)
    found = (parse_address(raw) for raw in _netlink.dump(_netlink.ROUTE, GETADDR, request, connect=connect))
    return [address for address in found if address is not None]


def parse_address(payload: bytes) -> t.Optional[Address]:
    """One RTM_NEWADDR; None for families other than IPv4 and IPv6. Raises NetlinkError."""
    if len(payload) < _IFADDRMSG.size:
        raise _netlink.NetlinkError("malformed", "an address of %d bytes" % len(payload))
    kind, prefix, _flags, _scope, interface = _IFADDRMSG.unpack_from(payload)
    found = _netlink.attributes(payload, _IFADDRMSG.size)
    # On point-to-point links IFA_ADDRESS is the peer's (rtnetlink(7)).
    raw = found.get(IFA_LOCAL) or found.get(IFA_ADDRESS) or b""
    if kind == socket.AF_INET and len(raw) == 4:
        return Address("ipv4", socket.inet_ntop(kind, raw), prefix, interface)
    if kind == socket.AF_INET6 and len(raw) == 16:
        return Address("ipv6", socket.inet_ntop(kind, raw), prefix, interface)
    return None


def tunnel_ports(*, connect: _netlink.Connect = _netlink.connect) -> t.Dict[int, str]:
    """UDP ports that vxlan, geneve and wireguard links of this namespace hold, with the kind. Raises NetlinkError.

    WireGuard tells its port only to CAP_NET_ADMIN; without it those ports are missing.
    """
    request = _IFINFOMSG.pack(0, 0, 0, 0, 0)
    ports: t.Dict[int, str] = {}
    wireguard: t.List[int] = []
    for payload in _netlink.dump(_netlink.ROUTE, GETLINK, request, connect=connect):
        kind, index, port = parse_link(payload)
        if port is not None:
            ports[port] = kind
        elif kind == "wireguard":
            wireguard.append(index)
    for index in wireguard:
        port = _wireguard_port(index, connect)
        if port:
            ports[port] = "wireguard"
    return ports


def parse_link(payload: bytes) -> t.Tuple[str, int, t.Optional[int]]:
    """Kind, index and UDP port of one RTM_NEWLINK. Raises NetlinkError."""
    if len(payload) < _IFINFOMSG.size:
        raise _netlink.NetlinkError("malformed", "a link of %d bytes" % len(payload))
    index = _IFINFOMSG.unpack_from(payload)[2]
    info = _netlink.attributes(_netlink.attributes(payload, _IFINFOMSG.size).get(IFLA_LINKINFO, b""))
    kind = info.get(IFLA_INFO_KIND, b"").rstrip(b"\0")
    raw = None
    if kind in TUNNEL_PORT:
        raw = _netlink.attributes(info.get(IFLA_INFO_DATA, b"")).get(TUNNEL_PORT[kind])
    port = t.cast(int, struct.unpack(">H", raw)[0]) if raw is not None and len(raw) == 2 else None
    return kind.decode("ascii", "replace"), index, port


def _wireguard_port(index: int, connect: _netlink.Connect) -> t.Optional[int]:
    try:
        family = _generic_family(b"wireguard", connect)
        if family is None:
            return None
        request = _GENLMSG.pack(WG_CMD_GET_DEVICE, 1) + _netlink.pack_attribute(
            WGDEVICE_A_IFINDEX, struct.pack("=I", index)
        )
        for payload in _netlink.dump(_netlink.GENERIC, family, request, connect=connect):
            raw = _netlink.attributes(payload, _GENLMSG.size).get(WGDEVICE_A_LISTEN_PORT, b"")
            if len(raw) == 2:
                return t.cast(int, struct.unpack("=H", raw)[0])
    except _netlink.NetlinkError:
        return None  # EPERM without CAP_NET_ADMIN: not confirmed, and so not claimed
    return None


def _generic_family(name: bytes, connect: _netlink.Connect) -> t.Optional[int]:
    request = _GENLMSG.pack(CTRL_CMD_GETFAMILY, 1)
    for payload in _netlink.dump(_netlink.GENERIC, GENL_ID_CTRL, request, connect=connect):
        found = _netlink.attributes(payload, _GENLMSG.size)
        number = found.get(CTRL_ATTR_FAMILY_ID, b"")
        if found.get(CTRL_ATTR_FAMILY_NAME, b"").rstrip(b"\0") == name and len(number) == 2:
            return t.cast(int, struct.unpack("=H", number)[0])
    return None
