# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The numbers of the sample fleet, and the sentence for every kind of outcome."""

from __future__ import annotations

import itertools

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._gate._decide import decide
from ansible_collections.fleetports.compliance.plugins.plugin_utils._judge._judgement import Finding
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.sections._summary import (
    build_gate,
    build_summary,
)
from ansible_collections.fleetports.compliance.tests.unit.factories import sample
from ansible_collections.fleetports.compliance.tests.unit.factories.listeners import listener
from ansible_collections.fleetports.compliance.tests.unit.factories.reports import found, host, passed

FAIL_POLICY = Finding("unknown-target", "fail", "high", "no such group")
WARN_POLICY = Finding("unused-rule", "warn", "low", "rule x matches nothing")
STALE = Finding("expired-waiver", "warn", "low", "waiver W-1 expired")


def _host(name, verdict):
    if verdict == "pass":
        return host(name, passed(listener(22), rule="ssh"))
    return host(name, found(listener(22), "unlisted-listener", verdict, "said"))


def _fleet(*verdicts):
    return [_host(f"h{number}", verdict) for number, verdict in enumerate(verdicts)]


def _gate(run, hosts, policy):
    return build_gate(decide(run.rules, hosts, policy))


def _built(run, hosts, policy):
    return build_summary(run, hosts, policy, _gate(run, hosts, policy))


@pytest.mark.parametrize(
    ("verdicts", "policy", "verdict", "headline"),
    [
        pytest.param(["pass", "fail"], [], "fail", "1 of 2 hosts fails the policy", id="one fails"),
        pytest.param(["fail", "fail"], [], "fail", "2 of 2 hosts fail the policy", id="all fail"),
        pytest.param(["fail"], [], "fail", "The host fails the policy", id="the only one fails"),
        pytest.param(
            ["pass", "unverified", "warn"],
            [],
            "unverified",
            "No host fails, but 1 of 3 hosts could not be verified",
            id="unverified is worse than warn",
        ),
        pytest.param(["pass", "warn", "waived"], [], "warn", "No host fails, but 1 of 3 hosts has warnings", id="warn"),
        pytest.param(
            ["waived", "pass"], [], "waived", "No host fails, but 1 of 2 hosts passes only with waivers", id="waived"
        ),
        pytest.param(["pass", "pass"], [], "pass", "All 2 hosts are within policy", id="pass"),
        pytest.param(["pass"], [], "pass", "The host is within policy", id="one host passes"),
        pytest.param(["unverified"], [], "unverified", "The host could not be verified", id="one host unverified"),
        pytest.param(["warn", "warn"], [], "warn", "No host fails, but 2 of 2 hosts have warnings", id="all warn"),
        pytest.param([], [], "unverified", "No host was assessed", id="nobody"),
        pytest.param(
            ["pass"], [WARN_POLICY], "pass", "The host is within policy", id="an unused rule is no host's fault"
        ),
        pytest.param(
            ["pass"], [FAIL_POLICY], "fail", "No host fails, but the policy itself does", id="the policy fails"
        ),
    ],
)
def test_verdict_and_headline(verdicts, policy, verdict, headline):
    summary = _built(sample.run(left_out=()), _fleet(*verdicts), policy)
    assert (summary.verdict, summary.headline) == (verdict, headline)


def test_the_sample_counted_by_hand():
    summary = _built(sample.run(), sample.hosts(), sample.policy_findings())
    assert dict(summary.hosts) == {"fail": 5, "unverified": 2, "warn": 2, "waived": 1, "pass": 2}
    assert (summary.inventory, summary.expected, summary.assessed, summary.not_assessed) == (14, 12, 11, 1)
    assert (summary.left_out, summary.hosts_with_gaps, summary.policy_findings) == (2, 1, 3)
    assert dict(summary.findings_by_verdict) == {"fail": 7, "unverified": 2, "warn": 4, "waived": 1, "pass": 0}
    assert summary.findings_by_code["unassigned-port"] == 4
    assert summary.findings == sum(summary.findings_by_code.values()) == 14
    assert sum(summary.listeners_by_verdict.values()) == summary.listeners == 88
    assert sum(summary.listeners_by_registry.values()) == 88


def test_a_port_that_chance_gave_is_not_counted_as_chosen():
    """The sample has two ephemeral UDP ports that IANA has unassigned, beside four listeners on 81 and two on 9187."""
    summary = _built(sample.run(), sample.hosts(), [])
    assert summary.listeners_by_registry["unassigned"] == 8
    assert summary.listeners_on_unassigned == 6


def test_details_name_what_a_reader_must_know():
    summary = _built(sample.run(), sample.hosts(), sample.policy_findings())
    assert summary.details == (
        "1 host could not be assessed.",
        "2 hosts of the inventory left out by --limit all:!lab.",
        "3 findings on the policy itself.",
    )


@pytest.mark.parametrize("verdicts", [["fail", "pass", "pass"], ["fail"] * 7, [], ["pass"] * 3])
def test_the_bar_is_filled_without_gap_or_overlap(verdicts):
    parts = _built(sample.run(), _fleet(*verdicts), []).verdict_bar
    assert sum(part.width for part in parts) == (1000 if verdicts else 0)
    assert all(one.start + one.width == two.start for one, two in itertools.pairwise(parts))


@pytest.mark.parametrize(
    ("gate", "hosts", "policy", "trips"),
    [
        pytest.param((), 0, 0, False, id="off"),
        pytest.param(("fail",), 2, 0, True, id="fail"),
        pytest.param(("unverified", "warn"), 3, 0, True, id="warn and all that is worse"),
        pytest.param(("unverified",), 2, 0, True, id="unverified and what is worse"),
        pytest.param(("policy",), 0, 1, True, id="policy"),
    ],
)
def test_the_gate_counts_what_it_names(gate, hosts, policy, trips):
    built = _gate(sample.run(gate=gate), _fleet("fail", "fail", "warn", "pass", "waived"), [STALE, WARN_POLICY])
    assert (built.hosts, built.policy_findings, built.trips) == (hosts, policy, trips)
