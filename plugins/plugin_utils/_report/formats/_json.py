# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""report.json: the report as data, version 1. Its shape is held by ``report-v1.schema.json`` in the folder above."""

from __future__ import annotations

import collections
import dataclasses
import itertools
import json
import re
import typing as t

from ..._judge._judgement import Finding
from ..._policy._policy_model import SourcePlace
from ..model._auditor_views import ApprovedRule
from ..model._inputs import HostReport
from ..model._report import Coverage, FindingGroup, ReportModel, RuleUse, WaiverRow
from ..text._advice_lines import as_data
from ..text._bounded_names import BoundedNames
from ..text._order import by_verdict

REPORT_VERSION = 1
_Json = dict[str, t.Any]
# A lone surrogate (a byte of a process name that was no UTF-8) is no Unicode: strict readers refuse the whole file.
# Escaped backslashes and pairs are matched first so that only lone ones are left for the second group.
_SURROGATE = re.compile(r"(\\\\|\\ud[89ab][0-9a-f]{2}\\ud[c-f][0-9a-f]{2})|\\ud[89a-f][0-9a-f]{2}")


def render(model: ReportModel) -> t.Iterator[str]:
    """The document in pieces, a line for each part of it and for each item of its lists.

    It grows with the fleet: never whole in memory, and never indented, for that takes json's slow encoder.
    """
    before = "{\n"
    for name, value in _parts(model):
        yield f'{before}"{name}": '
        yield from [_line(value)] if isinstance(value, dict) or not isinstance(value, t.Iterable) else _lines(value)
        before = ",\n"
    yield "\n}\n"


def _lines(items: t.Iterable[t.Any]) -> t.Iterator[str]:
    before = "["
    for item in items:
        yield f"{before}\n{_line(item)}"
        before = ","
    yield "[]" if before == "[" else "\n]"


def _line(value: t.Any) -> str:
    return _strict(json.dumps(value, ensure_ascii=True, default=_plain))


def encode(document: t.Any) -> str:
    """JSON as text. ASCII only: no control character reaches a terminal that prints it."""
    return _strict(json.dumps(document, indent=1, ensure_ascii=True, default=_plain)) + "\n"


def _strict(text: str) -> str:
    """Valid everywhere, and the same to every reader: no end tag where it stands in HTML, no command in a log of CI."""
    text = text.replace("<", "\\u003c").replace("##", "#\\u0023")
    return _SURROGATE.sub(lambda match: match[1] or "\\ufffd", text) if "\\ud" in text else text


def _parts(model: ReportModel) -> t.Iterator[tuple[str, t.Any]]:
    """Findings stand in order of host, those on the policy last with host null."""
    findings = (finding for host in model.hosts for finding in host.result.findings)
    groups = (*model.unassigned, *model.findings, *model.coverage.gap_findings)
    yield "report_version", REPORT_VERSION
    yield "run", _run(model)
    yield "summary", _summary(model)
    yield "policies", map(_plain, model.policies)
    yield "registry", {"snapshot": model.run.registry_snapshot, "rows": model.run.registry_rows}
    yield "hosts", map(_host, model.hosts)
    yield "findings", map(_finding, itertools.chain(findings, model.policy_findings))
    yield "groups", map(_group, groups)
    yield "coverage", _coverage(model.coverage)
    yield "approvals", {"basis": dict(model.approvals.basis), "rules": [_rule(use) for use in model.approvals.rules]}
    yield "waivers", map(_waiver, model.waivers)
    yield "approved", map(_approved, model.approved)
    yield "controls", map(_plain, model.controls)
    yield "catalogue", _plain(model.catalogue)
    yield "evidence", _plain(model.evidence)
    yield "hazards", _hazards(model)
    yield "drift", None if model.drift is None else _plain(model.drift)


def _plain(value: t.Any) -> t.Any:
    """A record as a dict, names as their list, a place as text; anything else json knows itself."""
    if isinstance(value, BoundedNames):
        return list(value.all)
    if isinstance(value, SourcePlace):
        return str(value)
    return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}


