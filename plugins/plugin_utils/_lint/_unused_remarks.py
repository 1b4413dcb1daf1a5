# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Remarks about what evidence shows no use for: rules and waivers that match nothing on any host, or have no host."""

from __future__ import annotations

import dataclasses
import datetime
import typing as t

from .._common._counted import count
from .._judge._policy_findings import RULES, kinds_of
from .._judge.conditions._scope import Scope, Scopes, all_groups
from .._policy._policy_model import AppliesTo, Policy, Rule, Waiver
from ._remark import Remark, about


@dataclasses.dataclass(frozen=True)
class EvidenceUse:
    """What evidence shows of a policy.

    ``inventory``: every host that the runs knew, with its groups. ``unseen``: those of which nothing was
    seen. ``rules_used``, ``waivers_used``: the ids that spoke of anything. ``days``: the first and last of the runs.
    ``hidden``: hosts on which something may have been hidden from rules, waivers, or waivers for paths.
    """

    inventory: t.Mapping[str, t.Collection[str]]
    unseen: frozenset[str]
    rules_used: frozenset[str]
    waivers_used: frozenset[str]
    days: tuple[datetime.date, datetime.date]
    hidden: t.Mapping[str, frozenset[str]] = dataclasses.field(default_factory=dict)

    @property
    def when(self) -> str:
        """``2026-11-01``, or ``2026-11-01 to 2026-11-20``."""
        return " to ".join(dict.fromkeys(map(str, self.days)))


@dataclasses.dataclass(frozen=True)
class EvidenceRemarks:
    """``undecided`` counts rules and waivers that may match what was not seen: of them nothing is said."""

    remarks: tuple[Remark, ...]
    undecided: int


def evidence_remarks(policy: Policy, seen: EvidenceUse) -> EvidenceRemarks:
    """Hold rules and waivers against evidence. A rule that is required is at work where nothing listens, too, and so
    is one that forbids.
    """
    reader = _EvidenceReader(seen)
    remarks = [reader.rule(rule) for rule in policy.rules]
    remarks += [reader.waiver(waiver) for waiver in policy.waivers]
    return EvidenceRemarks(tuple(remark for remark in remarks if remark), reader.undecided)


class _EvidenceReader:
    def __init__(self, seen: EvidenceUse) -> None:
        self._seen = seen
        self._groups = {host: all_groups(groups) for host, groups in seen.inventory.items()}
        self._scopes = Scopes()
        self._hosts: dict[Scope, tuple[str, ...]] = {}
        self.undecided = 0

    def rule(self, rule: Rule) -> Remark | None:
        if rule.expect != "allowed" or rule.id in self._seen.rules_used:
            return self._without_host(rule)
        return self._unused(rule, [RULES], code="unused-rule", what="matched no listener")

    def waiver(self, waiver: Waiver) -> Remark | None:
        if waiver.id in self._seen.waivers_used:
            return self._without_host(waiver)
        return self._unused(waiver, kinds_of(waiver), code="unused-waiver", what="covered nothing")

    def _without_host(self, item: Rule | Waiver) -> Remark | None:
        if self._meant(item.applies_to):
            return None
        return about(item, "no-host", f"applies to none of {count(len(self._groups), 'host')}, {self._of}")

    def _unused(self, item: Rule | Waiver, kinds: t.Iterable[str], *, code: str, what: str) -> Remark | None:
        hosts = self._meant(item.applies_to)
        if not hosts:
            return self._without_host(item)
        unseen = (self._seen.unseen, *(self._seen.hidden.get(kind, frozenset()) for kind in kinds))
        if not all(some.isdisjoint(hosts) for some in unseen):
            self.undecided += 1
            return None
        return about(item, code, f"{what} on {count(len(hosts), 'host')}, {self._of}")

    @property
    def _of(self) -> str:
        return f"evidence of {self._seen.when}"

    def _meant(self, applies_to: AppliesTo) -> t.Collection[str]:
        """The hosts in scope; a thousand rules share a few scopes."""
        scope = self._scopes.get(applies_to)
        if scope is None:
            return self._groups
        if scope not in self._hosts:
            self._hosts[scope] = tuple(host for host, groups in self._groups.items() if scope.covers(host, groups))
        return self._hosts[scope]
