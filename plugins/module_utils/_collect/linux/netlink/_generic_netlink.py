# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""UDP ports of the kernel's own that only generic netlink tells: of a WireGuard device, and of FOU and GUE.

Sources: include/uapi/linux/{genetlink,wireguard,fou}.h.
"""

from __future__ import annotations

import struct
import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.netlink import _wire

_GENLMSG = struct.Struct("=BBxx")
_U16, _BE16, _U32 = struct.Struct("=H"), struct.Struct(">H"), struct.Struct("=I")
GENL_ID_CTRL, CTRL_CMD_GETFAMILY = 0x10, 3
CTRL_ATTR_FAMILY_ID, CTRL_ATTR_FAMILY_NAME = 1, 2
WG_CMD_GET_DEVICE, WGDEVICE_A_IFINDEX, WGDEVICE_A_LISTEN_PORT = 0, 1, 6
FOU_CMD_GET, FOU_ATTR_PORT, FOU_ATTR_TYPE = 3, 1, 4
_FOU_TYPES = {b"\x01": "fou", b"\x02": "gue"}


def wireguard_port(index: int, connect: _wire.Connect) -> t.Optional[int]:
    """The port of a device; None where it has none, or does not tell it: EPERM without CAP_NET_ADMIN."""
    request = _wire.pack_attribute(WGDEVICE_A_IFINDEX, _U32.pack(index))
    for found in _told(b"wireguard", WG_CMD_GET_DEVICE, connect, request=request):
        port = _wire.attribute_number(found, WGDEVICE_A_LISTEN_PORT, _U16)
        if port is not None:
            return port
    return None


def fou_ports(connect: _wire.Connect) -> t.Dict[int, str]:
    """Ports of FOU (foo over UDP) and GUE in this namespace, with the kind. Everybody may ask."""
    ports: t.Dict[int, str] = {}
    for found in _told(b"fou", FOU_CMD_GET, connect):
        port = _wire.attribute_number(found, FOU_ATTR_PORT, _BE16)
        if port:
            ports[port] = _FOU_TYPES.get(found.get(FOU_ATTR_TYPE, b""), "fou")
    return ports


def family(name: bytes, connect: _wire.Connect) -> t.Optional[int]:
    """The number of a family; None where the kernel has not loaded it. To ask by name would load it."""
    request = _GENLMSG.pack(CTRL_CMD_GETFAMILY, 1)
    for payload in _wire.dump(_wire.GENERIC, GENL_ID_CTRL, request, connect=connect):
        found = _wire.attributes(payload, _GENLMSG.size)
        number = _wire.attribute_number(found, CTRL_ATTR_FAMILY_ID, _U16)
        if found.get(CTRL_ATTR_FAMILY_NAME, b"").rstrip(b"\0") == name and number is not None:
            return number
    return None


def _told(name: bytes, command: int, connect: _wire.Connect, *, request: bytes = b"") -> t.List[t.Mapping[int, bytes]]:
    """The attributes of each message of an answer; none where the family refuses: what is not confirmed is not said."""
    try:
        number = family(name, connect)
        if number is None:
            return []
        raw = _wire.dump(_wire.GENERIC, number, _GENLMSG.pack(command, 1) + request, connect=connect)
        return [_wire.attributes(payload, _GENLMSG.size) for payload in raw]
    except _wire.NetlinkError:
        return []
