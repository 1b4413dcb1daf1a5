# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fleets repeat themselves: equal findings of many hosts and addresses become one row."""

from __future__ import annotations

import dataclasses
import typing as t

from ..._advice._adviser import Adviser
from ..._advice._subject import Kinds, Spread, Subject
from ..._common._counted import some
from ..._judge._judgement import Finding, JudgedListener
from ..model._inputs import HostReport
from ..model._report import FindingGroup, PassGroup
from ..text import _labels
from ..text._bounded_names import BoundedNames
from ..text._order import port_key, severity_rank, verdict_rank, widest

_ADDRESSES = 4
_INSIDE = 8
_MESSAGES = 2
_PORTS = 8
_Key = tuple[t.Any, ...]


@dataclasses.dataclass
class _Row:
    """What one row gathers while hosts are walked; dicts keep the order and drop the repeats."""

    finding: Finding | None
    judged: JudgedListener | None
    count: int = 0
    hosts: dict[str, None] = dataclasses.field(default_factory=dict)
    addresses: dict[str, None] = dataclasses.field(default_factory=dict)
    messages: dict[str, None] = dataclasses.field(default_factory=dict)
    ports: set[int] = dataclasses.field(default_factory=set)
    users: dict[str, None] = dataclasses.field(default_factory=dict)
    units: dict[str, None] = dataclasses.field(default_factory=dict)
    inside: dict[str, None] = dataclasses.field(default_factory=dict)
    reaches: set[str] = dataclasses.field(default_factory=set)
    bound: set[str] = dataclasses.field(default_factory=set)
    policies: set[str | None] = dataclasses.field(default_factory=set)
    platforms: set[str | None] = dataclasses.field(default_factory=set)
    kinds: Kinds = dataclasses.field(default_factory=Kinds)
    spread: Spread = dataclasses.field(default_factory=Spread)
    other_namespace: bool = False
    stops: bool = False

    def add(
        self, host: str, finding: Finding | None, judged: JudgedListener | None, *, namespace: int | None = None
    ) -> None:
        """``namespace``: the host's own."""
        self.count += 1
        self.hosts[host] = None
        if finding is not None:
            self.messages[finding.message] = None
        if judged is not None:
            self._add_listener(judged, namespace)
            if finding is not None:
                self._add_advised(host, finding, judged, namespace=namespace)

    def _add_advised(self, host: str, finding: Finding, judged: JudgedListener, *, namespace: int | None) -> None:
        """What a rule that approves it depends on."""
        listener = judged.listener
        port = None if finding.code == "ephemeral-udp" else listener.port
        self.bound.add(listener.address)
        self.kinds.add(listener)
        self.spread.add(host, (port, listener.address, judged.reach))
        if namespace is not None and listener.namespace not in (None, namespace):
            self.other_namespace = True

    def _add_listener(self, judged: JudgedListener, namespace: int | None) -> None:
        self.addresses[_labels.address(judged.listener)] = None
        self.ports.add(judged.listener.port)
        self.reaches.add(judged.reach)
        listener = judged.listener
        for seen, value in (
            (self.users, _labels.user(listener)),
            (self.units, _labels.unit(listener)),
            (self.inside, _labels.inside(listener, namespace)),
        ):
            if value is not None:
                seen[value] = None


def observed(report: HostReport) -> t.Iterator[tuple[Finding, JudgedListener | None]]:
    """Every finding of a host, with the listener it speaks of where there is one."""
    of_listeners: set[Finding] = set()
    for judged in report.result.listeners:
        of_listeners.update(judged.findings)
        yield from ((finding, judged) for finding in judged.findings)
    yield from ((finding, None) for finding in report.result.findings if finding not in of_listeners)


def group_findings(
    hosts: t.Iterable[HostReport],
    *,
    adviser: Adviser,
    stops: t.Callable[[Finding], bool] = lambda finding: False,
) -> dict[_Key, FindingGroup]:
    """All findings of all hosts as ordered rows, by their keys. ``stops``: whether the gate stops on a finding."""
    rows: dict[_Key, _Row] = {}
    for host in hosts:
        collector = host.document["collector"] if host.document else None
        namespace = collector["namespaces"]["host"] if collector else None
        for finding, judged in observed(host):
            key = finding_key(finding, judged)
            row = rows.get(key)
            if row is None:
                row = rows[key] = _Row(finding, judged)
            row.add(host.name, finding, judged, namespace=namespace)
            row.policies.add(host.policy)
            row.platforms.add(collector.get("platform") if collector else None)
            row.stops = row.stops or stops(finding)
    groups = ((key, _finding_group(row, adviser)) for key, row in rows.items())
    return dict(sorted(groups, key=lambda item: _finding_order(item[1])))


def group_passes(passes: t.Iterable[tuple[str, JudgedListener]]) -> tuple[PassGroup, ...]:
    """Listeners that pass, as (host, listener), as ordered rows."""
    rows: dict[_Key, _Row] = {}
    for host, judged in passes:
        key = _pass_key(judged)
        row = rows.get(key)
        if row is None:
            row = rows[key] = _Row(None, judged)
        row.add(host, None, judged)
    groups = (_pass_group(row, row.judged) for row in rows.values() if row.judged is not None)
    return tuple(
        sorted(groups, key=lambda group: (port_key(group.port), group.protocol, group.owner or "", group.basis))
    )


