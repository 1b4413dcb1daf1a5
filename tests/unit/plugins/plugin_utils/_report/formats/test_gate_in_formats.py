# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every format that a pipeline reads is red where the gate stops, and nowhere else."""

from __future__ import annotations

import itertools
import json
import typing as t
import xml.etree.ElementTree as ET

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._gate._unreachable_limit import read_limit
from ansible_collections.fleetports.compliance.plugins.plugin_utils._judge._judgement import Finding
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report._build_report import ReportModel, build
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.formats import _code_review, _junit, _sarif
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.model._inputs import HostReport
from ansible_collections.fleetports.compliance.tests.unit.factories import sample
from ansible_collections.fleetports.compliance.tests.unit.factories.gated_hosts import (
    BLIND,
    FAILS,
    GAP,
    LOCAL,
    SSH,
    STALE,
    UNUSED,
    WAIVED,
    WARNS,
    compared,
    host,
    unseen,
)

_HOSTS = {
    "clean": host("clean", SSH),
    "fails": host("fails", SSH, FAILS),
    "new": compared(host("new", SSH, FAILS), new=True),
    "warns": host("warns", SSH, WARNS),
    "little": host("little", SSH, BLIND),
    "dark": host("dark", BLIND, LOCAL),
    "gap": host("gap", findings=[GAP]),
    "waived": host("waived", SSH, WAIVED),
    "dead": unseen("dead"),
    "broken": unseen("broken", "failed: x", unreachable=False),
    "changed": compared(host("changed", SSH), "opened"),
    "partly": compared(host("partly", SSH), partly=["tcp"]),
    "bare": HostReport("bare", ("all",), host("bare").result, None, "its evidence cannot be used"),
}
_GATES = (("fail",), ("unverified",), ("warn",), ("policy",), ("new",), ("fail", "policy"))


def _red(model: ReportModel) -> dict[str, bool]:
    root = ET.fromstring("".join(_junit.render(model)))  # noqa: S314 - our own
    sarif = _sarif.to_document(model)["runs"][0]["results"]
    return {
        "junit": root.find(".//failure") is not None or root.find(".//error") is not None,
        "gitlab": any(entry["severity"] != "info" for entry in json.loads(_code_review.gitlab(model))),
        "github": "::error " in _code_review.github(model),
        "sarif": any(result["level"] == "error" for result in sarif),
    }


def _model(names: t.Iterable[str], policy: t.Sequence[Finding] = (), **run: t.Any) -> ReportModel:
    hosts = [_HOSTS[name] for name in names]
    hosts = [it if it.since or it.reason or not _compares(run) else compared(it) for it in hosts]
    return build(sample.run(left_out=(), **run), hosts, policy)


def _compares(run: t.Mapping[str, t.Any]) -> bool:
    return bool(run.get("drift_gate")) or "new" in run["gate"]


_PAIRS = itertools.combinations(("fails", "little", "dead", "changed"), 2)


@pytest.mark.parametrize(
    ("gate", "drift"),
    [*((gate, ()) for gate in _GATES), ((), ("opened",)), (("fail",), ("closed",)), (("policy",), ("opened", "moved"))],
)
@pytest.mark.parametrize("names", [(), *itertools.combinations(_HOSTS, 1), *_PAIRS])
def test_red_is_where_the_gate_stops(names: tuple[str, ...], gate: tuple[str, ...], drift: tuple[str, ...]) -> None:
    for policy in ([UNUSED], [STALE, UNUSED]):
        model = _model(names, policy, gate=gate, drift_gate=drift, max_unreachable=read_limit(1))
        assert _red(model) == dict.fromkeys(("junit", "gitlab", "github", "sarif"), model.gate.trips)
        assert ("(failed" in model.gate.text) is model.gate.trips


def _outcomes(model: ReportModel) -> dict[str, list[str | None]]:
    """By host: the outcome of each of its cases in JUnit."""
    root = ET.fromstring("".join(_junit.render(model)))  # noqa: S314 - our own
    return {
        (suite.get("name") or "").removeprefix("port-audit: "): [
            next((child.tag for child in case), None) for case in suite.iter("testcase")
        ]
        for suite in root.iter("testsuite")
    }


