# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ways into a host that have no port: raw, packet, AF_XDP and vsock sockets, and BPF programs that steer sockets.

Sources: raw_seq_show(), packet_seq_show(), include/uapi/linux/{xdp_diag,vm_sockets_diag,bpf}.h. Where the kernel counts
no such socket in the namespace, nothing is asked.
"""

from __future__ import annotations

import errno
import os
import struct
import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils import _socket
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _host_files
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux import _host_facts
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.netlink import (
    _sk_lookup,
    _sock_diag,
    _wire,
)

AF_VSOCK, AF_XDP = 40, 44  # Linux's numbers, on any platform
ANY_CID = 0xFFFFFFFF
_PROTOCOLS = {1: "icmp", 2: "igmp", 6: "tcp", 17: "udp", 58: "icmpv6", 89: "ospf", 112: "vrrp", 255: "any"}
_ETHERTYPES = {0x0003: "all", 0x0800: "ipv4", 0x0806: "arp", 0x86DD: "ipv6", 0x888E: "eapol", 0x88CC: "lldp"}

SYS = "/sys"
# Drivers of AF_VSOCK: VMCI of VMware, Hyper-V, the host's side of virtio. The guest's is there with a device.
_TRANSPORTS = ("/class/misc/vmci", "/class/misc/vhost-vsock", "/bus/vmbus/drivers/hv_sock")
_VIRTIO = "/bus/virtio/drivers/vmw_vsock_virtio_transport"

_LARGE = 1 << 24  # bytes of a table: a row is 80, and a host of 10,000 raw sockets has to be seen to have them

# family, protocol, pad, ino, show, cookie: xdp_diag_req. vsock_diag_req has states after the pad.
_XDP_REQUEST = struct.Struct("=BBHIIII")
_XDP_ANSWER = struct.Struct("=4xI8x")  # xdp_diag_msg: ino
_XDP_SHOW_INFO, _XDP_INFO = 1, 1
_XDP_PLACE = struct.Struct("=II")
_VSOCK_REQUEST = struct.Struct("=BBHIIIII")
_VSOCK_ANSWER = struct.Struct("=2xBxII8xI")  # vsock_diag_msg: state, src_cid, src_port, ino


class RawPath(t.NamedTuple):
    """One way in. ``inode`` 0: no socket stands for it."""

    kind: str
    detail: str
    inode: int = 0


class RulePath(t.NamedTuple):
    """One way in by a rule of a packet filter. ``protocols`` and ``ports`` as in AlternatePath."""

    kind: str
    detail: str
    inode: int = 0
    protocols: t.Tuple[str, ...] = ()
    ports: t.Tuple[str, ...] = ()


AnyPath = t.Union[RawPath, RulePath]


class PortlessEntries(t.NamedTuple):
    paths: t.Tuple[RawPath, ...] = ()
    gaps: t.Tuple[_socket.Gap, ...] = ()


class EntriesUnread(Exception):
    """Something that may be there could not be read; the text says why."""


def look(
    proc: str, counts: t.Optional[t.Mapping[str, int]], *, connect: _wire.Connect = _wire.connect
) -> PortlessEntries:
    """The ways into the caller's network namespace. ``counts``: sockets by protocol, as the kernel counts them."""
    paths: t.List[RawPath] = []
    gaps: t.List[_socket.Gap] = []
    for what, rows, read in _SOURCES:
        if counts is not None and not any(_may_be(counts, row) for row in rows):
            continue
        try:
            paths.extend(read(proc, connect))
        except _sk_lookup.SkLookupRefused:
            from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux import _remedy

            detail = _remedy.refused("the collector may not list %s" % what, _remedy.NET_ADMIN, proc)
            gaps.append(_socket.Gap("permission", "paths", detail))
        except (EntriesUnread, OSError, _wire.NetlinkError) as error:
            gaps.append(_socket.Gap("path-unread", "paths", "%s could not be listed: %s" % (what, error)))
    return PortlessEntries(tuple(paths), tuple(gaps))


def _may_be(counts: t.Mapping[str, int], row: str) -> bool:
    """The kernel does not count sockets of AF_VSOCK: it shows 0 or -1 whatever there is."""
    if row == "AF_VSOCK":
        return row in counts
    return row == ANYWAY or counts.get(row, 0) != 0


def _raw(name: str, family: str) -> t.Callable[[str, _wire.Connect], t.Iterator[RawPath]]:
    def read(proc: str, _connect: _wire.Connect) -> t.Iterator[RawPath]:
        for row in _rows("%s/net/%s" % (proc, name)):
            try:
                _sl, local, _remote, _st, _queues, _timer, _retransmits, _uid, _timeout, inode = row[:10]
                _address, number = local.split(b":")
                path = RawPath(
                    "raw", "%s protocol %s" % (family, _named(int(number, 16), _PROTOCOLS, "%d")), int(inode)
                )
            except ValueError:
                raise EntriesUnread("a row of /proc/net/%s is malformed" % name) from None
            yield path

    return read


def _packet(proc: str, _connect: _wire.Connect) -> t.Iterator[RawPath]:
    for row in _rows(proc + "/net/packet"):
        try:
            _sk, _references, _type, protocol, interface, _running, _queued, _user, socket_inode = row[:9]
            ethertype, index, inode = int(protocol, 16), int(interface), int(socket_inode)
        except ValueError:
            raise EntriesUnread("a row of /proc/net/packet is malformed") from None
        if ethertype:  # 0 takes nothing in: the socket only sends (packet(7))
            where = "on %s" % _host_files.unicode_text(_host_facts.device(index)) if index else "on every device"
            yield RawPath("packet", "%s %s" % (_named(ethertype, _ETHERTYPES, "0x%04x"), where), inode)


