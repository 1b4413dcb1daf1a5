# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One host at two times: what opened, closed, changed hands or became reachable from further away. No I/O."""

from __future__ import annotations

import dataclasses
import typing as t

from ...module_utils._socket import PROTOCOLS, PUBLISHED_GAPS, Listener
from .._evidence.document._read_evidence import nothing_seen_because
from .._judge._assess import Document
from .._judge._from_evidence import host_facts, listeners
from .._judge.conditions._reach import HostReach, ReachTable
from .._judge.conditions._state import is_ephemeral_udp
from . import _doubt
from ._compared_listener import ComparedListener, Place
from ._holder import Holder, assigned_anew, known
from ._pairs import Pairs

KINDS = ("opened", "widened", "replaced", "moved", "closed")

_TABLE = ReachTable()
_PUBLISHED = "published ports"  # stands beside the protocols that are left out


def turn(was: str | None, now: str | None) -> str:
    """What a listener was, and what it is now."""
    return " -> ".join(text for text in (was, now) if text)


class DriftChange(t.NamedTuple):
    """One difference. ``port`` is None for one given by chance; ``was``, ``now``: address, holder, reach in words."""

    kind: str
    protocol: str
    port: int | None
    owner: str | None
    was: str | None
    now: str | None

    @property
    def place(self) -> str:
        """``8081/tcp``, or that it is a port given by chance."""
        return f"{self.port}/{self.protocol}" if self.port else f"an ephemeral {self.protocol} port"

    @property
    def turn(self) -> str:
        return turn(self.was, self.now)


@dataclasses.dataclass(frozen=True)
class HostDrift:
    """``reason``: why the host was not compared, None when it was. ``partly``: protocols left out of the comparison.

    ``perhaps``: what may have changed and nobody knows, because not all owners were read in both runs.
    """

    changes: tuple[DriftChange, ...] = ()
    reason: str | None = None
    partly: tuple[str, ...] = ()
    perhaps: tuple[DriftChange, ...] = ()

    def of(self, kinds: t.Collection[str]) -> list[DriftChange]:
        return [change for change in self.changes if change.kind in kinds]

    @property
    def doubts(self) -> dict[str, tuple[int, str]]:
        """How many listeners may have changed, and which in words, by kind."""
        ports: dict[str, list[str]] = {}
        for change in self.perhaps:
            ports.setdefault(change.kind, []).append(f"{change.port}/{change.protocol}")
        return {kind: (len(of), _doubt.perhaps(kind, of)) for kind, of in ports.items()}


def compare(before: Document, after: Document) -> HostDrift:
    """What changed on a host between two documents of evidence. Raises KeyError, TypeError or ValueError on others."""
    reason = _incomparable(before, after)
    if reason is not None:
        return HostDrift(reason=reason)
    blind = _blind(before) | _blind(after)
    old, new = _listeners(before, blind), _listeners(after, blind)
    vague = _unknown_holders(old) | _unknown_holders(new)
    for protocol in vague:
        old, new = (_less_by_chance(side, protocol) for side in (old, new))
        blind.add(f"{protocol} on ephemeral ports")
    pairs = Pairs(old, new)
    return HostDrift(
        tuple(sorted(_changes(pairs), key=_order)),
        partly=tuple(sorted(blind)),
        perhaps=tuple(sorted(_perhaps(pairs), key=_order)),
    )


def _incomparable(before: Document, after: Document) -> str | None:
    """Why two documents say nothing about each other: what one of them did not look at would seem to have changed."""
    for document, when in ((before, "before"), (after, "now")):
        unseen = nothing_seen_because(document)
        if unseen is not None:
            return f"its evidence {when} shows nothing: {unseen}"
    for name, one, other in _settings(before, after):
        if one != other:
            return f"collected with {name} {_text(one)} before and {_text(other)} now"
    return None


def _settings(before: Document, after: Document) -> t.Iterator[tuple[str, t.Any, t.Any]]:
    old, new = before["collector"], after["collector"]
    for name in sorted({*old["options"], *new["options"]} - {"cpu_budget", "wall_limit"}):
        yield name, old["options"].get(name), new["options"].get(name)
    key = "all_processes"
    yield "view of all processes", old["privilege"].get(key), new["privilege"].get(key)


def _text(value: t.Any) -> str:
    return {True: "yes", False: "no", None: "unknown"}.get(value, str(value)) if _is_word(value) else str(value)


def _is_word(value: t.Any) -> bool:
    return value is None or isinstance(value, bool)


def _blind(document: Document) -> set[str]:
    """Protocols of which listeners may be missing. A gap of all protocols that hides some: all that were seen.

    Where published ports alone may be missing, they are, as a protocol of their own.
    """
    hiding = [gap for gap in document["collector"]["gaps"] if gap["affects"] == "listeners"]
    gaps = [gap for gap in hiding if gap["code"] not in PUBLISHED_GAPS]
    published = {_PUBLISHED} if len(gaps) < len(hiding) else set()
    if any(gap["protocol"] is None for gap in gaps):
        return {*PROTOCOLS} | published
    return {gap["protocol"] for gap in gaps} | published


