# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Judge hosts by a policy: pure functions of policy, registry, evidence and time. No I/O."""

from __future__ import annotations

import datetime
import typing as t

from ...module_utils._socket import Listener
from .._hazards._known_hazards import Hazards
from .._policy._policy_model import REACHES, Policy
from .._registry._lookup import Registry
from . import _listener_labels
from ._compiled_rules import CompiledRule, RuleBook, RuleDecision, RuleUsage, consult
from ._judgement import VERDICTS, Finding, HostFacts, HostResult, JudgedListener
from ._waiver_cover import HostWaivers, WaiverBook
from .conditions._reach import HOST, LINK, HostReach, ReachTable
from .conditions._rule_conditions import TRUE, UNKNOWN
from .conditions._scope import HostScope, Scopes
from .findings import _listener_findings
from .findings._fold import fold
from .findings._forbidden_ranges import forbidden_ranges
from .findings._gap_findings import collection_gaps, loopback_in_doubt, unread
from .findings._listener_findings import SeenListener
from .findings._missing_listeners import missing
from .findings._portless_findings import alternate_paths

_RANK = {verdict: rank for rank, verdict in enumerate(VERDICTS)}


class Judge:
    """A policy made ready: built once, it judges any number of hosts."""

    def __init__(self, policy: Policy, registry: Registry, hazards: Hazards | None = None) -> None:
        """``hazards`` set the severity of findings; None: those that come with the collection."""
        scopes = Scopes()
        self.policy = policy
        self.registry = registry
        self.hazards = hazards or Hazards.bundled()
        self.rules = RuleBook(policy, scopes)
        self.waivers = WaiverBook(policy, scopes)
        self.reach = ReachTable(public=policy.public_networks, private=policy.private_networks)

    def judge(self, host: HostFacts, listeners: t.Iterable[Listener], *, as_of: datetime.datetime) -> HostResult:
        """The verdict of a host. ``as_of`` is the time to judge by, with its zone.

        Raises ValueError for a time without zone, and for evidence with an address, port or protocol that is none.
        """
        if as_of.utcoffset() is None:
            raise ValueError("as_of has no time zone")
        return _HostJudge(self, host, as_of).result(listeners)


