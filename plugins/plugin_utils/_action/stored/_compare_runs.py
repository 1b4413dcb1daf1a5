# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compare the evidence of two runs for a task."""

from __future__ import annotations

import typing as t

from ..._common._counted import count, few_hosts, first_lines
from ..._common._printable import printable
from ..._drift._drift_tally import DriftTally, line
from ..._drift._host_drift import HostDrift, compare
from ..._evidence._evidence_errors import EvidenceError
from ..._evidence.runs._stored_run import EvidenceFileRef, Run, listed_runs, newest, without_evidence
from ..._judge._assess import Document

DRIFT_VERSION = 1
_LINES = 20
_NOT_BEFORE = "there is no earlier evidence of it"
_NOT_NOW = "there is no later evidence of it"
_NEVER = "there is no earlier and no later evidence of it"


class Reference:
    """An earlier run, asked host by host."""

    def __init__(self, runs: t.Sequence[Run]) -> None:
        self.runs = runs
        self._evidence = {stored.name: stored for stored in newest(runs)}

    @property
    def names(self) -> t.KeysView[str]:
        """The names of its evidence files."""
        return self._evidence.keys()

    def document(self, name: str) -> Document | str:
        """The evidence in a file of this name, or why there is none to compare with."""
        stored = self._evidence.get(name)
        if stored is None:
            return _NOT_BEFORE
        try:
            return stored.read()
        except EvidenceError as error:
            return f"its earlier evidence cannot be used: {error}"


def host_drift(before: Document | str, after: Document) -> HostDrift:
    """The drift of a host; ``before`` is its earlier evidence, or why there is none."""
    if isinstance(before, str):
        return HostDrift(reason=before)
    try:
        return compare(before, after)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        return HostDrift(reason=f"its evidence cannot be compared: {type(error).__name__}: {error}")


def drift(before: t.Sequence[Run], after: t.Sequence[Run]) -> DriftTally:
    """Compare every host that one side or the other was meant for."""
    reference, tally = Reference(before), DriftTally()
    evidence = newest(after)
    for host in without_evidence([*before, *after], [*newest(before), *evidence]):
        tally.add(host, HostDrift(reason=_NEVER))
    for stored in evidence:
        tally.add(*_host(reference, stored))
    for name in sorted(reference.names - {stored.name for stored in evidence}):
        known = reference.document(name)
        tally.add(name if isinstance(known, str) else known["host"]["name"], HostDrift(reason=_NOT_NOW))
    return tally


def _host(reference: Reference, stored: EvidenceFileRef) -> tuple[str, HostDrift]:
    try:
        document = stored.read()
    except EvidenceError as error:
        return stored.name, HostDrift(reason=f"its evidence cannot be used: {error}")
    return document["host"]["name"], host_drift(reference.document(stored.name), document)


def document(tally: DriftTally, *, before: t.Iterable[Run], after: t.Iterable[Run]) -> dict[str, t.Any]:
    """``drift.json``."""
    return {
        "drift_version": DRIFT_VERSION,
        "before": listed_runs(before),
        "after": listed_runs(after),
        "compared": tally.compared,
        "kinds": dict(tally.kinds),
        "groups": [{**group.change._asdict(), "hosts": list(group.hosts)} for group in tally.groups],
        "not_compared": [{"reason": reason, "hosts": list(hosts)} for reason, hosts in tally.not_compared.items()],
    }


def summary(tally: DriftTally) -> list[str]:
    """What a person reads."""
    left_out = [f"  {few_hosts(hosts)}: {reason}" for reason, hosts in tally.not_compared.items()]
    return [
        _headline(tally),
        *map(printable, first_lines([line(group) for group in tally.groups], _LINES)),
        *(["Not compared", *map(printable, left_out)] if left_out else []),
    ]


def _headline(tally: DriftTally) -> str:
    if not tally.compared:
        return "Nothing was compared."
    counts = ", ".join(f"{number:,} {kind}" for kind, number in sorted(tally.kinds.items()))
    return f"{counts or 'No drift'} on {count(tally.compared, 'host')} compared."


def stopping(tally: DriftTally, kinds: t.Collection[str]) -> list[str]:
    """In words, what stops a gate on these kinds of change: hosts that were not compared do, for nobody knows."""
    if not kinds:
        return []
    left_out, in_part = tally.left_out, tally.in_part(kinds)
    return [
        *(f"{tally.kinds[kind]:,} {kind}" for kind in kinds if tally.kinds[kind]),
        *([] if tally.compared else ["nothing was compared"]),
        *([f"{count(left_out, 'host')} not compared"] if left_out else []),
        *([f"{count(in_part, 'host')} compared in part"] if in_part else []),
    ]
