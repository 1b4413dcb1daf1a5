# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The gate of a run: which hosts it stops, and that nobody changes what it stops on."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.fleetports.compliance.tests.unit.factories.actions import Play
from ansible_collections.fleetports.compliance.tests.unit.factories.evidence import observation
from ansible_collections.fleetports.compliance.tests.unit.factories.listeners import APP, listener
from ansible_collections.fleetports.compliance.tests.unit.factories.policies import SSH


def _reported(play: Play, **options: t.Any) -> Play:
    """A run in which ``b`` fails."""
    play.answers["b"] = observation(listener(22), APP)
    play.audited(policy=SSH, formats=["json"], **options)
    assert not play.task("port_audit_report").get("failed")
    return play


def test_off(play: Play) -> None:
    assert _reported(play).task("port_audit_gate") == {"changed": False, "msg": "gate: off", "gate": "off"}


@pytest.mark.parametrize(
    ("fail_on", "stopped"),
    [(["fail"], [False, True]), (["unverified"], [False, True]), (["policy"], [False, False])],
)
def test_a_host_is_stopped_by_its_own_verdict(play: Play, fail_on: list[str], stopped: list[bool]) -> None:
    _reported(play, fail_on=fail_on)
    results = [play.task("port_audit_gate", host) for host in play.hosts]
    assert [bool(result.get("failed")) for result in results] == stopped


def test_the_whole_run_is_stopped_by_any_host(play: Play) -> None:
    result = _reported(play, fail_on=["fail"]).task("port_audit_gate", whole_run=True)
    assert (result["failed"], result["msg"]) == (True, "gate: 1 failed")


def test_once_is_for_the_whole_run(play: Play) -> None:
    assert _reported(play, fail_on=["fail"]).task("port_audit_gate", task={"run_once": True})["failed"]


@pytest.mark.parametrize(
    ("wanted", "given"),
    [
        pytest.param({"fail_on": ["warn"]}, {}, id="by the task"),
        pytest.param({}, {"port_audit_fail_on": ["warn"]}, id="by a variable of the host"),
        pytest.param({}, {"port_audit_max_unreachable": "{{ 1 + 1 }}"}, id="by a template"),
    ],
)
def test_what_stops_was_fixed_when_the_run_was_opened(
    play: Play, wanted: dict[str, t.Any], given: dict[str, t.Any]
) -> None:
    _reported(play, fail_on=["fail"])
    play.vars = given
    result = play.task("port_audit_gate", **wanted)
    assert (result["failed"], "was fixed when the run was opened" in result["msg"]) == (True, True)


def test_a_gate_needs_a_run(play: Play) -> None:
    result = play.task("port_audit_gate", fail_on=["fail"])
    assert (result["failed"], result["msg"].startswith("The gate has no run")) == (True, True)


def test_a_gate_needs_a_report(play: Play) -> None:
    play.audited(policy=SSH, fail_on=["fail"])
    assert play.task("port_audit_gate")["failed"]
