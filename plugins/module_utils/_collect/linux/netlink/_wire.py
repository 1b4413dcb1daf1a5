# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The netlink wire protocol: messages, attributes and a dump that is either whole or an error.

Sources: netlink(7), include/uapi/linux/netlink.h, net/netlink/af_netlink.c. A dump ends with NLMSG_DONE whose payload
is the error of the dump; only zero means that everything was sent (netlink_dump_done()).
"""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import struct
import typing as t

SOCK_DIAG = 4  # NETLINK_SOCK_DIAG
ROUTE = 0  # NETLINK_ROUTE
GENERIC = 16  # NETLINK_GENERIC

NOOP, ERROR, DONE, OVERRUN = 1, 2, 3, 4
REQUEST_DUMP = 0x001 | 0x300  # NLM_F_REQUEST | NLM_F_DUMP
DUMP_INTR = 0x010

GET_STRICT_CHK = 12  # NETLINK_GET_STRICT_CHK, since Linux 4.20: filters in a request for a dump count
SOL_NETLINK = 270

ATTEMPTS = 5
MOST_PASSED = 1 << 18  # messages of a dump that nobody wants, from a kernel that does not filter
TIMEOUT = 5.0  # seconds for one answer of the kernel; it answers at once or is stuck
BUFFER = 1 << 17  # the kernel fills at most 32 KiB for a dump; nothing is ever cut
_TRUNCATED = int(socket.MSG_TRUNC)  # the flag of the socket module is an enumeration, and slow to compare with

_HEADER = struct.Struct("=IHHII")
_ATTRIBUTE = struct.Struct("=HH")
_INT = struct.Struct("=i")
_TYPE_MASK = 0x3FFF  # without NLA_F_NESTED and NLA_F_NET_BYTEORDER


class NetlinkError(Exception):
    """A dump that is not whole. ``code`` is short and stable, ``errno`` is the kernel's or 0."""

    def __init__(self, code: str, detail: str, *, number: int = 0) -> None:
        super().__init__(detail)
        self.code = code
        self.errno = number


class _Again(Exception):
    """The dump was disturbed and has to be repeated."""


class Transport(t.Protocol):
    """What is used of a netlink socket; tests put a fake kernel in its place."""

    def send(self, data: bytes) -> int:
        """As socket.socket has it."""

    def recvmsg(self, size: int) -> t.Tuple[bytes, t.Any, int, t.Any]:
        """As socket.socket has it."""

    def close(self) -> None:
        """As socket.socket has it."""


Connect = t.Callable[[int], Transport]


class Keep(t.NamedTuple):
    """Which messages of a dump are wanted, and of how many others it is too much to read on."""

    wanted: t.Callable[[bytes], bool]
    most: int


class Message(t.NamedTuple):
    kind: int
    flags: int
    sequence: int
    payload: bytes


def connect(protocol: int) -> Transport:
    """Open a netlink socket. Raises OSError, where there is no netlink too."""
    family = getattr(socket, "AF_NETLINK", None)
    if family is None:
        raise OSError(errno.EAFNOSUPPORT, os.strerror(errno.EAFNOSUPPORT))
    connection = socket.socket(family, socket.SOCK_RAW | socket.SOCK_CLOEXEC, protocol)
    connection.settimeout(TIMEOUT)
    return connection


def strictly(connect: Connect) -> Connect:
    """A socket on which the filters of a request count. An older kernel has none, and sends everything."""

    def connected(protocol: int) -> Transport:
        connection = connect(protocol)
        if isinstance(connection, socket.socket):
            with contextlib.suppress(OSError):
                connection.setsockopt(SOL_NETLINK, GET_STRICT_CHK, 1)
        return connection

    return connected


def dump(
    protocol: int, kind: int, payload: bytes, *, connect: Connect = connect, keep: t.Optional[Keep] = None
) -> t.List[bytes]:
    """Ask for a dump and return the payload of every message of it, or of those that are to be kept.

    A disturbed dump (NLM_F_DUMP_INTR, ENOBUFS) is repeated on a new socket: the kernel answers EBUSY to a second dump
    on one that has not ended. Raises NetlinkError when the dump was refused or did not become whole.
    """
    for sequence in range(1, ATTEMPTS + 1):
        request = pack(kind, payload, sequence=sequence)
        try:
            return _dump_once(protocol, request, sequence=sequence, connect=connect, keep=keep)
        except _Again:
            continue
    raise NetlinkError("dump-interrupted", "the dump was disturbed %d times" % ATTEMPTS)


def _dump_once(
    protocol: int, request: bytes, *, sequence: int, connect: Connect, keep: t.Optional[Keep]
) -> t.List[bytes]:
    try:
        connection = connect(protocol)
        try:
            connection.send(request)
            return _receive(connection, sequence=sequence, keep=keep)
        finally:
            connection.close()
    except OSError as error:
        raise _refused(error.errno or errno.ETIMEDOUT) from error


