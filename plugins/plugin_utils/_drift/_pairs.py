# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which listeners of a later run are those of the earlier one, bound to the same place or to another."""

from __future__ import annotations

import collections
import typing as t

from .._policy._policy_model import REACHES
from ._compared_listener import ComparedListener, Place, by_place, without_port

_Key = tuple[t.Any, ...]
_Pair = tuple[ComparedListener, ComparedListener]


class _Likeness(t.NamedTuple):
    """What makes two listeners one. ``before``: what one that went is found by, None where it is not looked for.

    ``after``: what one that came looks for. ``distance``: of two reaches; the nearest is taken.
    """

    before: t.Callable[[ComparedListener], _Key | None]
    after: t.Callable[[ComparedListener], t.Sequence[_Key]]
    distance: t.Callable[[int, int], int]


class Pairs:
    """What of one run belongs to what of the other.

    ``stayed``: bound to the same in both; ``rebound``: of the same port and holder; ``restarted``: of the same service,
    on another ephemeral port; ``perhaps``: maybe so, as a holder is not known; ``gone`` and ``come``: the others.
    """

    def __init__(self, old: dict[Place, list[ComparedListener]], new: dict[Place, list[ComparedListener]]) -> None:
        self.stayed = [(old[place], new[place]) for place in old.keys() & new.keys()]
        self.gone = sorted((one for place in old.keys() - new.keys() for one in old[place]), key=by_place)
        self.come = sorted((one for place in new.keys() - old.keys() for one in new[place]), key=by_place)
        self.rebound = self._paired(_REBOUND)
        self.restarted = self._paired(_RESTARTED)
        self.perhaps = self._paired(_PERHAPS)

    def _paired(self, likeness: _Likeness) -> list[_Pair]:
        """Take pairs out of what has gone and come. Each has one origin at most: one more of a kind is a change."""
        left, found, come = _Left(self.gone, likeness), [], []
        for after in self.come:
            before = left.take(after)
            if before is None:
                come.append(after)
            else:
                found.append((before, after))
        taken = {id(before) for before, _after in found}
        self.gone, self.come = [one for one in self.gone if id(one) not in taken], come
        return found


class _Left:
    """Listeners that went and were not found again. A host may have any number: none is looked through for each."""

    def __init__(self, gone: t.Iterable[ComparedListener], likeness: _Likeness) -> None:
        self._likeness = likeness
        self._queues: dict[_Key, collections.deque[ComparedListener]] = {}
        for one in gone:
            key = likeness.before(one)
            if key is not None:
                self._queues.setdefault((key, one.reach), collections.deque()).append(one)

    def take(self, after: ComparedListener) -> ComparedListener | None:
        """The nearest of those that it may have been, each once."""
        likeness = self._likeness
        places = ((key, reach) for key in likeness.after(after) for reach in range(len(REACHES)))
        queues = (self._queues[place] for place in places if self._queues.get(place))
        nearest = min(
            queues, key=lambda it: (likeness.distance(it[0].reach, after.reach), by_place(it[0])), default=None
        )
        return nearest.popleft() if nearest else None


def _port_and_holder(one: ComparedListener) -> _Key | None:
    return (one.place[0], one.place[3], one.holder) if one.place[2] else None


def _service(one: ComparedListener) -> _Key | None:
    """A service at an address, whatever port it has since its start."""
    return (without_port(one), one.holder) if one.assigned_anew else None


def _perhaps_service(one: ComparedListener) -> _Key | None:
    """The same of one that may belong to a service, and whether it is known who holds it.

    What no process holds may be a server of the kernel that tells nobody its port: it is looked for among its like.
    """
    if one.ephemeral and one.holder == ():
        return (without_port(one), ())
    possible = one.assigned_anew or (one.ephemeral and one.holder is None)
    return (without_port(one), one.holder is None) if possible else None


def _any_service(one: ComparedListener) -> list[_Key]:
    """What may be of the same service: who holds one of the two is not known."""
    key = _perhaps_service(one)
    if key is None or one.holder == ():
        return [key] if key else []
    doubts = (True,) if one.holder is not None else (True, False)
    return [(without_port(one), doubt) for doubt in doubts]


def _alone(
    key: t.Callable[[ComparedListener], _Key | None],
) -> t.Callable[[ComparedListener], t.Sequence[_Key]]:
    def wanted(one: ComparedListener) -> t.Sequence[_Key]:
        found = key(one)
        return [] if found is None else [found]

    return wanted


def _widest(before: int, _after: int) -> int:
    return -before


def _nearest(before: int, after: int) -> int:
    return abs(before - after)


_REBOUND = _Likeness(_port_and_holder, _alone(_port_and_holder), _widest)
_RESTARTED = _Likeness(_service, _alone(_service), _nearest)
_PERHAPS = _Likeness(_perhaps_service, _any_service, _nearest)
