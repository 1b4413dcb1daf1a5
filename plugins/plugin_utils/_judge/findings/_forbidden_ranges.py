# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Forbidden ports among more than can be listed, that a packet filter gives away by one rule."""

from __future__ import annotations

import typing as t

from ..._policy._policy_model import PortItem
from .._compiled_rules import CompiledRule, RuleBook
from .._judgement import Finding, HostFacts
from ..conditions._scope import HostScope
from ._item_finding import item_finding
from ._portless_findings import published


def forbidden_ranges(book: RuleBook, facts: HostFacts, *, scope: HostScope) -> t.Iterator[tuple[Finding, PortItem]]:
    """A finding, with what it is about, for each item of a forbidden rule that such a rule gives away."""
    if not any(path.ports for path in facts.paths):
        return
    for rule in book.forbidding:
        if rule.rule.state not in ("socket", "kernel") and scope.covered(rule.scope):
            for item in rule.rule.ports:
                way = published(facts.paths, item)
                if way is not None:
                    yield _finding(rule, item, detail=way.detail, host=facts.name), item


def _finding(rule: CompiledRule, item: PortItem, *, detail: str, host: str) -> Finding:
    """Who serves it in the end cannot be seen: where the rule asks for that, nobody can tell."""
    told = rule.rule.process is None
    return item_finding(
        rule,
        item,
        code="alternate-path",
        verdict="fail" if told else "unverified",
        host=host,
        message=f"forbids it, and a packet filter publishes it: {detail}",
        expected="no such listener",
        found=detail,
    )
