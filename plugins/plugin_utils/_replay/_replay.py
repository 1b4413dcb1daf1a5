# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Replay: stored evidence under two policies, read and judged host by host, on two cores where there are two.

Nothing is kept of a host but what changed on it, and that is handed on at once: memory does not grow with the fleet.
"""

from __future__ import annotations

import dataclasses
import datetime
import itertools
import multiprocessing
import os
import typing as t

from .._common._gc_paused import collector_paused
from .._evidence._evidence_errors import EvidenceError
from .._evidence.runs._stored_run import EvidenceFileRef
from .._judge._assess import POLICY_MISSING
from .._judge._judge import Judge
from ._host_replay import Compared, compare

_CHUNK = 100  # hosts: few enough to keep both cores busy to the end, enough to hide the cost of handing them over
_ALONE = 300  # hosts, below which a second process costs more than it saves
_PROCESSES = 2


@dataclasses.dataclass(frozen=True)
class Replay:
    """What to judge by. ``before``: the judge of each policy that evidence may name, or one for all (key None)."""

    before: t.Mapping[str | None, Judge]
    after: Judge
    as_of: datetime.datetime | None = None

    def host(self, stored: EvidenceFileRef) -> Outcome:
        """Judge one host twice."""
        try:
            document = stored.read()
            judge = self.before.get(None) or self.before.get(document["run"].get("policy"))
            if judge is None:
                raise EvidenceError(POLICY_MISSING)
            compared = compare(document, before=judge, after=self.after, as_of=self.as_of)
            return compared or Unseen(document["host"]["name"], "its evidence shows nothing")
        except EvidenceError as error:
            return Unseen(stored.name, str(error))


@dataclasses.dataclass(frozen=True)
class Unseen:
    """A host that no policy can say anything of, by its name or that of its file, and why."""

    host: str
    reason: str


Outcome = t.Union[Compared, Unseen]


def outcomes(replay: Replay, evidence: t.Sequence[EvidenceFileRef]) -> t.Iterator[Outcome]:
    """What became of each host, in the order given."""
    if len(evidence) < _ALONE or _cores() < _PROCESSES:
        return map(replay.host, evidence)
    return itertools.chain.from_iterable(_side_by_side(replay, evidence))


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _side_by_side(replay: Replay, evidence: t.Sequence[EvidenceFileRef]) -> t.Iterator[list[Outcome]]:
    """Forked, so that policies and registry are shared and not read twice."""
    chunks = [evidence[start : start + _CHUNK] for start in range(0, len(evidence), _CHUNK)]
    context = multiprocessing.get_context("fork")
    with context.Pool(_PROCESSES, initializer=_Worker.start, initargs=(replay,)) as pool:
        yield from pool.imap(_Worker.chunk, chunks)


class _Worker:
    """What a process of the pool knows."""

    replay: t.ClassVar[Replay]

    @classmethod
    def start(cls, replay: Replay) -> None:
        cls.replay = replay

    @classmethod
    def chunk(cls, evidence: t.Sequence[EvidenceFileRef]) -> list[Outcome]:
        with collector_paused():
            return [cls.replay.host(stored) for stored in evidence]
