# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules of a policy, compiled and indexed: which of them select a listener, and what they answer."""

from __future__ import annotations

import dataclasses
import functools
import typing as t

from ...module_utils._socket import Listener
from .._policy._policy_model import Policy, Rule
from .conditions._port_index import PortIndex
from .conditions._rule_conditions import COUNT, FAILED, TRUE, UNKNOWN, Conditions
from .conditions._scope import HostScope, Scope, Scopes

# The better basis of a pass is recorded when several rules are true.
_BASIS = ("port+owner", "port+unit", "port")


class CompiledRule:
    """A rule with everything that does not depend on a host looked up once."""

    __slots__ = (
        "conditions",
        "controls",
        "id",
        "layer",
        "place",
        "preference",
        "required",
        "rule",
        "scope",
        "severity",
    )

    def __init__(self, rule: Rule, *, scope: Scope | None, severity: str) -> None:
        self.id = rule.id
        self.rule = rule
        self.scope = scope
        self.required = rule.expect == "required"
        self.conditions = Conditions(rule)
        self.preference = (_BASIS.index(self.conditions.basis), rule.id)
        self.severity = rule.severity or severity
        self.place = rule.place
        self.layer = rule.place.layer
        self.controls = tuple((control.framework, control.version, control.id) for control in rule.controls)

    def answer(self, listener: Listener, reach: int) -> int:
        """See Conditions.answer."""
        return self.conditions.answer(listener, reach)


@dataclasses.dataclass(frozen=True)
class RuleDecision:
    """What the rules that select a listener say together.

    ``passed``: the rule by which it passes. Else ``unknown``: the first rule that could not be decided. Else
    ``nearest``: the rule with the fewest failed conditions, and ``failed``, which these are. All None: no rule selects.
    """

    passed: CompiledRule | None = None
    unknown: CompiledRule | None = None
    nearest: CompiledRule | None = None
    failed: int = TRUE


NOTHING = RuleDecision()


class RuleBook:
    """The rules of a policy. What they say does not depend on the order they stand in: they are taken by id."""

    def __init__(self, policy: Policy, scopes: Scopes) -> None:
        compiled = [
            CompiledRule(rule, scope=scopes.get(rule.applies_to), severity=policy.defaults.severity)
            for rule in sorted(policy.rules, key=lambda rule: rule.id)
        ]
        self.forbidding = tuple(rule for rule in compiled if rule.rule.expect == "forbidden")
        self._forbidden = _index(self.forbidding)
        self._approving = _index(rule for rule in compiled if rule.rule.expect != "forbidden")
        self.required = tuple(rule for rule in compiled if rule.required)

    def forbidden(self, listener: Listener) -> tuple[CompiledRule, ...]:
        """Rules that forbid its port, on some hosts, by id."""
        return self._forbidden.at(listener.protocol, listener.port)

    def approving(self, listener: Listener) -> tuple[CompiledRule, ...]:
        """Rules that allow or require its port, on some hosts, by id."""
        return self._approving.at(listener.protocol, listener.port)


def _index(rules: t.Iterable[CompiledRule]) -> PortIndex[CompiledRule]:
    return PortIndex((item, rule) for rule in rules for item in rule.rule.ports)


class RuleUsage:
    """What the rules answered on one host: which spoke, and what each required one found."""

    def __init__(self) -> None:
        self.used: set[str] = set()
        self.required: dict[str, list[tuple[Listener, int]]] = {}

    def note(self, rule: CompiledRule, listener: Listener, answer: int) -> None:
        """A rule answered about a listener; true or unknown, it is in use."""
        if not answer & FAILED:
            self.used.add(rule.id)
        if rule.required:
            self.required.setdefault(rule.id, []).append((listener, answer))


def consult(
    rules: tuple[CompiledRule, ...], listener: Listener, *, reach: int, scope: HostScope, ledger: RuleUsage
) -> RuleDecision:
    """Ask every rule that selects the listener on this host."""
    answers = []
    for rule in rules:
        if rule.scope is None or scope.covered(rule.scope):
            answer = rule.answer(listener, reach)
            ledger.note(rule, listener, answer)
            answers.append((answer, rule))
    return _opinion(answers) if answers else NOTHING


def _opinion(answers: t.Sequence[tuple[int, CompiledRule]]) -> RuleDecision:
    if len(answers) == 1 and answers[0][0] == TRUE:
        return _passed_by(answers[0][1])
    true = [rule for answer, rule in answers if answer == TRUE]
    if true:
        return _passed_by(min(true, key=lambda rule: rule.preference))
    unknown = [rule for answer, rule in answers if answer == UNKNOWN]
    if unknown:
        return RuleDecision(unknown=unknown[0])
    failed, nearest = min(answers, key=lambda item: (COUNT[item[0]], item[1].id))
    return RuleDecision(nearest=nearest, failed=failed)


@functools.lru_cache(maxsize=4096)
def _passed_by(rule: CompiledRule) -> RuleDecision:
    return RuleDecision(passed=rule)
