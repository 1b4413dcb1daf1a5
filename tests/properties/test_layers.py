# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Merging of layers: what holds for every policy."""

from __future__ import annotations

import typing as t

from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._policy_model import Policy, Rule
from ansible_collections.fleetports.compliance.plugins.plugin_utils._registry._lookup import Registry
from ansible_collections.fleetports.compliance.tests.unit.factories.policies import loaded
from hypothesis import given, settings
from hypothesis import strategies as st

REGISTRY = Registry.load()
Raw = dict[str, t.Any]

_RULES = st.lists(
    st.fixed_dictionaries(
        {
            "id": st.sampled_from("abcdefgh"),
            "protocol": st.sampled_from(["tcp", "udp"]),
            "port": st.integers(1, 65535),
        },
        optional={"reach": st.sampled_from(["host", "link", "private", "public"]), "severity": st.just("high")},
    ),
    unique_by=lambda rule: rule["id"],
    max_size=8,
)


def layer(rules: t.Sequence[Raw], *, name: str = "n") -> Raw:
    return {"version": 1, "name": name, "rules": list(rules)}


def said(policy: Policy) -> dict[str, tuple[t.Any, ...]]:
    def of(rule: Rule) -> tuple[t.Any, ...]:
        return (rule.ports, rule.reach, rule.severity)

    return {rule.id: of(rule) for rule in policy.rules}


@settings(max_examples=60)
@given(rules=_RULES, data=st.data())
def test_the_order_of_rules_never_matters(rules: list[Raw], data: st.DataObject) -> None:
    assert said(loaded(layer(data.draw(st.permutations(rules))))) == said(loaded(layer(rules)))


@settings(max_examples=60)
@given(rules=_RULES, data=st.data())
def test_how_rules_are_dealt_to_layers_never_matters(rules: list[Raw], data: st.DataObject) -> None:
    homes = data.draw(st.lists(st.integers(0, 2), min_size=len(rules), max_size=len(rules)))
    layers = [layer([rule for rule, home in zip(rules, homes, strict=True) if home == at]) for at in range(3)]
    assert said(loaded(layers)) == said(loaded(layer(rules)))


@settings(max_examples=60)
@given(base=_RULES, over=_RULES)
def test_the_last_layer_that_overrides_wins_and_nothing_else_changes(base: list[Raw], over: list[Raw]) -> None:
    known = {rule["id"] for rule in base}
    marked = [{**rule, "override": True} if rule["id"] in known else rule for rule in over]
    expected = {**said(loaded(layer(base))), **said(loaded(layer(over)))}
    assert said(loaded([layer(base), layer(marked)])) == expected
