# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Close a run: read what it saw, judge it again, and hand one model to the formats."""

from __future__ import annotations

import dataclasses
import typing as t

from .._common._clock import parse_iso
from .._common._gc_paused import collector_paused
from .._common._printable import said
from .._controls._control import CatalogueControl
from .._drift._new_findings import new_findings
from .._drift._since import Since
from .._evidence._evidence_errors import EvidenceError
from .._evidence.document._failure import read_failures
from .._evidence.document._read_evidence import nothing_seen_because, read_evidence
from .._evidence.files._file_names import file_name
from .._evidence.files._run_directory import RunDirectory
from .._evidence.runs._run_record import RecordedPolicy, RunRecord
from .._gate._unreachable_limit import NONE, UnreachableLimit
from .._hazards._known_hazards import Hazards
from .._judge._assess import Assessor, Document
from .._judge._judgement import Finding, HostResult
from .._policy._policy_model import Policy
from .._registry._lookup import Registry
from .._report._build_report import HostReport, ReportModel, RunInfo, build
from .._report.model._inputs import Earlier
from ._substitute_evidence import NO_EVIDENCE
from .stored._compare_runs import Reference, host_drift
from .stored._stored_policies import stored_policies

_SAME = "the report uses the evidence of the reference itself for this host, so changes since then are unknown"


@dataclasses.dataclass(frozen=True)
class ClosingRun:
    """Everything that is known at the end of a run."""

    model: ReportModel
    results: tuple[HostResult, ...]
    reasons: t.Mapping[str, str]
    policy_findings: tuple[Finding, ...]

    @property
    def policies(self) -> list[RecordedPolicy]:
        """The policies of the run as ``run.json`` names them."""
        return [RecordedPolicy(policy.name, policy.sha256, policy.sources) for policy in self.model.run.policies]


@dataclasses.dataclass(frozen=True)
class _Judged:
    """Results of all hosts; the evidence of those assessed, less its listeners; the reason of the others.

    ``since``: how each compares with the earlier run.
    """

    results: dict[str, HostResult] = dataclasses.field(default_factory=dict)
    documents: dict[str, Document] = dataclasses.field(default_factory=dict)
    reasons: dict[str, str] = dataclasses.field(default_factory=dict)
    since: dict[str, Since] = dataclasses.field(default_factory=dict)
    unreachable: frozenset[str] = frozenset()


@collector_paused()
def close(  # noqa: PLR0913 - what a report is asked for, each by its name
    directory: RunDirectory,
    record: RunRecord,
    *,
    gate: t.Sequence[str],
    drift_gate: t.Sequence[str] = (),
    reference: Reference | None = None,
    controls: tuple[CatalogueControl, ...] = (),
    hazards: Hazards | None = None,
    max_unreachable: UnreachableLimit = NONE,
    policy_named: bool = True,
) -> ClosingRun:
    """Judge every host that the run was meant for, seen or not. Raises EvidenceError, PolicyError.

    ``reference``: an earlier run to compare with. ``controls``: those to report on beside the ones that rules name.
    ``max_unreachable``, ``policy_named``, ``hazards``: see RunInfo.
    """
    registry = Registry.load()
    policies = stored_policies(directory)
    hazards = hazards or Hazards.bundled()
    assessor = Assessor(policies, registry, hazards)
    judged = _judge(assessor, directory, record, reference)
    findings = _policy_findings(assessor, judged, record)
    hashes = directory.evidence_sums()
    hosts = [
        _host_report(host, judged=judged, record=record, evidence=hashes.get(file_name(host)))
        for host in sorted(judged.results)
    ]
    run = dataclasses.replace(
        _run_info(record, policies=policies, registry=registry, gate=gate),
        as_of=_as_of(record, judged),
        drift_gate=tuple(drift_gate),
        controls=controls,
        hazards=hazards,
        reference=tuple(run.record.id for run in reference.runs) if reference else (),
        max_unreachable=max_unreachable,
        policy_named=policy_named,
    )
    results = tuple(judged.results[host.name] for host in hosts)
    reasons = dict(sorted(judged.reasons.items()))
    return ClosingRun(build(run, hosts, findings), results, reasons, findings)


def _since(assessor: Assessor, reference: Reference, document: Document, result: HostResult) -> Since:
    """How a host that was assessed compares with the earlier run."""
    before = reference.document(file_name(result.host))
    if not isinstance(before, str) and before["run"]["id"] == document["run"]["id"]:
        before = _SAME
    return Since(host_drift(before, document), new_findings(_again(assessor, before, document), result))


