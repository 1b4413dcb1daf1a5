# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The approved list: every rule with who approved what, why, until when, and what was seen under it."""

from __future__ import annotations

import datetime
import typing as t

from ..._policy._lifecycle import is_over, is_soon
from ..._policy._policy_model import Policy, Rule
from ..model._auditor_views import ApprovedRule
from ..model._inputs import RunInfo
from ..model._report import RuleUse
from ..text import _condition_words
from ._waiver_register import targets


def build_approved(run: RunInfo, uses: t.Iterable[RuleUse]) -> tuple[ApprovedRule, ...]:
    """Every rule of every policy, in the policy's own order."""
    today = run.day
    seen = {(use.policy, use.rule): use for use in uses}
    return tuple(
        _row(policy, rule, today=today, use=seen.get((policy.name, rule.id)))
        for policy in run.policies
        for rule in policy.rules
    )


def _row(policy: Policy, rule: Rule, *, today: datetime.date, use: RuleUse | None) -> ApprovedRule:
    approval = rule.approval
    return ApprovedRule(
        policy=policy.name,
        rule=rule.id,
        place=rule.place,
        expect=rule.expect,
        ports=_condition_words.ports(rule.ports),
        conditions=_conditions(rule),
        applies_to=targets(rule.applies_to) or "everywhere",
        owner=approval.owner,
        justification=approval.justification,
        ticket=approval.ticket,
        approved_by=approval.approved_by,
        approved_on=_date(approval.approved_on),
        review_by=_date(approval.review_by),
        review=_review(approval.review_by, today),
        controls=tuple((control.framework, control.version, control.id) for control in rule.controls),
        listeners=use.listeners if use else 0,
        hosts=use.hosts.total if use else 0,
    )


def _conditions(rule: Rule) -> str:
    """What a listener has to be beside its port: ``reach private; exe /usr/sbin/sshd``."""
    reach = [f"reach {rule.reach}"] if rule.reach else []
    return "; ".join((*reach, *_condition_words.conditions(rule.address, rule.state, rule.process)))


def _date(date: datetime.date | None) -> str | None:
    return date.isoformat() if date else None


def _review(review_by: datetime.date | None, today: datetime.date) -> str:
    """A review is due until the end of its day."""
    if review_by is None:
        return "none"
    if is_over(review_by, today):
        return "overdue"
    return "due" if is_soon(review_by, today) else "current"
