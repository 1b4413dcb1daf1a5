# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report in a terminal: what one must know, 80 columns wide, ASCII words first."""

from __future__ import annotations

import re
import textwrap
import typing as t

from ....module_utils._socket import BECOME
from ..._common._counted import count, few_hosts, some
from ..._common._durations import age_text
from ..._common._printable import printable
from ..._drift._host_drift import turn
from ..model._report import Coverage, FindingGroup, GapLine, ReportModel
from ..text._bounded_names import BoundedNames

WIDTH = 80
# CI systems take the start of a line for a command to them, behind blanks too, and readers take it for ours. What
# begins a line because the one before was full is a word of prose and no verdict, or a mark stands in front of it.
_GOES_ON = "| "
_PROSE = re.compile(r"(?!(?:FAIL|UNVERIFIED|WARN|WAIVED|PASS)\b)[\w/(\"'<][^\s:#@%\[\]]*:?(?:\s|$)")
_ITEM = "  - "
_PORT = 15
_ROWS = 8  # findings that are listed; the report has the rest
_INSIDE = 6  # containers that a row names
_LONG = 600  # characters of a message
_COLOURS = {"fail": "1;31", "unverified": "1;35", "warn": "1;33", "waived": "1;34", "pass": "1;32"}


def summary(model: ReportModel, *, color: bool, paths: t.Mapping[str, str]) -> str:
    """What one reads after the run. ``paths``: format to file. No control characters but SGR colours, if asked for."""
    lines = [
        *_head(model, color=color),
        "",
        *_counts(model),
        *_not_assessed(model),
        *_findings("On unassigned ports", model.unassigned, color=color),
        *_findings("Other findings", model.findings, color=color),
        *_policy(model, color=color),
        *_drift(model),
        "",
        *_files(paths),
    ]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _head(model: ReportModel, *, color: bool) -> list[str]:
    verdict = model.summary.verdict
    headline = textwrap.wrap(f"{verdict.upper()}  {model.summary.headline}.", WIDTH)
    gate = _gate(model)
    if len(headline[-1]) + 2 + len(gate) <= WIDTH:
        headline[-1] += gate.rjust(WIDTH - len(headline[-1]))
    else:
        headline.append(gate.rjust(WIDTH))
    headline[0] = headline[0].replace(verdict.upper(), _verdict(verdict, color=color), 1)
    return ["=" * WIDTH, *headline, "=" * WIDTH]


def _verdict(verdict: str, *, color: bool) -> str:
    """The word itself; a colour is only ever added to it."""
    word = verdict.upper()
    return f"\x1b[{_COLOURS[verdict]}m{word}\x1b[0m" if color else word


def _counts(model: ReportModel) -> list[str]:
    summary = model.summary
    verdicts = ", ".join(f"{number:,} {verdict}" for verdict, number in summary.hosts.items() if number)
    policies = ", ".join(f"{policy.name} ({policy.sha256[:12]})" for policy in model.policies)
    listeners = f"{summary.listeners:,} seen, {summary.listeners_on_unassigned:,} on ports unassigned by IANA"
    return [
        *_field("hosts", f"{summary.expected:,}: {verdicts}" if verdicts else "0"),
        *(_field("evidence", _age(model)) if summary.oldest_evidence is not None else []),
        *_field("listeners", listeners),
        *_field("policy", policies or "none"),
        *_field("registry", f"IANA, {model.run.registry_snapshot}, {model.run.registry_rows:,} rows"),
        *(_field("on trust", " ".join(model.run.on_trust)) if model.run.on_trust else []),
    ]


def _age(model: ReportModel) -> str:
    """Of evidence that is not of this run."""
    merged = f"merged from {count(len(model.run.sources), 'run')}; " if model.run.sources else ""
    return f"{merged}the oldest evidence of an earlier run is {age_text(model.summary.oldest_evidence or 0)} old"


def _gate(model: ReportModel) -> str:
    return printable(f"gate: {model.gate.text}")


def _field(label: str, text: str) -> list[str]:
    return _wrapped(f"{label:<11}", text)


def _wrapped(label: str, text: str) -> list[str]:
    """Text after a label, wrapped under itself; words longer than a line are broken, never run over it."""
    blank = " " * len(label)
    first, *rest = textwrap.wrap(printable(text), WIDTH, initial_indent=label, subsequent_indent=blank) or [label]
    return [first, *(_goes_on(line, len(label)) for line in rest)]


def _goes_on(line: str, width: int) -> str:
    text = line[width:]
    return line if _PROSE.match(text) else f"{_GOES_ON:>{width}}{text}"


