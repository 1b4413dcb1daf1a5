# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Choose the evidence that answers for each host, out of that of several runs. Doubt is a reason, never a choice.

The newest is the one whose collection ended last, by the clock of the controller that collected it.
"""

from __future__ import annotations

import dataclasses
import datetime
import typing as t

from ..._common._clock import iso, parse_iso
from ..._common._durations import age_text
from .._evidence_errors import EvidenceError
from ..document._read_evidence import nothing_seen_because
from ._verified_run import VerifiedRun

# Controllers that keep time by NTP differ by far less; one that is further ahead has a clock that is wrong.
_AHEAD = datetime.timedelta(minutes=5)


@dataclasses.dataclass(frozen=True)
class ChoiceTerms:
    """How evidence is chosen: at what time, and how old it may be (None: any age).

    ``one_machine``: whether two machines of one name are a doubt.
    """

    now: datetime.datetime
    limit: datetime.timedelta | None
    one_machine: bool = True


class EvidenceCandidate(t.NamedTuple):
    """Evidence that answers: where it is, and the little of it that choosing needs. A fleet's worth is never in memory.

    ``run`` collected it; ``found_in`` has it. ``policy``: what it was judged by there. ``nothing``: why it shows none.
    """

    name: str
    found_in: VerifiedRun
    run: str
    policy: str
    collected: datetime.datetime
    machine: str | None
    nothing: str | None

    def content(self) -> bytes:
        """The bytes of its file, held to the sums once more. Raises EvidenceError."""
        return self.found_in.content(f"evidence/{self.name}")


def choose(name: str, runs: t.Sequence[VerifiedRun], terms: ChoiceTerms) -> EvidenceCandidate | str | None:
    """The evidence in files of this name that answers, or why none does; None where there is none at all.

    ``runs``: the oldest first. Evidence that is damaged is not passed over for an older one, for nobody knows what it
    said; a newer one makes up for it.
    """
    holders = [run for run in reversed(runs) if name in run.names]
    if not holders:
        return None
    recent = [run for run in holders if terms.limit is None or _started(run) >= terms.now - terms.limit]
    try:
        return _of(name, recent or holders[:1], terms)
    except EvidenceError as error:
        return str(error)


def _started(run: VerifiedRun) -> datetime.datetime:
    return parse_iso(run.record.started)


def _of(name: str, runs: t.Sequence[VerifiedRun], terms: ChoiceTerms) -> EvidenceCandidate:
    """``runs``: those that have it, the newest first. Raises EvidenceError."""
    held: list[EvidenceCandidate] = []
    damaged: EvidenceError | None = None
    for run in runs:
        try:
            held.append(_dated(run, name))
        except EvidenceError as error:
            if not held:
                raise
            damaged = error
    chosen = max(held, key=lambda one: one.collected)
    if damaged is not None and chosen is not held[0]:
        raise damaged
    _not_ahead(held, terms)
    if terms.one_machine:
        _one_machine(held)
    return _not_stale(chosen, terms)


def _dated(run: VerifiedRun, name: str) -> EvidenceCandidate:
    document = run.take(name)
    try:
        return EvidenceCandidate(
            name,
            run,
            run=str(document["run"]["id"]),
            policy=str(document["run"]["policy"]),
            collected=parse_iso(document["collected"]["ended"]),
            machine=document["host"].get("machine_id"),
            nothing=nothing_seen_because(document),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise EvidenceError(f"{name} of run {run.id} does not name its time, its options or its policy") from error


def _not_ahead(held: t.Iterable[EvidenceCandidate], terms: ChoiceTerms) -> None:
    """Evidence from the future: a clock is wrong, so that nobody knows which is the newest."""
    for one in held:
        if one.collected > terms.now + _AHEAD:
            raise EvidenceError(
                f"its evidence in run {one.found_in.id} is of {iso(one.collected)}, which is after {iso(terms.now)}: "
                f"the clock of {one.found_in.record.controller} or of this controller is wrong"
            )


def _one_machine(held: t.Sequence[EvidenceCandidate]) -> None:
    machines: dict[str, str] = {}
    for one in held:
        if one.machine:
            machines.setdefault(str(one.machine), one.run)
    if len(machines) > 1:
        said = ", ".join(f"{machine[:12]} in run {run}" for machine, run in sorted(machines.items()))
        raise EvidenceError(f"several machines have its name: machine id {said}")


def _not_stale(chosen: EvidenceCandidate, terms: ChoiceTerms) -> EvidenceCandidate:
    age = terms.now - chosen.collected
    if terms.limit is not None and age > terms.limit:
        raise EvidenceError(
            f"its newest evidence is of {iso(chosen.collected)} (run {chosen.run}), "
            f"{age_text(int(age.total_seconds()))} old, and the limit is {age_text(int(terms.limit.total_seconds()))}"
        )
    return chosen
