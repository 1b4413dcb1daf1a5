# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who holds a socket: the order of the search through all processes.

A table is read while its process runs. What moves between slots, or on to a process that was born meanwhile, may be
missed by one look: see _repeated_looks.py. What needs no descriptor at all: see _blocked_accepts.py.
"""

from __future__ import annotations

import os
import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _host_files
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.owners._holders import Holders
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.procfs import _hidepid

if t.TYPE_CHECKING:
    from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.owners._fd_walk import Walk

AGAIN = 8  # times that tables are compared while holders end before they can be described


def search(walk: Walk) -> Holders:
    """Search until everything was seen, a limit is reached or, where one owner is enough, every socket has a holder."""
    home = _working_directory()
    own = _host_files.readlink(walk.proc + "/self")
    try:
        processes = walk.processes()
        stopped = walk.look_at(processes)
        # The collector's own table changes by being looked at.
        walk.tables.pop("%s/%s/fd" % (walk.proc, own), None)
        found = Holders({}, stopped=stopped) if stopped else _settle(walk, processes)
    finally:
        _return_to(home)
    hidden = 1 not in processes or _hidepid.hides(walk.proc)
    walk.denied |= _hidepid.covered(walk.proc)
    return found._replace(
        hidden=hidden,
        pids={inode: frozenset(pids) for inode, pids in walk.pids.items()},
        denied=frozenset(walk.denied),
        moving=frozenset(walk.moving),
        met=walk.met,
    )


def _settle(walk: Walk, processes: t.Sequence[int]) -> Holders:
    """Look again until nothing can have moved past the looks, and for what needs no descriptor."""
    from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.owners import (
        _blocked_accepts,
        _repeated_looks,
    )

    known = set(processes)
    fleeting = False
    for _attempt in range(AGAIN):
        fleeting = _repeated_looks.born(walk, known)
        walk.lost.clear()  # whoever they gave it to is born, or shows in a table that changed
        _repeated_looks.again(walk)
        if fleeting or not walk.lost or walk.budget.spent():
            break
    waiting = _blocked_accepts.found(walk, sorted(known))
    return Holders({}, stopped=walk.budget.spent(), fleeting=fleeting, waiting=tuple(waiting), ended=len(walk.lost))


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
