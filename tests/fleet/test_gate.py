# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts that cannot be reached, and the gate: what the report says of them and how the playbook ends."""

from __future__ import annotations

import typing as t

import pytest
from _fleet.controller import CALM, Controller, Run

HOLDER = "web2"  # has findings under every policy of these tests


@pytest.fixture(scope="module")
def one_dead(controller: Controller) -> Run:
    return controller.audit("calm1", "dead1", variables={"port_audit_policy": CALM})


@pytest.fixture(scope="module")
def all_dead(controller: Controller) -> Run:
    return controller.audit("dead1", "dead2", variables={"port_audit_policy": CALM})


def test_a_dead_host_does_not_fail_the_run(one_dead: Run) -> None:
    assert one_dead.code == 0
    assert one_dead.verdicts() == {"calm1": "pass", "dead1": "unverified"}
    assert one_dead.evidence_names == ["calm1"]


def test_a_dead_host_is_told_with_the_reason(one_dead: Run) -> None:
    [finding] = one_dead.findings("dead1")
    assert (finding["code"], finding["verdict"]) == ("not-assessed", "unverified")
    [missed] = one_dead.report["coverage"]["not_assessed"]
    assert missed["host"] == "dead1"
    assert missed["reason"].startswith("unreachable: ")
    assert "Connection refused" in missed["reason"]
    for name in ("report.html", "report.md", "summary.txt"):
        assert "dead1" in (one_dead.directory / name).read_text()


def test_unused_is_not_said_while_a_host_is_missing(one_dead: Run, controller: Controller) -> None:
    assert "unused-rule" not in one_dead.codes(None)
    complete = controller.audit("calm1", variables={"port_audit_policy": CALM})
    assert complete.codes(None) == ["unused-rule"]


def test_a_policy_that_names_no_group_stops_the_gate(controller: Controller) -> None:
    rules = [{"id": "ssh", "protocol": "tcp", "port": 22}, {"id": "typo", "protocol": "tcp", "port": 23}]
    rules[1]["applies_to"] = {"groups": ["wbe"]}
    policy = {"version": 1, "name": "typo", "rules": rules}
    run = controller.audit("calm1", variables={"port_audit_policy": policy, "port_audit_fail_on": ["policy"]})
    assert run.code == 2
    assert "unknown-target" in run.codes(None)


def test_all_dead_hosts_still_give_a_report(all_dead: Run) -> None:
    assert all_dead.code == 0
    assert all_dead.verdicts() == {"dead1": "unverified", "dead2": "unverified"}
    assert all_dead.report["summary"]["verdict"] == "unverified"
    assert all_dead.report["summary"]["hosts"]["assessed"] == 0
    assert all_dead.codes("dead1") == all_dead.codes("dead2") == ["not-assessed"]


@pytest.mark.parametrize(
    ("hosts", "fail_on", "code"),
    [
        pytest.param(["calm1"], ["fail", "warn", "unverified"], 0, id="everything passes"),
        pytest.param(["calm1", HOLDER], ["fail"], 2, id="a host fails"),
        pytest.param(["calm1", "dead1"], ["fail"], 4, id="a host is dead"),
        pytest.param(["calm1", HOLDER, "dead1"], ["fail"], 4, id="one fails, one is dead"),
        pytest.param(["dead1", "dead2"], ["warn"], 4, id="all are dead"),
        pytest.param([HOLDER], ["unverified"], 2, id="unverified means fail too"),
        pytest.param([HOLDER], ["warn"], 2, id="warn means fail too"),
        pytest.param([HOLDER], ["policy"], 0, id="policy means the policy alone"),
        pytest.param(["calm1", "dead1"], ["policy"], 4, id="a host is dead, and the gate is for the policy"),
        pytest.param(["calm1"], ["policy"], 0, id="a rule that nothing uses is let through"),
    ],
)
def test_exit_code_of_the_gate(controller: Controller, hosts: list[str], fail_on: list[str], code: int) -> None:
    run = controller.audit(*hosts, variables={"port_audit_policy": CALM, "port_audit_fail_on": fail_on})
    assert (run.code, "Traceback" in run.text) == (code, False)
    gate: t.Mapping[str, t.Any] = run.report["summary"]["gate"]
    assert (gate["on"], gate["fail_on"]) == (True, fail_on)
    assert "gate: off" not in run.stdout


@pytest.mark.parametrize(
    ("hosts", "limit", "code", "forgiven"),
    [
        pytest.param(["calm1", "dead1"], "50%", 0, 1, id="within the limit"),
        pytest.param(["dead1", "dead2"], "100%", 4, 0, id="nobody was seen"),
    ],
)
def test_unreachable_hosts_are_forgiven_up_to_a_limit(
    controller: Controller, hosts: list[str], limit: str, code: int, forgiven: int
) -> None:
    variables = {"port_audit_fail_on": ["fail", "unverified"], "port_audit_max_unreachable": limit}
    run = controller.audit(*hosts, variables={"port_audit_policy": CALM, **variables})
    assert run.code == code, run.text
    assert run.report["summary"]["gate"]["forgiven"] == forgiven
    assert run.verdicts()["dead1"] == "unverified"
    assert ("excuses 1 unreachable, the limit is 50%" in run.text) is bool(forgiven)


def test_a_limit_that_is_none_stops_before_any_host_is_contacted(controller: Controller) -> None:
    run = controller.audit("calm1", variables={"port_audit_max_unreachable": "some"})
    assert run.code == 2
    assert "max_unreachable: 'some' is not a limit" in run.text
    assert set(run.connections.values()) == {0}
