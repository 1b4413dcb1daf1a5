# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What readers of code call problems: one row for equal findings, worst first, with an identity that stays."""

from __future__ import annotations

import dataclasses
import typing as t

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._policy_model import SourcePlace
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report._build_report import ReportModel
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.formats._alerts import (
    Alert,
    named,
    problems,
)
from ansible_collections.fleetports.compliance.tests.unit.factories.gated_hosts import (
    FAILS,
    SSH,
    STALE,
    WAIVED,
    WARNS,
    compared,
    host,
    unseen,
)
from ansible_collections.fleetports.compliance.tests.unit.factories.listeners import listener, owner_named
from ansible_collections.fleetports.compliance.tests.unit.factories.reports import found
from ansible_collections.fleetports.compliance.tests.unit.factories.sample import report_of


def _codes(model: ReportModel) -> list[str]:
    return [problem.code for problem in problems(model)]


def test_equal_findings_of_several_hosts_are_one() -> None:
    (problem,) = problems(report_of(host("b", FAILS), host("a", FAILS), host("ok", SSH)))
    assert (problem.code, problem.hosts) == ("unassigned-port", ("a", "b"))
    assert problem.message == "81/tcp: no rule approves it [2 hosts: a, b]"


def _key(*names: str, **changes: t.Any) -> str:
    listening = {"seen": listener(81, owner_named("java")), "code": "unassigned-port", "verdict": "fail", **changes}
    judged = found(message="81/tcp", **listening)
    (problem,) = problems(report_of(*(host(name, judged) for name in names)))
    return problem.key


@pytest.mark.parametrize(
    ("names", "changes", "same"),
    [
        pytest.param(("a", "b", "c"), {}, True, id="more hosts"),
        pytest.param(("z",), {}, True, id="another host"),
        pytest.param(("a",), {"place": SourcePlace("elsewhere.yml", 7, 1)}, True, id="the rule moved"),
        pytest.param(("a",), {"seen": listener(82, owner_named("java"))}, False, id="another port"),
        pytest.param(("a",), {"seen": listener(81, owner_named("perl"))}, False, id="another owner"),
        pytest.param(("a",), {"seen": listener(81, owner_named("java", "/tmp/java"))}, False, id="another executable"),  # noqa: S108
        pytest.param(("a",), {"code": "unlisted-listener"}, False, id="another code"),
        pytest.param(("a",), {"verdict": "warn"}, False, id="another verdict"),
        pytest.param(("a",), {"severity": "low"}, False, id="another severity"),
        pytest.param(("a",), {"rule": "r"}, False, id="another rule"),
    ],
)
def test_the_identity_stays(names: tuple[str, ...], changes: dict[str, t.Any], same: bool) -> None:
    assert (_key(*names, **changes) == _key("a")) is same


def test_identities_are_distinct() -> None:
    """Readers take equal ones for one problem."""
    found = problems(report_of(host("a", SSH), policy=[STALE, STALE, STALE]))
    assert len({problem.key for problem in found}) == len(found) == 3


@pytest.mark.parametrize(
    ("gate", "codes"),
    [
        pytest.param((), ["unassigned-port", "not-assessed", "ephemeral-udp", "expired-waiver"], id="off: worst first"),
        pytest.param(("fail",), ["unassigned-port", "not-assessed", "ephemeral-udp", "expired-waiver"], id="fail"),
        pytest.param(("policy",), ["not-assessed", "expired-waiver", "unassigned-port", "ephemeral-udp"], id="policy"),
    ],
)
def test_what_stops_comes_first_then_what_is_worst(gate: tuple[str, ...], codes: list[str]) -> None:
    model = report_of(host("a", SSH, FAILS, WARNS), unseen("gone"), policy=[STALE], gate=gate)
    assert _codes(model) == codes


@pytest.mark.parametrize(
    ("verdict", "stops", "level"),
    [
        pytest.param("fail", None, "error", id="off: a fail"),
        pytest.param("unverified", None, "warning", id="off: unverified"),
        pytest.param("warn", None, "warning", id="off: a warning"),
        pytest.param("waived", None, "note", id="off: waived"),
        pytest.param("fail", False, "warning", id="a fail that is let through"),
        pytest.param("waived", False, "note", id="waived"),
        pytest.param("warn", True, "error", id="a warning that stops"),
        pytest.param("unverified", True, "error", id="what stops is an error"),
    ],
)
def test_levels(verdict: str, stops: bool | None, level: str) -> None:
    problem = Alert("x", "X", verdict, "low", said="x", place=None, hosts=(), key="x", stops=stops)
    assert problem.level == level


def test_hosts_that_were_not_assessed_are_one_for_each_reason() -> None:
    reasons = {
        problem.said: problem.hosts for problem in problems(report_of(unseen("a"), unseen("b"), unseen("c", "x")))
    }
    assert reasons == {"not assessed: unreachable: refused": ("a", "b"), "not assessed: x": ("c",)}


def test_a_run_for_nobody_is_a_problem() -> None:
    for gate in ((), ("fail",)):
        assert [(one.code, one.level) for one in problems(report_of(gate=gate))] == [
            ("not-assessed", "error" if gate else "warning")
        ]


def test_changes_that_stop_the_gate_are_one_for_each_kind() -> None:
    hosts = [compared(host(name, SSH), "opened", "closed") for name in ("a", "b")]
    (opened,) = problems(report_of(*hosts, drift_gate=("opened",)))
    assert (opened.code, opened.verdict, opened.hosts, opened.level) == ("drift-opened", "fail", ("a", "b"), "error")
    assert _codes(report_of(*hosts)) == []
    unknown = dataclasses.replace(hosts[0], since=None)
    assert [(one.code, one.verdict) for one in problems(report_of(unknown, drift_gate=("opened",)))] == [
        ("drift-unknown", "unverified")
    ]


def test_a_waiver_is_named() -> None:
    (problem,) = problems(report_of(host("a", WAIVED)))
    assert (problem.verdict, problem.waiver) == ("waived", "W-1")


@pytest.mark.parametrize(
    ("number", "said"),
    [(1, "host h0"), (2, "2 hosts: h0, h1"), (5, "5 hosts: h0, h1, h2, h3, h4"), (6, "6 hosts: h0, h1, h2, h3, h4, …")],
)
def test_hosts_by_name(number: int, said: str) -> None:
    assert named([f"h{place}" for place in range(number)]) == said
