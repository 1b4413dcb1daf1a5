# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""JUnit XML: what Jenkins, GitLab and most other pipelines show as tests.

One suite per host, one test case per finding, and one that passes for a host within policy. Held to the strict schema
of Jenkins' xunit plugin (junit-10.xsd), which knows no ``testcase@file`` and no properties of a case. GitLab reads the
content of a failure, shows ``classname`` as the suite and drops a case whose name it has seen: names are made unique.
"""

from __future__ import annotations

import dataclasses
import io
import typing as t
from xml.sax.saxutils import XMLGenerator
from xml.sax.xmlreader import AttributesImpl

from ..._advice._advice_model import Advice
from ..._common._printable import printable
from ..._gate._decide import FAILED, UNREACHABLE, Decision, Stop, since_stops
from ..._judge._judgement import Finding
from ..model._inputs import HostReport
from ..model._report import ReportModel
from ..sections._finding_rows import finding_key, observed
from ..text._advice_lines import lines
from ._text_pieces import taken

_RUN = "port-audit"
_ADVISED = 2_000  # red cases that have commands and rules; GitLab reads no file of more than some megabytes


@dataclasses.dataclass(frozen=True)
class Case:
    """One test. ``outcome``: failure, error, skipped, or None for a pass."""

    name: str
    outcome: str | None = None
    kind: str = ""
    message: str = ""
    content: str = ""


@dataclasses.dataclass(frozen=True)
class Suite:
    name: str
    cases: tuple[Case, ...]
    attributes: t.Mapping[str, str]
    properties: t.Mapping[str, str] = dataclasses.field(default_factory=dict)

    def number(self, outcome: str) -> int:
        return sum(case.outcome == outcome for case in self.cases)


def render(model: ReportModel) -> t.Iterator[str]:
    """The document, suite by suite."""
    advised = _Advised(model)
    suites = [_run_suite(model), *(_host_suite(host, model, advised) for host in model.hosts)]
    buffer = io.StringIO()
    xml = XMLGenerator(buffer, encoding="utf-8", short_empty_elements=True)
    xml.startDocument()
    totals = {
        "tests": sum(len(suite.cases) for suite in suites),
        "failures": sum(suite.number("failure") for suite in suites),
        "errors": sum(suite.number("error") for suite in suites),
    }
    _start(xml, "testsuites", name=_RUN, **{name: str(number) for name, number in totals.items()})
    for suite in suites:
        _write(xml, suite)
        yield taken(buffer)
    xml.endElement("testsuites")
    xml.endDocument()
    yield taken(buffer) + "\n"


class _Advised:
    """What to do about the findings of hosts, in full for as many as there is room for."""

    def __init__(self, model: ReportModel) -> None:
        self._groups = model.groups
        self._room = _ADVISED

    def of(self, host: HostReport) -> dict[int, Advice]:
        """By the identity of each finding."""
        if not host.result.findings:
            return {}
        return {
            id(finding): group.advice
            for finding, judged in observed(host)
            if (group := self._groups.get(finding_key(finding, judged))) is not None
        }

    def lines(self, advice: Advice | None, *, red: bool) -> t.Iterable[str]:
        if advice is None:
            return ()
        self._room -= red
        return lines(advice, whole=red and self._room >= 0)


def _write(xml: XMLGenerator, suite: Suite) -> None:
    counts = {"tests": len(suite.cases), "failures": suite.number("failure"), "errors": suite.number("error")}
    numbers = {name: str(number) for name, number in {**counts, "skipped": suite.number("skipped")}.items()}
    _start(xml, "testsuite", name=suite.name, **numbers, **suite.attributes)
    if suite.properties:
        xml.startElement("properties", AttributesImpl({}))
        for name, value in suite.properties.items():
            _start(xml, "property", name=name, value=value)
            xml.endElement("property")
        xml.endElement("properties")
    for case in suite.cases:
        _start(xml, "testcase", classname=suite.name, name=case.name)
        if case.outcome:
            _start(xml, case.outcome, type=case.kind, message=case.message)
            xml.characters(case.content)
            xml.endElement(case.outcome)
        xml.endElement("testcase")
    xml.endElement("testsuite")


def _start(xml: XMLGenerator, element: str, /, **attributes: str) -> None:
    xml.startElement(element, AttributesImpl(attributes))


def _run_suite(model: ReportModel) -> Suite:
    """What is no host's: findings on the policy, and whether there was any host at all."""
    cases = [_of_policy(finding, model) for finding in model.policy_findings]
    cases += [_stopped(stop) for stop in model.decision.run_stops if model.hosts]
    if model.hosts:
        cases.insert(0, Case("the run was meant for hosts"))
    else:
        said = "No host was assessed: the run has no hosts."
        cases.insert(0, Case("the run was meant for hosts", "error", "not-assessed", said, said))
    return Suite(_RUN, _distinct(cases), {"timestamp": model.run.started.removesuffix("Z")})


