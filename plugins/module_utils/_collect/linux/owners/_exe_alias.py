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
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.procfs import _process

_PLACES = ("/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin", "/bin", "/sbin")
_LINKS = 40  # on one path: MAXSYMLINKS, include/linux/namei.h
_WRITABLE = stat.S_IWGRP | stat.S_IWOTH
# One file with many programs in it: which of them runs, its path does not tell.
_MULTICALL = frozenset(["busybox", "toybox", "coreutils"])


def find(exe: str, name: t.Optional[str], roots: _host_files.Roots) -> t.Optional[str]:
    """A path that ends in the name of the process and is the file ``exe``; None where there is none.

    The kernel names a process after the file that was executed (``comm``, 15 bytes). May hang on a dead mount.
    """
    base = os.path.basename(exe)
    if not name or name == base[: _process.COMM_LENGTH] or "/" in name or base in _MULTICALL:
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
    at, left, links = top, path.split("/")[::-1], 0
    sound = _unwritable(os.lstat(top))
    while left and sound:
        entry = os.path.normpath(os.path.join(at, left.pop()))
        if not entry.startswith(top):  # above the root there is the root
            continue
        status = os.lstat(entry)
        if stat.S_ISLNK(status.st_mode):
            target, links = os.readlink(entry), links + 1
            sound = status.st_uid == 0 and links <= _LINKS
            left.extend(target.split("/")[::-1])
            at = top if target.startswith("/") else at
        else:
            sound, at = _unwritable(status), entry
    return sound


def _unwritable(status: os.stat_result) -> bool:
    return status.st_uid == 0 and not status.st_mode & _WRITABLE
