# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Threads that do not share their process's table of descriptors (unshare(CLONE_FILES), clone without it)."""

from __future__ import annotations

import os
import typing as t

KCMP_FILES = 2
# Number of kcmp(2) by machine, from the kernel's syscall tables.
_NUMBERS = {
    "x86_64": 312,
    "aarch64": 272,
    "riscv64": 272,
    "loongarch64": 272,
    "ppc64le": 354,
    "ppc64": 354,
    "s390x": 343,
    "i686": 349,
    "armv7l": 378,
}


def alone(proc: str, pid: int) -> bool:
    """Whether a process has one thread. proc_task_getattr(): an empty directory has two links, each thread one more."""
    try:
        return os.stat("%s/%d/task" % (proc, pid)).st_nlink == 3
    except OSError:
        return False  # it ended, or its threads cannot be read: its descriptors could not either


Same = t.Callable[[int, int], t.Optional[bool]]


def separate_tables(
    proc: str, pid: int, *, sharing: t.Optional[t.Set[int]] = None, same: t.Optional[Same] = None
) -> t.Iterator[str]:
    """Directories of descriptors of the threads of a process that have a table of their own.

    Where the kernel does not compare (kcmp(2) is optional), every thread is taken as having one. ``sharing``: threads
    that are known to share the table of the process, and are not compared again; those that are found to do so are
    added.
    """
    sharing = set() if sharing is None else sharing
    base = "%s/%d/task" % (proc, pid)
    try:
        threads = sorted(int(name) for name in os.listdir(base) if name.isdigit())
    except OSError:
        return  # the process ended, or its threads cannot be read: its descriptors could not either
    compare = same or _same_table()
    for thread in threads:
        if thread == pid or thread in sharing:
            continue
        if compare(pid, thread):
            sharing.add(thread)
        else:
            yield "%s/%d/fd" % (base, thread)


_cached: t.List[Same] = []


def _same_table() -> Same:
    if not _cached:
        _cached.append(_make())
    return _cached[0]


def _make() -> Same:
    number = _NUMBERS.get(os.uname().machine)
    try:
        import ctypes

        syscall = ctypes.CDLL(None, use_errno=True).syscall
    except (ImportError, OSError, AttributeError):
        return lambda process, thread: None
    if number is None:
        return lambda process, thread: None

    def same(process: int, thread: int) -> t.Optional[bool]:
        result = syscall(number, process, thread, KCMP_FILES, 0, 0)
        return None if result < 0 else result == 0

    return same
