# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Add up what a replay changes, host by host, and forget the hosts: what is kept grows with the kinds of change."""

from __future__ import annotations

import collections
import dataclasses
import typing as t

from .._judge._judgement import VERDICTS
from .._judge._policy_findings import PATHS, RULES, WAIVERS
from ._host_replay import Compared, PolicyAnswer, VerdictChange

NAMED = 20  # hosts that a group names; all of them are in the file of changes
_RANK = {verdict: rank for rank, verdict in enumerate(VERDICTS)}


@dataclasses.dataclass
class VerdictChangeGroup:
    """Equal changes. ``listeners`` counts them, ``hosts`` the hosts, ``names`` has the first of those."""

    protocol: str
    port: str
    owner: str | None
    missing: bool
    before: PolicyAnswer
    after: PolicyAnswer
    listeners: int = 0
    hosts: int = 0
    names: list[str] = dataclasses.field(default_factory=list)
    last: str | None = None

    def add(self, change: VerdictChange) -> None:
        self.listeners += 1
        if change.host == self.last:  # hosts come one after the other
            return
        self.last = change.host
        self.hosts += 1
        if len(self.names) < NAMED:
            self.names.append(change.host)

    @property
    def worse(self) -> bool:
        return _RANK[self.after.verdict] > _RANK[self.before.verdict]

    @property
    def order(self) -> tuple[t.Any, ...]:
        """Worse before better, the worst verdict first, then the most hosts."""
        return (not self.worse, -_RANK[self.after.verdict], -self.hosts, *self.place)

    @property
    def place(self) -> tuple[t.Any, ...]:
        return (self.protocol, self.port, self.owner or "", self.before[:2], self.after[:2], self.after.rule or "")


@dataclasses.dataclass
class Crossing:
    """How much turned into a verdict, or out of it."""

    listeners: int = 0
    hosts: int = 0


class ReplayTally:
    """The sums of a replay."""

    def __init__(self) -> None:
        self.hosts = 0
        self.listeners = 0
        self.changes = 0
        self.changed_hosts = 0
        self.verdicts_before: collections.Counter[str] = collections.Counter()
        self.verdicts_after: collections.Counter[str] = collections.Counter()
        self.into = {verdict: Crossing() for verdict in VERDICTS}
        self.out_of = {verdict: Crossing() for verdict in VERDICTS}
        self.rules_used: set[str] = set()
        self.waivers_used: set[str] = set()
        self.hidden: dict[str, set[str]] = {kind: set() for kind in (RULES, WAIVERS, PATHS)}
        self._groups: dict[tuple[t.Any, ...], VerdictChangeGroup] = {}

    def add(self, compared: Compared) -> None:
        """Count one host."""
        self.hosts += 1
        self.listeners += compared.listeners
        self.verdicts_before[compared.before] += 1
        self.verdicts_after[compared.after] += 1
        self.rules_used |= compared.rules_used
        self.waivers_used |= compared.waivers_used
        for kind in compared.hidden:
            self.hidden[kind].add(compared.host)
        if compared.changes:
            self._changed(compared.changes)

    def _changed(self, changes: t.Sequence[VerdictChange]) -> None:
        self.changed_hosts += 1
        self.changes += len(changes)
        for change in changes:
            self._group(change).add(change)
        turned = [change for change in changes if change.before.verdict != change.after.verdict]
        _cross(self.into, [change.after.verdict for change in turned])
        _cross(self.out_of, [change.before.verdict for change in turned])

    def _group(self, change: VerdictChange) -> VerdictChangeGroup:
        key = (*change[1:3], change.address is None, change.owner, change.before[:3], change.after[:3])
        if key not in self._groups:
            self._groups[key] = VerdictChangeGroup(
                protocol=change.protocol,
                port=change.port,
                owner=change.owner,
                missing=change.address is None,
                before=change.before,
                after=change.after,
            )
        return self._groups[key]

    @property
    def groups(self) -> list[VerdictChangeGroup]:
        """All groups, those first that matter most."""
        return sorted(self._groups.values(), key=lambda group: group.order)


def _cross(crossings: t.Mapping[str, Crossing], verdicts: t.Sequence[str]) -> None:
    for verdict, number in collections.Counter(verdicts).items():
        crossings[verdict].listeners += number
        crossings[verdict].hosts += 1
