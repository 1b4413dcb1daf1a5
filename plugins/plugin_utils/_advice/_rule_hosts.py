# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts of a fleet as a rule names them: everywhere, by groups that all have it, the rest by name."""

from __future__ import annotations

import collections
import typing as t

from .._policy._allowed_text import text_problem
from .._policy.resolve._patterns import group_problem

_BY_NAME = 3  # so few hosts say more by their names than by a group
_NO_GROUP = frozenset(("all", "ungrouped"))


class RuleHosts(t.NamedTuple):
    """``everywhere``: no rule needs to say where. ``groups`` all of whose hosts are meant, and ``hosts`` by name."""

    everywhere: bool = False
    groups: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()


class HostNames:
    """The fleet, and what was asked before: fleets repeat themselves."""

    def __init__(self, hosts: t.Iterable[tuple[str, t.Sequence[str]]], *, whole: bool) -> None:
        """``hosts`` with their groups. ``whole``: they are the whole inventory, so that groups hold no others."""
        self._groups = {name: [group for group in set(groups) if _can_be_named(group)] for name, groups in hosts}
        self._members: dict[str, set[str]] = {}
        for name, groups in self._groups.items():
            for group in groups:
                self._members.setdefault(group, set()).add(name)
        self._whole = whole
        self._known: dict[tuple[str, ...], RuleHosts] = {}

    def place(self, names: tuple[str, ...]) -> RuleHosts:
        """These hosts and no other; of names that are not of the fleet each by its name."""
        if names not in self._known:
            self._known[names] = self._place(names)
        return self._known[names]

    def _place(self, names: tuple[str, ...]) -> RuleHosts:
        if not self._whole or not self._groups.keys() >= set(names):
            return RuleHosts(hosts=names)
        if len(names) == len(self._groups):
            return RuleHosts(everywhere=True)
        if len(names) <= _BY_NAME:
            return RuleHosts(hosts=names)
        left, chosen = set(names), []
        for group in self._whole_groups(names):
            members = self._members[group]
            if len(members & left) >= 2:
                chosen.append(group)
                left -= members
        return RuleHosts(groups=tuple(chosen), hosts=tuple(name for name in names if name in left))

    def _whole_groups(self, names: t.Iterable[str]) -> list[str]:
        """Groups with no other host, large ones first. Each host is looked at once: a fleet has thousands of rows."""
        have = collections.Counter(group for name in names for group in self._groups[name])
        found = [group for group, number in have.items() if number == len(self._members[group])]
        return sorted(found, key=lambda group: (-have[group], group))


def _can_be_named(group: str) -> bool:
    return group not in _NO_GROUP and not group_problem(group) and not text_problem(group)
