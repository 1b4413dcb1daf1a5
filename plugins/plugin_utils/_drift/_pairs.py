# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which listeners of a later run are those of the earlier one, bound to the same place or to another."""

from __future__ import annotations

import typing as t

from ._compared_listener import ComparedListener, Place, by_place, without_port


class Pairs:
    """What of one run belongs to what of the other.

    ``stayed``: bound to the same in both; ``rebound``: of the same port and holder; ``restarted``: of the same service,
    on another ephemeral port; ``perhaps``: maybe so, as a holder is not known; ``gone`` and ``come``: the others.
    """

    def __init__(self, old: dict[Place, list[ComparedListener]], new: dict[Place, list[ComparedListener]]) -> None:
        self.stayed = [(old[place], new[place]) for place in old.keys() & new.keys()]
        self.rebound: list[tuple[ComparedListener, ComparedListener]] = []
        self.gone = [one for place in old.keys() - new.keys() for one in old[place]]
        self.come: list[ComparedListener] = []
        for one in sorted((one for place in new.keys() - old.keys() for one in new[place]), key=by_place):
            origin = _origin(one, self.gone)
            if origin is None:
                self.come.append(one)
            else:
                self.gone.remove(origin)
                self.rebound.append((origin, one))
        self.restarted = self._paired(_same_service)
        self.perhaps = self._paired(_perhaps_same_service)

    def _paired(
        self, same: t.Callable[[ComparedListener, ComparedListener], bool]
    ) -> list[tuple[ComparedListener, ComparedListener]]:
        """Take pairs out of what has gone and come. Each has one origin at most: one more of a kind is a change."""
        found = []
        for after in list(self.come):
            fitting = [before for before in self.gone if same(before, after)]
            before = min(fitting, key=lambda it: (abs(it.reach - after.reach), by_place(it)), default=None)
            if before is not None:
                self.gone.remove(before)
                self.come.remove(after)
                found.append((before, after))
        return found


def _origin(one: ComparedListener, gone: t.Iterable[ComparedListener]) -> ComparedListener | None:
    """The listener that went when this one came, of the same port and holder: bound anew. The widest of several."""
    wanted = (one.place[0], one.place[3], one.holder)
    fitting = [other for other in gone if (other.place[0], other.place[3], other.holder) == wanted and other.place[2]]
    return max(fitting, key=lambda other: (other.reach, by_place(other)), default=None) if one.place[2] else None


def _same_service(before: ComparedListener, after: ComparedListener) -> bool:
    """Whether a service that was started again listens at the same address, on another ephemeral port."""
    again = before.assigned_anew and after.assigned_anew
    return again and without_port(before) == without_port(after) and before.holder == after.holder


def _perhaps_same_service(before: ComparedListener, after: ComparedListener) -> bool:
    """Whether that may be so: who holds one of them is not known."""
    possible = all(one.assigned_anew or (one.ephemeral and one.holder is None) for one in (before, after))
    unknown = before.holder is None or after.holder is None
    return possible and unknown and without_port(before) == without_port(after)