def _named(number: int, names: t.Mapping[int, str], form: str) -> str:
    return names.get(number) or form % number


def _rows(path: str) -> t.List[t.List[bytes]]:
    table = _host_files.read(path, limit=_LARGE)
    if table is None:
        raise EntriesUnread("%s cannot be read" % path)
    return [line.split() for line in table.split(b"\n")[1:] if line.strip()]


def _xdp(_proc: str, connect: _wire.Connect) -> t.Iterator[RawPath]:
    request = _XDP_REQUEST.pack(AF_XDP, 0, 0, 0, _XDP_SHOW_INFO, 0, 0)
    for payload in _wire.dump(_wire.SOCK_DIAG, _sock_diag.SOCK_DIAG_BY_FAMILY, request, connect=connect):
        if len(payload) < _XDP_ANSWER.size:
            raise EntriesUnread("a socket of %d bytes" % len(payload))
        place = _wire.attributes(payload, _XDP_ANSWER.size).get(_XDP_INFO, b"")
        detail = "not bound to a device"
        if len(place) == _XDP_PLACE.size:
            index, queue = _XDP_PLACE.unpack(place)
            if index:
                detail = "queue %d of %s" % (queue, _host_files.unicode_text(_host_facts.device(index)))
        (ino,) = _XDP_ANSWER.unpack_from(payload)
        yield RawPath("xdp", detail, ino)


def _vsock(_proc: str, connect: _wire.Connect) -> t.Iterator[RawPath]:
    request = _VSOCK_REQUEST.pack(AF_VSOCK, 0, 0, 1 << _sock_diag.LISTEN, 0, 0, 0, 0)
    try:
        payloads = _wire.dump(_wire.SOCK_DIAG, _sock_diag.SOCK_DIAG_BY_FAMILY, request, connect=connect)
    except _wire.NetlinkError as error:
        if error.errno != errno.ENOENT:
            raise
        # The family is loaded by whoever asks for such a socket, and its vsock_diag is a part of its own.
        if not _has_transport():
            return
        raise EntriesUnread("this kernel has no vsock_diag") from error
    for payload in payloads:
        if len(payload) < _VSOCK_ANSWER.size:
            raise EntriesUnread("a socket of %d bytes" % len(payload))
        state, src_cid, src_port, ino = _VSOCK_ANSWER.unpack_from(payload)
        if state == _sock_diag.LISTEN:
            cid = "any" if src_cid == ANY_CID else str(src_cid)
            yield RawPath("vsock", "port %d of cid %s" % (src_port, cid), ino)


def _has_transport() -> bool:
    """Whether there is anything for vsock to come in by: a hypervisor below this system, or guests on it.

    Without one a socket reaches nobody but the host itself (vsock_assign_transport() in net/vmw_vsock/af_vsock.c).
    Where /sys does not show devices, there may be.
    """
    if not os.path.isdir(SYS + "/class/misc"):
        return True
    if any(os.path.lexists(SYS + path) for path in _TRANSPORTS):
        return True
    try:
        return any(name.startswith("virtio") for name in os.listdir(SYS + _VIRTIO))
    except OSError:
        return False


def _steering(proc: str, _connect: _wire.Connect) -> t.Iterator[RawPath]:
    # Their ids differ from boot to boot and from host to host: equal findings of a fleet have to read the same.
    for _number in _sk_lookup.programs(proc + "/self/ns/net"):
        yield RawPath("sk_lookup", "steers connections to sockets")


ANYWAY = ""  # a source that no count of sockets speaks for
_Read = t.Callable[[str, _wire.Connect], t.Iterator[RawPath]]
# What it is, its rows in /proc/net/protocols, how it is read.
_SOURCES: t.Tuple[t.Tuple[str, t.Tuple[str, ...], _Read], ...] = (
    ("raw sockets over IPv4", ("RAW",), _raw("raw", "IPv4")),
    ("raw sockets over IPv6", ("RAWv6",), _raw("raw6", "IPv6")),
    ("packet sockets", ("PACKET",), _packet),
    ("AF_XDP sockets", ("XDP",), _xdp),
    ("vsock sockets", ("AF_VSOCK",), _vsock),
    ("BPF programs that steer sockets", (ANYWAY,), _steering),
)


def described(
    raw: t.Iterable[AnyPath], *, namespace: t.Optional[int], owned: t.Callable[[int], t.Tuple[_socket.Owner, ...]]
) -> t.List[_socket.AlternatePath]:
    """One record for all of a kind, detail and owners. ``owned`` gives the owners of a socket by inode."""
    counts: t.Dict[_socket.AlternatePath, int] = {}
    for path in raw:
        owners = owned(path.inode) if path.inode else ()
        one = _socket.AlternatePath(path.kind, path.detail, 1, namespace, owners, *path[3:])
        counts[one] = counts.get(one, 0) + 1
    found = [one._replace(count=count) for one, count in counts.items()]
    return sorted(found, key=lambda path: (path.kind, path.detail, [owner.pid or 0 for owner in path.owners]))
