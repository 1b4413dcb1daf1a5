# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whoever waits on a socket that is in no table: accept(2) on a descriptor that was closed, or in an io_uring.

The kernel holds the socket for as long as the call lasts, and hands over the next connection. Only processes that hold
none of the listeners are looked at, and of them those that share a user or a cgroup with somebody who does: others have
no way to get at one. Sources: ``/proc/<pid>/task/<tid>/syscall`` and ``wchan``, proc(5).
"""

from __future__ import annotations

import functools
import os
import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _host_files
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.owners import _io_uring
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.owners._holders import (
    CONNECTIONS,
    DATAGRAMS,
    RING,
    DescriptorTable,
    Waiting,
)

if t.TYPE_CHECKING:
    from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.owners._fd_walk import Walk

THREADS = 2000
IO_URING_ENTER = 426  # on every machine
SOCKETCALL = 102  # where there is one; elsewhere a call of that number never waits
_SOCKETCALLS = {5: CONNECTIONS, 18: CONNECTIONS, 10: DATAGRAMS, 12: DATAGRAMS, 17: DATAGRAMS, 19: DATAGRAMS}
_GENERIC = ((202, 242), (207, 212, 243, 63, 65, 286, 76))
_I386 = ((364,), (371, 372, 337, 417, 3, 145, 378, 313))
_ARM = ((285, 366), (291, 292, 297, 365, 417, 3, 145, 392, 340))
_PPC = ((330, 344), (336, 337, 342, 343, 417, 3, 145, 380, 283))
_X32 = (517, 519, 537, 515, 546)
# Numbers of accept and accept4, and of recv, recvfrom, recvmsg, recvmmsg (its second number is for 64-bit times), read,
# readv, preadv2 and splice (sendfile and preadv refuse sockets), from the kernel's tables; with those of the 32-bit
# programs that a machine runs too: none of them is another call that waits on a descriptor.
_NUMBERS = {
    "x86_64": ((43, 288, *_I386[0]), (45, 47, 299, 0, 19, 327, 275, *_X32, *_I386[1])),
    "i686": _I386,
    "aarch64": ((*_GENERIC[0], *_ARM[0]), (*_GENERIC[1], *_ARM[1])),
    "armv7l": _ARM,
    "riscv64": _GENERIC,
    "loongarch64": _GENERIC,
    "ppc64le": _PPC,
    "ppc64": _PPC,
    "s390x": ((364,), (371, 372, 357, 417, 3, 145, 376, 306)),
}
# Where the kernel waits in them (/proc/<pid>/wchan), whatever the machine: beginnings of names of functions.
_ACCEPTS = ("inet_csk_accept", "inet_csk_wait_for", "sctp_accept", "sctp_wait_for_accept")
# Where it waits for connections of other kinds.
_OTHERS = ("__skb_wait_for_more_packets", "unix_", "vsock_", "__vsock_")
_RECEIVES = ("__skb_wait_for_more_packets", "__skb_recv_udp")
_WORKERS = ("io_wq_worker", "io_sq_thread")


@functools.lru_cache(maxsize=1)
def _told(machine: str) -> t.FrozenSet[int]:
    """Numbers of all calls that matter: few threads wait in one, and of the others no argument is read."""
    accepts, receives = _NUMBERS.get(machine, ((), ()))
    return frozenset((IO_URING_ENTER, SOCKETCALL, *accepts, *receives))


class Call(t.NamedTuple):
    """What a thread waits in. ``kind`` None: in an io_uring. ``descriptor`` None: it is not told which."""

    kind: t.Optional[str]
    descriptor: t.Optional[int]


def found(walk: Walk, processes: t.Sequence[int]) -> t.List[Waiting]:
    """Whoever waits so, of at most THREADS threads."""
    holders: t.Set[int] = set().union(*walk.pids.values())
    waiting: t.List[Waiting] = []
    left = THREADS
    for pid in _candidates(walk, processes, holders):
        threads = _threads(walk, pid)[:left]
        left -= len(threads)
        waiting += _of_threads(walk, pid, threads)
        if _table(walk, pid).ring:
            waiting += _in_ring(walk, pid)
        if left <= 0 or walk.budget.spent():
            break
    return sorted(set(waiting), key=lambda one: (one.pid, one.kind or ""))


def _of_threads(walk: Walk, pid: int, threads: t.Sequence[int]) -> t.Iterator[Waiting]:
    """What the threads of a process wait for. To know it of one may take all descriptors or connections there are."""
    for thread in threads:
        if walk.budget.spent():
            return
        one = _look(walk.proc, pid, thread)
        if one is not None:
            yield one


def _candidates(walk: Walk, processes: t.Sequence[int], holders: t.Set[int]) -> t.Iterator[int]:
    """Those that hold none and share a user, or a cgroup, with somebody who does."""
    # 0 is root, and whoever may not be traced: what is not dumpable does not show its user (proc(5)).
    users = {0, *(_table(walk, pid).user for pid in holders), *walk.creators}
    groups: t.Set[t.Optional[bytes]] = set()
    preferred = set(walk.preferred)
    for pid in processes:
        if pid in holders or pid in walk.denied:
            continue
        if pid in preferred or _table(walk, pid).user in users:
            yield pid
            continue
        groups = groups or {_host_files.read("%s/%d/cgroup" % (walk.proc, holder)) for holder in holders} - {None}
        if _host_files.read("%s/%d/cgroup" % (walk.proc, pid)) in groups:
            yield pid


_NO_TABLE = DescriptorTable(0)


def _table(walk: Walk, pid: int) -> DescriptorTable:
    return walk.tables.get(walk.table_of(pid), _NO_TABLE)


def _threads(walk: Walk, pid: int) -> t.List[int]:
    """Its threads; none of a thread of the kernel's own."""
    base = "%s/%d" % (walk.proc, pid)
    if pid in walk.alone:
        return [pid] if _table(walk, pid).size or os.path.lexists(base + "/exe") else []
    try:
        return sorted(int(name) for name in os.listdir(base + "/task") if name.isdigit())
    except OSError:
        return []


