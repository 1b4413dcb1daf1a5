# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Required rules: each protocol and port of one needs a listener for which the rule is true."""

from __future__ import annotations

import typing as t

from ....module_utils._socket import PUBLISHED_GAPS, Listener
from ..._policy._policy_model import PortItem
from .. import _listener_labels, _owner_labels
from .._compiled_rules import CompiledRule, RuleBook, RuleUsage
from .._judgement import Finding, HostFacts
from .._waiver_cover import HostWaivers
from ..conditions._rule_conditions import FAILED, TRUE
from ..conditions._scope import HostScope
from ._item_finding import item_finding
from ._portless_findings import hiding

_Answers = t.Sequence[tuple[Listener, int]]


def missing(
    book: RuleBook, facts: HostFacts, *, scope: HostScope, ledger: RuleUsage, waivers: HostWaivers
) -> t.Iterator[Finding]:
    """A finding for each item of a required rule that nothing on this host fulfils."""
    for rule in book.required:
        if rule.scope is None or scope.covered(rule.scope):
            answers = ledger.required.get(rule.id, ())
            for item in rule.rule.ports:
                finding = _item(rule, item, answers=_selected(answers, item), facts=facts)
                if finding is not None:
                    ledger.used.add(rule.id)
                    yield waivers.on_missing(finding, item)


def _selected(answers: _Answers, item: PortItem) -> _Answers:
    return [
        (listener, answer)
        for listener, answer in answers
        if listener.protocol == item.protocol and item.first <= listener.port <= item.last
    ]


def _item(rule: CompiledRule, item: PortItem, *, answers: _Answers, facts: HostFacts) -> Finding | None:
    if any(answer == TRUE for _listener, answer in answers):
        return None
    sockets_only = rule.rule.state in ("socket", "kernel")
    gap = listener_gap(facts, item.protocol, sockets_only=sockets_only)
    way = None if sockets_only else hiding(facts.paths, item)
    undecided = [listener for listener, answer in answers if not answer & FAILED]
    if undecided:
        found = f"one by {_owner_labels.holder(undecided[0])}, which could not be verified"
    elif gap is not None:
        found = f"none, but listeners may be hidden: {gap['detail']}"
    elif way is not None:
        found = f"none, but an alternate path may lead there: {way.detail}"
    else:
        found = _unfit(answers)
    verdict = "unverified" if undecided or gap is not None or way is not None else "fail"
    return _finding(rule, item, verdict=verdict, found=found, host=facts.name)


def _unfit(answers: _Answers) -> str:
    """What is there instead: listeners for which the rule is false have a finding of their own."""
    if not answers:
        return "none"
    holders = sorted({_owner_labels.holder(listener) for listener, _answer in answers})
    return f"only listeners that do not match the rule, by {', '.join(holders)}"


def _finding(rule: CompiledRule, item: PortItem, *, verdict: str, found: str, host: str) -> Finding:
    return item_finding(
        rule,
        item,
        code="missing-listener",
        verdict=verdict,
        host=host,
        message=f"requires a listener; found {found}",
        expected=f"a listener on {_listener_labels.item(item)}",
        found=found,
    )


def listener_gap(facts: HostFacts, protocol: str, *, sockets_only: bool) -> t.Mapping[str, t.Any] | None:
    """The first gap that may hide listeners of a protocol; of those with a socket alone, if asked."""
    harmless = PUBLISHED_GAPS if sockets_only else ()
    for gap in facts.gaps:
        hiding = gap["affects"] == "listeners" and gap["code"] not in harmless
        if hiding and gap.get("protocol") in (None, protocol):
            return gap
    return None
