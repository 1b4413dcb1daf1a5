# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts that did not answer in this run: let recent evidence of them stand in, where the user asked for it."""

from __future__ import annotations

import dataclasses
import datetime
import os
import typing as t

from .._evidence._evidence_errors import EvidenceError
from .._evidence.document._failure import Failure, read_failures, write_failure
from .._evidence.document._substitute_origin import Origin
from .._evidence.files._file_names import file_name
from .._evidence.files._run_directory import RunDirectory
from .._evidence.runs._choose import ChoiceTerms, EvidenceCandidate, choose
from .._evidence.runs._run_record import RunRecord
from .._evidence.runs._verified_run import VerifiedRun, open_doubted, runs_in

NO_EVIDENCE = "it gave no evidence in this run: it was never reached, or its task did not finish"
_ABSENT = Failure("absent", NO_EVIDENCE)


@dataclasses.dataclass(frozen=True)
class EvidenceSearch:
    """Where to look for earlier evidence beside the output directory of the run, and how old it may be."""

    places: tuple[str, ...]
    limit: datetime.timedelta


def stand_in(
    directory: RunDirectory, record: RunRecord, search: EvidenceSearch, *, now: datetime.datetime
) -> RunRecord:
    """Take earlier evidence of the hosts that gave none into this run; returns the record that says so.

    Why none stands in for the others is noted beside why they gave none. Raises EvidenceError for a place that holds
    no run.
    """
    failures = read_failures(directory, expected=record.expected)
    silent = _silent(directory, record, failures)
    if not silent:
        return record
    runs = _runs(directory, search)
    terms = ChoiceTerms(now, search.limit, one_machine=False)
    origins = {}
    only = _only_policy(directory)
    for host, failure in silent.items():
        policy = failure.policy or only
        found = _usable(choose(file_name(host), runs, terms), policy)
        if isinstance(found, str):
            note = f"no earlier evidence could be used: {found}"
            write_failure(directory, host, dataclasses.replace(failure, note=note))
        else:
            directory.keep_evidence(found.content(), name=file_name(host))
            origins[host] = _origin(found, host, record=record, failure=failure, policy=str(policy))
    return dataclasses.replace(record, origins={**record.origins, **origins})


def _silent(directory: RunDirectory, record: RunRecord, failures: t.Mapping[str, Failure]) -> dict[str, Failure]:
    """Hosts that did not answer. One that failed did, and what it left is not to be replaced by what it said before."""
    answered = set(directory.evidence_names())
    return {
        host: failure
        for host in record.expected
        if file_name(host) not in answered
        and (failure := failures.get(host, _ABSENT)).kind in ("unreachable", "absent")
    }


def _runs(directory: RunDirectory, search: EvidenceSearch) -> list[VerifiedRun]:
    """Earlier runs in the output directory, where there are any yet, and those at the places given."""
    own = [run for path in runs_in(directory.output) if path != directory.path for run in _readable(path, directory)]
    given = open_doubted(search.places) if search.places else []
    runs = {run.id: run for run in (*own, *given) if run.id != directory.run_id}
    return sorted(runs.values(), key=lambda run: (run.record.started, run.id))


def _readable(path: str, directory: RunDirectory) -> list[VerifiedRun]:
    """A run that came to a bad end must not stop every run after it: what cannot be read has no evidence to give.

    Nor has one that somebody else put there, as everybody can where the output directory is in a folder such as /tmp.
    """
    try:
        RunDirectory(*os.path.split(path), trusted=directory.trusted).check_place()
        return open_doubted([path])
    except EvidenceError:
        return []


def _only_policy(directory: RunDirectory) -> str | None:
    """The policy of the run, where it has just one: a host that was never reached has not said which is its own."""
    policies = list(directory.policies())
    return policies[0] if len(policies) == 1 else None


def _usable(found: EvidenceCandidate | str | None, policy: str | None) -> EvidenceCandidate | str:
    if found is None:
        return "there is none"
    if isinstance(found, str):
        return found
    if policy is None:
        return "this run has several policies, and it is unknown which one this host has"
    return found if found.nothing is None else f"the earlier evidence shows nothing either: {found.nothing}"


def _origin(found: EvidenceCandidate, host: str, *, record: RunRecord, failure: Failure, policy: str) -> Origin:
    return Origin(
        run=found.run,
        policy=policy,
        as_of=record.as_of or record.started,
        groups=record.inventory.get(host, ("all",)),
        absent=failure.reason,
    )
