# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a rule applies: the fewest inventory groups that say where something was seen; hosts by name for the rest."""

from __future__ import annotations

import typing as t

from .._policy.resolve._patterns import group_problem
from ._fleet_uses import Fleet

HALF = 0.5
NOWHERE = 2.0  # a share that no group reaches: hosts by name


class RulePlace(t.NamedTuple):
    """Groups (``all``: everywhere) or hosts by number, and how many of the members have it."""

    groups: tuple[str, ...]
    hosts: tuple[int, ...]
    seen: int
    of: int


def places(hosts: t.AbstractSet[int], fleet: Fleet, *, share: float = HALF) -> list[RulePlace]:
    """Cover the hosts: groups of which at least ``share`` have it, the one that covers most first; then hosts by name.

    A group needs two hosts that have it, else it says less than the host's name, unless it is the only host.
    """
    left, found = set(hosts), []
    while left:
        best = _best(left, hosts, fleet=fleet, share=share)
        if best is None:
            break
        members = fleet.groups[best]
        found.append(RulePlace((best,), (), len(members & hosts), len(members)))
        left -= members
    if left:
        found.append(RulePlace((), tuple(sorted(left)), len(left), len(fleet.names)))
    return found


def _best(left: t.AbstractSet[int], hosts: t.AbstractSet[int], *, fleet: Fleet, share: float) -> str | None:
    """The group that covers most of what is left; of equals the one with the fewest members, then by name."""
    fitting = []
    for name, members in fleet.groups.items():
        have = len(members & hosts)
        enough = (have >= 2 or len(fleet.names) == 1) and not group_problem(name)
        if name != "ungrouped" and enough and have >= share * len(members):
            covered = len(members & left)
            if covered >= 2 or len(fleet.names) == 1:
                fitting.append((-covered, len(members), name != "all", name))
    return min(fitting)[-1] if fitting else None


def outlier(place: RulePlace, hosts: t.AbstractSet[int], fleet: Fleet) -> tuple[str, int, int] | None:
    """For hosts by name: the smallest group that holds them all, how many of it have this, and how many there are."""
    if not place.hosts:
        return None
    holding = [
        (len(members), name)
        for name, members in fleet.groups.items()
        if members.issuperset(place.hosts) and name != "ungrouped"
    ]
    size, name = min(holding)
    return name, len(fleet.groups[name] & hosts), size