def _run(model: ReportModel) -> _Json:
    run = model.run
    return {
        "id": run.id,
        "started": run.started,
        "ended": run.ended,
        "user": run.user,
        "controller": run.controller,
        "ansible_version": run.ansible_version,
        "collection_version": run.collection_version,
        "limit": run.limit,
        "sources": list(run.sources),
        "on_trust": list(run.on_trust),
    }


def _summary(model: ReportModel) -> _Json:
    summary = model.summary
    return {
        "verdict": summary.verdict,
        "text": summary.headline,
        "gate": {
            "on": bool(model.gate.fail_on),
            "fail_on": list(model.gate.fail_on),
            "hosts": model.gate.hosts,
            "policy_findings": model.gate.policy_findings,
            "trips": model.gate.trips,
            "max_unreachable": model.gate.max_unreachable,
            "unreachable": model.gate.unreachable,
            "forgiven": model.gate.forgiven,
            "let_through": model.gate.let_through,
            "run": list(model.gate.run),
        },
        "hosts": {
            "inventory": summary.inventory,
            "left_out": summary.left_out,
            "expected": summary.expected,
            "assessed": summary.assessed,
            "not_assessed": summary.not_assessed,
            "with_gaps": summary.hosts_with_gaps,
            "stood_in": summary.stood_in,
            "oldest_evidence": summary.oldest_evidence,
            "by_verdict": dict(summary.hosts),
        },
        "listeners": {
            "total": summary.listeners,
            "by_verdict": dict(summary.listeners_by_verdict),
            "by_registry": dict(summary.listeners_by_registry),
        },
        "findings": {
            "total": summary.findings,
            "by_verdict": dict(summary.findings_by_verdict),
            "by_code": dict(summary.findings_by_code),
            "policy": summary.policy_findings,
        },
    }


def _host(host: HostReport) -> _Json:
    listeners = host.result.listeners
    return {
        "host": host.name,
        "verdict": host.result.verdict,
        "assessed": host.reason is None,
        "reason": host.reason,
        "unreachable": host.unreachable,
        "earlier": host.earlier._asdict() if host.earlier else None,
        "groups": list(host.groups),
        "policy": host.policy,
        "observed": host.document["collected"]["started"] if host.document else None,
        "listeners": by_verdict(collections.Counter(judged.verdict for judged in listeners)),
        "findings": by_verdict(collections.Counter(finding.verdict for finding in host.result.findings)),
        "gaps": [dict(gap) for gap in host.gaps],
    }


def _finding(finding: Finding) -> _Json:
    values = _plain(finding)
    values["controls"] = _controls(finding.controls)
    return t.cast(_Json, values)


def _controls(controls: t.Iterable[tuple[str, str, str]]) -> list[_Json]:
    return [{"framework": framework, "version": version, "id": ident} for framework, version, ident in controls]


def _group(group: FindingGroup) -> _Json:
    values = _plain(group)
    values["controls"] = _controls(group.controls)
    values["advice"] = as_data(group.advice)
    return t.cast(_Json, values)


def _coverage(coverage: Coverage) -> _Json:
    return {
        "complete": coverage.complete,
        "not_assessed": [
            {"host": host, "reason": reason.reason} for reason in coverage.reasons for host in reason.hosts.all
        ],
        "gaps": [_plain(gap) for gap in coverage.gaps],
        "stood_in": [_plain(row) for row in coverage.stood_in],
        "left_out": list(coverage.left_out.all),
        "namespaces": {"left_out": coverage.namespaces, "hosts": list(coverage.namespace_hosts.all)},
    }


def _hazards(model: ReportModel) -> _Json:
    """What findings name by its id; ``severity`` by the reach from which on it holds."""
    shown = ("id", "title", "why", "narrower", "sources")
    return {
        "version": model.hazards.version,
        "date": model.hazards.date,
        "found": [
            {**{name: getattr(one, name) for name in shown}, "severity": dict(one.severity)}
            for one in model.hazards.found
        ],
    }


def _rule(use: RuleUse) -> _Json:
    return t.cast(_Json, _plain(use))


def _approved(row: ApprovedRule) -> _Json:
    return {**t.cast(_Json, _plain(row)), "controls": _controls(row.controls)}


def _waiver(row: WaiverRow) -> _Json:
    return t.cast(_Json, _plain(row))
