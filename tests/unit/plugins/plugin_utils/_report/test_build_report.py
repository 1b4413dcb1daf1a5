# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The model as a whole: one order, nothing shown twice, nothing lost."""

from __future__ import annotations

import dataclasses
import random

from ansible_collections.fleetports.compliance.plugins.plugin_utils._report._build_report import build
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.formats._json import render
from ansible_collections.fleetports.compliance.tests.unit.factories import sample
from ansible_collections.fleetports.compliance.tests.unit.factories.evidence import document, gap
from ansible_collections.fleetports.compliance.tests.unit.factories.listeners import listener, owner_named
from ansible_collections.fleetports.compliance.tests.unit.factories.reports import found, host, passed


def test_listeners_on_unassigned_ports_stand_apart_from_other_findings():
    model = sample.model()
    assert [(group.port, group.owner) for group in model.unassigned] == [("81", "python3"), ("81", "<script>alert(1")]
    assert "unassigned-port" not in {group.code for group in model.findings}
    assert {group.code for group in model.findings} == {
        "excess-reach",
        "missing-listener",
        "wrong-owner",
        "unverified-owner",
        "unlisted-listener",
        "ephemeral-udp",
    }


def test_any_finding_on_an_unassigned_port_stands_among_them():
    stolen = found(
        listener(9187, owner_named("socat"), address="::"),
        "wrong-owner",
        "fail",
        "another process",
        rule="metrics-postgres",
    )
    model = build(sample.run(), [host("a", stolen)], [])
    assert [group.code for group in model.unassigned] == ["wrong-owner"]
    assert model.findings == ()


def test_every_finding_is_in_one_row_of_one_section():
    model = sample.model()
    rows = (*model.unassigned, *model.findings, *model.coverage.gap_findings)
    assert sum(group.count for group in rows) + model.coverage.reasons[0].hosts.total == model.summary.findings


def test_the_order_of_hosts_given_does_not_matter():
    hosts, findings = sample.hosts(), sample.policy_findings()
    shuffled = random.Random(7)  # noqa: S311 (a fixed shuffle, no secret)
    shuffled.shuffle(hosts)
    shuffled.shuffle(findings)
    assert list(render(build(sample.run(), hosts, findings))) == list(render(sample.model()))


def test_policy_findings_are_gravest_first():
    assert [finding.severity for finding in sample.model().policy_findings] == ["high", "medium", "low"]


def test_policies_say_how_many_hosts_they_judged():
    (policy,) = sample.model().policies
    assert (policy.name, policy.rules, policy.waivers, policy.hosts) == ("production", 10, 3, 11)


def test_rules_of_the_same_id_in_two_policies_are_told_apart():
    other = dataclasses.replace(sample.POLICY, name="staging", sha256="ab" * 32)
    hosts = [
        host("a", passed(listener(22), rule="ssh"), evidence=document("a", policy=sample.SHA256)),
        host("b", passed(listener(22), rule="ssh", basis="port"), evidence=document("b", policy="ab" * 32)),
    ]
    model = build(sample.run(policies=(sample.POLICY, other)), hosts, [])
    assert [(use.policy, use.rule, use.hosts.all) for use in model.approvals.rules] == [
        ("production", "ssh", ("a",)),
        ("staging", "ssh", ("b",)),
    ]


def test_a_run_that_assessed_nobody_is_not_complete():
    assert not build(sample.run(left_out=()), [], []).coverage.complete


def test_a_run_that_saw_everything_is_complete():
    seen = host("a", passed(listener(22), rule="ssh"), evidence=document("a", policy=sample.SHA256))
    assert build(sample.run(left_out=()), [seen], []).coverage.complete


def test_a_gap_or_a_namespace_left_out_or_a_limit_is_not_complete():
    policy = sample.SHA256
    gaps = host(
        "a", evidence=document("a", policy=policy, gaps=[gap("owners", code="permission", detail="no privilege")])
    )
    spaces = host("a", evidence=document("a", policy=policy, left_out=3))
    for hosts, left_out in (([gaps], ()), ([spaces], ()), ([host("a", evidence=document("a", policy=policy))], ("b",))):
        assert not build(sample.run(left_out=left_out), hosts, []).coverage.complete
