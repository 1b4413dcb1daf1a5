# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Network namespaces of a host, by inode number.

A namespace that nothing but an open descriptor keeps alive is not found: the count is a lower bound, never a promise.
"""

from __future__ import annotations

import os
import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _host_files
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.procfs import _hidepid

RUN_NETNS = "/run/netns"
DOCKER_NETNS = "/run/docker/netns"
DOORS = 4  # ways into one namespace that are kept
DENIED = -1  # stands for the number of a namespace that may not be read
ALONE = 3  # links of the directory of threads of a process that has one
INITIAL_PID_NAMESPACE = "pid:[4026531836]"  # PROC_PID_INIT_INO, include/linux/proc_ns.h


def own(proc: str) -> t.Optional[int]:
    """The network namespace that the collector runs in; None when that cannot be read."""
    return _number(_host_files.readlink(proc + "/self/ns/net"))


def others(roots: _host_files.Roots, own_number: t.Optional[int]) -> t.Optional[int]:
    """How many other network namespaces can be seen; None when not even the own one can be told."""
    if own_number is None:
        return None
    found = {_number(link) for link in _links(roots.proc)} | {number for number, _path in _named(roots)}
    return len(found - {own_number, None})


class NamespacePaths(t.NamedTuple):
    """Other network namespaces by number, each with paths that lead into it. ``denied``: some process tells of none."""

    paths: t.Dict[int, t.List[str]]
    denied: bool


def doors(roots: _host_files.Roots, own_number: t.Optional[int]) -> NamespacePaths:
    """The ways into other network namespaces: of processes, threads and names.

    Several of each namespace, for a process may end before anybody goes through.
    """
    found: t.Dict[int, t.List[str]] = {}
    denied = False
    for number, path in [*_named(roots), *_of_processes(roots.proc)]:
        paths = found.setdefault(number, [])
        denied = denied or number == DENIED
        if len(paths) < DOORS:
            paths.append(path)
    for number in (own_number or 0, DENIED):
        found.pop(number, None)
    return NamespacePaths(found, denied)


def _of_processes(proc: str) -> t.Iterator[t.Tuple[int, str]]:
    try:
        pids = [name for name in os.listdir(proc) if name.isdigit()]
    except OSError:
        pids = []
    if "1" not in pids or _hidepid.hides(proc) or _hidepid.covered(proc):
        yield DENIED, proc  # processes of others are not even listed, or what is shown is not theirs
    for pid in pids:
        for task in ("%s/%s" % (proc, pid), *_threads(proc, pid)):
            try:
                number = _number(os.readlink(task + "/ns/net"))
            except PermissionError:
                number = DENIED if os.path.lexists(task) else None
            except OSError:
                continue  # it has ended
            if number is not None:
                yield number, task + "/ns/net"


def _threads(proc: str, pid: str) -> t.List[str]:
    """Its threads but the first, each of which may be in a namespace of its own (setns(2))."""
    tasks = "%s/%s/task" % (proc, pid)
    try:
        # As many links as directories (proc_task_getattr()): most processes have one thread, and are not listed.
        if os.lstat(tasks).st_nlink == ALONE:
            return []
        return ["%s/%s" % (tasks, name) for name in os.listdir(tasks) if name != pid]
    except OSError:
        return []


def whole_host(proc: str) -> bool:
    """Whether the collector sees the processes of the whole machine, not of a pid namespace within it."""
    link = _host_files.readlink(proc + "/self/ns/pid")
    return link is None or link == INITIAL_PID_NAMESPACE


def _links(proc: str) -> t.Set[t.Optional[str]]:
    try:
        return {_host_files.readlink("%s/%s/ns/net" % (proc, name)) for name in os.listdir(proc) if name.isdigit()}
    except OSError:
        return set()


def _named(roots: _host_files.Roots) -> t.Iterator[t.Tuple[int, str]]:
    """Namespaces of ``ip netns`` and docker: a file of nsfs is mounted over each name, and lstat shows its number."""
    for folder in (RUN_NETNS, DOCKER_NETNS):
        directory = roots.path(folder)
        try:
            names = sorted(os.listdir(directory))
            outside = os.lstat(directory).st_dev
        except OSError:
            continue
        for name in names:
            path = "%s/%s" % (directory, name)
            try:
                status = os.lstat(path)
            except OSError:
                continue
            if status.st_dev != outside:
                yield status.st_ino, path


def _number(link: t.Optional[str]) -> t.Optional[int]:
    """``net:[4026531833]`` → 4026531833."""
    digits = (link or "")[5:-1]
    return int(digits) if digits.isdigit() else None
