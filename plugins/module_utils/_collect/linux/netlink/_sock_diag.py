# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Listening sockets from the kernel by NETLINK_SOCK_DIAG, filtered by state inside the kernel.

Sources: sock_diag(7), include/uapi/linux/inet_diag.h, net/ipv4/inet_diag.c, net/mptcp/mptcp_diag.c, net/sctp/diag.c.
The cost of a dump does not grow with established connections, and no privilege is needed.
"""

from __future__ import annotations

import socket
import struct
import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.netlink import _wire

SOCK_DIAG_BY_FAMILY = 20
REQ_PROTOCOL = 3  # INET_DIAG_REQ_PROTOCOL: protocols that do not fit a byte; 2 is the bytecode filter
ATTR_SKV6ONLY, ATTR_LOCALS, ATTR_CGROUP_ID, ATTR_SOCKOPT = 11, 12, 21, 22
SOCKOPT_TRANSPARENT = 0x20

LISTEN, CLOSE = 10, 7  # TCP_LISTEN; TCP_CLOSE is how UDP without a peer shows
STATES = {LISTEN: "listen", CLOSE: "unconnected"}
FAMILIES = {"ipv4": 2, "ipv6": 10}  # Linux's numbers, on any platform

_REQUEST = struct.Struct("=BBBBI48x")
# struct inet_diag_msg, without timer and retrans, dport, dst, and the fields from cookie to wqueue
_ANSWER = struct.Struct("=BB2x2s2x16s16xI20xII")
_PORT = struct.Struct(">H")
_SS_FAMILY, _SIN_ADDR, _SIN6_ADDR = struct.Struct("=H"), struct.Struct("=4x4s"), struct.Struct("=8x16s")
_U64 = struct.Struct("=Q")
_STORAGE = 128  # sizeof(struct sockaddr_storage)


class RawSocket(t.NamedTuple):
    """One socket as one source shows it. ``interface`` is an index, 0: none. None: the source does not tell."""

    protocol: str
    family: str
    address: str
    port: int
    state: str
    uid: int
    inode: int
    interface: t.Optional[int] = None
    v6only: t.Optional[bool] = None
    transparent: t.Optional[bool] = None
    cgroup_id: t.Optional[int] = None


def request(number: int, family: str, state: int) -> bytes:
    """The request for all sockets of a protocol number, a family and one state."""
    body = _REQUEST.pack(FAMILIES[family], number & 0xFF, 0, 0, 1 << state)
    if number > 0xFF:
        body += _wire.pack_attribute(REQ_PROTOCOL, struct.pack("=I", number))
    return body


def dump(
    protocol: str, number: int, family: str, *, state: int, connect: _wire.Connect = _wire.connect
) -> t.List[RawSocket]:
    """All sockets of that protocol, family and state. Raises NetlinkError."""
    body = request(number, family, state)
    found: t.List[RawSocket] = []
    for payload in _wire.dump(_wire.SOCK_DIAG, SOCK_DIAG_BY_FAMILY, body, connect=connect):
        found.extend(parse(payload, protocol, family, state=state))
    return found


def parse(payload: bytes, protocol: str, family: str, *, state: int) -> t.List[RawSocket]:
    """One message: one socket, once for each address it is bound to (SCTP may have several).

    Empty when it is not in the state asked for: SCTP's dump does not filter endpoints by it.
    Raises NetlinkError when the message is too short.
    """
    if len(payload) < _ANSWER.size:
        raise _wire.NetlinkError("malformed", "a socket of %d bytes" % len(payload))
    idiag_family, idiag_state, idiag_sport, idiag_src, idiag_if, idiag_uid, idiag_inode = _ANSWER.unpack_from(payload)
    if idiag_state != state or idiag_family != FAMILIES[family]:
        return []
    (port,) = _PORT.unpack(idiag_sport)
    attributes = _wire.attributes(payload, _ANSWER.size)
    base = RawSocket(
        protocol=protocol,
        family=family,
        address=_address(idiag_src, family),
        port=port,
        state=STATES[state],
        interface=idiag_if,
        uid=idiag_uid,
        inode=idiag_inode,
        v6only=_v6only(attributes),
        transparent=_transparent(attributes),
        cgroup_id=_cgroup_id(attributes),
    )
    locals_ = _locals(attributes.get(ATTR_LOCALS, b""))
    return [base._replace(family=kind, address=address) for kind, address in locals_] or [base]


def _address(raw: bytes, family: str) -> str:
    return socket.inet_ntop(socket.AF_INET, raw[:4]) if family == "ipv4" else socket.inet_ntop(socket.AF_INET6, raw)


def _v6only(attributes: t.Mapping[int, bytes]) -> t.Optional[bool]:
    value = attributes.get(ATTR_SKV6ONLY)
    return bool(value[0]) if value else None


def _transparent(attributes: t.Mapping[int, bytes]) -> t.Optional[bool]:
    value = attributes.get(ATTR_SOCKOPT)
    return bool(value[0] & SOCKOPT_TRANSPARENT) if value else None


def _cgroup_id(attributes: t.Mapping[int, bytes]) -> t.Optional[int]:
    value = attributes.get(ATTR_CGROUP_ID)
    if not value or len(value) != _U64.size:
        return None
    (number,) = _U64.unpack(value)
    return t.cast(int, number)


def _locals(value: bytes) -> t.List[t.Tuple[str, str]]:
    """Families and addresses of INET_DIAG_LOCALS, an array of sockaddr_storage (net/sctp/diag.c).

    A socket of IPv6 may be bound to addresses of IPv4 as well.
    """
    found = []
    for offset in range(0, len(value) - _STORAGE + 1, _STORAGE):
        (ss_family,) = _SS_FAMILY.unpack_from(value, offset)
        if ss_family == FAMILIES["ipv4"]:
            (sin_addr,) = _SIN_ADDR.unpack_from(value, offset)
            found.append(("ipv4", _address(sin_addr, "ipv4")))
        elif ss_family == FAMILIES["ipv6"]:
            (sin6_addr,) = _SIN6_ADDR.unpack_from(value, offset)
            found.append(("ipv6", _address(sin6_addr, "ipv6")))
    return found
