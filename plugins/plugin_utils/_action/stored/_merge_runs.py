# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make one run of several: slices of a fleet, from any number of controllers, in one directory to be reported."""

from __future__ import annotations

import dataclasses
import functools
import typing as t

from ..._common._counted import some
from ..._evidence._evidence_errors import EvidenceError
from ..._evidence.document._failure import Failure, write_failure
from ..._evidence.document._substitute_origin import Origin
from ..._evidence.files._file_names import file_name
from ..._evidence.files._run_directory import RunDirectory, policy_file, policy_text
from ..._evidence.runs._choose import ChoiceTerms, EvidenceCandidate, choose
from ..._evidence.runs._run_record import RunRecord, SourceRun, write_record
from ..._evidence.runs._verified_run import VerifiedRun
from ..._policy._policy_model import Policy
from ..._policy.compiled._policy_record import to_record

_SHOWN = 3


@dataclasses.dataclass(frozen=True)
class MergeOptions:
    """How runs are merged.

    ``hosts``: groups of hosts that an inventory names, which are expected whether or not a run was meant for them.
    ``policy``: what all are judged by; None: what they were judged by, if that is one policy for all, or with
    ``keep_policies`` whatever it was. ``as_of``: the time that they are judged at.
    """

    hosts: t.Mapping[str, tuple[str, ...]]
    policy: Policy | None
    keep_policies: bool
    as_of: str
    terms: ChoiceTerms


class Plan(t.NamedTuple):
    """Whom the merged run is for, and what answers for each: evidence, or why there is none.

    ``last``: the run that was last meant for each host.
    """

    last: t.Mapping[str, VerifiedRun]
    inventory: t.Mapping[str, tuple[str, ...]]
    held: t.Mapping[str, EvidenceCandidate]
    failures: t.Mapping[str, Failure]

    @property
    def expected(self) -> tuple[str, ...]:
        return tuple(sorted({*self.held, *self.failures}))


def plan(runs: t.Sequence[VerifiedRun], wishes: MergeOptions) -> Plan:
    """Choose the evidence of every host that any run was meant for. ``runs``: the oldest first.

    Raises EvidenceError when a run does not say truly whom it was meant for.
    """
    inventory = {host: groups for run in runs for host, groups in run.record.inventory.items()}
    inventory.update(wishes.hosts)
    last = {host: run for run in runs for host in run.record.expected}
    held, failures = {}, {}
    for host in sorted({*last, *wishes.hosts}):
        found = choose(file_name(host), runs, wishes.terms)
        if isinstance(found, EvidenceCandidate):
            held[host] = found
        else:
            failures[host] = _failure(host, last.get(host), found)
    return Plan(last, inventory, held, failures)


def _failure(host: str, last: VerifiedRun | None, doubt: str | None) -> Failure:
    """Why a host is not assessed: what the run that was last meant for it says, and what is wrong with its evidence."""
    if last is None:
        return Failure("absent", doubt or "no run was meant for it")
    failure = last.failures.get(host)
    if failure is None:
        return Failure("absent", doubt or _silence(last))
    return Failure(failure.kind, f"{failure.message} (run {last.id})", doubt or failure.note)


def _silence(run: VerifiedRun) -> str:
    if not run.finished:
        return f"run {run.id} did not finish and has no SHA256SUMS: report it first with its run_id"
    return f"run {run.id} has no evidence of it"


def merge(
    runs: t.Sequence[VerifiedRun], directory: RunDirectory, record: RunRecord, *, wishes: MergeOptions
) -> RunRecord:
    """Write the merged run, all but its reports; returns its record. Raises EvidenceError.

    ``record`` says who merges, when and with which options. Nothing is written before everything is known.
    """
    found = plan(runs, wishes)
    judged_by = _policies(found, wishes)
    for sha256, text in _texts(found, judged_by, wishes).items():
        directory.write_policy(functools.partial(str, text), sha256=sha256)
    for host, held in found.held.items():
        directory.keep_evidence(held.content(), name=file_name(host))
    for host, failure in found.failures.items():
        write_failure(directory, host, failure)
    merged = _record(record, runs, found, judged_by=judged_by, as_of=wishes.as_of)
    write_record(directory, merged)
    return merged


