# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From what was seen to rules: one for each holder and place, its ports together."""

from __future__ import annotations

import dataclasses
import typing as t

from ._fleet_uses import Fleet, PortRange, Sightings, Use, overlap, without_chance
from ._identity import Identity
from ._release_differences import joined
from ._rule_place import HALF, NOWHERE, RulePlace, outlier, places

_FEW = 3  # units or users that a rule names; more say nothing


@dataclasses.dataclass(frozen=True)
class Draft:
    """A rule to be written. ``users``/``units`` are conditions beside the identity's; ``notes`` become comments."""

    ports: tuple[PortRange, ...]
    identity: Identity | None
    units: tuple[str, ...]
    users: tuple[str, ...]
    reach: int
    place: RulePlace
    notes: tuple[str, ...] = ()

    @property
    def order(self) -> tuple[t.Any, ...]:
        """Everywhere first, then by group, hosts by name last; within them by port."""
        groups = self.place.groups
        return (not groups, groups != ("all",), groups, self.place.hosts, self.ports, self.identity or (), self.reach)


class _RuleKey(t.NamedTuple):
    protocol: str
    identity: Identity | None
    units: tuple[str, ...]
    users: tuple[str, ...]
    reach: int
    groups: tuple[str, ...]
    hosts: tuple[int, ...]


def drafts(uses: t.Mapping[Use, Sightings], fleet: Fleet) -> list[Draft]:
    """The rules that approve every use where it was seen, in order."""
    found: dict[_RuleKey, list[tuple[PortRange, RulePlace, str | None]]] = {}
    together = joined(without_chance(uses))
    named = {use.ports for use in together if use.identity is not None}
    ranges = [ports for ports in named if ports.first < ports.last]
    for use, seen in together.items():
        hosts = seen.reach.keys()
        # By number alone it would approve what a rule of its own names on other hosts.
        taken = use.ports in named or any(overlap(use.ports, ports) for ports in ranges)
        alone = use.identity is None and taken  # such a use is of one port
        for place in places(hosts, fleet, share=NOWHERE if alone else HALF):
            covered = place.hosts or fleet.groups[place.groups[0]] & hosts
            key = _RuleKey(
                protocol=use.ports.protocol,
                identity=use.identity,
                units=_agreed(seen.units) if use.identity and use.identity.exe else (),
                users=_agreed(seen.users) if use.identity else (),
                reach=max(seen.reach[host] for host in covered),
                groups=place.groups,
                hosts=place.hosts,
            )
            note = _note(use.ports, place, hosts, fleet)
            found.setdefault(key, []).append((use.ports, place, note))
    return sorted((_draft(key, parts) for key, parts in found.items()), key=lambda draft: draft.order)


def _agreed(values: set[str | None]) -> tuple[str, ...]:
    """What all observations name, if they name few."""
    known = tuple(sorted(value for value in values if value is not None))
    return known if None not in values and len(known) <= _FEW else ()


def _note(ports: PortRange, place: RulePlace, hosts: t.AbstractSet[int], fleet: Fleet) -> str | None:
    """How common it is where it applies: what everybody has needs no word."""
    rare = outlier(place, hosts, fleet)
    if rare is None and place.seen == place.of:
        return None
    group, have, members = rare or (place.groups[0], place.seen, place.of)
    listen = "listens" if have == 1 else "listen"
    noun = "host" if members == 1 else "hosts"
    return f"{have:,} of {members:,} {noun} of {group} {listen} on {span(ports)}/{ports.protocol}"


def _draft(key: _RuleKey, parts: t.Sequence[tuple[PortRange, RulePlace, str | None]]) -> Draft:
    parts = sorted(parts, key=lambda part: part[0])
    return Draft(
        ports=folded([ports for ports, _place, _note in parts]),
        identity=key.identity,
        units=key.units,
        users=key.users,
        reach=key.reach,
        place=parts[0][1],
        notes=tuple(note for _ports, _place, note in parts if note),
    )


def folded(ports: t.Iterable[PortRange]) -> tuple[PortRange, ...]:
    """Three neighbours and more become a range; the ports come sorted."""
    runs: list[list[PortRange]] = []
    for one in ports:
        if runs and runs[-1][-1].last + 1 == one.first:
            runs[-1].append(one)
        else:
            runs.append([one])
    found: list[PortRange] = []
    for run in runs:
        found += [PortRange(run[0].protocol, run[0].first, run[-1].last)] if len(run) >= 3 else run
    return tuple(found)


def span(ports: PortRange) -> str:
    """``8000-8099``."""
    return str(ports.first) if ports.first == ports.last else f"{ports.first}-{ports.last}"