def pack(kind: int, payload: bytes, *, sequence: int) -> bytes:
    """One request for a dump."""
    return _HEADER.pack(_HEADER.size + len(payload), kind, REQUEST_DUMP, sequence, 0) + payload


def attribute_number(found: t.Mapping[int, bytes], kind: int, form: struct.Struct) -> t.Optional[int]:
    """The number that an attribute holds; None where it is missing, or of another size."""
    raw = found.get(kind, b"")
    if len(raw) != form.size:
        return None
    (value,) = form.unpack(raw)
    return t.cast(int, value)


def pack_attribute(kind: int, value: bytes) -> bytes:
    size = _ATTRIBUTE.size + len(value)
    return _ATTRIBUTE.pack(size, kind) + value + b"\0" * (-size % 4)


def messages(data: bytes) -> t.Iterator[Message]:
    """Split what one read returned. Raises NetlinkError when a length does not fit."""
    offset, end = 0, len(data)
    while offset < end:
        if end - offset < _HEADER.size:
            raise NetlinkError("malformed", "%d bytes instead of a message header" % (end - offset))
        length, kind, flags, sequence, _port = _HEADER.unpack_from(data, offset)
        if length < _HEADER.size or length > end - offset:
            raise NetlinkError("malformed", "a message of %d bytes in %d" % (length, end - offset))
        yield Message(kind, flags, sequence, data[offset + _HEADER.size : offset + length])
        offset += (length + 3) & ~3


def attributes(data: bytes, offset: int = 0, *, only: t.Optional[t.AbstractSet[int]] = None) -> t.Dict[int, bytes]:
    """Attributes by type, the last of each. Fewer bytes than a header at the end are padding.

    ``only``: types that are wanted; a link has fifty. Raises NetlinkError when a length does not fit.
    """
    found: t.Dict[int, bytes] = {}
    end = len(data)
    last, unpack = end - _ATTRIBUTE.size, _ATTRIBUTE.unpack_from  # looked up once: this is what a dump costs
    while offset <= last:
        length, kind = unpack(data, offset)
        if length < _ATTRIBUTE.size or length > end - offset:
            raise NetlinkError("malformed", "an attribute of %d bytes in %d" % (length, end - offset))
        kind &= _TYPE_MASK
        if only is None or kind in only:
            found[kind] = data[offset + _ATTRIBUTE.size : offset + length]
        offset += (length + 3) & ~3
    return found


def _receive(connection: Transport, *, sequence: int, keep: t.Optional[Keep]) -> t.List[bytes]:
    payloads = _Payloads(keep)
    disturbed = False
    while True:
        data, _ancillary, flags, sender = connection.recvmsg(BUFFER)
        # Any process can send to a netlink socket; what counts comes from the kernel, port 0 (netlink(7)).
        if sender and sender[0] != 0:
            continue
        if not data:
            raise NetlinkError("malformed", "the kernel closed the dump before its end")
        if flags & _TRUNCATED:
            raise NetlinkError("truncated", "an answer was longer than %d bytes" % BUFFER)
        for message in messages(data):
            if message.sequence != sequence:
                continue
            disturbed = disturbed or bool(message.flags & DUMP_INTR)
            if message.kind == DONE:
                return _finished(message.payload, payloads.kept, disturbed=disturbed)
            _take(message, payloads)


class _Payloads:
    """What a dump holds so far, and how much of it was passed over."""

    def __init__(self, keep: t.Optional[Keep]) -> None:
        self.kept: t.List[bytes] = []
        self._keep = keep
        self._passed = 0

    def add(self, payload: bytes) -> None:
        if self._keep is None or self._keep.wanted(payload):
            self.kept.append(payload)
            return
        self._passed += 1
        if self._passed > self._keep.most:
            raise NetlinkError("too-many", "the kernel does not filter and sent more than %d others" % self._passed)


def _take(message: Message, payloads: _Payloads) -> None:
    if message.kind == ERROR:
        raise _refused(_number(message.payload))
    if message.kind == OVERRUN:
        raise _Again
    if message.kind != NOOP:
        payloads.add(message.payload)


def _finished(payload: bytes, payloads: t.List[bytes], *, disturbed: bool) -> t.List[bytes]:
    number = _number(payload)
    if number:
        raise _refused(number)
    if disturbed:
        raise _Again
    return payloads


def _number(payload: bytes) -> int:
    """The errno, positive, that NLMSG_ERROR and NLMSG_DONE begin with."""
    if len(payload) < _INT.size:
        raise NetlinkError("malformed", "a dump ended without a status")
    (error,) = _INT.unpack_from(payload)
    return -t.cast(int, error)


def _refused(number: int) -> Exception:
    if number in (errno.ENOBUFS, errno.EINTR):
        return _Again()
    name = errno.errorcode.get(number)
    said = "%s (%s)" % (os.strerror(number), name) if name else "error %d" % number
    return NetlinkError("dump-refused", said, number=number)
