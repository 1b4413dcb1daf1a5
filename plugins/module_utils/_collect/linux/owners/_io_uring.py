# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sockets that are registered with an io_uring: held, and in no table of descriptors."""

from __future__ import annotations

import os
import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _host_files
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.owners._holders import RING

_DIGITS = 18
_FILES = b"UserFiles:"
_AWAITED = b"op="
_LIMIT = 1 << 24  # a ring holds up to a million files
# enum io_uring_op, include/uapi/linux/io_uring.h
ACCEPT = 13
RECEIVES = frozenset([10, 27])  # RECVMSG, RECV


class Registered(t.NamedTuple):
    """``links`` are as readlink gives them (``socket:[12]``). ``unread``: a ring did not tell what it holds.

    ``awaited``: operations that wait until their file is ready. It need not be in any table then.
    """

    links: t.FrozenSet[bytes]
    unread: bool
    awaited: t.FrozenSet[int] = frozenset()


def registered(
    names: t.Iterable[bytes], *, directory: str = "..", spent: t.Callable[[], t.Optional[str]] = lambda: None
) -> Registered:
    """What the rings among these descriptors hold. The working directory is their table, below ``directory``.

    ``spent``: whether a limit is reached. One process may have a million descriptors of rings, of a million files each.

    Source: ``fdinfo`` (io_uring_show_fdinfo()). It leaves the files out while the ring is locked, and older kernels
    print only the last component of their names, which sockets lack.
    """
    links: t.Set[bytes] = set()
    operations: t.Set[int] = set()
    unread = False
    for name in names:
        if os.fsencode(_host_files.readlink(os.fsdecode(name)) or "") != RING:
            continue
        if spent():
            return Registered(frozenset(links), True, frozenset(operations))
        raw = _host_files.read("%s/fdinfo/%s" % (directory, os.fsdecode(name)), limit=_LIMIT) or b""
        found = parse(raw)
        unread = unread or found is None
        links.update(found or ())
        operations |= awaited(raw)
    return Registered(frozenset(links), unread, frozenset(operations))


def awaited(raw: bytes) -> t.FrozenSet[int]:
    """Operations in the ``PollList`` of a ring's ``fdinfo``: lines such as ``  op=13, task_works=0``."""
    numbers = (
        line.strip()[len(_AWAITED) :].partition(b",")[0]
        for line in raw.split(b"\n")
        if line.startswith(b" ") and line.strip().startswith(_AWAITED)
    )
    return frozenset(int(number) for number in numbers if number.isdigit() and len(number) < 4)


def parse(raw: bytes) -> t.Optional[t.FrozenSet[bytes]]:
    """The links that ``fdinfo`` of a ring lists; None when it holds files and does not tell which."""
    lines = iter(raw.split(b"\n"))
    count = next((line[len(_FILES) :].strip() for line in lines if line.startswith(_FILES)), b"")
    if not count.isdigit() or len(count) > _DIGITS:
        return None
    rows = []
    for line in lines:
        number, colon, link = line.strip().partition(b":")
        if not (line.startswith(b" ") and colon and number.isdigit()):
            break
        rows.append(link.strip())
    # An empty slot has no row, or says "<none>": no row at all may also mean that the ring was locked.
    return None if int(count) and not all(rows or [b""]) else frozenset(rows)
