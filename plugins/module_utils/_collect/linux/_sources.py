# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every listening socket of a network namespace, from the best source that answers, and what could not be seen."""

from __future__ import annotations

import errno
import os
import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils import _socket
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _host_files
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.netlink import _sock_diag, _wire


class Protocol(t.NamedTuple):
    """``names``: its rows in ``/proc/net/protocols``. Optional ones are asked for only where the kernel has them."""

    name: str
    number: int
    state: int
    names: t.Tuple[str, str]
    optional: bool
    table: bool  # has a table of the usual shape below /proc/net


PROTOCOLS = (
    Protocol("tcp", 6, _sock_diag.LISTEN, ("TCP", "TCPv6"), False, True),
    Protocol("udp", 17, _sock_diag.CLOSE, ("UDP", "UDPv6"), False, True),
    Protocol("udplite", 136, _sock_diag.CLOSE, ("UDP-Lite", "UDPLITEv6"), True, True),
    Protocol("sctp", 132, _sock_diag.LISTEN, ("SCTP", "SCTPv6"), True, False),
    Protocol("dccp", 33, _sock_diag.LISTEN, ("DCCP", "DCCPv6"), True, False),
)
MPTCP = Protocol("mptcp", 262, _sock_diag.LISTEN, ("MPTCP", "MPTCPv6"), True, False)
FAMILIES = ("ipv4", "ipv6")
# Before, the kernel counts no MPTCP socket at all (c558246ee73e).
_COUNTS_MPTCP = (6, 2)


class Dump(t.NamedTuple):
    """``sources`` are ``sock_diag`` and ``proc_net``. ``mptcp`` are inodes of sockets that speak MPTCP."""

    sockets: t.Tuple[_sock_diag.RawSocket, ...]
    mptcp: t.FrozenSet[int]
    gaps: t.Tuple[_socket.Gap, ...]
    sources: t.FrozenSet[str]


class _Dumper:
    def __init__(self, proc: str, connect: _wire.Connect, *, sparing: bool) -> None:
        self.proc = proc
        self.connect = connect
        self.sparing = sparing
        self.present = kernel_protocols(proc)
        self.sockets: t.List[_sock_diag.RawSocket] = []
        self.gaps: t.List[_socket.Gap] = []
        self.sources: t.Set[str] = set()

    def take(self, protocol: Protocol, family: str) -> None:
        """Add the sockets of one protocol and family, or a gap."""
        if not self._asked(protocol, family):
            return
        try:
            self.sockets.extend(self._ask(protocol, family))
        except _wire.NetlinkError as error:
            if not self._absent(protocol, family, error):
                self._fall_back(protocol, family, error)

    def take_mptcp(self) -> t.FrozenSet[int]:
        """Inodes of MPTCP listeners. They are in the dump of TCP too, so that a refusal hides no listener."""
        inodes: t.Set[int] = set()
        for family in FAMILIES:
            if not self._asked_mptcp(family):
                continue
            try:
                inodes.update(raw.inode for raw in self._ask(MPTCP, family))
            except _wire.NetlinkError as error:
                detail = "it is unknown whether TCP listeners accept MPTCP: %s" % error
                self.gaps.append(_socket.Gap("mptcp-unknown", "host", detail, "tcp", family))
        return frozenset(inodes)

    def _asked(self, protocol: Protocol, family: str) -> bool:
        """Whether to ask at all.

        A request for a protocol that is not there makes the kernel load its module (sock_diag_request_module()), and
        hardening guides forbid some of them: reading must not change the host. Nor is there anything to ask where the
        kernel counts no socket of it: a dump of UDP walks a table of 65,536 slots to find that out.
        """
        if self.present is None:
            return not protocol.optional
        count = self.present.get(protocol.names[FAMILIES.index(family)])
        if protocol.optional:
            return count is not None and count != 0
        return count != 0 or not self.sparing

    def _asked_mptcp(self, family: str) -> bool:
        """Where the kernel has MPTCP built in, the request loads no protocol, only the module that answers it."""
        uncounted = (self.present or {}).get(MPTCP.names[FAMILIES.index(family)]) == 0 and not _counts_mptcp()
        listens = any(raw.family == family and raw.protocol == "tcp" for raw in self.sockets)
        return (uncounted and listens) or self._asked(MPTCP, family)

    def _ask(self, protocol: Protocol, family: str) -> t.List[_sock_diag.RawSocket]:
        found = _sock_diag.dump(protocol.name, protocol.number, family, state=protocol.state, connect=self.connect)
        self.sources.add("sock_diag")
        return found

    def _absent(self, protocol: Protocol, family: str, error: _wire.NetlinkError) -> bool:
        """ENOENT can also be a missing ``*_diag`` module: the protocol is absent only if the kernel's list agrees."""
        if error.errno != errno.ENOENT or self.present is None:
            return False
        return protocol.names[FAMILIES.index(family)] not in self.present

    def _fall_back(self, protocol: Protocol, family: str, error: _wire.NetlinkError) -> None:
        from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.procfs import _proc_net

        what = "sock_diag: %s" % error
        if protocol.table:
            try:
                found = _proc_net.dump(protocol.name, family, state=protocol.state, proc=self.proc)
            except _proc_net.ProcNetError as table_error:
                what = "%s; %s" % (what, table_error)
            else:
                self._from_table(protocol, family, found, what)
                return
        self.gaps.append(_socket.Gap(error.code, "listeners", what, protocol.name, family))

    def _from_table(self, protocol: Protocol, family: str, found: t.List[_sock_diag.RawSocket], what: str) -> None:
        self.sockets.extend(found)
        self.sources.add("proc_net")
        detail = "%s; read from /proc/net instead, which shows no bound device, no dual stack and no unit" % what
        self.gaps.append(_socket.Gap("netlink-refused", "units", detail, protocol.name, family))


def _counts_mptcp() -> bool:
    """Whether this kernel counts MPTCP sockets: a count of 0 tells something only then."""
    parts = os.uname().release.split(".", 2)
    return len(parts) > 1 and all(map(str.isdigit, parts[:2])) and tuple(map(int, parts[:2])) >= _COUNTS_MPTCP


def kernel_protocols(proc: str) -> t.Optional[t.Dict[str, int]]:
    """Names in ``/proc/net/protocols``, each with how many sockets of it the reader's network namespace has.

    None when it cannot be read. Source: proto_seq_printf() in net/core/sock.c; a count that is none shows as -1.
    """
    table = _host_files.read(proc + "/net/protocols")
    if table is None:
        return None
    rows = (line.split() for line in table.decode("ascii", "replace").splitlines()[1:])
    return {row[0]: int(row[2]) if len(row) > 2 and row[2].isdigit() else -1 for row in rows if row}


def dump_all(proc: str, *, connect: _wire.Connect = _wire.connect, sparing: bool = False) -> Dump:
    """Every listening socket of the caller's network namespace. Never raises for what cannot be seen: a gap says it.

    ``sparing``: ask for nothing of which the kernel counts no socket, TCP and UDP included.
    """
    dumper = _Dumper(proc, connect, sparing=sparing)
    for protocol in PROTOCOLS:
        for family in FAMILIES:
            dumper.take(protocol, family)
    mptcp = dumper.take_mptcp()
    if dumper.present is None:
        for protocol in PROTOCOLS:
            if protocol.optional:
                detail = "/proc/net/protocols could not be read, so the collector did not query the kernel"
                dumper.gaps.append(_socket.Gap("protocol-unknown", "listeners", detail, protocol.name))
    return Dump(tuple(dumper.sockets), mptcp, tuple(dumper.gaps), frozenset(dumper.sources))
