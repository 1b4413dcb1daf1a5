# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Drift of a fleet: equal changes together, and the hosts that were not compared with the reasons."""

from __future__ import annotations

import collections
import dataclasses
import typing as t

from .._common._counted import few_hosts
from . import _doubt
from ._host_drift import KINDS, DriftChange, HostDrift


@dataclasses.dataclass(frozen=True)
class ChangeGroup:
    """One change, and the hosts that have it, sorted."""

    change: DriftChange
    hosts: tuple[str, ...]


class DriftTally:
    """Takes hosts one by one."""

    def __init__(self) -> None:
        self.compared = 0
        self.kinds: collections.Counter[str] = collections.Counter()
        self.hosts: collections.Counter[str] = collections.Counter()
        self._groups: dict[DriftChange, list[str]] = {}
        self._reasons: dict[str, list[str]] = {}
        self._partly: dict[str, list[str]] = {}
        self._perhaps: dict[str, dict[str, list[str]]] = {}  # by kind, then by reason

    def add(self, host: str, drift: HostDrift) -> None:
        """Count one host."""
        if drift.reason is not None:
            self._reasons.setdefault(drift.reason, []).append(host)
            return
        self.compared += 1
        if drift.partly:
            self._partly.setdefault(_doubt.partly(drift.partly), []).append(host)
        for kind, (_number, reason) in drift.doubts.items():
            self._perhaps.setdefault(kind, {}).setdefault(reason, []).append(host)
        for change in drift.changes:
            self.kinds[change.kind] += 1
            self._groups.setdefault(change, []).append(host)
        self.hosts.update({change.kind for change in drift.changes})

    @property
    def groups(self) -> tuple[ChangeGroup, ...]:
        """Equal changes together, by kind, then the most hosts first."""
        found = [ChangeGroup(change, tuple(sorted(set(hosts)))) for change, hosts in self._groups.items()]
        return tuple(sorted(found, key=_order))

    @property
    def not_compared(self) -> dict[str, tuple[str, ...]]:
        """Hosts by the reason why they were not compared, or not in full."""
        perhaps = [self._perhaps[kind] for kind in KINDS if kind in self._perhaps]
        reasons = (found for part in (self._reasons, self._partly, *perhaps) for found in sorted(part.items()))
        return {reason: tuple(sorted(hosts)) for reason, hosts in reasons}

    @property
    def left_out(self) -> int:
        """Hosts that were not compared at all."""
        return sum(map(len, self._reasons.values()))

    def in_part(self, kinds: t.Iterable[str]) -> int:
        """Hosts of which not everything was compared that these kinds of change may be seen by."""
        parts = (self._partly, *(self._perhaps.get(kind, {}) for kind in kinds))
        return len({host for part in parts for hosts in part.values() for host in hosts})


def _order(group: ChangeGroup) -> tuple[t.Any, ...]:
    change = group.change
    return (KINDS.index(change.kind), -len(group.hosts), change.protocol, change.port or 0, *map(str, change[3:]))


def line(group: ChangeGroup) -> str:
    """``opened 8081/tcp by java on web1: 0.0.0.0:8081 by /usr/bin/java, reach private``."""
    change = group.change
    owner = f" by {change.owner}" if change.owner else ""
    return f"{change.kind} {change.place}{owner} on {few_hosts(group.hosts)}: {change.turn}"
