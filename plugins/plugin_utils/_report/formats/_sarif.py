# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SARIF 2.1.0 (OASIS): what GitHub code scanning reads.

GitHub refuses the whole file when a result has no ``physicalLocation``, and takes 25,000 results at most: each result
is a row of equal findings and points at the line of the policy that speaks; what is beyond the limit is one result per
code. It reads ``security-severity``, a text, from the rule alone, so that a rule here is a code and a severity.
"""

from __future__ import annotations

import re
import typing as t

from ..._advice._code_texts import TEXTS
from ..._common._checkout import Checkout
from ..._common._counted import count
from ..._common._printable import printable
from ..model._report import ReportModel
from ..text import _labels
from ..text._advice_lines import as_data
from ._alerts import Alert, problems
from ._json import encode
from ._source_location import SourceLocation, SourceLocations

LIMIT = 25_000  # of GitHub, for one run
SINGLE = LIMIT - 1_000  # leaves room for the rows of what is beyond
_HOSTS = 50  # named in a result
_ADVISED = 1_000  # results that have commands and rules: GitHub takes 10 MB
_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_HOME = "https://github.com/fleetports/fleetports.compliance"
_HELP = f"{_HOME}/blob/main/docs/verdicts.md"
_SCORES = {"low": "3.0", "medium": "5.5", "high": "8.0", "critical": "9.5"}
_LINKING = re.compile(r"[\\\[\]]")
_Json = dict[str, t.Any]


def render(model: ReportModel, *, policy_file: str | None = None, checkout: Checkout | None = None) -> str:
    """The document as text, ASCII only."""
    return encode(to_document(model, policy_file=policy_file, checkout=checkout))


def to_document(
    model: ReportModel, *, policy_file: str | None = None, checkout: Checkout | None = None, single: int = SINGLE
) -> _Json:
    """The document as dicts and lists. ``single``: so many rows are a result each."""
    found = problems(model)
    shown = [*found[:single], *_beyond(found[single:])]
    rules = {key: number for number, key in enumerate(dict.fromkeys((it.code, it.severity) for it in shown))}
    spots = SourceLocations(model, policy_file, checkout)
    ages = {host.name: host.earlier.age for host in model.hosts if host.earlier}
    run = {
        "tool": {"driver": {**_driver(model), "rules": [_rule(*key) for key in rules]}},
        "automationDetails": {"id": "port-audit/"},
        "invocations": [_invocation(model)],
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "The root of the repository."}}},
        "results": [
            _result(it, spots.find(it.place), rules[it.code, it.severity], ages, advised=number < _ADVISED)
            for number, it in enumerate(shown)
        ],
        "properties": _properties(model),
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _driver(model: ReportModel) -> _Json:
    version = model.run.collection_version
    return {
        "name": "fleetports.compliance",
        "fullName": f"fleetports.compliance {version}",
        "informationUri": _HOME,
        "version": version,
        "semanticVersion": version,
    }


def _rule(code: str, severity: str) -> _Json:
    title, remedy = _labels.code(code), TEXTS.get(code, "")
    more = f"Causes and remedies: {_HELP}"
    return {
        "id": f"{code}/{severity}",
        "name": "".join(word.capitalize() for word in code.split("-")),
        "shortDescription": {"text": f"{title}."},
        "fullDescription": {"text": f"{title}. Severity: {severity}."},
        "help": {
            "text": f"{title}. {remedy} {more}" if remedy else f"{title}. {more}",
            "markdown": f"**What to do.** {remedy}\n\n[Causes and remedies]({_HELP})",
        },
        "helpUri": _HELP,
        "defaultConfiguration": {"level": "warning"},
        "properties": {"security-severity": _SCORES[severity], "tags": ["security", "compliance", "ports"]},
    }


def _invocation(model: ReportModel) -> _Json:
    return {
        "executionSuccessful": model.summary.assessed > 0,
        "startTimeUtc": model.run.started,
        "endTimeUtc": model.run.ended,
    }


def _result(
    problem: Alert, spot: SourceLocation, rule: int, ages: t.Mapping[str, int], *, advised: bool = True
) -> _Json:
    """``ages``: of evidence that is not of this run, in seconds by host. ``advised``: with all that there is to do."""
    result: _Json = {
        "ruleId": f"{problem.code}/{problem.severity}",
        "ruleIndex": rule,
        "level": problem.level,
        "message": {"text": _message(problem)},
        "locations": [_location(problem, spot)],
        # GitHub tells alerts apart by this one alone.
        "partialFingerprints": {"primaryLocationLineHash": f"{problem.key[:16]}:1", "portAudit/v1": problem.key},
        "properties": {"verdict": problem.verdict, "hosts": len(problem.hosts)},
    }
    if advised and problem.advice:
        result["properties"]["advice"] = as_data(problem.advice)
    aged = [ages[host] for host in problem.hosts if host in ages]
    if aged:
        result["properties"]["oldestEvidenceSeconds"] = max(aged)
    if problem.verdict == "waived":
        waiver = {"justification": f"waiver {printable(problem.waiver)}"} if problem.waiver else {}
        result["suppressions"] = [{"kind": "external", "status": "accepted", **waiver}]
    return result


def _message(problem: Alert) -> str:
    where = f" [{_literal(problem.where)}]" if problem.where else ""
    return f"{problem.verdict}: {_literal(problem.said)}{where}{_of_rule(problem)}"


def _of_rule(problem: Alert) -> str:
    """What a rule of the policy says itself. What its code says stands in the help."""
    advice = problem.advice
    if advice is None:
        return ""
    own = f". What to do: {_literal(printable(advice.text.rstrip('. ')))}" if advice.own else ""
    return own + (f". Runbook: {_literal(printable(advice.runbook))}" if advice.runbook else "")


def _literal(text: str) -> str:
    """Text in a message that stands for itself: no placeholder (3.11.5 doubles braces) and no link (3.11.6).

    Readers that know of no escapes take ``](`` for the middle of a link even with backslashes in it.
    """
    text = text.replace("](", "]\\x28").replace("{", "{{").replace("}", "}}")
    return _LINKING.sub(r"\\\g<0>", text)


def _location(problem: Alert, spot: SourceLocation) -> _Json:
    base = {} if spot.uri.startswith("file:") else {"uriBaseId": "%SRCROOT%"}
    location: _Json = {
        "physicalLocation": {
            "artifactLocation": {"uri": spot.uri, **base},
            "region": {"startLine": spot.line, "startColumn": spot.column},
        }
    }
    if problem.hosts:
        names = (printable(host) for host in problem.hosts[:_HOSTS])
        location["logicalLocations"] = [{"name": name, "kind": "resource"} for name in names]
    return location


def _beyond(rest: t.Iterable[Alert]) -> t.Iterator[Alert]:
    """What is too much for its own results: one for each code and verdict, counted, and apart what stops the gate."""
    groups: dict[tuple[str, str, str, bool | None], list[Alert]] = {}
    for problem in rest:
        groups.setdefault((problem.code, problem.verdict, problem.severity, problem.stops), []).append(problem)
    for (code, verdict, severity, stops), members in groups.items():
        hosts = tuple(dict.fromkeys(host for member in members for host in member.hosts))
        text = f"{count(len(members), 'more row')} of {code} on {count(len(hosts), 'host')}: see report.json"
        yield Alert(
            code=code,
            title=members[0].title,
            verdict=verdict,
            severity=severity,
            said=text,
            place=members[0].place,
            hosts=hosts,
            key=f"{code}-{verdict}-{severity}{'-stops' if stops else ''}",
            stops=stops,
        )


def _properties(model: ReportModel) -> _Json:
    return {
        "runId": model.run.id,
        "verdict": model.summary.verdict,
        "policies": [{"name": printable(policy.name), "sha256": policy.sha256} for policy in model.policies],
        "registry": model.run.registry_snapshot,
        "hosts": {
            "expected": model.summary.expected,
            "assessed": model.summary.assessed,
            "unreachable": model.gate.unreachable,
            "forgiven": model.gate.forgiven,
            "stoodIn": model.summary.stood_in,
        },
        "oldestEvidenceSeconds": model.summary.oldest_evidence,
    }