def _look(proc: str, pid: int, thread: int) -> t.Optional[Waiting]:
    """What one thread waits for, if that is in no table."""
    # The first thread shows the same without a folder of its own, which the kernel would have to make.
    base = "%s/%d" % (proc, pid) if thread == pid else "%s/%d/task/%d" % (proc, pid, thread)
    raw = _host_files.read(base + "/syscall", limit=256)
    if not raw or raw.startswith(b"running"):
        return None
    machine = os.uname().machine
    call = parse(raw, machine)
    if call is None:
        # A worker of an io_uring makes no system call. Of a machine that is not known no number is.
        silent = (raw.startswith(b"-1") and thread != pid) or machine not in _NUMBERS
        return _worker(proc, base, pid) if silent else None
    if call.kind is None:
        return None if _has_ring(base) else Waiting(pid, None)
    if not _elsewhere(proc, base, call):
        return None
    # It may have gone on between the two: only what is still the same is believed.
    same = _host_files.read(base + "/syscall", limit=256) == raw and _elsewhere(proc, base, call)
    return Waiting(pid, call.kind) if same else None


def _elsewhere(proc: str, base: str, call: Call) -> bool:
    """Whether the socket that it waits on is none that it has."""
    link = _host_files.readlink("%s/fd/%d" % (base, call.descriptor)) if call.descriptor is not None else None
    if call.descriptor is not None and not (link or "").startswith("socket:["):
        # Closed, or no socket at all: so it is on another, unless that is of a kind that is no listener.
        if call.kind is CONNECTIONS:
            return not _where(base).startswith(_OTHERS)
        return _waits(base, call.kind)
    if link is not None and call.kind is DATAGRAMS:
        return False
    # Any socket can be given the number of another: the one that is waited on is a listener that the kernel knows.
    return _waits(base, call.kind) and _own_namespace(proc, base) and not _listens(base, link)


