# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The controls of a report, searched for counter-examples: what order things come in never matters to them."""

from __future__ import annotations

import dataclasses
import random
import typing as t

from ansible_collections.fleetports.compliance.plugins.plugin_utils._controls._catalogue import Catalogue
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._policy_model import (
    Approval,
    Control,
    Policy,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report._build_report import build
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.model._inputs import HostReport
from ansible_collections.fleetports.compliance.tests.unit.factories import sample
from hypothesis import given, settings
from hypothesis import strategies as st

CATALOGUE = Catalogue.load()
T = t.TypeVar("T")

_controls = st.sampled_from(
    [
        Control("pci-dss", "4.0.1", "2.2.4"),
        Control("pci-dss", "4.0.1", "2.24"),
        Control("stig-rhel-9", "V2R9", "V-257940"),
        Control("stig-rhel-9", "V2R9", "RHEL-09-251035"),
        Control("acme", "1", "x"),
    ]
)
_approvals = st.builds(
    Approval,
    owner=st.sampled_from(["platform", "REVIEW", None]),
    justification=st.sampled_from(["needed", None]),
    security_features=st.sampled_from(["VPN only", None]),
)


@st.composite
def _policies(draw: st.DrawFn) -> Policy:
    rules = [
        dataclasses.replace(
            rule,
            approval=draw(_approvals),
            controls=tuple(draw(st.lists(_controls, max_size=3))),
            insecure=draw(st.booleans()),
        )
        for rule in draw(st.lists(st.sampled_from(sample.POLICY.rules), unique=True))
    ]
    return dataclasses.replace(sample.POLICY, rules=tuple(rules))


def _shuffled(things: t.Sequence[T], chance: random.Random) -> tuple[T, ...]:
    mixed = list(things)
    chance.shuffle(mixed)
    return tuple(mixed)


@settings(max_examples=40)
@given(
    _policies(),
    st.lists(st.sampled_from(sample.hosts()), unique_by=lambda host: host.name),
    st.lists(st.sampled_from(CATALOGUE.controls), max_size=4),
    st.randoms(use_true_random=False),
)
def test_the_order_of_hosts_rules_waivers_and_wishes_never_matters(
    policy: Policy, hosts: list[HostReport], asked: list[t.Any], chance: random.Random
) -> None:
    other = dataclasses.replace(
        policy,
        rules=tuple(
            dataclasses.replace(rule, controls=_shuffled(rule.controls, chance))
            for rule in _shuffled(policy.rules, chance)
        ),
        waivers=_shuffled(policy.waivers, chance),
    )
    one = build(sample.run(policies=(policy,), controls=tuple(asked)), hosts, [])
    mixed = build(sample.run(policies=(other,), controls=_shuffled(asked, chance)), _shuffled(hosts, chance), [])
    assert one.controls == mixed.controls


@settings(max_examples=40)
@given(_policies(), st.sampled_from([host.name for host in sample.hosts()]))
def test_a_host_that_is_not_seen_never_leaves_less_to_say(policy: Policy, lost: str) -> None:
    """What was not seen is missing from every kind of evidence that counts hosts or listeners."""
    (gone,) = (host for host in sample.hosts() if host.name == "legacy1")
    hosts = [dataclasses.replace(gone, name=lost) if host.name == lost else host for host in sample.hosts()]
    run = sample.run(policies=(policy,), controls=CATALOGUE.controls)
    for row in build(run, hosts, []).controls:
        for kind in row.evidence:
            if kind.name.startswith(("hosts-", "listeners-", "insecure-", "unassigned-", "bindings-")):
                assert any(lost in fact.names.all for fact in kind.missing)
