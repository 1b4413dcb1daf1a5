# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was not assessed and why: hosts, gaps, hosts left out, namespaces left out."""

from __future__ import annotations

import typing as t

from ..._common._durations import age_text
from ..model._inputs import HostReport, RunInfo
from ..model._report import Coverage, FindingGroup, GapGroup, Reason, StoodIn
from ..text._bounded_names import BoundedNames
from ._gap_lines import gap_lines

COVERAGE_CODES = ("not-assessed", "collection-gap")  # shown as what was not assessed, not among the findings
_GAP_FIELDS = ("code", "affects", "detail", "protocol", "family")


def build_coverage(run: RunInfo, hosts: t.Sequence[HostReport], gap_findings: tuple[FindingGroup, ...]) -> Coverage:
    """Gather it over all hosts; ``gap_findings`` are the gaps that left a verdict open."""
    namespaces = {host.name: _namespaces_left_out(host) for host in hosts}
    gaps = _gaps(hosts)
    return Coverage(
        assessed=sum(host.reason is None for host in hosts),
        reasons=_reasons(hosts),
        gaps=gaps,
        gap_lines=gap_lines(gaps),
        gap_findings=gap_findings,
        left_out=BoundedNames(tuple(sorted(run.left_out))),
        limit=run.limit,
        namespaces=sum(namespaces.values()),
        stood_in=_stood_in(hosts),
        namespace_hosts=BoundedNames(tuple(name for name, count in namespaces.items() if count)),
    )


def _reasons(hosts: t.Iterable[HostReport]) -> tuple[Reason, ...]:
    by_reason: dict[str, list[str]] = {}
    for host in hosts:
        if host.reason is not None:
            by_reason.setdefault(host.reason, []).append(host.name)
    return tuple(
        Reason(reason, BoundedNames(tuple(names))) for reason, names in sorted(by_reason.items(), key=_most_hosts)
    )


def _stood_in(hosts: t.Iterable[HostReport]) -> tuple[StoodIn, ...]:
    by_run: dict[tuple[str, str], list[HostReport]] = {}
    for host in hosts:
        if host.stood_in and host.earlier:
            by_run.setdefault((host.earlier.absent or "", host.earlier.run), []).append(host)
    rows = [
        StoodIn(reason, run, age_text(max(host.earlier.age for host in found if host.earlier)), _names(found))
        for (reason, run), found in by_run.items()
    ]
    return tuple(sorted(rows, key=lambda row: (-row.hosts.total, row.reason, row.run)))


def _names(hosts: t.Iterable[HostReport]) -> BoundedNames:
    return BoundedNames(tuple(host.name for host in hosts))


def _gaps(hosts: t.Iterable[HostReport]) -> tuple[GapGroup, ...]:
    """Gaps of assessed hosts; those of the others are their reason."""
    by_gap: dict[tuple[t.Any, ...], list[str]] = {}
    for host in hosts:
        for gap in host.gaps if host.reason is None else ():
            by_gap.setdefault(tuple(gap[field] for field in _GAP_FIELDS), []).append(host.name)
    return tuple(
        GapGroup(**dict(zip(_GAP_FIELDS, key, strict=True)), hosts=BoundedNames(tuple(dict.fromkeys(names))))
        for key, names in sorted(by_gap.items(), key=_most_hosts)
    )


def _most_hosts(item: tuple[t.Any, list[str]]) -> tuple[int, str]:
    return (-len(item[1]), str(item[0]))


def _namespaces_left_out(host: HostReport) -> int:
    """What was not asked for. Where all were, a gap says what could not be entered."""
    if host.document is None:
        return 0
    namespaces = host.document["collector"]["namespaces"]
    return int(namespaces["left_out"] or 0) if namespaces["scope"] == "host" else 0