def _of_policy(finding: Finding, model: ReportModel) -> Case:
    case = _case(finding, model.decision)
    remedy = model.code_texts.get(finding.code)
    return dataclasses.replace(case, content=f"{case.content}\nwhat to do: {remedy}") if remedy else case


def _host_suite(host: HostReport, model: ReportModel, advised: _Advised) -> Suite:
    cases = _cases(host, model.decision, advised)
    attributes = {"hostname": printable(host.name)}
    if host.document is not None:
        collected = host.document["collected"]
        attributes |= {"timestamp": collected["started"].removesuffix("Z"), "time": f"{collected['duration']:.3f}"}
    if not cases:
        cases.append(Case(f"within policy{_aged(host)}"))
    cases = [dataclasses.replace(case, content=case.content + _aged(host)) if case.content else case for case in cases]
    return Suite(printable(f"{_RUN}: {host.name}"), _distinct(cases), attributes, _properties(host))


def _cases(host: HostReport, decision: Decision, advised: _Advised) -> list[Case]:
    """Red where, and only where, the gate stops; without a gate what fails and what could not be verified."""
    advice = advised.of(host)
    cases = [_advised(_case(finding, decision), advice.get(id(finding)), advised) for finding in host.result.findings]
    cases += [_stopped(stop) for stop in since_stops(decision.states[host.name], decision.rules) if stop.code]
    outcome = decision.outcomes[host.name]
    if not cases and host.reason is not None:
        cases.append(_unexplained(host, excused=host.name in decision.excused))
    if outcome.kind in (FAILED, UNREACHABLE) and not any(case.outcome in ("failure", "error") for case in cases):
        cases.append(_stopped(Stop("gate", outcome.text, outcome.reasons)))
    return cases


def _stopped(stop: Stop) -> Case:
    """What stops the gate, and is no finding."""
    content = "\n".join(printable(line) for line in (stop.text, *stop.reasons))
    return Case(stop.code, "failure", stop.code, printable(stop.text), content)


def _aged(host: HostReport) -> str:
    """Said where a case is shown, for what GitLab does not show may as well not be there."""
    return f" (evidence of {host.earlier.text} ago, run {printable(host.earlier.run)})" if host.earlier else ""


def _properties(host: HostReport) -> dict[str, str]:
    """Of evidence that is not of this run: which, and how many seconds old."""
    if host.earlier is None:
        return {}
    return {"evidence-run": printable(host.earlier.run), "evidence-age": str(host.earlier.age)}


def _unexplained(host: HostReport, *, excused: bool) -> Case:
    """Nobody saw it, and no finding says so: still not a pass."""
    said = printable(f"not assessed: {host.reason}")
    return Case("assessed", "skipped" if excused else "error", "not-assessed", said, said)


def _case(finding: Finding, decision: Decision) -> Case:
    return Case(
        name=printable(" ".join(part for part in (_subject(finding), finding.code) if part)),
        outcome=_outcome(finding, decision),
        kind=finding.code,
        message=printable(f"{finding.verdict}: {finding.message}"),
        content="\n".join(printable(line) for line in _content(finding)),
    )


def _advised(case: Case, advice: Advice | None, advised: _Advised) -> Case:
    told = map(printable, advised.lines(advice, red=case.outcome != "skipped"))
    return dataclasses.replace(case, content="\n".join((case.content, *told)))


def _outcome(finding: Finding, decision: Decision) -> str:
    """Unknown is an error, any other a failure; what is no fault, or is let through, is told as skipped."""
    red = decision.stops(finding) if decision.rules.on else finding.verdict in ("fail", "unverified")
    if not red:
        return "skipped"
    return "error" if finding.verdict == "unverified" else "failure"


def _subject(finding: Finding) -> str:
    """``81/tcp on 0.0.0.0``; of the policy the rule or waiver."""
    port = finding.port_label or finding.port
    where = f" on {finding.address}" if finding.address else ""
    if port is not None:
        return f"{port}/{finding.protocol}{where}"
    return finding.waiver or finding.rule or ""


def _content(finding: Finding) -> t.Iterator[str]:
    """GitLab shows the content alone, so that everything is said in it."""
    yield f"{finding.verdict} ({finding.severity}): {finding.message}"
    pairs = (
        ("why", finding.why),
        ("expected", finding.expected),
        ("found", finding.found),
        ("held by", finding.owner),
        ("unit", finding.unit),
        ("reach", finding.reach),
        ("IANA", finding.registry),
        ("rule", finding.rule),
        ("waiver", finding.waiver),
        ("policy", finding.place),
        ("controls", ", ".join(" ".join(control) for control in finding.controls)),
    )
    for label, value in pairs:
        if value:
            yield f"{label}: {value}"


def _distinct(cases: t.Iterable[Case]) -> tuple[Case, ...]:
    """Number what would have the name of another case of the suite."""
    seen: set[str] = set()
    return tuple(_renamed(case, seen) for case in cases)


def _renamed(case: Case, seen: set[str]) -> Case:
    name, number = case.name, 1
    while name in seen:
        number += 1
        name = f"{case.name} ({number})"
    seen.add(name)
    return dataclasses.replace(case, name=name)
