# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Replay stored evidence for a task: open runs and policies, go through the hosts, keep the changes."""

from __future__ import annotations

import contextlib
import datetime
import os
import typing as t

from ..._common._clock import iso, parse_iso, utc_now
from ..._common._counted import count
from ..._evidence.files import _atomic_files
from ..._evidence.runs._inside_run import refuse_inside
from ..._evidence.runs._stored_run import Run, listed_runs, newest, without_evidence
from ..._gate._gate_rules import STOPPING, GateRules
from ..._judge._judge import Judge
from ..._judge._judgement import Finding, HostResult
from ..._judge._policy_findings import policy_findings
from ..._policy._policy_model import Policy
from ..._registry._lookup import Registry
from ..._replay import _replay_text
from ..._replay._host_replay import Compared, VerdictChange
from ..._replay._replay import Replay, Unseen, outcomes
from ..._replay._replay_tally import ReplayTally
from .._task_result import policy_facts
from ._stored_policies import stored_policies

Emit = t.Callable[[VerdictChange], None]


class Replayed(t.NamedTuple):
    tally: ReplayTally
    unseen: list[Unseen]
    policy_findings: tuple[Finding, ...]
    without_evidence: list[str]


def replay(
    runs: t.Sequence[Run],
    *,
    policy: Policy,
    against: Policy | None,
    as_of: datetime.datetime | None,
    emit: Emit,
) -> Replayed:
    """Judge the newest evidence of each host by ``against`` (None: what it was judged by then) and by ``policy``."""
    registry = Registry.load()
    after = Judge(policy, registry)
    before: dict[str | None, Judge] = {None: Judge(against, registry)} if against else _recorded(runs, after)
    tally, unseen = ReplayTally(), []
    evidence = newest(runs)
    for outcome in outcomes(Replay(before, after, as_of), evidence):
        if isinstance(outcome, Compared):
            tally.add(outcome)
            for change in outcome.changes:
                emit(change)
        else:
            unseen.append(outcome)
    found = _policy_findings(policy, runs, tally, as_of=as_of)
    return Replayed(tally, unseen, found, without_evidence(runs, evidence))


def _recorded(runs: t.Iterable[Run], after: Judge) -> dict[str | None, Judge]:
    kept = {sha256: policy for run in runs for sha256, policy in stored_policies(run.directory).items()}
    known = {after.policy.sha256: after}
    return {sha256: known.get(sha256) or Judge(policy, after.registry) for sha256, policy in kept.items()}


def _policy_findings(
    policy: Policy, runs: t.Sequence[Run], tally: ReplayTally, *, as_of: datetime.datetime | None
) -> tuple[Finding, ...]:
    """What the second policy has wrong with it, for the inventory of all runs together."""
    inventory = {host: frozenset(groups) for run in runs for host, groups in run.record.inventory.items()}
    used = HostResult(
        host="", verdict="pass", rules_used=frozenset(tally.rules_used), waivers_used=frozenset(tally.waivers_used)
    )
    # Unused is said only of what is about hosts that were all seen: with one unseen, of nothing.
    unseen = frozenset(inventory) if tally.hosts < len(inventory) else frozenset[str]()
    moment = as_of or max(parse_iso(run.record.started) for run in runs)
    return policy_findings(
        policy, inventory=inventory, results={"": used}, not_assessed=unseen, as_of=moment, hidden_on=tally.hidden
    )


def stopping(done: Replayed, fail_on: t.Collection[str]) -> list[str]:
    """What stops a gate on these verdicts, in sentences: also hosts of which nobody knows what the policy does to them.

    That are those whose evidence cannot be judged, and those that no run assessed.
    """
    if not fail_on:
        return []
    turned = ", ".join(_turned_into(done.tally, fail_on))
    never = len(done.without_evidence)
    counts = ((len(done.unseen), "could not be judged"), (never, "without evidence in these runs: audit them first"))
    return [
        *([f"The policy would turn {turned}."] if turned else []),
        *(f"The effect of the policy is unknown: {count(number, 'host')} {what}." for number, what in counts if number),
        *([] if done.tally.hosts else ["No host was judged."]),
    ]


def _turned_into(tally: ReplayTally, fail_on: t.Collection[str]) -> t.Iterator[str]:
    """How much turned into a verdict that stops, by the order of verdicts that every gate has."""
    for verdict in STOPPING:
        turn = tally.into[verdict]
        if turn.hosts and verdict in GateRules(tuple(fail_on)).verdicts:
            yield f"{turn.listeners:,} to {verdict} on {count(turn.hosts, 'host')}"


class Files:
    """What a replay leaves: ``replay.json``, and ``changes.jsonl`` with one change a line, written as they come."""

    def __init__(self, directory: str) -> None:
        refuse_inside(directory, option="dest")
        self._directory = directory
        _atomic_files.make_private_directory(directory)

    @contextlib.contextmanager
    def changes(self) -> t.Iterator[Emit]:
        """Takes changes; the file is there when all of them are. Raises EvidenceError."""
        with _atomic_files.writing(self.path("changes.jsonl")) as stream:
            yield lambda change: _line(stream, change)

    def write(self, document: t.Mapping[str, t.Any]) -> None:
        _atomic_files.write_json(self.path("replay.json"), document)

    def path(self, name: str) -> str:
        return os.path.join(self._directory, name)


def _line(stream: t.BinaryIO, change: VerdictChange) -> None:
    stream.write(_atomic_files.json_text(_replay_text.change(change)).encode())


def about(
    runs: t.Iterable[Run], *, policy: Policy, against: Policy | None, as_of: datetime.datetime | None
) -> dict[str, t.Any]:
    """Which evidence was replayed, under what, and when."""
    return {
        "made": iso(utc_now()),
        "as_of": iso(as_of) if as_of else None,
        "policy": policy_facts(policy),
        "against": policy_facts(against) if against else None,
        "runs": listed_runs(runs),
    }