def _again(assessor: Assessor, before: Document | str, after: Document) -> HostResult | None:
    """The earlier evidence judged by today's policy and date, so that a lapsed waiver makes nothing new."""
    if isinstance(before, str):
        return None
    try:
        return assessor.judge({**before, "run": after["run"]})
    except EvidenceError:
        return None


def _judge(assessor: Assessor, directory: RunDirectory, record: RunRecord, reference: Reference | None) -> _Judged:
    """Host after host: what a document says of listeners is in its result, and no two are kept at a time."""
    judged = _Judged()
    for host, document in read_evidence(directory, expected=record.expected, origins=record.origins):
        try:
            _add(judged, host, document, assessor=assessor, reference=reference)
        except EvidenceError as error:
            judged.reasons[host] = said(error)
    seen = {host: document for host, document in judged.documents.items() if host not in judged.reasons}
    judged.results.update(assessor.told_apart(judged.results, seen))
    failures = read_failures(directory, expected=record.expected)
    unreachable = {host for host, failure in failures.items() if failure.kind == "unreachable"}
    unreachable -= judged.results.keys() | judged.reasons.keys()
    for host in sorted({*record.expected, *failures, *judged.reasons} - judged.results.keys()):
        known = failures[host].reason if host in failures else NO_EVIDENCE
        judged.results[host] = assessor.unseen(host, judged.reasons.setdefault(host, known))
    return dataclasses.replace(judged, unreachable=frozenset(unreachable))


def _add(
    judged: _Judged, host: str, document: Document | EvidenceError, *, assessor: Assessor, reference: Reference | None
) -> None:
    if isinstance(document, EvidenceError):
        raise document
    result = assessor.judge(document)
    reason = nothing_seen_because(document)
    if reason is not None:
        judged.reasons[host] = reason
    elif reference:
        judged.since[host] = _since(assessor, reference, document, result)
    judged.results[host] = result
    judged.documents[host] = {key: value for key, value in document.items() if key != "listeners"}


def _policy_findings(assessor: Assessor, judged: _Judged, record: RunRecord) -> tuple[Finding, ...]:
    times = [parse_iso(document["run"]["as_of"]) for document in judged.documents.values()]
    return assessor.policy_findings(
        {host: judged.results[host] for host in judged.documents},
        used={host: document["run"]["policy"] for host, document in judged.documents.items()},
        inventory={host: frozenset(groups) for host, groups in record.inventory.items()},
        not_assessed=frozenset(judged.reasons) | frozenset(record.left_out),
        as_of=max(times, default=parse_iso(_as_of(record, judged) or record.started)),
    )


def _as_of(record: RunRecord, judged: _Judged) -> str | None:
    """The time to judge at, where somebody set it: for the run, or without a run that was opened for its hosts."""
    if record.as_of:
        return record.as_of
    own = (document for host, document in judged.documents.items() if host not in record.origins)
    times = [it["run"]["as_of"] for it in own if it["run"]["as_of"] != it["collected"]["started"]]
    return max(times, key=parse_iso, default=None)


def _host_report(host: str, *, judged: _Judged, record: RunRecord, evidence: tuple[str, str] | None) -> HostReport:
    return HostReport(
        name=host,
        groups=tuple(record.inventory.get(host, ())),
        result=judged.results[host],
        document=judged.documents.get(host),
        reason=judged.reasons.get(host),
        evidence=evidence,
        since=judged.since.get(host),
        unreachable=host in judged.unreachable,
        earlier=_earlier(record, host, judged.documents.get(host)),
    )


def _earlier(record: RunRecord, host: str, document: Document | None) -> Earlier | None:
    """Of evidence of another run: which, and how old it was when this run ended."""
    origin = record.origins.get(host)
    if origin is None or document is None:
        return None
    age = parse_iso(record.ended or record.started) - parse_iso(document["collected"]["ended"])
    return Earlier(origin.run, max(0, int(age.total_seconds())), origin.absent)


def _run_info(
    record: RunRecord, *, policies: t.Mapping[str, Policy], registry: Registry, gate: t.Sequence[str]
) -> RunInfo:
    return RunInfo(
        id=record.id,
        started=record.started,
        ended=record.ended or record.started,
        user=record.user,
        controller=record.controller,
        ansible_version=record.ansible_version,
        collection_version=record.collection_version,
        limit=record.limit,
        left_out=record.left_out,
        sources=tuple(source.id for source in record.sources),
        on_trust=record.on_trust,
        gate=tuple(gate),
        policies=tuple(policies.values()),
        registry_snapshot=registry.snapshot,
        registry_rows=registry.rows,
    )