def _listens(base: str, link: t.Optional[str]) -> bool:
    """Whether a socket is a listener of the process's namespace: the kernel lists those before all others."""
    inode = os.fsencode(link or "")[len("socket:[") : -1]
    for table in ("tcp", "tcp6"):
        rows = (line.split() for line in (_host_files.read("%s/net/%s" % (base, table)) or b"").split(b"\n"))
        if any(len(row) > 9 and row[3] == b"0A" and row[9] == inode for row in rows):
            return True
    return False


def parse(raw: bytes, machine: str) -> t.Optional[Call]:
    """A line of ``syscall``: number, six arguments, stack and program counter. None: none of the calls that matter."""
    fields = raw.split()
    if len(fields) != 9 or not fields[0].isdigit():
        return None
    number = int(fields[0]) & ~0x40000000  # __X32_SYSCALL_BIT
    if number not in _told(machine):
        return None
    try:
        arguments = [int(field, 16) & 0xFFFFFFFF for field in fields[1:7]]
    except ValueError:
        return None
    if number == IO_URING_ENTER:
        return Call(None, None)
    if number == SOCKETCALL and arguments[0] in _SOCKETCALLS:
        return Call(_SOCKETCALLS[arguments[0]], None)  # the descriptor is in the memory of the process
    accepts, receives = _NUMBERS.get(machine, ((), ()))
    kind = CONNECTIONS if number in accepts else DATAGRAMS if number in receives else None
    return Call(kind, arguments[0]) if kind is not None else None


def _waits(base: str, kind: t.Optional[str]) -> bool:
    """Whether the kernel waits where it does for a listener; not, where it does not tell."""
    return _where(base).startswith(_ACCEPTS if kind is CONNECTIONS else _RECEIVES)


def _where(base: str) -> str:
    return (_host_files.read(base + "/wchan", limit=256) or b"").decode("ascii", "replace").strip()


def _worker(proc: str, base: str, pid: int) -> t.Optional[Waiting]:
    """A thread of an io_uring that waits by itself, or that belongs to a ring of which there is no descriptor."""
    where = _where(base)
    if where.startswith(_WORKERS):
        return None if _has_ring(base) else Waiting(pid, None)
    return Waiting(pid, CONNECTIONS) if where.startswith(_ACCEPTS) and _own_namespace(proc, base) else None


def _has_ring(base: str) -> bool:
    try:
        names = os.listdir(base + "/fd")
    except OSError:
        return True  # it has ended
    ring = os.fsdecode(RING)
    return any(_host_files.readlink("%s/fd/%s" % (base, name)) == ring for name in names)


def _own_namespace(proc: str, base: str) -> bool:
    """Whether it is in the network namespace of the collector. Listeners of others are not all known."""
    return _host_files.readlink(base + "/ns/net") == _host_files.readlink(proc + "/self/ns/net")


def _in_ring(walk: Walk, pid: int) -> t.List[Waiting]:
    """What its rings wait for. It holds none of the listeners: so it is on something else that it has, or on one."""
    tables = [table for table in walk.tables.values() if table.pid == pid]
    operations: t.Set[int] = set().union(*(table.awaited for table in tables))
    if not operations & {_io_uring.ACCEPT, *_io_uring.RECEIVES}:
        return []
    base = "%s/%d" % (walk.proc, pid)
    try:
        links = {_host_files.readlink("%s/fd/%s" % (base, name)) for name in os.listdir(base + "/fd")}
    except OSError:
        return []
    sockets = {link for link in links if link and link.startswith("socket:[")}
    if _io_uring.ACCEPT in operations and not sockets & _unix_listeners(base):
        # In another namespace its listeners are not all known: any socket may be one.
        return [] if sockets and not _own_namespace(walk.proc, base) else [Waiting(pid, CONNECTIONS)]
    return [] if sockets else [Waiting(pid, DATAGRAMS)]


def _unix_listeners(base: str) -> t.Set[str]:
    """Sockets of the process's namespace that take connections of other kinds: flag __SO_ACCEPTCON."""
    rows = (line.split() for line in (_host_files.read(base + "/net/unix", limit=1 << 24) or b"").split(b"\n"))
    return {
        "socket:[%s]" % row[6].decode() for row in rows if len(row) > 6 and row[3] == b"00010000" and row[6].isdigit()
    }
