# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Close a run: read what it saw, judge it again, and hand one model to the formats."""

from __future__ import annotations

import dataclasses
import typing as t

from .._assess import Assessor
from .._evidence._directory import RunDirectory
from .._evidence._read import Assessments, read_assessments
from .._evidence._record import RunRecord
from .._judge._model import Finding, HostResult
from .._policy._canonical import from_json
from .._policy._model import Policy
from .._registry._lookup import Registry
from .._report._model import HostReport, ReportModel, RunInfo, build
from .._run import parse_iso

_NO_EVIDENCE = "it gave no evidence in this run: never reached, or its task did not finish"


@dataclasses.dataclass(frozen=True)
class Closing:
    """Everything that is known at the end of a run."""

    model: ReportModel
    results: tuple[HostResult, ...]
    reasons: t.Mapping[str, str]
    policy_findings: tuple[Finding, ...]


def close(directory: RunDirectory, record: RunRecord, *, gate: t.Sequence[str]) -> Closing:
    """Judge every host that the run was meant for, seen or not. Raises EvidenceError, PolicyError."""
    registry = Registry.load()
    policies = {sha256: from_json(text) for sha256, text in directory.policies().items()}
    assessor = Assessor(policies, registry)
    seen = read_assessments(directory, expected=record.expected)
    results, reasons = _judged(assessor, seen, record)
    findings = _policy_findings(assessor, seen, results=results, record=record, reasons=reasons)
    hosts = [_host_report(results[host], seen=seen, record=record, reason=reasons.get(host)) for host in results]
    run = _run_info(record, policies=policies, registry=registry, gate=gate)
    return Closing(build(run, hosts, findings), tuple(results.values()), reasons, findings)


def _judged(assessor: Assessor, seen: Assessments, record: RunRecord) -> tuple[dict[str, HostResult], dict[str, str]]:
    """Results and, for the hosts that were not assessed, the reason; sorted by host."""
    results, reasons = {}, {}
    for host in sorted({*record.expected, *seen.documents, *seen.reasons}):
        document = seen.documents.get(host)
        if document is None:
            reasons[host] = seen.reasons.get(host, _NO_EVIDENCE)
            results[host] = assessor.unseen(host, reasons[host])
            continue
        results[host] = assessor.judge(document)
        refused = [found.message for found in results[host].findings if found.code == "not-assessed"]
        if refused:
            reasons[host] = refused[0]
    return results, reasons


def _policy_findings(
    assessor: Assessor,
    seen: Assessments,
    *,
    results: t.Mapping[str, HostResult],
    record: RunRecord,
    reasons: t.Mapping[str, str],
) -> tuple[Finding, ...]:
    judged = {host: result for host, result in results.items() if host not in reasons}
    times = [parse_iso(document["run"]["as_of"]) for document in seen.documents.values()]
    return assessor.policy_findings(
        judged,
        used={host: document["run"]["policy"] for host, document in seen.documents.items()},
        inventory={host: frozenset(groups) for host, groups in record.inventory.items()},
        not_assessed=frozenset(reasons) | frozenset(record.left_out),
        as_of=max(times, default=parse_iso(record.started)),
    )


def _host_report(result: HostResult, *, seen: Assessments, record: RunRecord, reason: str | None) -> HostReport:
    return HostReport(
        name=result.host,
        groups=tuple(record.inventory.get(result.host, ())),
        result=result,
        document=seen.documents.get(result.host),
        reason=reason,
    )


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
        gate=tuple(gate),
        policies=tuple(policies.values()),
        registry_snapshot=registry.snapshot,
        registry_rows=registry.rows,
    )
