# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts of a fleet as a rule names them: everywhere, by groups that all have it, the rest by name."""

from __future__ import annotations

import typing as t

from .._suggest._fleet_uses import Fleet
from .._suggest._rule_place import places

_BY_NAME = 3  # so few hosts say more by their names than by a group


class RuleHosts(t.NamedTuple):
    """``everywhere``: no rule needs to say where. ``groups`` all of whose hosts are meant, and ``hosts`` by name."""

    everywhere: bool = False
    groups: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()


class HostNames:
    """The fleet, and what was asked before: fleets repeat themselves."""

    def __init__(self, hosts: t.Iterable[tuple[str, t.Sequence[str]]], *, whole: bool) -> None:
        """``hosts`` with their groups. ``whole``: they are the whole inventory, so that groups hold no others."""
        self._fleet = Fleet()
        self._numbers = {name: self._fleet.number(name, groups) for name, groups in hosts}
        self._whole = whole
        self._known: dict[tuple[str, ...], RuleHosts] = {}

    def place(self, names: tuple[str, ...]) -> RuleHosts:
        """These hosts and no other; of names that are not of the fleet each by its name."""
        if names not in self._known:
            self._known[names] = self._place(names)
        return self._known[names]

    def _place(self, names: tuple[str, ...]) -> RuleHosts:
        if not self._whole or not self._numbers.keys() >= set(names):
            return RuleHosts(hosts=names)
        if len(names) == len(self._numbers):
            return RuleHosts(everywhere=True)
        if len(names) <= _BY_NAME:
            return RuleHosts(hosts=names)
        found = places({self._numbers[name] for name in names}, self._fleet, share=1.0)
        return RuleHosts(
            groups=tuple(group for place in found for group in place.groups),
            hosts=tuple(self._fleet.names[number] for place in found for number in place.hosts),
        )
