# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is known of who holds sockets, and of the tables of descriptors that were read."""

from __future__ import annotations

import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils import _socket
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.procfs import _process

RING = b"anon_inode:[io_uring]"
CONNECTIONS, DATAGRAMS = "connections", "datagrams"


class Waiting(t.NamedTuple):
    """A process that waits for connections or datagrams (None: it is not known for which) on a socket in no table."""

    pid: int
    kind: t.Optional[str]


class DescriptorTable:
    """A table of descriptors, as it was when it was looked at last.

    ``size``: how many it held; ``user``: the effective uid of its process, 0 of one that is not dumpable; ``held``:
    inodes among those looked for; ``restless``: it changed meanwhile; ``slipped``: a descriptor was there and gone
    before its link could be read; ``ring``: an io_uring is in it, and ``awaited`` are the operations that it waits for.
    """

    __slots__ = ("awaited", "held", "pid", "restless", "ring", "size", "slipped", "user")

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.size = 0
        self.user: t.Optional[int] = None
        self.held: t.Set[int] = set()
        self.restless = False
        self.slipped = False
        self.ring = False
        self.awaited: t.Set[int] = set()


class Holders(t.NamedTuple):
    """``pids`` by inode, empty where nobody was found. ``denied``: processes whose descriptors could not be read.

    ``hidden``: processes are missing from the list (hidepid). ``stopped``: code of the limit that
    ended the walk, ``first`` when it stopped on purpose, None when it saw everything. ``moving``: processes of which no
    two looks agreed; ``fleeting``: some were born and ended faster than they could be looked at. ``waiting``: who takes
    connections or datagrams of a socket that is in no table. ``met``: holders as they were when a descriptor was found;
    ``ended``: how many had ended before they could be described, in the last looks too.
    """

    pids: t.Mapping[int, t.FrozenSet[int]]
    denied: t.FrozenSet[int] = frozenset()
    hidden: bool = False
    stopped: t.Optional[str] = None
    moving: t.FrozenSet[int] = frozenset()
    fleeting: bool = False
    waiting: t.Tuple[Waiting, ...] = ()
    met: t.Mapping[int, _process.ProcfsProcess] = {}
    ended: int = 0

    @property
    def refused(self) -> bool:
        """Whether descriptors of some processes may not be read."""
        return bool(self.denied or self.hidden)

    @property
    def complete(self) -> bool:
        """Whether the descriptors of every process were read."""
        return not (self.refused or self.stopped or self.unsettled)

    @property
    def unsettled(self) -> bool:
        """Whether something may have moved past the looks."""
        return bool(self.moving or self.fleeting or self.ended)

    def taken(self, protocol: str) -> bool:
        """Whether somebody may take what comes to a listener of that protocol without a descriptor of it."""
        kind = DATAGRAMS if protocol in _socket.UDP else CONNECTIONS
        return any(one.kind in (kind, None) for one in self.waiting)
