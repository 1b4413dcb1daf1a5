# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What readers of code call problems: findings on hosts as rows, findings on the policy, hosts not seen; worst first.

Every format that pipelines read as annotations is a view of these. They are driven by the rows alone: a code that is
new to this file is a problem as any other.
"""

from __future__ import annotations

import collections
import dataclasses
import hashlib
import json
import typing as t

from ..._advice._advice_model import Advice
from ..._common._counted import count
from ..._common._printable import printable
from ..._gate._decide import Decision, Stop
from ..._judge._judgement import Finding
from ..._policy._policy_model import SourcePlace
from ..model._report import FindingGroup, Reason, ReportModel
from ..text import _labels
from ..text._order import severity_rank, verdict_rank

_NAMES = 5
_LEVELS = {"fail": "error", "unverified": "warning", "warn": "warning", "waived": "note"}  # without a gate


@dataclasses.dataclass(frozen=True)
class Alert:
    """One row. ``key`` is its identity: it stays the same when hosts come and go, or the rule moves to another line.

    ``said``: what is wrong; ``where``: on which hosts, for a reader.
    ``stops``: whether the gate stops on it, None when the gate is off. ``advice``: what to do, where more is known than
    its code says.
    """

    code: str
    title: str
    verdict: str
    severity: str
    said: str
    place: SourcePlace | None
    hosts: tuple[str, ...]
    key: str
    waiver: str | None = None
    where: str | None = None
    stops: bool | None = None
    advice: Advice | None = None

    @property
    def level(self) -> str:
        """``error``, ``warning`` or ``note``: an error where, and only where, the gate stops."""
        if self.stops:
            return "error"
        level = _LEVELS[self.verdict]
        return "warning" if level == "error" and self.stops is False else level

    @property
    def message(self) -> str:
        """All of it in a line."""
        return f"{self.said} [{self.where}]" if self.where else self.said


def problems(model: ReportModel) -> list[Alert]:
    """All of them: what stops the gate, then worst first. Hosts that were not assessed are one for each reason."""
    decision = model.decision
    groups = (*model.unassigned, *model.findings, *model.coverage.gap_findings)
    found = [
        *(_of_group(group) for group in groups),
        *(_not_assessed(reason, decision) for reason in model.coverage.reasons),
        *(_of_policy(finding, decision) for finding in model.policy_findings),
        *_of_run(decision),
        *_changes(decision),
    ]
    asked = found if decision.rules.on else [dataclasses.replace(problem, stops=None) for problem in found]
    return _distinct(sorted(asked, key=lambda it: (not it.stops, verdict_rank(it.verdict), severity_rank(it.severity))))


def _distinct(found: t.Iterable[Alert]) -> list[Alert]:
    """Readers take equal keys for one problem and show it once."""
    seen: collections.Counter[str] = collections.Counter()
    result = []
    for problem in found:
        seen[problem.key] += 1
        again = seen[problem.key]
        result.append(problem if again == 1 else dataclasses.replace(problem, key=_key(problem.key, again)))
    return result


def _of_group(group: FindingGroup) -> Alert:
    said = "; ".join(group.messages.shown)
    more = f" (and {group.messages.more:,} more like it)" if group.messages.more else ""
    what = (group.code, group.protocol, group.port, group.owner, group.exe, group.rule, group.waiver)
    nameless = () if group.port else group.messages.all
    return Alert(
        code=group.code,
        title=group.title,
        verdict=group.verdict,
        severity=group.severity,
        said=printable(f"{said}{more}{f'. {group.why}' if group.why else ''}"),
        place=group.place,
        hosts=group.hosts.all,
        key=_key(
            *what, group.units.all if group.port == "ephemeral" else None, nameless, group.verdict, group.severity
        ),
        waiver=group.waiver,
        where=named(group.hosts.all),
        stops=group.stops,
        advice=group.advice if group.advice.specific else None,
    )


def _not_assessed(row: Reason, decision: Decision) -> Alert:
    reason, hosts = row.reason.strip(), row.hosts.all
    return Alert(
        code="not-assessed",
        title=_labels.code("not-assessed"),
        verdict="unverified",
        severity="high",
        said=printable(f"not assessed: {reason}"),
        place=None,
        hosts=hosts,
        key=_key("not-assessed", reason),
        where=named(hosts),
        stops=not decision.excused.issuperset(hosts),
    )


def _of_policy(finding: Finding, decision: Decision) -> Alert:
    return Alert(
        code=finding.code,
        title=_labels.code(finding.code),
        verdict=finding.verdict,
        severity=finding.severity,
        said=printable(finding.message),
        place=finding.place,
        hosts=(),
        key=_key(finding.code, finding.rule, finding.waiver, finding.message),
        stops=decision.stops(finding),
    )


def _of_run(decision: Decision) -> t.Iterator[Alert]:
    """A run that was meant for nobody shows nothing, and must not look like one that found nothing."""
    if not decision.expected:
        text = "the run has no hosts: nothing was assessed"
        title = "No host was assessed"
        yield Alert("not-assessed", title, "unverified", "high", text, None, (), _key("nobody"), stops=True)
    for stop in decision.run_stops:
        if stop.code != "not-assessed":
            title = _labels.code(stop.code)
            yield Alert(stop.code, title, "unverified", "high", stop.text, None, (), _key(stop.code), stops=True)


def _changes(decision: Decision) -> t.Iterator[Alert]:
    """Changes since an earlier run that stop the gate, one row for each kind."""
    kinds: dict[str, list[tuple[str, Stop]]] = {}
    for host, stop in decision.since_stops():
        kinds.setdefault(stop.code, []).append((host, stop))
    for code, found in kinds.items():
        hosts = tuple(host for host, _stop in found)
        said = "; ".join(dict.fromkeys(reason for _host, stop in found[:_NAMES] for reason in stop.reasons))
        yield Alert(
            code=code,
            title=_labels.code(code),
            verdict="unverified" if code == "drift-unknown" else "fail",
            severity="medium",
            said=printable(said),
            place=None,
            hosts=hosts,
            key=_key(code),
            where=named(hosts),
            stops=True,
        )


def named(hosts: t.Sequence[str]) -> str:
    """Some of the hosts by name, and how many there are."""
    if len(hosts) == 1:
        return printable(f"host {hosts[0]}")
    names = ", ".join(hosts[:_NAMES])
    return printable(f"{count(len(hosts), 'host')}: {names}" + (", …" if len(hosts) > _NAMES else ""))


def _key(*parts: t.Any) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
