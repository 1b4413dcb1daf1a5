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

from .._judge._model import Finding
from . import _labels
from ._order import severity_rank, verdict_rank
from ._text import count, printable
from ._views import FindingGroup, ReportModel

_NAMES = 5


@dataclasses.dataclass(frozen=True)
class Problem:
    """One row. ``key`` is its identity: it stays the same when hosts come and go, or the rule moves to another line.

    ``said``: what is wrong; ``where``: on which hosts, for a reader.
    """

    code: str
    title: str
    verdict: str
    severity: str
    said: str
    place: str | None
    hosts: tuple[str, ...]
    key: str
    waiver: str | None = None
    where: str | None = None

    @property
    def message(self) -> str:
        """All of it in a line."""
        return f"{self.said} [{self.where}]" if self.where else self.said


def problems(model: ReportModel) -> list[Problem]:
    """All of them, worst first. Hosts that were not assessed are one for each reason."""
    groups = (*model.unassigned, *model.findings, *model.coverage.gap_findings)
    found = [
        *(_of_group(group) for group in groups),
        *(_not_assessed(reason.reason, reason.hosts.all) for reason in model.coverage.reasons),
        *(_of_policy(finding) for finding in model.policy_findings),
        *_nobody(model),
    ]
    ordered = sorted(found, key=lambda it: (verdict_rank(it.verdict), severity_rank(it.severity)))
    return _distinct(ordered)


def _distinct(found: t.Iterable[Problem]) -> list[Problem]:
    """Readers take equal keys for one problem and show it once."""
    seen: collections.Counter[str] = collections.Counter()
    result = []
    for problem in found:
        seen[problem.key] += 1
        again = seen[problem.key]
        result.append(problem if again == 1 else dataclasses.replace(problem, key=_key(problem.key, again)))
    return result


def _of_group(group: FindingGroup) -> Problem:
    said = "; ".join(group.messages.shown)
    more = f" (and {group.messages.more:,} more like it)" if group.messages.more else ""
    what = (group.code, group.protocol, group.port, group.owner, group.exe, group.rule, group.waiver)
    nameless = () if group.port else group.messages.all
    return Problem(
        code=group.code,
        title=group.title,
        verdict=group.verdict,
        severity=group.severity,
        said=printable(f"{said}{more}"),
        place=group.place,
        hosts=group.hosts.all,
        key=_key(
            *what, group.units.all if group.port == "ephemeral" else None, nameless, group.verdict, group.severity
        ),
        waiver=group.waiver,
        where=named(group.hosts.all),
    )


def _not_assessed(reason: str, hosts: tuple[str, ...]) -> Problem:
    return Problem(
        code="not-assessed",
        title=_labels.code("not-assessed"),
        verdict="unverified",
        severity="high",
        said=printable(f"not assessed: {reason.strip()}"),
        place=None,
        hosts=hosts,
        key=_key("not-assessed", reason.strip()),
        where=named(hosts),
    )


def _of_policy(finding: Finding) -> Problem:
    return Problem(
        code=finding.code,
        title=_labels.code(finding.code),
        verdict=finding.verdict,
        severity=finding.severity,
        said=printable(finding.message),
        place=finding.place,
        hosts=(),
        key=_key(finding.code, finding.rule, finding.waiver, finding.message),
    )


def _nobody(model: ReportModel) -> t.Iterator[Problem]:
    """A run that was meant for nobody shows nothing, and must not look like one that found nothing."""
    if not model.hosts:
        text = "the run was meant for no host: nothing was assessed"
        yield Problem("not-assessed", "No host was assessed", "unverified", "high", text, None, (), _key("nobody"))


def named(hosts: t.Sequence[str]) -> str:
    """Some of the hosts by name, and how many there are."""
    if len(hosts) == 1:
        return printable(f"host {hosts[0]}")
    names = ", ".join(hosts[:_NAMES])
    return printable(f"{count(len(hosts), 'host')}: {names}" + (", …" if len(hosts) > _NAMES else ""))


def _key(*parts: t.Any) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
