# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ``/proc/<pid>`` says of a process. Command lines and environments carry secrets: they are never read.

Source: proc(5). Only readlink and reads of files that do not wait for the process's memory lock.
"""

from __future__ import annotations

import os
import time
import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _host_files
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.systemd import _cgroup

DELETED = " (deleted)"
COMM_LENGTH = 15  # TASK_COMM_LEN - 1

_UID_DIGITS = 10  # of 32 bits
_FLAGS, _PF_EXITING, _PF_KTHREAD = 6, 0x4, 0x200000  # of the fields behind the name; include/linux/sched.h


class ProcfsProcess(t.NamedTuple):
    """One process. ``link`` is where its ``exe`` points, as the kernel gives it; None: not readable.

    ``mounts`` names the mount namespace in which that is a path.
    """

    pid: int
    name: t.Optional[str]
    link: t.Optional[str]
    uid: t.Optional[int]
    place: _cgroup.CgroupPlace
    started: t.Optional[str]
    mounts: t.Optional[str] = None


def describe(
    pid: int, *, proc: str, booted: t.Optional[int], by: _cgroup.CgroupReader = _cgroup.WHOLE
) -> t.Optional[ProcfsProcess]:
    """Read one process; None when it has ended.

    ``booted`` is the time of boot, seconds since the epoch; ``by`` as in _cgroup.
    """
    base = "%s/%d" % (proc, pid)
    comm = _host_files.read(base + "/comm")
    status = _host_files.read(base + "/status")
    if comm is None and status is None:
        return None
    stat = _host_files.read(base + "/stat")
    where = _cgroup.of_threads if state(stat) == b"Z" else _cgroup.of_process
    place, mounts = where(proc, pid, by), _host_files.readlink(base + "/ns/mnt")
    # The link comes last, for it is what an ending process loses first (do_exit()): with it, all else was read too.
    return ProcfsProcess(
        pid=pid,
        name=_host_files.unicode_text(comm[:-1] if comm.endswith(b"\n") else comm) if comm else None,
        link=_host_files.readlink(base + "/exe"),
        uid=effective_uid(status),
        place=place,
        started=started(stat, booted=booted),
        mounts=mounts,
    )


def ended(pid: int, *, proc: str) -> bool:
    """Whether a process has ended, or is about to: it hands on nothing any more, and tells nothing of itself."""
    base = "%s/%d" % (proc, pid)
    if not _exiting(_host_files.read(base + "/stat")):
        return not os.path.lexists(base)
    try:
        threads = os.listdir(base + "/task")
    except OSError:
        return not os.path.lexists(base)
    return all(_exiting(_host_files.read("%s/task/%s/stat" % (base, thread))) is not False for thread in threads)


def _exiting(stat: t.Optional[bytes]) -> t.Optional[bool]:
    """Whether a thread gives back what it has, or has done so; None: it tells nothing."""
    fields = _fields(stat)
    if len(fields) <= _FLAGS or not fields[_FLAGS].isdigit():
        return None
    return fields[0] in (b"Z", b"X") or bool(int(fields[_FLAGS]) & _PF_EXITING)


def is_kernel_thread(stat: t.Optional[bytes]) -> bool:
    """Whether a thread is the kernel's own: nobody else can set that flag."""
    fields = _fields(stat)
    return len(fields) > _FLAGS and fields[_FLAGS].isdigit() and bool(int(fields[_FLAGS]) & _PF_KTHREAD)


def effective_uid(status: t.Optional[bytes]) -> t.Optional[int]:
    """The effective uid of ``status``. Newlines in the name are escaped there: a process cannot forge the line."""
    for line in (status or b"").split(b"\n"):
        if line.startswith(b"Uid:"):
            fields = line.split()
            return (
                int(fields[2]) if len(fields) == 5 and fields[2].isdigit() and len(fields[2]) <= _UID_DIGITS else None
            )
    return None


def state(stat: t.Optional[bytes]) -> t.Optional[bytes]:
    """The state of the first thread: ``Z`` once it has ended, whatever the others do."""
    fields = _fields(stat)
    return fields[0] if fields else None


def _fields(stat: t.Optional[bytes]) -> t.List[bytes]:
    """The fields of ``stat`` that follow the name, which may hold spaces and parentheses: they follow the last."""
    return [] if stat is None else stat[stat.rfind(b")") + 1 :].split()


def started(stat: t.Optional[bytes], *, booted: t.Optional[int]) -> t.Optional[str]:
    """When the process started, UTC."""
    fields = _fields(stat)
    if booted is None or len(fields) < 20 or not fields[19].isdigit():
        return None
    try:
        moment = time.gmtime(booted + int(fields[19]) // os.sysconf("SC_CLK_TCK"))
    except (OverflowError, ValueError, OSError):
        return None  # no time of any clock
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", moment)


def boot_time(proc: str) -> t.Optional[int]:
    """``btime`` of ``/proc/stat``."""
    for line in (_host_files.read(proc + "/stat") or b"").splitlines():
        fields = line.split()
        if fields[:1] == [b"btime"] and fields[1:] and fields[1].isdigit():
            return int(fields[1])
    return None


def strip_deleted(link: str) -> t.Tuple[str, bool]:
    """Part a link of ``exe`` into path and whether the kernel marked it deleted."""
    return (link[: -len(DELETED)], True) if link.endswith(DELETED) else (link, False)
