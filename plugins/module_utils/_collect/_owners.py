# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who holds a socket: a walk over the descriptors of every process.

This is the whole cost of the collector, so it goes where sockets are likely first: processes of the sockets' own
cgroups, then the first 64 descriptors of everybody, then the rest. Only listings and readlink: neither can hang.
"""

from __future__ import annotations

import os
import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils._collect import _hidepid
from ansible_collections.fleetports.compliance.plugins.module_utils._collect._budget import Budget

SHALLOW = 64
NUMBERS = tuple(b"%d" % number for number in range(SHALLOW))
CHUNK = 1024  # descriptors between two looks at the budget
RING = b"anon_inode:[io_uring]"
KEPT = 1 << 18  # names of descriptors kept from the first pass to the second: about 10 MiB


class Holders(t.NamedTuple):
    """``pids`` by inode, empty where nobody was found. ``denied``: processes whose descriptors could not be read.

    ``hidden``: processes are missing from the list (hidepid). ``stopped``: code of the limit that
    ended the walk, ``first`` when it stopped on purpose, None when it saw everything.
    """

    pids: t.Mapping[int, t.FrozenSet[int]]
    denied: t.FrozenSet[int] = frozenset()
    hidden: bool = False
    stopped: t.Optional[str] = None

    @property
    def refused(self) -> bool:
        """Whether descriptors of some processes may not be read."""
        return bool(self.denied or self.hidden)

    @property
    def complete(self) -> bool:
        """Whether the descriptors of every process were read."""
        return not (self.refused or self.stopped)


class Walk:
    """One walk for the sockets with these inodes. ``preferred`` are processes to look at first."""

    def __init__(
        self,
        inodes: t.Iterable[int],
        *,
        proc: str,
        budget: Budget,
        first: bool = False,
        preferred: t.Sequence[int] = (),
    ) -> None:
        self._wanted = {b"socket:[%d]" % inode: inode for inode in inodes if inode}
        self._notable = frozenset([*self._wanted, RING])
        self._pids: t.Dict[int, t.Set[int]] = {inode: set() for inode in self._wanted.values()}
        self._missing = set(self._pids)
        self._denied: t.Set[int] = set()
        self._deep: t.List[t.Tuple[int, t.Optional[t.List[bytes]]]]
        self._kept = 0
        self._sized = False  # whether this kernel tells how many descriptors a table holds
        self._proc = proc
        self._budget = budget
        self._first = first
        self._preferred = preferred

    def run(self) -> Holders:
        """Walk until everything was seen, a limit is reached or, with ``first``, every socket has a holder.

        The working directory changes meanwhile: links of 150,000 descriptors cost a quarter less when their paths are
        relative to it than through a descriptor of the directory.
        """
        home = _working_directory()
        try:
            processes = self._processes()
            stopped = self._pass(processes) or self._pass(self._born_since(processes))
        finally:
            _return_to(home)
        found = {inode: frozenset(pids) for inode, pids in self._pids.items()}
        return Holders(found, frozenset(self._denied), 1 not in processes or _hidepid.hides(self._proc), stopped)

    def _pass(self, processes: t.Sequence[int]) -> t.Optional[str]:
        self._deep = []
        return self._shallow(processes) or self._rest() or self._threads(processes)

    def _born_since(self, processes: t.Sequence[int]) -> t.List[int]:
        """Whoever got a socket from a process that was looked at before. Once: some host is never done with forking."""
        known = set(processes)
        return [pid for pid in self._processes() if pid not in known]

    def _processes(self) -> t.List[int]:
        pids = sorted(int(name) for name in os.listdir(self._proc) if name.isdigit())
        present = set(pids)
        preferred = [pid for pid in dict.fromkeys(self._preferred) if pid in present]
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
            rest = self._look(pid, "%s/%d/fd" % (self._proc, pid), end=SHALLOW)[SHALLOW:]
            if rest:
                # Listing again costs as much as a tenth of reading: names are kept as long as they are few enough.
                self._kept += len(rest)
                self._deep.append((pid, rest if self._kept <= KEPT else None))
        return self._stopped() if self._deep or self._first else None

    def _rest(self) -> t.Optional[str]:
        if self._first:
            return "first" if self._missing else None
        for pid, names in self._deep:
            self._look(pid, "%s/%d/fd" % (self._proc, pid), start=0 if names else SHALLOW, names=names)
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
        from ansible_collections.fleetports.compliance.plugins.module_utils._collect import _threads

        for pid in processes:
            if pid in self._denied:
                continue
            for path in _threads.separate_tables(self._proc, pid):
                self._look(pid, path)
            stopped = self._stopped()
            if stopped:
                return stopped
        return None

    def _stopped(self) -> t.Optional[str]:
        if self._first and not self._missing:
            return "first"
        return self._budget.spent()

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
            if names is None and end is not None and self._probe(pid, end):
                return []
            listed = os.listdir(b".") if names is None else names
            self._read(pid, listed[start:end])
            return listed
        except PermissionError:
            # Listing is allowed to more readers than following (ptrace_may_access()): none of them can be read.
            self._refused(pid)
        except OSError:
            pass  # the process ended: what it held is held no more
        return []

    def _probe(self, pid: int, end: int) -> bool:
        """Read descriptors by number, without listing them: all there are, or with ``first`` the first of them.

        False where that cannot be done. Since Linux 6.2 the size of the directory is the number of open descriptors
        (f1f1f2569901), 0 before. The lowest free number is what open() gives, so most tables have no hole: as many as
        there are, numbered from 0, are all of them.
        """
        size = os.stat(b".").st_size
        self._sized = self._sized or size > 0
        if size == 0 or (size > end and not self._first):
            return self._sized and size == 0  # a kernel thread has none
        try:
            links = list(map(os.readlink, NUMBERS[: min(size, end)]))
        except FileNotFoundError:
            return False
        if not self._notable.isdisjoint(links):
            self._found(pid, links, NUMBERS[: len(links)])
        return True

    def _read(self, pid: int, names: t.Sequence[bytes]) -> None:
        """Compare whole chunks at once: most hold none of the sockets, and a loop over links costs more than they."""
        disjoint = self._notable.isdisjoint
        for start in range(0, len(names), CHUNK):
            if start and self._budget.spent():
                return  # whoever called asks the budget again, and it stays spent
            chunk = names[start : start + CHUNK]
            try:
                links = list(map(os.readlink, chunk))
            except FileNotFoundError:
                links = list(_links(chunk))  # one was closed since it was listed
            if not disjoint(links):
                self._found(pid, links, chunk)

    def _refused(self, pid: int) -> None:
        """A process that has just ended is refused too (proc_fd_access_allowed()), and hides nothing."""
        if os.path.lexists("%s/%d" % (self._proc, pid)):
            self._denied.add(pid)

    def _found(self, pid: int, links: t.Iterable[bytes], names: t.Sequence[bytes]) -> None:
        """Take what a chunk of descriptors refers to, and what the rings among them hold."""
        held = set(links)
        if RING in held:
            from ansible_collections.fleetports.compliance.plugins.module_utils._collect import _io_uring

            rings = _io_uring.registered(names)
            held |= rings.links
            if rings.unread:
                self._denied.add(pid)
        for link in self._wanted.keys() & held:
            inode = self._wanted[link]
            if self._first and inode not in self._missing:
                continue
            self._pids[inode].add(pid)
            self._missing.discard(inode)


def _links(names: t.Iterable[bytes]) -> t.Iterator[bytes]:
    for name in names:
        try:
            yield os.readlink(name)
        except FileNotFoundError:
            continue


def _working_directory() -> t.Optional[int]:
    """A descriptor of it; None when the collector's user may not enter it (``become`` leaves one there)."""
    try:
        return os.open(".", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError:
        return None


def _return_to(home: t.Optional[int]) -> None:
    """Go back, and to the root when that is not possible: a working directory in /proc is of no use to anybody."""
    try:
        os.chdir("/" if home is None else home)
    except OSError:
        os.chdir("/")
    finally:
        if home is not None:
            os.close(home)
