# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Network namespaces of a host, by inode number.

A namespace that nothing but an open descriptor keeps alive is not found: the count is a lower bound, never a promise.
"""

from __future__ import annotations

import os
import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils._collect import _files

RUN_NETNS = "/run/netns"
INITIAL_PID_NAMESPACE = "pid:[4026531836]"  # PROC_PID_INIT_INO, include/linux/proc_ns.h


def own(proc: str) -> t.Optional[int]:
    """The network namespace that the collector runs in; None when that cannot be read."""
    return _number(_files.readlink(proc + "/self/ns/net"))


def others(roots: _files.Roots, own_number: t.Optional[int]) -> t.Optional[int]:
    """How many other network namespaces can be seen; None when not even the own one can be told."""
    if own_number is None:
        return None
    found = {_number(link) for link in _links(roots.proc)} | set(_named(roots))
    return len(found - {own_number, None})


def whole_host(proc: str) -> bool:
    """Whether the collector sees the processes of the whole machine, not of a pid namespace within it."""
    link = _files.readlink(proc + "/self/ns/pid")
    return link is None or link == INITIAL_PID_NAMESPACE


def _links(proc: str) -> t.Set[t.Optional[str]]:
    try:
        return {_files.readlink("%s/%s/ns/net" % (proc, name)) for name in os.listdir(proc) if name.isdigit()}
    except OSError:
        return set()


def _named(roots: _files.Roots) -> t.Iterator[int]:
    """Namespaces of ``ip netns``: a file of nsfs is mounted over each name, and lstat shows its number."""
    directory = roots.path(RUN_NETNS)
    try:
        names = os.listdir(directory)
        outside = os.lstat(directory).st_dev
    except OSError:
        return
    for name in names:
        try:
            status = os.lstat("%s/%s" % (directory, name))
        except OSError:
            continue
        if status.st_dev != outside:
            yield status.st_ino


def _number(link: t.Optional[str]) -> t.Optional[int]:
    """``net:[4026531833]`` → 4026531833."""
    digits = (link or "")[5:-1]
    return int(digits) if digits.isdigit() else None