def _record(
    record: RunRecord, runs: t.Sequence[VerifiedRun], found: Plan, *, judged_by: t.Mapping[str, str], as_of: str
) -> RunRecord:
    origins = {
        host: Origin(
            run=held.run,
            policy=judged_by[host],
            as_of=as_of,
            groups=found.inventory.get(host, ("all",)),
            absent=_absent(host, held, found.last.get(host)),
        )
        for host, held in found.held.items()
    }
    return dataclasses.replace(
        record,
        limit=None,
        expected=found.expected,
        inventory=found.inventory,
        origins=origins,
        sources=tuple(_source(run) for run in runs),
    ).trusting(*taken_on_trust(runs))


def taken_on_trust(runs: t.Iterable[VerifiedRun]) -> t.Iterator[str]:
    """What the runs that evidence was taken from did not check: it is not checked now either."""
    return (f"Run {run.id}: {said}" for run in runs for said in run.record.on_trust)


def _source(run: VerifiedRun) -> SourceRun:
    record = run.record
    return SourceRun(
        id=record.id,
        started=record.started,
        controller=record.controller,
        limit=record.limit,
        expected=len(record.expected),
        finished=run.finished,
    )


def _absent(host: str, held: EvidenceCandidate, last: VerifiedRun | None) -> str | None:
    """Why the run that was last meant for the host has no evidence of its own; None where it has."""
    if last is None or held.found_in is last or file_name(host) in last.names:
        origin = held.found_in.record.origins.get(host)
        return origin.absent if origin else None
    failure = last.failures.get(host)
    return f"{failure.reason} (run {last.id})" if failure else _silence(last)


def _recorded(host: str, held: EvidenceCandidate) -> str:
    """The policy that evidence was judged by in the run that it was found in."""
    origin = held.found_in.record.origins.get(host)
    return origin.policy if origin else held.policy


def _policies(found: Plan, wishes: MergeOptions) -> dict[str, str]:
    """The policy to judge each host by. Raises EvidenceError where that is more than one and nobody said which."""
    if wishes.policy is not None:
        return dict.fromkeys(found.held, wishes.policy.sha256)
    recorded = {host: _recorded(host, held) for host, held in found.held.items()}
    if len(set(recorded.values())) > 1 and not wishes.keep_policies:
        raise EvidenceError(
            f"the runs were judged by several policies: {_told(found, recorded)}. Name one policy for all hosts in "
            "policy, or set keep_policies to judge each run by its own"
        )
    return recorded


def _told(found: Plan, recorded: t.Mapping[str, str]) -> str:
    runs: dict[str, list[str]] = {}
    for host, sha256 in recorded.items():
        ids = runs.setdefault(_name(found.held[host].found_in, sha256), [])
        if found.held[host].found_in.id not in ids:
            ids.append(found.held[host].found_in.id)
    return "; ".join(f"{name} in {some(ids, _SHOWN)}" for name, ids in runs.items())


def _name(run: VerifiedRun, sha256: str) -> str:
    names = {policy.sha256: policy.name for policy in run.record.policies}
    return f"{names.get(sha256, 'a policy')} ({sha256[:12]})"


def _texts(found: Plan, judged_by: t.Mapping[str, str], wishes: MergeOptions) -> dict[str, str]:
    """The compiled policies by SHA-256: the one given, or those of the runs, as the runs wrote them."""
    if wishes.policy is not None:
        return {wishes.policy.sha256: to_record(wishes.policy)}
    holders = {judged_by[host]: held.found_in for host, held in found.held.items()}
    return {sha256: policy_text(run.content(policy_file(sha256))) for sha256, run in holders.items()}
