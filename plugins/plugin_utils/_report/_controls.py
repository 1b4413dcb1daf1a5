# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The controls that rules name, with what this run has to say to each."""

from __future__ import annotations

import collections
import typing as t

from ._auditor_views import ApprovedRule, ControlRow
from ._inputs import HostReport
from ._names import Names
from ._order import by_verdict

_Control = tuple[str, str, str]


def build_controls(approved: t.Sequence[ApprovedRule], hosts: t.Iterable[HostReport]) -> tuple[ControlRow, ...]:
    """One row a control, in order of framework, version and id."""
    rules: dict[_Control, list[ApprovedRule]] = {}
    for rule in approved:
        for control in dict.fromkeys(rule.controls):
            rules.setdefault(control, []).append(rule)
    findings = _findings(hosts)
    return tuple(
        ControlRow(
            *control,
            rules=Names(tuple(dict.fromkeys(rule.rule for rule in rules.get(control, ())))),
            listeners=sum(rule.listeners for rule in rules.get(control, ())),
            findings=by_verdict(findings.get(control, {})),
        )
        for control in sorted({*rules, *findings})
    )


def _findings(hosts: t.Iterable[HostReport]) -> dict[_Control, collections.Counter[str]]:
    found: dict[_Control, collections.Counter[str]] = {}
    for host in hosts:
        for finding in host.result.findings:
            for control in finding.controls:
                found.setdefault(control, collections.Counter())[finding.verdict] += 1
    return found
