# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Listening sockets from ``/proc/net/*``: the fallback where netlink is refused.

It shows addresses, ports, uids and inodes, and neither the bound device, nor whether an IPv6 socket takes IPv4 too, nor
cgroups. Its cost grows with every connection of the host. Source: tcp4_seq_show() and udp6_seq_show() of the kernel.
"""

from __future__ import annotations

import re
import socket
import struct
import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.netlink import _sock_diag

_HEX = re.compile(rb"[0-9A-Fa-f]+\Z")
_HEX_LENGTH = {"ipv4": 8, "ipv6": 32}
# Columns: sl local_address rem_address st queues timer retrnsmt uid timeout inode …
_LOCAL_ADDRESS, _ST, _UID, _INODE = 1, 3, 7, 9


class ProcNetError(Exception):
    """A table that cannot be read, or that does not look as the kernel writes it."""


def dump(protocol: str, family: str, *, state: int, proc: str) -> t.List[_sock_diag.RawSocket]:
    """All sockets of that protocol, family and state. Raises ProcNetError."""
    name = protocol + ("6" if family == "ipv6" else "")
    try:
        with open("%s/net/%s" % (proc, name), "rb") as table:
            next(table, None)  # the headings
            return list(_rows(table, protocol, family, state=state))
    except OSError as error:
        raise ProcNetError("%s/net/%s: %s" % (proc, name, error.strerror)) from error


def _rows(lines: t.Iterable[bytes], protocol: str, family: str, *, state: int) -> t.Iterator[_sock_diag.RawSocket]:
    wanted = b"%02X" % state
    for line in lines:
        fields = line.split()
        if len(fields) <= _INODE:
            raise ProcNetError("a row of %d columns" % len(fields))
        if fields[_ST] == wanted:
            yield parse(fields, protocol, family, state=state)


def parse(fields: t.Sequence[bytes], protocol: str, family: str, *, state: int) -> _sock_diag.RawSocket:
    """One row, split into its columns."""
    try:
        address, port = fields[_LOCAL_ADDRESS].split(b":")
        uid, inode = fields[_UID], fields[_INODE]
        if not (_HEX.match(address) and _HEX.match(port) and len(port) == 4 and uid.isdigit() and inode.isdigit()):
            raise ValueError("not numbers")  # int() also takes signs, spaces and underscores
        return _sock_diag.RawSocket(
            protocol=protocol,
            family=family,
            address=_address(address.decode("ascii"), family),
            port=int(port, 16),
            state=_sock_diag.STATES[state],
            uid=int(uid),
            inode=int(inode),
        )
    except ValueError as error:
        raise ProcNetError("a malformed row: %s" % error) from error


def _address(text: str, family: str) -> str:
    if len(text) != _HEX_LENGTH[family]:
        raise ValueError("an address of %d digits" % len(text))
    # The kernel prints each 32-bit word of the address as a number of the machine's own byte order.
    words = [int(text[at : at + 8], 16) for at in range(0, len(text), 8)]
    raw = struct.pack("=%dI" % len(words), *words)
    return socket.inet_ntop(socket.AF_INET if family == "ipv4" else socket.AF_INET6, raw)
