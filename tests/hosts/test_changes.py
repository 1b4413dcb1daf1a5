# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Restarts and reboots change ports that the kernel chose, and nothing that drift or a suggested policy tells."""

from __future__ import annotations

import typing as t

import pytest
from _fleet.controller import Run
from _hosts.audit import NAME
from _hosts.known import KNOWN
from _hosts.machine import Machine

KINDS = ("opened", "widened", "replaced", "moved", "closed")
SUGGESTED = ("unlisted-listener", "unassigned-port", "reserved-port", "wrong-owner", "excess-reach", "missing-listener")


def cases(aspect: str, values: t.Iterable[str]) -> list[t.Any]:
    found = []
    for value in values:
        reason = KNOWN[aspect].get(value)
        marks = [pytest.mark.xfail(reason=f"issue 14, {reason}")] if reason else []
        found.append(pytest.param(value, marks=marks))
    return found


# Both engines keep their rules in one chain, and the second clears it when it starts: the first one's ports are
# published by its proxy alone then.
RULES_LOST = {("tcp", 7602), ("tcp", 7603), ("udp", 7604)}
# At boot podman-restart.service is what starts the container, with the process that holds its port.
STARTED_BY_ANOTHER = {("tcp", 7702)}


def rows(run: Run, kind: str) -> set[tuple[str, int]]:
    return {(row["protocol"], row["port"]) for row in run.report["drift"]["rows"] if row["kind"] == kind}


def chosen(run: Run) -> set[int]:
    return {item["port"] for item in run.evidence(NAME)["listeners"] if item["ephemeral"]}


def test_ports_did_change(fresh: dict[str, Run], connected: Run, restarted: Run, rebooted: Run) -> None:
    assert len(chosen(restarted) - chosen(connected)) > 10
    assert len(chosen(rebooted) - chosen(fresh["root"])) > 10


def test_the_rules_of_the_first_engine_are_gone(machine: Machine, restarted: Run) -> None:
    rules = machine.shell.run("iptables-save -t nat")
    assert "--dport 7605" in rules
    assert [port for _protocol, port in RULES_LOST if f"--dport {port}" in rules] == []


@pytest.mark.parametrize("kind", cases("restart", KINDS))
def test_a_restart_is_no_drift(restarted: Run, kind: str) -> None:
    assert rows(restarted, kind) == (RULES_LOST if kind == "replaced" else set())


@pytest.mark.parametrize("kind", cases("reboot", KINDS))
def test_a_reboot_is_no_drift(rebooted: Run, kind: str) -> None:
    assert rows(rebooted, kind) == (RULES_LOST | STARTED_BY_ANOTHER if kind == "replaced" else set())


@pytest.mark.parametrize("code", cases("suggest", SUGGESTED))
def test_a_suggested_policy_holds_after_a_reboot(rebooted: Run, code: str) -> None:
    assert [finding["message"] for finding in rebooted.findings(NAME) if finding["code"] == code] == []
