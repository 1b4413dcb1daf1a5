# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What listens where, added up over a fleet: hosts are numbers in here, and each is looked at once."""

from __future__ import annotations

import dataclasses
import typing as t

from .._judge.conditions._scope import all_groups
from ._identity import Identity

EPHEMERAL = (32768, 65535)  # where ports given by chance lie: Linux's ip_local_port_range starts at the first
_MANY = 8  # ports up there of one executable, above which they are taken for given by chance


class PortRange(t.NamedTuple):
    """A port, or a range of them."""

    protocol: str
    first: int
    last: int


def overlap(one: PortRange, other: PortRange) -> bool:
    """Whether some port is in both."""
    return one.protocol == other.protocol and one.first <= other.last and other.first <= one.last


class Use(t.NamedTuple):
    """Something that listens: where, and who holds it (None: not known well enough)."""

    ports: PortRange
    identity: Identity | None


@dataclasses.dataclass
class Sightings:
    """Where a use was seen: the widest reach (a position in REACHES) by host, and the units and users of its owners."""

    reach: dict[int, int] = dataclasses.field(default_factory=dict)
    units: set[str | None] = dataclasses.field(default_factory=set)
    users: set[str | None] = dataclasses.field(default_factory=set)

    def add(self, host: int, reach: int) -> None:
        self.reach[host] = max(reach, self.reach.get(host, 0))

    def join(self, other: Sightings) -> None:
        for host, reach in other.reach.items():
            self.add(host, reach)
        self.units |= other.units
        self.users |= other.users


class Fleet:
    """Hosts by number, and the groups they are in."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.groups: dict[str, set[int]] = {}
        self._numbers: dict[str, int] = {}

    def number(self, name: str, groups: t.Iterable[str]) -> int:
        """The number of a host; the same each time it is asked for."""
        known = self._numbers.get(name)
        if known is None:
            known = self._numbers[name] = len(self.names)
            self.names.append(name)
            for group in all_groups(groups):
                self.groups.setdefault(group, set()).add(known)
        return known


def without_chance(uses: t.Mapping[Use, Sightings]) -> dict[Use, Sightings]:
    """The uses with the many high ports of one executable folded into one range."""
    high: dict[tuple[str, Identity | None], list[Use]] = {}
    for use in uses:
        if use.identity is not None and use.identity.held and use.ports.first >= EPHEMERAL[0]:
            high.setdefault((use.ports.protocol, use.identity), []).append(use)
    folded = {use for many in high.values() if len(many) > _MANY for use in many}
    found: dict[Use, Sightings] = {}
    for use, seen in uses.items():
        ports = PortRange(use.ports.protocol, *EPHEMERAL) if use in folded else use.ports
        found.setdefault(Use(ports, use.identity), Sightings()).join(seen)
    return found