def _listeners(document: Document, blind: t.Collection[str]) -> dict[Place, list[ComparedListener]]:
    reach = HostReach(_TABLE, host_facts(document))
    found: dict[Place, dict[tuple[Holder | None, int], ComparedListener]] = {}
    for listener in listeners(document):
        hidden = listener.protocol in blind or (listener.published_by and _PUBLISHED in blind)
        if not hidden and listener.change != "gone":
            one = _seen(listener, reach.of(listener))
            # Namespaces may hold the same place twice; the same holder twice there is one.
            found.setdefault(one.place, {}).setdefault((one.holder, one.reach), one)
    return {place: list(ones.values()) for place, ones in found.items()}


def _unknown_holders(found: t.Mapping[Place, t.Sequence[ComparedListener]]) -> set[str]:
    """Protocols with an ephemeral port whose holder is not known: it may be any of those of the other run."""
    return {place[0] for place, ones in found.items() if not place[1] and ones[0].holder is None}


def _less_by_chance(
    found: t.Mapping[Place, list[ComparedListener]], protocol: str
) -> dict[Place, list[ComparedListener]]:
    return {place: ones for place, ones in found.items() if place[1] or place[0] != protocol}


def _seen(listener: Listener, reach: int) -> ComparedListener:
    """Unconnected UDP on an ephemeral port is compared by who holds it: the port is another each time."""
    who = known(listener)
    if is_ephemeral_udp(listener):
        place = (listener.protocol, "", "", 0, f"{who.holder}")
        return ComparedListener(place, who.holder, who.label, 0, who.whole)
    place = (listener.protocol, listener.family, listener.address, listener.port, listener.device or "")
    return ComparedListener(
        place, who.holder, who.label, reach, who.whole, bool(listener.ephemeral), assigned_anew(listener)
    )


def _changes(pairs: Pairs) -> t.Iterator[DriftChange]:
    for old, new in pairs.stayed:
        yield from _same_place(old, new)
    for origin, one in pairs.rebound:
        yield _change(_rebound(origin, one), origin, one)
    for before, after in pairs.restarted:
        if after.reach > before.reach:
            yield _change("widened", before, after)
    for one in pairs.come:
        yield _change("opened", None, one)
    for one in pairs.gone:
        yield _change("closed", one, None)


def _rebound(before: ComparedListener, after: ComparedListener) -> str:
    return "widened" if after.reach > before.reach else "moved"


def _perhaps(pairs: Pairs) -> t.Iterator[DriftChange]:
    """What may have changed in another way than it is told, because not all who hold a listener are known."""
    for old, new in pairs.stayed:
        if not _replaced(old, new) and not all(one.whole for one in (*old, *new)):
            yield _change("replaced", old[0], new[0])
    for before, after in pairs.perhaps:
        yield _change("closed", before, None)
        yield _change("opened", None, after)
    for before, after in (*pairs.rebound, *pairs.restarted):
        if not (before.whole and after.whole):
            yield _change("closed", before, None)
            yield _change("opened", None, after)
    gone = _alike(pairs.gone)
    for after in pairs.come:
        fitting = gone.get((after.place[0], after.place[3]), {}) if after.place[2] else {}
        doubtful = (before for before in fitting.values() if not (before.whole and after.whole))
        kinds = {_rebound(before, after): before for before in doubtful}
        yield from (_change(kind, before, after) for kind, before in kinds.items())


def _alike(gone: t.Iterable[ComparedListener]) -> dict[tuple[str, int], dict[tuple[int, bool], ComparedListener]]:
    """Listeners by protocol and port, one for all that tell the same of another there."""
    found: dict[tuple[str, int], dict[tuple[int, bool], ComparedListener]] = {}
    for one in gone:
        found.setdefault((one.place[0], one.place[3]), {}).setdefault((one.reach, one.whole), one)
    return found


def _same_place(old: t.Sequence[ComparedListener], new: t.Sequence[ComparedListener]) -> t.Iterator[DriftChange]:
    """Listeners bound to the same: by whom, and reachable from where."""
    before, after = old[0], new[0]
    if _replaced(old, new):
        holders = {one.holder for one in old}
        changed = next((one for one in new if one.holder not in holders), after)
        yield _change("replaced", before, changed)
    if max(one.reach for one in new) > max(one.reach for one in old):
        yield _change("widened", before, after)


def _replaced(old: t.Iterable[ComparedListener], new: t.Iterable[ComparedListener]) -> bool:
    holders, others = {one.holder for one in old}, {one.holder for one in new}
    return None not in holders | others and holders != others


def _change(kind: str, before: ComparedListener | None, after: ComparedListener | None) -> DriftChange:
    one = after or before
    if one is None:
        raise ValueError("a change has a before or an after")
    return DriftChange(
        kind=kind,
        protocol=one.place[0],
        port=one.place[3] or None,
        owner=one.label,
        was=before.words if before else None,
        now=after.words if after else None,
    )


def _order(change: DriftChange) -> tuple[t.Any, ...]:
    return (KINDS.index(change.kind), change.protocol, change.port or 0, change.was or "", change.now or "")
