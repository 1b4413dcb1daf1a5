# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a policy to JSON types, in the shapes that ``_decode`` reads.

Records are lists in the order of their fields. What many rules share (networks, processes, hosts, controls, files)
stands in a table once, and its number where it is used.
"""

from __future__ import annotations

import datetime
import typing as t

from .._policy_model import (
    PROCESS_FIELDS,
    AppliesTo,
    Approval,
    Control,
    Network,
    Policy,
    PortItem,
    ProcessPatterns,
    Rule,
    SourcePlace,
    Waiver,
    WaiverMatch,
)

Raw = dict[str, t.Any]


class _Table:
    """Distinct values in the order of their first use."""

    def __init__(self) -> None:
        self._numbers: dict[t.Any, int] = {}

    def number(self, value: t.Hashable) -> int:
        return self._numbers.setdefault(value, len(self._numbers))

    def values(self) -> list[t.Any]:
        return list(self._numbers)


def said(policy: Policy) -> Raw:
    """What the policy says, without where it stands."""
    return _Encoder().policy(policy)


def encode(policy: Policy) -> Raw:
    """Everything: what the policy says, its hash and sources, and the places of its parts."""
    files = _Table()
    places = [_place(thing.place, files) for thing in policy.rules]
    places += [_place(thing.place, files) for thing in policy.waivers]
    defaults = policy.defaults.place
    return {
        **said(policy),
        "sha256": policy.sha256,
        "sources": policy.sources,
        "places": places,
        "defaults_place": _place(defaults, files) if defaults else None,
        "files": files.values(),
    }


class _Encoder:
    def __init__(self) -> None:
        self._networks = _Table()
        self._processes = _Table()
        self._hosts = _Table()
        self._controls = _Table()

    def policy(self, policy: Policy) -> Raw:
        defaults = policy.defaults
        raw: Raw = {
            "name": policy.name,
            "defaults": [
                *(defaults.unlisted, defaults.unassigned, defaults.reserved),
                *(defaults.reach_host, defaults.ephemeral_udp, defaults.alternate_path, defaults.severity),
            ],
            "public": self._addresses(policy.public_networks),
            "private": self._addresses(policy.private_networks),
            "rules": [self._rule(rule) for rule in policy.rules],
            "waivers": [self._waiver(waiver) for waiver in policy.waivers],
            "services": {name: _items(items) for name, items in sorted(policy.service_names.items())},
        }
        return {**raw, **self._tables()}

    def _tables(self) -> Raw:
        return {
            "networks": [str(network) for network in self._networks.values()],
            "processes": [_process(process) for process in self._processes.values()],
            "hosts": [_hosts(hosts) for hosts in self._hosts.values()],
            "controls": [_control(control) for control in self._controls.values()],
        }

    def _rule(self, rule: Rule) -> list[t.Any]:
        return [
            rule.id,
            _items(rule.ports),
            rule.expect,
            rule.reach,
            self._addresses(rule.address),
            self._process(rule.process),
            self._hosts.number(rule.applies_to),
            rule.severity,
            _approval(rule.approval),
            [self._controls.number(control) for control in rule.controls],
            rule.state,
            rule.insecure,
            *_later(rule),
        ]

    def _waiver(self, waiver: Waiver) -> list[t.Any]:
        return [
            waiver.id,
            self._match(waiver.match),
            self._hosts.number(waiver.applies_to),
            _day(waiver.expires),
            waiver.justification,
            waiver.approved_by,
            _day(waiver.approved_on),
            waiver.ticket,
        ]

    def _match(self, match: WaiverMatch) -> list[t.Any]:
        return [
            _items(match.ports),
            match.codes,
            match.rules,
            self._addresses(match.address),
            self._process(match.process),
            match.state,
        ]

    def _addresses(self, networks: t.Iterable[Network]) -> list[int]:
        return [self._networks.number(network) for network in networks]

    def _process(self, process: ProcessPatterns | None) -> int | None:
        return None if process is None else self._processes.number(process)


def _items(items: t.Iterable[PortItem]) -> list[tuple[str, int, int, str]]:
    return [(item.protocol, item.first, item.last, item.label) for item in items]


def _process(process: ProcessPatterns) -> list[tuple[str, ...]]:
    return [getattr(process, field) for field in PROCESS_FIELDS]


def _hosts(hosts: AppliesTo) -> list[tuple[str, ...]]:
    return [hosts.groups, hosts.hosts, hosts.not_groups]


def _control(control: Control) -> list[str]:
    return [control.framework, control.version, control.id]


def _later(rule: Rule) -> list[str | None]:
    """What rules of earlier versions have not. Left out where nothing is said: the SHA-256 of a policy stays."""
    later = [rule.remediation, rule.runbook]
    return later if any(text is not None for text in later) else []


def _approval(approval: Approval) -> list[str | None]:
    texts = [approval.owner, approval.justification, approval.ticket, approval.approved_by]
    return [*texts, _day(approval.approved_on), _day(approval.review_by), approval.security_features]


def _day(day: datetime.date | None) -> str | None:
    return None if day is None else day.isoformat()


def _place(place: SourcePlace, files: _Table) -> tuple[int, int | None, int | None, int]:
    return files.number(place.file), place.line, place.column, files.number(place.layer)