@pytest.mark.parametrize(
    ("gate", "name", "outcomes"),
    [
        pytest.param((), "fails", ["failure"], id="off: what fails"),
        pytest.param((), "little", ["error"], id="off: what could not be verified"),
        pytest.param((), "warns", ["skipped"], id="off: a warning"),
        pytest.param((), "dead", ["error"], id="off: not seen"),
        pytest.param((), "bare", ["error"], id="off: not seen, without a finding"),
        pytest.param((), "waived", ["skipped"], id="off: waived"),
        pytest.param((), "clean", [None], id="off: a pass"),
        pytest.param(("fail",), "fails", ["failure"], id="fail"),
        pytest.param(("fail",), "little", ["skipped"], id="fail: unverified is let through"),
        pytest.param(("fail",), "dark", ["error"], id="fail: nothing was verified"),
        pytest.param(("fail",), "warns", ["skipped"], id="fail: a warning"),
        pytest.param(("warn",), "warns", ["failure"], id="warn"),
        pytest.param(("warn",), "little", ["error"], id="warn: what is worse"),
        pytest.param(("policy",), "fails", ["skipped"], id="policy: a fail is let through"),
        pytest.param(("policy",), "dead", ["error"], id="policy: not seen"),
        pytest.param(("policy",), "bare", ["error"], id="policy: not seen, without a finding"),
        pytest.param(("new",), "new", ["failure"], id="new"),
        pytest.param(("new",), "changed", [None], id="new: a change is none"),
        pytest.param(("new",), "clean", ["failure"], id="new: not compared"),
    ],
)
def test_cases_of_a_host(gate: tuple[str, ...], name: str, outcomes: list[str | None]) -> None:
    model = build(sample.run(gate=gate, left_out=()), [_HOSTS[name], _HOSTS["waived"]], [])
    assert _outcomes(model)[name] == outcomes


def test_a_change_that_stops_the_gate_is_a_case() -> None:
    text = "".join(_junit.render(_model(["changed", "partly"], gate=(), drift_gate=("opened",))))
    assert 'name="drift-opened"' in text
    assert "opened: 8081/tcp" in text
    assert "drift not known for tcp" in text


def test_an_excused_host_is_shown_and_not_red() -> None:
    for name in ("dead", "bare"):
        hosts = [_HOSTS["clean"], HostReport(**{**vars(_HOSTS[name]), "unreachable": True})]
        model = build(sample.run(gate=("fail",), left_out=(), max_unreachable=read_limit(1)), hosts, [])
        assert _outcomes(model)[name] == ["skipped"]
        assert not any(_red(model).values())
        assert model.gate.text == "fail (passed; excuses 1 unreachable, the limit is 1)"


@pytest.mark.parametrize(
    ("names", "text"),
    [
        (["clean", "little", "gap"], "fail (failed)"),
        (["clean", "little"], "fail (passed; hosts that pass with unverified findings: 1)"),
        (["clean"], "fail (passed)"),
        ([], "fail (failed)"),
    ],
)
def test_what_is_let_through_is_counted_in_the_banner(names: list[str], text: str) -> None:
    assert _model(names, gate=("fail",)).gate.text == text


def test_a_gate_without_a_policy_is_red_everywhere() -> None:
    model = _model(["clean"], gate=("fail",), policy_named=False)
    assert model.gate.trips
    assert all(_red(model).values())
    assert "set port_audit_policy" in _code_review.github(model)


def test_what_is_too_much_for_sarif_stays_red() -> None:
    model = _model(["fails", "warns"], gate=("fail",))
    results = _sarif.to_document(model, single=0)["runs"][0]["results"]
    assert sorted(result["level"] for result in results) == ["error", "warning"]


def test_what_stops_comes_first() -> None:
    """Readers show so many; an error must not be crowded out by what is let through."""
    lines = _code_review.github(_model(["warns", "fails"], [STALE], gate=("policy",))).splitlines()
    assert lines[0].startswith("::error ")
    assert "waiver W-1 expired" in lines[0]
