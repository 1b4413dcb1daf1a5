# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Advice for the findings of a run: what their rules say, else what their codes say, with names of the hosts."""

from __future__ import annotations

import typing as t

from .._hazards._hazard import Hazard
from .._policy._policy_model import Policy, Rule
from .._suggest._policy_text import Ids
from ._advice_model import Advice
from ._approving_rule import approving_rule
from ._code_texts import TEXTS
from ._commands import commands
from ._narrower import narrower
from ._rule_hosts import HostNames
from ._runbook_link import link
from ._subject import Subject


class Adviser:
    """Advises on one subject after another. No two suggested rules have one id, nor that of a rule that is there."""

    def __init__(
        self, policies: t.Iterable[Policy], *, hosts: HostNames, hazards: t.Mapping[str, Hazard] | None = None
    ) -> None:
        self._rules = {(policy.sha256, rule.id): rule for policy in policies for rule in policy.rules}
        self._hosts = hosts
        self._hazards = hazards or {}
        self._ids = Ids()
        for _policy, name in self._rules:
            self._ids.new(name)

    def rule(self, policies: t.Iterable[str | None], name: str | None) -> Rule | None:
        """A rule by its id and the SHA-256 of its policies. None where they say different things by one id."""
        found = [self._rules.get((policy or "", name or "")) for policy in policies]
        said = {(rule.remediation, rule.runbook, rule.process) if rule else None for rule in found}
        return found[0] if len(said) == 1 else None

    def advise(self, subject: Subject) -> Advice:
        """What to do about it."""
        finding, rule = subject.finding, subject.rule
        own = rule.remediation if rule else None
        runbook = rule.runbook if rule else None
        return Advice(
            text=own or TEXTS.get(finding.code, ""),
            own=bool(own),
            runbook=runbook,
            url=link(runbook),
            narrower=narrower(subject, self._hazards.get(finding.hazard or "")),
            commands=commands(subject),
            rule=approving_rule(subject, hosts=self._hosts, ids=self._ids),
        )
