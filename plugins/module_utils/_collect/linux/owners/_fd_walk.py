# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading the tables of descriptors of processes, for sockets with certain inodes.

This is the whole cost of the collector, so it goes where sockets are likely first: processes of the sockets' own
cgroups, then the first 64 descriptors of everybody, then the rest. Only listings and readlink: neither can hang.

The working directory changes meanwhile: links of 150,000 descriptors cost a quarter less when their paths are relative
to it than through a descriptor of the directory. Whoever calls goes back: see _search.py.
"""

from __future__ import annotations

import functools
import os
import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _host_files
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common._budget import Budget
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.owners._holders import (
    RING,
    DescriptorTable,
)
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.procfs import _process
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.systemd import _cgroup

SHALLOW = 64
NUMBERS = tuple(b"%d" % number for number in range(SHALLOW))
CHUNK = 1024  # descriptors between two looks at the budget
# Looks at threads while some end before they can be looked at. Each compares only those born since: a server that makes
# a thread for each request is known, also where this process waits for a processor.
ATTEMPTS = 50
KEPT = 1 << 18  # names of descriptors kept from the first pass to the second: about 10 MiB


class Walk:
    """One walk for the sockets with these inodes; _search.py says in which order.

    ``preferred`` are processes to look at first; ``creators`` the users who made the sockets.
    """

    def __init__(
        self,
        inodes: t.Iterable[int],
        *,
        roots: _host_files.Roots,
        budget: Budget,
        first: bool = False,
        preferred: t.Sequence[int] = (),
        creators: t.AbstractSet[int] = frozenset(),
    ) -> None:
        self.proc = roots.proc
        self.fs = roots.fs
        self.budget = budget
        self.preferred = preferred
        self.creators = creators
        self.pids: t.Dict[int, t.Set[int]]
        self.denied: t.Set[int] = set()
        self.tables: t.Dict[str, DescriptorTable] = {}
        self.sized = False  # whether this kernel tells how many descriptors a table holds
        self.vanished = False  # a process or thread ended between being listed and being looked at
        self.moving: t.Set[int] = set()
        self.alone: t.Set[int] = set()  # processes of one thread
        self.met: t.Dict[int, _process.ProcfsProcess] = {}
        self.lost: t.Set[int] = set()  # holders that had ended before they could be described
        self._wanted = {b"socket:[%d]" % inode: inode for inode in inodes if inode}
        self._notable = frozenset([*self._wanted, RING])
        self.pids = {inode: set() for inode in self._wanted.values()}
        self._missing = set(self.pids)
        self._deep: t.List[t.Tuple[int, t.Optional[t.List[bytes]]]]
        self._kept = 0
        self._first = first
        self._table: DescriptorTable
        self._clock: t.Tuple[t.Any, ...] = ()

    def look_at(self, processes: t.Sequence[int]) -> t.Optional[str]:
        """Every descriptor of these; the code of the limit that ended it."""
        self._deep = []
        return self._shallow(processes) or self._rest() or self._threads(processes)

    def processes(self) -> t.List[int]:
        pids = sorted(int(name) for name in os.listdir(self.proc) if name.isdigit())
        present = set(pids)
        preferred = [pid for pid in dict.fromkeys(self.preferred) if pid in present]
        chosen = set(preferred)
        others = [pid for pid in pids if pid not in chosen]
        if self._first and others[:1] == [1]:
            # systemd holds what it activates beside the service: asked for one owner, it is the wrong one.
            others.append(others.pop(0))
        return preferred + others

    def _shallow(self, processes: t.Sequence[int]) -> t.Optional[str]:
        for pid in processes:
            stopped = self._stopped()
            if stopped:
                return stopped
            rest = self._look(pid, self.table_of(pid), end=SHALLOW)[SHALLOW:]
            if rest:
                # Listing again costs as much as a tenth of reading: names are kept as long as they are few enough.
                self._kept += len(rest)
                self._deep.append((pid, rest if self._kept <= KEPT else None))
        return self._stopped() if self._deep or self._first else None

    def _rest(self) -> t.Optional[str]:
        if self._first:
            return "first" if self._missing else None
        for pid, names in self._deep:
            self._look(pid, self.table_of(pid), start=0 if names else SHALLOW, names=names)
            stopped = self._stopped()
            if stopped:
                return stopped
        return None

    def _threads(self, processes: t.Sequence[int]) -> t.Optional[str]:
        """A thread may have descriptors of its own (unshare(CLONE_FILES)); where the first thread has ended, only those
        of the others are left. A thief could keep there what somebody else is seen to hold.
        """
        if self._first:
            return None
        from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.procfs import _threads

        for pid in processes:
            if pid in self.denied:
                continue
            tables = functools.partial(_threads.separate_tables, self.proc, pid, sharing=set())
            if _threads.alone(self.proc, pid):
                self.alone.add(pid)
            elif not self._every_thread(pid, tables):
                self.moving.add(pid)
            stopped = self._stopped()
            if stopped:
                return stopped
        return None

    def _every_thread(self, pid: int, tables: t.Callable[[], t.Iterable[str]]) -> bool:
        """Look until no thread ended between being listed and being looked at: it may have left its table to another.

        False where they are born and end too fast for that.
        """
        ended = self.vanished
        try:
            for _attempt in range(ATTEMPTS):
                self.vanished = False
                for path in tables():
                    self._look(pid, path)
                    if self.budget.spent():
                        return True  # whoever called asks the budget again
                if not self.vanished:
                    return True
            return False
        finally:
            self.vanished = ended

    def _stopped(self) -> t.Optional[str]:
        if self._first and not self._missing:
            return "first"
        return self.budget.spent()

    def _look(
        self,
        pid: int,
        path: str,
        *,
        start: int = 0,
        end: t.Optional[int] = None,
        names: t.Optional[t.List[bytes]] = None,
    ) -> t.List[bytes]:
        """Read descriptors of a table, from the start-th to the end-th of ``names`` or of all; returns their names."""
        try:
            os.chdir(path)
            self._table = self.tables.get(path) or self.tables.setdefault(path, DescriptorTable(pid))
            if names is None and end is not None and self._probe(end):
                return []
            listed = os.listdir(b".") if names is None else names
            self._read(listed[start:end])
            if end is None or len(listed) <= end:
                self._compare(len(listed) + (0 if names is None else SHALLOW))
            return listed
        except PermissionError:
            # Listing is allowed to more readers than following (ptrace_may_access()): none of them can be read.
            self._refused(pid)
        except OSError:
            self.vanished = True  # it ended: what it held is held no more, or by somebody that it gave it to
        return []

    def _compare(self, count: int) -> None:
        """Note how many descriptors were read, and whether that is as many as there are now."""
        self._table.size = count
        if self.sized and not self._first and os.stat(b".").st_size != count:
            self._table.restless = True

    def _probe(self, end: int) -> bool:
        """Read descriptors by number, without listing them: all there are, or with ``first`` the first of them.

        False where that cannot be done. Since Linux 6.2 the size of the directory is the number of open descriptors
        (f1f1f2569901), 0 before. The lowest free number is what open() gives, so most tables have no hole: as many as
        there are, numbered from 0, are all of them.
        """
        status = os.stat(b".")
        size = status.st_size
        self._table.user = status.st_uid
        self.sized = self.sized or size > 0
        if size == 0 or (size > end and not self._first):
            return self.sized and size == 0  # a kernel thread has none
        try:
            links = list(map(os.readlink, NUMBERS[: min(size, end)]))
        except FileNotFoundError:
            return False
        if not self._notable.isdisjoint(links):
            self._found(links, NUMBERS[: len(links)])
        self._compare(size)
        return True

    def _read(self, names: t.Sequence[bytes]) -> None:
        """Compare whole chunks at once: most hold none of the sockets, and a loop over links costs more than they."""
        disjoint = self._notable.isdisjoint
        for start in range(0, len(names), CHUNK):
            if start and self.budget.spent():
                return  # whoever called asks the budget again, and it stays spent
            chunk = names[start : start + CHUNK]
            try:
                links = list(map(os.readlink, chunk))
            except FileNotFoundError:
                links = list(_links(chunk))  # one was closed since it was listed
                self._table.restless = True
                self._table.slipped = len(names) <= SHALLOW  # of many, one may well be closed meanwhile
            if not disjoint(links):
                self._found(links, chunk)

    def look_again(self, path: str, *, slots: t.Optional[int] = None) -> bool:
        """Read a whole table once more. False where it is gone; what its last look found is new.

        ``slots``: how many to try, instead of those that are listed.
        """
        try:
            os.chdir(path)
            table = self._table = self.tables[path]
            table.held, table.restless, table.slipped = set(), False, False
            if slots is not None:
                self._try(slots)
            elif not self._probe(SHALLOW):
                before = os.stat(b".").st_size
                names = os.listdir(b".")
                self._read(names)
                self._compare(len(names))
                table.restless = table.restless or (self.sized and before != len(names))
        except PermissionError:
            self._refused(self.tables[path].pid)
            return False
        except OSError:
            return False
        return True

    def _try(self, slots: int) -> None:
        """Read slots by number, the open ones among them."""
        for start in range(0, slots, CHUNK):
            names = [b"%d" % number for number in range(start, min(start + CHUNK, slots))]
            links = []
            for name in filter(_open, names):
                try:
                    links.append(os.readlink(name))
                except FileNotFoundError:
                    self._table.slipped = True
            if not self._notable.isdisjoint(links):
                self._found(links, names)

    def table_of(self, pid: int) -> str:
        """The directory of a process's descriptors."""
        return "%s/%d/fd" % (self.proc, pid)

    def _refused(self, pid: int) -> None:
        """A process that has just ended is refused too (proc_fd_access_allowed()), and hides nothing."""
        if os.path.lexists("%s/%d" % (self.proc, pid)):
            self.denied.add(pid)
        else:
            self.vanished = True

    def _found(self, links: t.Iterable[bytes], names: t.Sequence[bytes]) -> None:
        """Take what a chunk of descriptors refers to, and what the rings among them hold."""
        held = set(links)
        table = self._table
        if RING in held:
            from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.owners import _io_uring

            rings = _io_uring.registered(names, spent=self.budget.spent)
            held |= rings.links
            table.ring = True
            table.awaited |= rings.awaited
            if rings.unread:
                self.denied.add(table.pid)
        for link in self._wanted.keys() & held:
            inode = self._wanted[link]
            if self._first and inode not in self._missing:
                continue
            if not self._meet(table.pid):
                return
            table.held.add(inode)
            self.pids[inode].add(table.pid)
            self._missing.discard(inode)

    def _meet(self, pid: int) -> bool:
        """Describe a holder while it is there: a server may have ended a child before the walk is over.

        False where it is too late for that: it holds nothing any more, and may have given it to somebody.
        """
        if pid in self.met:
            return True
        if not self._clock:
            self._clock = (_process.boot_time(self.proc), _cgroup.reader(self.proc, fs=self.fs))
        booted, reader = self._clock
        process = _process.describe(pid, proc=self.proc, booted=booted, by=reader)
        if (process is None or process.link is None) and _process.ended(pid, proc=self.proc):
            self.lost.add(pid)
            self.vanished = True
            return False
        if process is not None:
            self.met[pid] = process
        return True


def _open(name: bytes) -> bool:
    """Whether there is such a descriptor now.

    The kernel asks once for that, and twice for a link: see _repeated_looks.py.
    """
    return os.access(name, os.F_OK, follow_symlinks=False)


def _links(names: t.Iterable[bytes]) -> t.Iterator[bytes]:
    for name in names:
        try:
            yield os.readlink(name)
        except FileNotFoundError:
            continue
