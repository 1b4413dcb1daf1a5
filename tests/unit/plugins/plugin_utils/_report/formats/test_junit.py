# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""JUnit XML: which cases there are, and what is said in them, for GitLab shows the content of a failure alone."""

from __future__ import annotations

import dataclasses
import xml.etree.ElementTree as ET

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._judge._judgement import Finding
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report._build_report import ReportModel
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.formats import _junit
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.model._inputs import Earlier
from ansible_collections.fleetports.compliance.tests.unit.factories import sample
from ansible_collections.fleetports.compliance.tests.unit.factories.gated_hosts import FAILS, SSH, STALE, UNUSED, host
from ansible_collections.fleetports.compliance.tests.unit.factories.reports import host as reported
from ansible_collections.fleetports.compliance.tests.unit.factories.sample import report_of


def _root(model: ReportModel) -> ET.Element:
    return ET.fromstring("".join(_junit.render(model)).encode())  # noqa: S314 - our own


def _suite(model: ReportModel, name: str) -> ET.Element:
    (suite,) = (one for one in _root(model) if one.get("name") == name)
    return suite


def test_a_suite_for_the_run_and_one_for_each_host() -> None:
    root = _root(sample.model())
    assert [suite.get("hostname") for suite in root] == [None, *sorted(one.name for one in sample.hosts())]
    numbers = {name: sum(int(suite.get(name, 0)) for suite in root) for name in ("tests", "failures", "errors")}
    assert {name: int(root.get(name, 0)) for name in numbers} == numbers
    assert numbers["tests"] == len(list(root.iter("testcase")))
    assert numbers["failures"] == len(list(root.iter("failure"))) > 0


def test_a_host_within_policy_is_one_case_that_passes() -> None:
    (case,) = _suite(report_of(host("ok", SSH)), "port-audit: ok")
    assert (case.get("name"), list(case)) == ("within policy", [])


def test_the_content_of_a_failure_says_everything() -> None:
    suite = _suite(sample.model(), "port-audit: db1")
    (failure,) = suite.iter("failure")
    lines = (failure.text or "").splitlines()
    assert lines[0].startswith("fail (critical): 5432/tcp is approved up to reach private")
    assert lines[1:] == [
        "expected: private",
        "found: public",
        "held by: postgres",
        "unit: postgresql@15-main.service",
        "reach: public",
        "IANA: assigned",
        "rule: postgres",
        "policy: policy/production.yml:40:5",
        "controls: cis-debian-12 1.1.0 2.1.22",
        "what to do: Bind the service to a narrower address, or approve the wider reach with another rule.",
        "Stop it, now and after a reboot: sudo systemctl disable --now postgresql@15-main.service",
        "a rule that would approve it:",
        "  - id: postgres-5432",
        "    protocol: tcp",
        "    port: 5432",
        '    address: "0.0.0.0"',
        "    reach: public",
        '    process: {exe: /usr/lib/postgresql/15/bin/postgres, user: postgres, unit: "postgresql@15-main.service"}',
        "    applies_to: {hosts: [db1]}",
        "    owner: REVIEW",
        '    justification: "REVIEW: what is it for, and who approved it?"',
    ]


@pytest.mark.parametrize(
    ("finding", "name"),
    [
        pytest.param(STALE, "W-1 expired-waiver", id="a waiver"),
        pytest.param(UNUSED, "smtp unused-rule", id="a rule"),
        pytest.param(Finding("unknown-target", "warn", "low", "x"), "unknown-target", id="neither"),
        pytest.param(
            Finding("missing-listener", "fail", "high", "x", protocol="tcp", port=53, port_label="domain"),
            "domain/tcp missing-listener",
            id="a port by its name",
        ),
    ],
)
def test_cases_are_named_by_what_they_are_about(finding: Finding, name: str) -> None:
    names = [
        case.get("name") for case in _suite(report_of(host("a", SSH), policy=[finding]), "port-audit").iter("testcase")
    ]
    assert names == ["the run was meant for hosts", name]


def test_no_two_cases_of_a_suite_share_a_name() -> None:
    """GitLab drops the second."""
    suite = _suite(report_of(host("a", FAILS, FAILS, FAILS)), "port-audit: a")
    name = "81/tcp on 0.0.0.0 unassigned-port"
    assert [case.get("name") for case in suite.iter("testcase")] == [name, f"{name} (2)", f"{name} (3)"]


@pytest.mark.parametrize("gate", [(), ("fail",)])
def test_a_run_for_nobody_is_an_error(gate: tuple[str, ...]) -> None:
    (case,) = _suite(report_of(gate=gate), "port-audit").iter("testcase")
    assert [child.tag for child in case] == ["error"]


def test_evidence_of_another_run_is_told_in_every_case() -> None:
    old = dataclasses.replace(host("a", FAILS), earlier=Earlier("20261120T000000Z-aaaaaa", 50 * 3600, "no route"))
    suite = _suite(report_of(old), "port-audit: a")
    properties = {one.get("name"): one.get("value") for one in suite.iter("property")}
    assert properties == {"evidence-run": "20261120T000000Z-aaaaaa", "evidence-age": "180000"}
    (failure,) = suite.iter("failure")
    assert (failure.text or "").endswith("(evidence of 2 d 2 h ago, run 20261120T000000Z-aaaaaa)")
    passing = dataclasses.replace(old, result=host("a", SSH).result)
    (case,) = _suite(report_of(passing), "port-audit: a").iter("testcase")
    assert case.get("name") == "within policy (evidence of 2 d 2 h ago, run 20261120T000000Z-aaaaaa)"


def test_when_it_was_collected_and_how_long_it_took() -> None:
    suites = {suite.get("hostname"): suite for suite in _root(sample.model())}
    assert (suites["web1"].get("timestamp"), suites["web1"].get("time")) == ("2026-11-22T22:59:09", "0.410")
    assert suites["legacy1"].get("timestamp") is None
    assert suites[None].get("timestamp") == "2026-11-22T22:59:07"


def test_a_host_that_nobody_can_say_anything_of_is_not_green() -> None:
    bare = dataclasses.replace(reported("a"), reason="its evidence cannot be used")
    (error,) = _suite(report_of(bare), "port-audit: a").iter("error")
    assert error.text == "not assessed: its evidence cannot be used"