def _not_assessed(model: ReportModel) -> list[str]:
    coverage = model.coverage
    lines = [
        line for reason in coverage.reasons for line in _wrapped(_ITEM, f"{_names(reason.hosts)}: {reason.reason}")
    ]
    for row in coverage.stood_in:
        said = f"{_names(row.hosts)}: {row.reason}; judged by evidence of {row.age} ago, run {row.run}"
        lines += _wrapped(_ITEM, said)
    for gap in coverage.gap_lines:
        lines += _wrapped(_ITEM, _gap(gap))
    lines += [line for group in _doubts(coverage) for line in _wrapped(_ITEM, _without_port(group))]
    if coverage.left_out.all:
        lines += _wrapped(
            _ITEM, f"left out{f' by --limit {coverage.limit}' if coverage.limit else ''}: {_names(coverage.left_out)}"
        )
    if coverage.namespaces:
        spaces = count(coverage.namespaces, "other network namespace")
        lines += _wrapped(_ITEM, f"out of scope: {spaces} on {_names(coverage.namespace_hosts)}")
    return ["", "Not seen", *lines] if lines else []


def _gap(gap: GapLine) -> str:
    if gap.code == "not-root":
        return f"not root on {_names(gap.hosts)}: {BECOME} (unknown: {gap.what})"
    return f"{_names(gap.hosts)}: {gap.what} unknown: {gap.why}"


def _doubts(coverage: Coverage) -> t.Iterator[FindingGroup]:
    """What the judge could not settle, beside the gaps of the evidence that are listed already."""
    details = tuple({gap.detail for gap in coverage.gaps})
    return (group for group in coverage.gap_findings if not group.messages.shown[0].endswith(details))


def _names(names: BoundedNames) -> str:
    return few_hosts(names.all)


def _findings(title: str, groups: t.Sequence[FindingGroup], *, color: bool) -> list[str]:
    rows: dict[tuple[str, ...], None] = {}  # what differs in no word of a line is one line
    left = len(groups)
    for group in groups:
        if len(rows) == _ROWS:
            break
        rows[tuple(_finding(group, color=color))] = None
        left -= 1
    lines = [line for row in rows for line in row]
    if left:
        lines.append(f"  and {count(left, 'more row')} in the report")
    return ["", title, *lines] if lines else []


def _finding(group: FindingGroup, *, color: bool) -> list[str]:
    port = printable(f"{group.port}/{group.protocol}") if group.port else "-"
    text = _of_port(group) if group.port else _without_port(group)
    # A rule may name a long list of ports: then they are a part of the text, which is wrapped.
    label, text = (f"{port:<15} ", text) if len(port) <= _PORT else ("", f"{port} {text}")
    first, *rest = _wrapped(f"  {group.verdict.upper():<10} {label}", text)
    return [first.replace(group.verdict.upper(), _verdict(group.verdict, color=color), 1), *rest]


def _of_port(group: FindingGroup) -> str:
    inside = some(group.inside.all, _INSIDE)
    holder = (group.owner, f"({group.exe})" if group.exe else None, f"in {inside}" if inside else None)
    said = f"on {_names(group.hosts)}: {_lower(group.title)}"
    return " ".join(part for part in (*holder, said) if part)


def _without_port(group: FindingGroup) -> str:
    """Its message says what it is about; the title does not, and would read the same of each."""
    said = group.messages.shown[0]
    return f"{_names(group.hosts)}: {said[:_LONG]}{'...' if len(said) > _LONG else ''}"


def _lower(title: str) -> str:
    """A title within a sentence; IANA and UDP keep their capitals."""
    return title[0].lower() + title[1:]


def _policy(model: ReportModel, *, color: bool) -> list[str]:
    lines: list[str] = []
    for finding in model.policy_findings[:_ROWS]:
        first, *rest = _wrapped(f"  {finding.verdict.upper():<10} ", finding.message)
        lines += [first.replace(finding.verdict.upper(), _verdict(finding.verdict, color=color), 1), *rest]
    if len(model.policy_findings) > _ROWS:
        lines.append(f"  and {len(model.policy_findings) - _ROWS:,} more in the report")
    return ["", "On the policy", *lines] if lines else []


def _drift(model: ReportModel) -> list[str]:
    drift = model.drift
    if drift is None:
        return []
    counts = ", ".join(f"{number:,} {kind}" for kind, number in drift.kinds.items() if number)
    found = f"{counts or 'no change'} on {count(drift.compared, 'host')}" if drift.compared else "nothing was compared"
    lines = _wrapped(_ITEM, f"{found}; {drift.new:,} newly fail")
    for row in drift.rows[:_ROWS]:
        port = f"{row.port}/{row.protocol}" if row.port else f"{row.protocol}, ephemeral"
        lines += _wrapped(f"  {row.kind:<10} {printable(port):<15} ", f"{_names(row.hosts)}: {turn(row.was, row.now)}")
    if len(drift.rows) > _ROWS:
        lines.append(f"  and {count(len(drift.rows) - _ROWS, 'more row')} in the report")
    for left in drift.not_compared[:_ROWS]:
        lines += _wrapped(_ITEM, f"not compared: {_names(left.hosts)}: {left.reason}")
    return ["", *_wrapped("Since ", ", ".join(drift.reference)), *lines]


def _files(paths: t.Mapping[str, str]) -> list[str]:
    """One path a line and whole: a path that is cut or wrapped cannot be opened."""
    width = max(11, *(len(label) + 1 for label in paths)) if paths else 0
    return [f"{label:<{width}}{printable(path)}" for label, path in paths.items()]
