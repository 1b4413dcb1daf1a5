# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person should decide first among suggested rules."""

from __future__ import annotations

import typing as t

from .._common._counted import count
from .._policy._policy_model import REACHES
from .._registry._lookup import Registry
from ._fleet_uses import EPHEMERAL, Fleet
from ._suggested_rules import Draft, span

_SHOWN = 10
_PUBLIC = REACHES.index("public")


def risks(rules: t.Iterable[tuple[str, Draft]], fleet: Fleet, *, registry: Registry) -> list[str]:
    """A line for each rule with a risk, the most serious first: by its id, with what is wrong."""
    told = []
    for name, draft in rules:
        reasons = list(_reasons(draft, fleet, registry))
        if reasons:
            worst = min(rank for rank, _text in reasons)
            told.append((worst, name, f"{name}: {', '.join(text for _rank, text in reasons)}"))
    lines = [text for _rank, _name, text in sorted(told)]
    more = [f"and {count(len(lines) - _SHOWN, 'more rule')}"] if len(lines) > _SHOWN else []
    return [*lines[:_SHOWN], *more]


def _reasons(draft: Draft, fleet: Fleet, registry: Registry) -> t.Iterator[tuple[int, str]]:
    public = draft.reach == _PUBLIC
    if draft.identity is None:
        yield 0 if public else 1, "any process passes by its port number"
    unassigned = [ports for ports in draft.ports if _unassigned(ports.first, ports.last, ports.protocol, registry)]
    if unassigned:
        yield 1 if public else 2, f"{span(unassigned[0])}/{unassigned[0].protocol} is unassigned at IANA"
    if draft.place.hosts:
        names = [fleet.names[host] for host in draft.place.hosts[:2]]
        more = f" and {len(draft.place.hosts) - 2} more" if len(draft.place.hosts) > 2 else ""
        yield 3, f"only on {', '.join(names)}{more}"


def _unassigned(first: int, last: int, protocol: str, registry: Registry) -> bool:
    if (first, last) == EPHEMERAL:
        return False
    return any(registry.status(port, protocol).status == "unassigned" for port in (first, last))
