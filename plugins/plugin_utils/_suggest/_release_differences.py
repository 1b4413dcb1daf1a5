# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One service whose program has another path on each release of a distribution: python3.11 here, python3.13 there.

A rule for each path would make a page of rules of each, and each upgrade would break them.
"""

from __future__ import annotations

import re
import typing as t

from ._fleet_uses import PortRange, Sightings, Use
from ._identity import Identity

_VERSION = re.compile(r"[0-9.]+")

_Uses = t.Mapping[Use, Sightings]
_Service = tuple[tuple[str, ...], tuple[str, ...]]  # units and users; no unit: a program that belongs to no service


def joined(uses: _Uses) -> dict[Use, Sightings]:
    """The uses with the programs of one service, or of one name and user, as one holder.

    They have to listen on the same ports of different hosts, and their paths differ in numbers only: one host with
    another program is an outlier to be seen. A service is named by its unit, other programs by all of their paths.
    """
    renamed = _renamed(uses)
    found: dict[Use, Sightings] = {}
    for use, seen in uses.items():
        service = _service(use, seen)
        identity = renamed.get((service, use.identity), use.identity) if service else use.identity
        found.setdefault(Use(use.ports, identity), Sightings()).join(seen)
    return found


def _renamed(uses: _Uses) -> dict[tuple[_Service | None, Identity | None], Identity]:
    sharing: dict[tuple[PortRange, _Service], list[tuple[Identity, frozenset[int]]]] = {}
    for use, seen in uses.items():
        service = _service(use, seen)
        if service is not None and use.identity is not None:
            sharing.setdefault((use.ports, service), []).append((use.identity, frozenset(seen.reach)))
    found: dict[tuple[_Service | None, Identity | None], Identity] = {}
    for (_ports, service), many in sharing.items():
        identities = [identity for identity, _hosts in many]
        apart = sum(len(hosts) for _identity, hosts in many) == len(
            frozenset().union(*(hosts for _identity, hosts in many))
        )
        if len(many) > 1 and apart and _one_name(identities):
            together = _together(service, identities)
            found.update({(service, identity): together for identity in identities})
    return found


def _service(use: Use, seen: Sightings) -> _Service | None:
    """The unit and the user of a use; None where it has no program on the host that could have another path."""
    identity = use.identity
    if identity is None or not identity.exe or identity.contained or identity.published:
        return None
    units, users = seen.units - {None}, seen.users - {None}
    if len(seen.units) != 1 or len(seen.users) != 1 or not users:
        return None
    return tuple(sorted(unit for unit in units if unit)), tuple(sorted(user for user in users if user))


def _one_name(identities: t.Iterable[Identity]) -> bool:
    """Whether the programs have one name, but for numbers in it."""
    return len({tuple(sorted({_VERSION.sub("", path) for path in identity.exe})) for identity in identities}) == 1


def _together(service: _Service, identities: t.Iterable[Identity]) -> Identity:
    units, _users = service
    paths = sorted({path for identity in identities for path in identity.exe})
    return Identity(units=units) if units else Identity(exe=tuple(paths))
