# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Another path of an executable, by which a process was started: a link to it, or another name of the same file.

``/proc/<pid>/exe`` shows one path of a file. Debian's redis-server is a link to redis-check-rdb, which nobody writes
into a policy. Only paths count that root alone can change.
"""

from __future__ import annotations

import os
import stat
import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _host_files

_PLACES = ("/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin", "/bin", "/sbin")
_HOPS = 8  # from link to link, through /etc/alternatives for instance
_WRITABLE = stat.S_IWGRP | stat.S_IWOTH
# One file with many programs in it: which of them runs, its path does not tell.
_MULTICALL = frozenset(["busybox", "toybox", "coreutils"])


def find(exe: str, name: t.Optional[str], roots: _host_files.Roots) -> t.Optional[str]:
    """A path that ends in the name of the process and is the file ``exe``; None where there is none.

    The kernel names a process after the file that was executed (``comm``, 15 bytes). May hang on a dead mount.
    """
    base = os.path.basename(exe)
    if not name or name == base or "/" in name or base in _MULTICALL:
        return None
    for folder in dict.fromkeys([os.path.dirname(exe), *_PLACES]):
        path = "%s/%s" % (folder, name)
        if leads_to(path, exe, roots):
            return path
    return None


def leads_to(path: str, exe: str, roots: _host_files.Roots) -> bool:
    """Whether both are one file, and root alone can change either path."""
    try:
        one, other = os.stat(roots.path(path)), os.stat(roots.path(exe))
        same = (one.st_dev, one.st_ino) == (other.st_dev, other.st_ino)
        return same and _of_root(path, roots) and _of_root(exe, roots)
    except OSError:
        return False


def _of_root(path: str, roots: _host_files.Roots) -> bool:
    """Whether root alone can change what a path leads to: every link on the way, every folder, and the file."""
    top = os.path.realpath(roots.fs)
    for _hop in range(_HOPS):
        folder = os.path.realpath(roots.path(os.path.dirname(path)))
        if not all(_unwritable(os.lstat(each)) for each in _upwards(folder, top)):
            return False
        entry = os.path.join(folder, os.path.basename(path))
        status = os.lstat(entry)
        if not stat.S_ISLNK(status.st_mode):
            return _unwritable(status)
        if status.st_uid != 0:
            return False
        path = os.path.normpath(os.path.join("/", os.path.relpath(folder, top), os.readlink(entry)))
    return False


def _unwritable(status: os.stat_result) -> bool:
    return status.st_uid == 0 and not status.st_mode & _WRITABLE


def _upwards(folder: str, top: str) -> t.Iterator[str]:
    """A folder and those above it, up to the root of the host."""
    yield folder
    while folder not in (top, "/"):
        folder = os.path.dirname(folder)
        yield folder
