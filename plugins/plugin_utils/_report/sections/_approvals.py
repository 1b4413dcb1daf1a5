# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why listeners passed: by which rule, on what basis, approved by whom."""

from __future__ import annotations

import dataclasses
import typing as t

from ..._judge._judgement import JudgedListener
from ..._policy._policy_model import Policy, Rule
from ..model._inputs import HostReport
from ..model._report import Approvals, RuleUse
from ..text._bounded_names import BoundedNames
from ..text._order import port_key
from ._finding_rows import group_passes

BASES = ("port", "port+unit", "port+owner", "default")  # weakest grounds of a rule first
_PORTS = 6


@dataclasses.dataclass
class _Use:
    """What one rule gathers while hosts are walked."""

    basis: dict[str, int] = dataclasses.field(default_factory=lambda: dict.fromkeys(BASES[:-1], 0))
    hosts: dict[str, None] = dataclasses.field(default_factory=dict)
    ports: set[tuple[int, str]] = dataclasses.field(default_factory=set)
    unassigned: int = 0

    def add(self, host: str, judged: JudgedListener) -> None:
        self.basis[judged.basis or "port"] += 1
        self.hosts[host] = None
        self.ports.add((judged.listener.port, judged.listener.protocol))
        self.unassigned += judged.registry.status == "unassigned"


def build_approvals(policies: t.Sequence[Policy], hosts: t.Sequence[HostReport]) -> Approvals:
    """Count every listener that passes, by basis and by rule."""
    basis = dict.fromkeys(BASES, 0)
    uses: dict[tuple[str | None, str], _Use] = {}
    defaults: list[tuple[str, JudgedListener]] = []
    unassigned: list[tuple[str, JudgedListener]] = []
    for host in hosts:
        for judged in (judged for judged in host.result.listeners if judged.verdict == "pass" and judged.basis):
            basis[judged.basis or "port"] += 1
            if judged.registry.status == "unassigned":
                unassigned.append((host.name, judged))
            if judged.rule is None:
                defaults.append((host.name, judged))
            else:
                uses.setdefault((host.policy, judged.rule), _Use()).add(host.name, judged)
    return Approvals(basis, _rule_uses(policies, uses), group_passes(defaults), group_passes(unassigned))


def _rule_uses(policies: t.Sequence[Policy], uses: t.Mapping[tuple[str | None, str], _Use]) -> tuple[RuleUse, ...]:
    rules = {(policy.sha256, rule.id): (policy, rule) for policy in policies for rule in policy.rules}
    found = (_rule_use(*rules[key], use) for key, use in uses.items() if key in rules)
    return tuple(sorted(found, key=lambda use: (port_key(use.ports.all[0].partition("/")[0]), use.rule, use.policy)))


def _rule_use(policy: Policy, rule: Rule, use: _Use) -> RuleUse:
    approval = rule.approval
    return RuleUse(
        policy=policy.name,
        rule=rule.id,
        place=rule.place,
        ports=BoundedNames(tuple(f"{port}/{protocol}" for port, protocol in sorted(use.ports)), _PORTS),
        basis=dict(use.basis),
        listeners=sum(use.basis.values()),
        unassigned=use.unassigned,
        hosts=BoundedNames(tuple(use.hosts)),
        owner=approval.owner,
        justification=approval.justification,
        ticket=approval.ticket,
        approved_by=approval.approved_by,
        approved_on=approval.approved_on.isoformat() if approval.approved_on else None,
        review_by=approval.review_by.isoformat() if approval.review_by else None,
    )