class _HostJudge:
    """One host at one time."""

    def __init__(self, judge: Judge, facts: HostFacts, as_of: datetime.datetime) -> None:
        self._judge = judge
        self._facts = facts
        self._as_of = as_of
        self._defaults = judge.policy.defaults
        self._status = judge.registry.status
        self._scope = HostScope(facts.name, facts.groups)
        self._reach = HostReach(judge.reach, facts)
        self._waivers = HostWaivers(judge.waivers, scope=self._scope, as_of=as_of)
        self._ledger = RuleUsage()

    def result(self, listeners: t.Iterable[Listener]) -> HostResult:
        listeners = tuple(listeners)
        every = [self._listener(listener) for listener in listeners]
        judged, found = fold(every, namespace=self._facts.namespace)
        found += missing(self._judge.rules, self._facts, scope=self._scope, ledger=self._ledger, waivers=self._waivers)
        found += (self._waivers.on_path(*way) for way in alternate_paths(self._facts, self._defaults))
        found += self._ranges()
        found += collection_gaps(self._facts, self._defaults)
        found += self._loopback(judged)
        return HostResult(
            host=self._facts.name,
            verdict=worst(found),
            listeners=judged,
            findings=tuple(sorted(found, key=order)),
            rules_used=frozenset(self._ledger.used),
            waivers_used=frozenset(self._waivers.used),
            unread=unread(self._facts, listeners),
        )

    def _ranges(self) -> t.Iterator[Finding]:
        for finding, item in forbidden_ranges(self._judge.rules, self._facts, scope=self._scope):
            self._ledger.used.update({finding.rule} if finding.rule else ())
            yield self._waivers.on_missing(finding, item)

    def _loopback(self, judged: t.Iterable[JudgedListener]) -> t.Iterator[Finding]:
        """One finding where the verdict of a listener on loopback hangs on what nobody saw: that it is kept there."""
        doubted = [one for one in judged if one.reach == REACHES[HOST] and self._reach.in_doubt(one.listener)]
        if doubted:
            other = _HostJudge(self._judge, self._facts, self._as_of)  # what it would use is not used
            # A warning that nobody could give is not worth a verdict.
            worse = [
                one.listener
                for one in doubted
                if _RANK[other.verdict(one.listener, LINK)] > max(_RANK[one.verdict], _RANK["warn"])
            ]
            if worse:
                yield loopback_in_doubt(worse, host=self._facts.name, severity=self._defaults.severity)

    def verdict(self, listener: Listener, reach: int) -> str:
        """Of a listener, if that was its reach."""
        return self._judged(listener, reach).verdict

    def _listener(self, listener: Listener) -> JudgedListener:
        return self._judged(listener, self._reach.of(listener))

    def _judged(self, listener: Listener, reach: int) -> JudgedListener:
        status = self._status(listener.port, listener.protocol)
        inside = _listener_labels.inside(listener, self._facts.namespace)
        seen = SeenListener(self._facts.name, listener, status, reach, self._judge.hazards, inside)
        forbidding = self._judge.rules.forbidden(listener)
        findings, barred = self._forbidden(seen, forbidding) if forbidding else ([], False)
        passed = self._approved(seen, findings, barred=barred)
        if not findings:
            basis = passed.conditions.basis_of(listener) if passed else "default"
            return JudgedListener(listener, status, REACHES[reach], "pass", basis, passed.id if passed else None)
        waived = tuple(self._waivers.on_listener(finding, listener) for finding in findings)
        return JudgedListener(listener, status, REACHES[reach], worst(waived), findings=waived)

    def _forbidden(self, seen: SeenListener, rules: tuple[CompiledRule, ...]) -> tuple[list[Finding], bool]:
        """Findings of the forbidden rules, and whether one is true: nothing else needs saying then."""
        answers = [(rule.answer(seen.listener, seen.reach), rule) for rule in rules if self._scope.covered(rule.scope)]
        findings = [_listener_findings.forbidden(seen, rule) for answer, rule in answers if answer == TRUE]
        unknown = [rule for answer, rule in answers if answer == UNKNOWN]
        barred = bool(findings)
        findings += [_listener_findings.unverified(seen, rule) for rule in unknown]
        self._ledger.used.update(finding.rule for finding in findings if finding.rule)
        return findings, barred

    def _approved(self, seen: SeenListener, findings: list[Finding], *, barred: bool) -> CompiledRule | None:
        """The rule by which it passes, or None, with what is wrong added to ``findings``.

        Asked also when a forbidden rule is true, as required rules have to know what is there, or unknown: a port that
        nobody approved must not fare better because a rule that forbids it could not be decided.
        """
        opinion = consult(
            self._judge.rules.approving(seen.listener),
            seen.listener,
            reach=seen.reach,
            scope=self._scope,
            ledger=self._ledger,
        )
        if barred or opinion.passed is not None:
            return opinion.passed
        finding = self._objection(seen, opinion)
        if finding is not None:
            findings.append(finding)
        return None

    def _objection(self, seen: SeenListener, opinion: RuleDecision) -> Finding | None:
        if opinion.unknown is not None:
            return _listener_findings.unverified(seen, opinion.unknown)
        if opinion.nearest is not None:
            self._ledger.used.add(opinion.nearest.id)
            return _listener_findings.failed(seen, opinion.nearest, opinion.failed)
        return _listener_findings.unapproved(seen, self._defaults)


def worst(findings: t.Iterable[Finding]) -> str:
    """The verdict that findings add up to: fail > unverified > warn > waived > pass."""
    return VERDICTS[max((_RANK[finding.verdict] for finding in findings), default=0)]


def order(finding: Finding) -> tuple[t.Any, ...]:
    """Sorts findings, the same whatever order rules and listeners came in: by place on the host, then by code."""
    return (
        finding.protocol or "",
        -1 if finding.port is None else finding.port,
        finding.port_label or "",
        finding.family or "",
        finding.address or "",
        finding.device or "",
        finding.namespace or 0,
        finding.code,
        finding.rule or "",
        finding.message,
    )


def not_assessed(host: str, reason: str, *, severity: str) -> HostResult:
    """The result of a host that was not seen: unverified, never a pass."""
    finding = Finding(
        code="not-assessed", verdict="unverified", severity=severity, message=f"not assessed: {reason}", host=host
    )
    return HostResult(host=host, verdict="unverified", findings=(finding,))
