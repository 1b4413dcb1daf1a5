# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a suggested rule approves beyond what was seen, because no policy can say less: comments above it."""

from __future__ import annotations

import typing as t

from .._suggest._fleet_uses import EPHEMERAL
from .._suggest._identity import Identity
from ._subject import Subject

MOST_ADDRESSES = 12  # that a rule names


def notes(subject: Subject, who: Identity | None, *, holders: t.Iterable[t.Sequence[str]] = ()) -> t.Iterator[str]:
    """Sentences. ``who``: None where it is not known. ``holders``: the programs, the units and the users it names."""
    if who is None:
        yield "Not every owner was seen or has a name: this approves any program on the port."
    else:
        yield from _of_holders(who, holders)
    if subject.other_namespace and not (who and who.contained):
        yield "It is in another network namespace. A rule cannot name one: this approves the same in all of them."
    yield from _of_places(subject)


def _of_holders(who: Identity, holders: t.Iterable[t.Sequence[str]]) -> t.Iterator[str]:
    if who.published:
        yield "This approves the port for every container that publishes it."
    if who.contained:
        yield "This approves the program in every container."
    if any(len(names) > 1 for names in holders):
        yield "It names several programs, units or users: this approves each of them by itself too."


def _of_places(subject: Subject) -> t.Iterator[str]:
    if subject.finding.code == "ephemeral-udp":
        yield f"The port was given by chance: this approves all ports from {EPHEMERAL[0]} on."
    if len(set(subject.addresses)) > MOST_ADDRESSES:
        yield f"It has {len(set(subject.addresses))} addresses: this approves all addresses of that reach."
    if subject.uneven:
        yield "Not every host has all of this: the rule approves each port and address on each of the hosts."
