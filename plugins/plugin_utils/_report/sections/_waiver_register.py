# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The register of waivers: what each covers, until when, and what it turned in this run."""

from __future__ import annotations

import datetime
import typing as t

from ..._policy._lifecycle import is_over, is_soon
from ..._policy._policy_model import AppliesTo, Policy, Waiver, WaiverMatch
from ..model._inputs import HostReport, RunInfo
from ..model._report import WaiverRow
from ..text import _condition_words
from ..text._bounded_names import BoundedNames

_Used = dict[tuple[str | None, str], list[str]]


def build_register(run: RunInfo, hosts: t.Iterable[HostReport]) -> tuple[WaiverRow, ...]:
    """Every waiver of every policy, the one that ends first on top."""
    used, today = _used(hosts), run.day
    rows = (
        _row(policy, waiver, today=today, hosts=used.get((policy.sha256, waiver.id), []))
        for policy in run.policies
        for waiver in policy.waivers
    )
    return tuple(sorted(rows, key=lambda row: (row.expires, row.id, row.policy)))


def _used(hosts: t.Iterable[HostReport]) -> _Used:
    used: _Used = {}
    for host in hosts:
        for finding in host.result.findings:
            if finding.verdict == "waived" and finding.waiver is not None:
                used.setdefault((host.policy, finding.waiver), []).append(host.name)
    return used


def _row(policy: Policy, waiver: Waiver, *, today: datetime.date, hosts: list[str]) -> WaiverRow:
    days_left = (waiver.expires - today).days
    return WaiverRow(
        policy=policy.name,
        id=waiver.id,
        place=waiver.place,
        status=_status(waiver.expires, today),
        expires=waiver.expires.isoformat(),
        days_left=days_left,
        matches=_matches(waiver.match),
        applies_to=targets(waiver.applies_to),
        justification=waiver.justification,
        approved_by=waiver.approved_by,
        approved_on=waiver.approved_on.isoformat() if waiver.approved_on else None,
        ticket=waiver.ticket,
        covered=len(hosts),
        hosts=BoundedNames(tuple(dict.fromkeys(hosts))),
    )


def _status(expires: datetime.date, today: datetime.date) -> str:
    if is_over(expires, today):
        return "expired"
    return "expiring" if is_soon(expires, today) else "active"


def _matches(match: WaiverMatch) -> str:
    """What it covers in words: ``6379/tcp; code unlisted-listener``."""
    named = (("code", match.codes), ("rule", match.rules))
    parts = [
        _condition_words.ports(match.ports),
        *(f"{name} {', '.join(values)}" for name, values in named if values),
        *_condition_words.conditions(match.address, match.state, match.process),
    ]
    return "; ".join(part for part in parts if part)


def targets(applies_to: AppliesTo) -> str:
    """Where it holds in words: ``hosts db1; groups web; not dmz``."""
    named = (("hosts", applies_to.hosts), ("groups", applies_to.groups), ("not", applies_to.not_groups))
    return "; ".join(f"{label} {', '.join(names)}" for label, names in named if names)