def finding_key(finding: Finding, judged: JudgedListener | None) -> _Key:
    """Findings of one key are one row.

    Owner means name and executable: a process that only calls itself nginx gets a row of its own.
    """
    said = (finding.code, finding.verdict, finding.severity, finding.rule, finding.waiver)
    held = (_labels.owner(judged, finding), _labels.exe(judged.listener) if judged else None)
    if finding.code == "ephemeral-udp":
        return (*said, *held, finding.unit)
    if judged is None and finding.port is None and finding.port_label is None:
        return (*said, *held, finding.message)
    return (*said, *held, finding.protocol, finding.port, finding.port_label)


def _pass_key(judged: JudgedListener) -> _Key:
    listener = judged.listener
    return (listener.protocol, listener.port, _labels.owner(judged), _labels.exe(listener), judged.basis, judged.rule)


def port_label(finding: Finding) -> str | None:
    """The port that it is about; those that chance gave are one."""
    if finding.code == "ephemeral-udp":
        return "ephemeral"
    return finding.port_label or (None if finding.port is None else str(finding.port))


def _messages(row: _Row, finding: Finding) -> BoundedNames:
    """What the findings say; of ephemeral ports which they are, for they say no more than that, each once."""
    if finding.code == "ephemeral-udp" and len(row.ports) > 1:
        ports = some([str(port) for port in sorted(row.ports)], _PORTS)
        return BoundedNames((f"{ports}: in the ephemeral range of the host itself",))
    return BoundedNames(tuple(row.messages), _MESSAGES)


def _subject(row: _Row, finding: Finding, adviser: Adviser) -> Subject:
    return Subject(
        finding=finding,
        rule=adviser.rule(row.policies, finding.rule),
        listeners=() if row.kinds.too_many else tuple(row.kinds.listeners.values()),
        ports=tuple(sorted(row.ports)),
        addresses=tuple(row.bound),
        reach=widest(row.reaches),
        hosts=tuple(row.hosts),
        container=next(iter(row.kinds.containers)) if len(row.kinds.containers) == 1 else None,
        platform=next(iter(row.platforms)) if len(row.platforms) == 1 else None,
        uneven=bool(row.bound) and row.spread.uneven(),
        other_namespace=row.other_namespace,
    )


def _finding_group(row: _Row, adviser: Adviser) -> FindingGroup:
    finding = t.cast(Finding, row.finding)
    judged = row.judged
    return FindingGroup(
        code=finding.code,
        title=_labels.code(finding.code),
        verdict=finding.verdict,
        severity=finding.severity,
        protocol=finding.protocol,
        port=port_label(finding),
        owner=_labels.owner(judged, finding),
        exe=_labels.exe(judged.listener) if judged else None,
        users=BoundedNames(tuple(row.users), _ADDRESSES),
        units=BoundedNames(tuple(row.units), _ADDRESSES),
        inside=BoundedNames(tuple(row.inside), _INSIDE),
        addresses=BoundedNames(tuple(row.addresses), _ADDRESSES),
        reach=widest(row.reaches),
        registry=_registry(finding, judged),
        rule=finding.rule,
        place=finding.place,
        layer=finding.layer,
        waiver=finding.waiver,
        before_waiver=finding.before_waiver,
        messages=_messages(row, finding),
        controls=finding.controls,
        hosts=BoundedNames(tuple(row.hosts)),
        count=row.count,
        stops=row.stops,
        hazard=finding.hazard,
        why=finding.why,
        advice=adviser.advise(_subject(row, finding, adviser)),
    )


def _registry(finding: Finding, judged: JudgedListener | None) -> str | None:
    """Ports that are one finding share their status, and may have a name each."""
    return finding.registry if judged is None or finding.port is None else _labels.registry(judged.registry)


def _pass_group(row: _Row, judged: JudgedListener) -> PassGroup:
    return PassGroup(
        protocol=judged.listener.protocol,
        port=str(judged.listener.port),
        owner=_labels.owner(judged),
        exe=_labels.exe(judged.listener),
        units=BoundedNames(tuple(row.units), _ADDRESSES),
        addresses=BoundedNames(tuple(row.addresses), _ADDRESSES),
        reach=widest(row.reaches) or judged.reach,
        registry=_labels.registry(judged.registry),
        basis=judged.basis or "port",
        rule=judged.rule,
        hosts=BoundedNames(tuple(row.hosts)),
        count=row.count,
    )


def _finding_order(group: FindingGroup) -> tuple[t.Any, ...]:
    return (
        verdict_rank(group.verdict),
        severity_rank(group.severity),
        -group.hosts.total,
        port_key(group.port),
        group.protocol or "",
        group.code,
        group.owner or "",
        group.exe or "",
        group.rule or "",
        group.messages.all,
    )
