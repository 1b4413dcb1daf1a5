# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of a report, ordered and counted: what every format shows, each in its own way."""

from __future__ import annotations

import dataclasses
import typing as t

from ..._advice._advice_model import NO_ADVICE, Advice
from ..._gate._decide import Decision
from ..._hazards._hazard import Hazard
from ..._judge._judgement import Finding
from ..._policy._policy_model import SourcePlace
from ..text._bounded_names import BoundedNames
from ._auditor_views import ApprovedRule, CatalogueInfo, ControlRow, Evidence
from ._inputs import Earlier, HostReport, RunInfo


@dataclasses.dataclass(frozen=True)
class BarPart:
    """A verdict's share of the hosts, in thousandths."""

    verdict: str
    start: int
    width: int


@dataclasses.dataclass(frozen=True)
class Summary:
    """Every count of the report. Mappings by verdict run from worst to best and name all five.

    ``verdict``: the worst of the hosts' verdicts; ``fail`` too when the policy itself has a finding that fails;
    ``unverified`` when there was no host. ``listeners_on_unassigned``: listeners on a port that IANA has unassigned,
    whatever their verdict. ``stood_in``: hosts that are judged by earlier evidence, for they did not answer;
    ``oldest_evidence``: seconds since the oldest evidence of another run was collected, None where there is none.
    """

    verdict: str
    headline: str
    details: tuple[str, ...]
    inventory: int
    expected: int
    assessed: int
    not_assessed: int
    left_out: int
    hosts: t.Mapping[str, int]
    listeners: int
    listeners_by_verdict: t.Mapping[str, int]
    listeners_by_registry: t.Mapping[str, int]
    findings: int
    findings_by_verdict: t.Mapping[str, int]
    findings_by_code: t.Mapping[str, int]
    policy_findings: int
    hosts_with_gaps: int
    listeners_on_unassigned: int
    stood_in: int = 0
    oldest_evidence: int | None = None

    @property
    def verdict_bar(self) -> tuple[BarPart, ...]:
        """The hosts' verdicts as parts of one bar that fill it without gap or overlap."""
        parts = []
        before = 0
        for verdict, number in self.hosts.items():
            start, end = (1000 * hosts // max(1, self.expected) for hosts in (before, before + number))
            parts.append(BarPart(verdict, start, end - start))
            before += number
        return tuple(parts)


@dataclasses.dataclass(frozen=True)
class Gate:
    """``fail_on`` is empty when the gate is off. ``hosts``: how many stop it.

    ``unreachable``: hosts that could not be reached; ``forgiven``: how many of them it lets through all the same, by
    ``max_unreachable``. They stay not assessed. ``let_through``: hosts with something unverified that do not stop it.
    ``run``: what stops it whatever the hosts are like.
    """

    fail_on: tuple[str, ...]
    hosts: int
    policy_findings: int
    unreachable: int = 0
    forgiven: int = 0
    max_unreachable: str = "0"
    let_through: int = 0
    run: tuple[str, ...] = ()

    @property
    def trips(self) -> bool:
        return bool(self.hosts or self.policy_findings or self.run)

    @property
    def text(self) -> str:
        """What is said of it beside the verdict, in a line."""
        if not self.fail_on:
            return "off"
        forgiven = f"; excuses {self.forgiven:,} unreachable, the limit is {self.max_unreachable}"
        through = f"; hosts that pass with unverified findings: {self.let_through:,}"
        turns = "failed" if self.trips else "passed"
        said = f"{forgiven if self.forgiven else ''}{through if self.let_through and not self.trips else ''}"
        return f"{', '.join(self.fail_on)} ({turns}{said})"


@dataclasses.dataclass(frozen=True)
class FindingGroup:
    """Findings that say the same of the same port, code and owner, over addresses and hosts.

    ``inside``: containers and network namespaces. ``stops``: whether the gate stops on one of them. ``hazard`` and
    ``why``: see Finding. ``advice``: what to do.
    """

    code: str
    title: str
    verdict: str
    severity: str
    protocol: str | None
    port: str | None
    owner: str | None
    exe: str | None
    users: BoundedNames
    units: BoundedNames
    inside: BoundedNames
    addresses: BoundedNames
    reach: str | None
    registry: str | None
    rule: str | None
    place: SourcePlace | None
    layer: str | None
    waiver: str | None
    before_waiver: str | None
    messages: BoundedNames
    controls: tuple[tuple[str, str, str], ...]
    hosts: BoundedNames
    count: int
    stops: bool = False
    hazard: str | None = None
    why: str | None = None
    advice: Advice = NO_ADVICE


@dataclasses.dataclass(frozen=True)
class PassGroup:
    """Listeners that pass on the same grounds: a rule and how much of it was checked, or a default."""

    protocol: str
    port: str
    owner: str | None
    exe: str | None
    units: BoundedNames
    addresses: BoundedNames
    reach: str
    registry: str
    basis: str
    rule: str | None
    hosts: BoundedNames
    count: int


@dataclasses.dataclass(frozen=True)
class Reason:
    """Hosts that were not assessed, all for the same reason."""

    reason: str
    hosts: BoundedNames


@dataclasses.dataclass(frozen=True)
class GapGroup:
    """The same gap on several hosts; fields as in evidence."""

    code: str
    affects: str
    detail: str
    protocol: str | None
    family: str | None
    hosts: BoundedNames


@dataclasses.dataclass(frozen=True)
class GapLine:
    """Gaps that one thing would close, as one line. ``what`` is not known because of them."""

    code: str
    what: str
    why: str
    hosts: BoundedNames


@dataclasses.dataclass(frozen=True)
class StoodIn:
    """Hosts that did not answer and are judged by earlier evidence of one run. ``age``: of the oldest, in words."""

    reason: str
    run: str
    age: str
    hosts: BoundedNames


@dataclasses.dataclass(frozen=True)
class Coverage:
    """What was not assessed and why. Namespaces left out are scope, not a gap; unknown numbers of them count as 0.

    ``gap_lines`` are the same gaps folded for people.
    """

    assessed: int
    reasons: tuple[Reason, ...]
    gaps: tuple[GapGroup, ...]
    gap_findings: tuple[FindingGroup, ...]
    left_out: BoundedNames
    limit: str | None
    namespaces: int
    namespace_hosts: BoundedNames
    stood_in: tuple[StoodIn, ...] = ()
    gap_lines: tuple[GapLine, ...] = ()

    @property
    def complete(self) -> bool:
        """Everything that the inventory holds was looked at. A run that assessed nobody is not complete."""
        not_seen = self.reasons or self.gaps or self.gap_findings or self.left_out.all or self.namespaces
        return self.assessed > 0 and not not_seen and not self.stood_in


@dataclasses.dataclass(frozen=True)
class RuleUse:
    """A rule that let listeners pass: how often, on what basis, and who approved it."""

    policy: str
    rule: str
    place: SourcePlace
    ports: BoundedNames
    basis: t.Mapping[str, int]
    listeners: int
    unassigned: int
    hosts: BoundedNames
    owner: str | None
    justification: str | None
    ticket: str | None
    approved_by: str | None
    approved_on: str | None
    review_by: str | None


@dataclasses.dataclass(frozen=True)
class Approvals:
    """Why listeners passed. ``basis`` counts listeners by port, port+unit, port+owner and default.

    ``unassigned``: those of them, by rule or default, on a port that IANA has unassigned: passed, and still marked.
    """

    basis: t.Mapping[str, int]
    rules: tuple[RuleUse, ...]
    defaults: tuple[PassGroup, ...]
    unassigned: tuple[PassGroup, ...]


@dataclasses.dataclass(frozen=True)
class WaiverRow:
    """One waiver. ``status``: active, expiring (within 30 days) or expired; ``covered``: findings it turned."""

    policy: str
    id: str
    place: SourcePlace
    status: str
    expires: str
    days_left: int
    matches: str
    applies_to: str
    justification: str
    approved_by: str
    approved_on: str | None
    ticket: str | None
    covered: int
    hosts: BoundedNames


@dataclasses.dataclass(frozen=True)
class PolicyRow:
    name: str
    sha256: str
    sources: tuple[str, ...]
    rules: int
    waivers: int
    hosts: int


@dataclasses.dataclass(frozen=True)
class ListenerRow:
    """One listener in a host's own table."""

    verdict: str
    protocol: str
    port: int
    address: str
    reach: str
    registry: str
    owner: str | None
    exe: str | None
    user: str | None
    unit: str | None
    why: tuple[str, ...]
    rule: str | None
    basis: str | None


@dataclasses.dataclass(frozen=True)
class HostView:
    """One host in detail. ``counts``: its findings by verdict, no zeroes. ``listeners_left_out``: listeners for which a
    large report has no room.
    """

    name: str
    verdict: str
    counts: t.Mapping[str, int]
    groups: tuple[str, ...]
    reason: str | None
    os: str | None
    kernel: str | None
    observed: str | None
    policy: str | None
    privileged: bool | None
    clock_offset: float | None
    earlier: Earlier | None
    gaps: tuple[t.Mapping[str, t.Any], ...]
    findings: tuple[Finding, ...]
    listeners: tuple[ListenerRow, ...]
    listeners_total: int
    listeners_left_out: int


@dataclasses.dataclass(frozen=True)
class HostDetail:
    """The hosts a prose report shows one by one, worst first, and what it leaves to report.json."""

    hosts: tuple[HostView, ...]
    left_out: int
    left_out_by_verdict: t.Mapping[str, int]
    all_hosts: bool
    all_listeners: bool

    @property
    def packed(self) -> bool:
        """A page has no room for all of it as text."""
        return not (self.all_hosts and self.all_listeners)


@dataclasses.dataclass(frozen=True)
class DriftRow:
    """One change since the earlier run, and the hosts that have it. ``port`` is None for one given by chance."""

    kind: str
    protocol: str
    port: int | None
    owner: str | None
    was: str | None
    now: str | None
    hosts: BoundedNames


@dataclasses.dataclass(frozen=True)
class NotCompared:
    reason: str
    hosts: BoundedNames


@dataclasses.dataclass(frozen=True)
class Drift:
    """What changed since the runs in ``reference``. ``new``: findings that fail and did not then."""

    reference: tuple[str, ...]
    compared: int
    kinds: t.Mapping[str, int]
    rows: tuple[DriftRow, ...]
    not_compared: tuple[NotCompared, ...]
    new: int


@dataclasses.dataclass(frozen=True)
class HeatCell:
    """Hosts of a row that have a finding at a port: the worst verdict, how many, and from 1 to 4 how large a share."""

    verdict: str
    hosts: int
    level: int


@dataclasses.dataclass(frozen=True)
class HeatRow:
    """A group or a host; ``cells`` are as many as the map has ports, None where there is no finding."""

    name: str
    hosts: int
    cells: tuple[HeatCell | None, ...]


@dataclasses.dataclass(frozen=True)
class HeatBlock:
    """Rows under one title: the groups that all of its hosts are in."""

    title: str | None
    rows: tuple[HeatRow, ...]


@dataclasses.dataclass(frozen=True)
class HeatMap:
    """Findings by port and group, or by port and host in a small fleet (``by_host``)."""

    ports: tuple[str, ...]
    blocks: tuple[HeatBlock, ...]
    by_host: bool
    ports_left_out: int
    rows_left_out: int


@dataclasses.dataclass(frozen=True)
class HazardsFound:
    """The hazards that findings name, by id, and the catalogue that they are from."""

    version: str
    date: str
    found: tuple[Hazard, ...]


@dataclasses.dataclass(frozen=True)
class ReportModel:
    """The whole report. ``hosts`` are in order of name; groups and details are worst first.

    ``groups``: every group of findings by the key that its findings have. ``code_texts``: what to do about each code
    that the run has, whoever listens.
    """

    run: RunInfo
    summary: Summary
    gate: Gate
    decision: Decision
    hosts: tuple[HostReport, ...]
    coverage: Coverage
    unassigned: tuple[FindingGroup, ...]
    findings: tuple[FindingGroup, ...]
    policy_findings: tuple[Finding, ...]
    approvals: Approvals
    waivers: tuple[WaiverRow, ...]
    policies: tuple[PolicyRow, ...]
    detail: HostDetail
    approved: tuple[ApprovedRule, ...]
    controls: tuple[ControlRow, ...]
    catalogue: CatalogueInfo
    evidence: Evidence
    hazards: HazardsFound
    groups: t.Mapping[tuple[t.Any, ...], FindingGroup]
    code_texts: t.Mapping[str, str]
    drift: Drift | None = None
    heat: HeatMap | None = None
