# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From protocol and port to what a policy says there, in one look-up however many ranges the policy has."""

from __future__ import annotations

import bisect
import typing as t

from ..._policy._policy_model import PortItem

T = t.TypeVar("T")


class PortIndex(t.Generic[T]):
    """Items by protocol and port. Ranges are cut into segments within which the answer is the same."""

    def __init__(self, items: t.Iterable[tuple[PortItem, T]]) -> None:
        """Answers keep the order of ``items``; one that covers a port twice is in the answer once."""
        by_protocol: dict[str, list[tuple[PortItem, T]]] = {}
        for port, item in items:
            by_protocol.setdefault(port.protocol, []).append((port, item))
        self._segments = {protocol: _segments(given) for protocol, given in by_protocol.items()}
        self._known: dict[tuple[str, int], tuple[T, ...]] = {}

    def at(self, protocol: str, port: int) -> tuple[T, ...]:
        """What covers a port."""
        key = (protocol, port)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._look(protocol, port)
        return found

    def _look(self, protocol: str, port: int) -> tuple[T, ...]:
        starts, answers = self._segments.get(protocol, ((), ()))
        position = bisect.bisect_right(starts, port) - 1
        return answers[position] if position >= 0 else ()


def _segments(items: t.Sequence[tuple[PortItem, T]]) -> tuple[t.Sequence[int], t.Sequence[tuple[T, ...]]]:
    """First ports of the segments, and what covers each."""
    starts = sorted({0} | {port.first for port, _item in items} | {port.last + 1 for port, _item in items})
    place = {start: position for position, start in enumerate(starts)}
    covering: list[dict[int, T]] = [{} for _start in starts]
    for port, item in items:
        for position in range(place[port.first], place[port.last + 1]):
            covering[position][id(item)] = item
    return starts, [tuple(found.values()) for found in covering]
