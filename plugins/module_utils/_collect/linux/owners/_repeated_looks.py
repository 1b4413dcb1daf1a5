# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks that are repeated until two of them agree: what moves while it is looked for can be missed by one.

A descriptor that goes from slot to slot (dup2(2)), or from process to process (SCM_RIGHTS), and a holder that goes on
in a child of its own while it ends. Only the sockets that are looked for count: a busy server opens and closes
connections all the time, and is no less known for it.
"""

from __future__ import annotations

import os
import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _host_files

if t.TYPE_CHECKING:
    from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.owners._fd_walk import Walk
    from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.owners._holders import (
        DescriptorTable,
    )

ROUNDS = 50  # through processes that are born and end
SMALL = 64
# Descriptors that are read a second time though nothing tells that any of them moved: most hosts do not have as many.
SPARE = 4096
SAMPLES = 2  # of how many there are, during such a look
# Slots that are tried of a table that changes: a descriptor that is somewhere else every time is met in two of three
# rounds through all slots, however fast it moves and many there are.
SLOTS, LEAST, MOST = 16384, 2, 8
# The kernel looks up a descriptor's name first and its file some microseconds later. What moves faster is met, and its
# file not seen: it slips. Connections of a busy server stay longer, and slip in a few of a hundred rounds. Where
# anything slipped, there are MORE times as many rounds, and the share of those in which something slips decides.
MORE, SLIPS = 4, 0.25
WIDEST = 65536  # slots, beyond which only what is listed is tried
# Where the entries of processes begin in the listing of /proc: TGID_OFFSET, fs/proc/base.c.
OFFSET = 258


def born(walk: Walk, known: t.Set[int]) -> bool:
    """Look at processes that were born meanwhile, and add them to ``known``.

    A round in which each of them was there to be looked at is the last: whoever holds a socket then was looked at, or
    got it from a process that goes on. True where there was no such round.
    """
    for _round in range(ROUNDS):
        new = [pid for pid in _newest(walk) if pid not in known]
        known.update(new)
        walk.vanished = False
        stopped = walk.look_at(new)
        # One that is about to end has given its table back already.
        empty = any(walk.tables[path].size == 0 for path in map(walk.table_of, new) if path in walk.tables)
        if stopped or not (walk.vanished or empty):
            return False
    return True


def _newest(walk: Walk) -> t.List[int]:
    """Processes, those that are older than this one left out where that can be done.

    Numbers are given out in order, and the shorter the list, the fewer of them end before they are looked at.
    """
    try:
        own = int(os.readlink(walk.proc + "/self"))
        if _last(walk.proc) < own:
            return walk.processes()  # they have started anew from the lowest
        directory = os.open(walk.proc, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except (OSError, ValueError, IndexError):
        return walk.processes()
    try:
        os.lseek(directory, own + OFFSET, os.SEEK_SET)
        pids = [int(name) for name in os.listdir(directory) if name.isdigit()]
    except OSError:
        pids = []
    finally:
        os.close(directory)
    return pids if own in pids else walk.processes()


def _last(proc: str) -> int:
    """The number that was given out last."""
    with open(proc + "/loadavg", "rb", buffering=0) as file:
        return int(file.read(128).split()[4])


def again(walk: Walk) -> None:
    """Look again at tables that changed while they were looked at, or since, and at as many others as can be spared."""
    spare = SPARE
    # Root can hide in better ways: whoever is not comes first.
    for path, table in sorted(walk.tables.items(), key=lambda item: item[1].user == 0):
        if walk.budget.spent():
            return
        if table.pid in walk.denied:
            continue
        if not table.restless and 0 < table.size <= SMALL and spare > table.size:
            spare -= table.size
            _once_more(walk, path, table)
        elif not table.restless and walk.sized:
            table.restless = _size(path) not in (table.size, None)
        if table.restless and not _agreed(walk, path, table):
            walk.moving.add(table.pid)


def _once_more(walk: Walk, path: str, table: DescriptorTable) -> None:
    """A second look, and a few at how many descriptors there are. Kernels before 6.2 do not tell that."""
    size, held = table.size, set(table.held)
    if walk.look_again(path) and not table.restless:
        sizes = {_size(".") for _sample in range(SAMPLES)} if walk.sized else set()
        table.restless = table.held != held or not sizes <= {size, None}


def _size(path: str) -> t.Optional[int]:
    try:
        return os.stat(path).st_size
    except OSError:
        return None  # it has ended


def _agreed(walk: Walk, path: str, table: DescriptorTable) -> bool:
    """Look at every slot, again and again. False when what it was seen to hold of the listeners changed to the end, or
    when it cannot be told what moves there.
    """
    slots = _slots(path)
    looks = min(MOST, max(LEAST, SLOTS // max(1, slots or table.size)))
    held, slips = [frozenset(table.held)], 0
    for look in range(MORE * looks):
        if look >= looks and not slips:
            break
        if walk.budget.spent() or not walk.look_again(path, slots=slots):
            return True  # it has ended, or the limit says the rest
        held.append(frozenset(table.held))
        slips += table.slipped
    return held[-1] == held[-2] and slips < SLIPS * (len(held) - 1)


def _slots(path: str) -> t.Optional[int]:
    """How many slots its table has; None where they are not known, or too many."""
    for line in (_host_files.read(os.path.dirname(path) + "/status") or b"").split(b"\n"):
        if line.startswith(b"FDSize:"):
            number = line[len(b"FDSize:") :].strip()
            return int(number) if number.isdigit() and int(number) <= WIDEST else None
    return None
