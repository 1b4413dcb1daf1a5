# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who passes the gate."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._gate._decide import decide, decide_run, forgiven
from ansible_collections.fleetports.compliance.plugins.plugin_utils._gate._unreachable_limit import read_limit

CLEAN = {"verdict": "pass", "assessed": True, "reason": None, "findings": {}, "worst": []}
FAILS = {**CLEAN, "verdict": "fail", "findings": {"fail": 2, "warn": 1}, "worst": ["unassigned-port: 81/tcp"]}
WARNS = {**CLEAN, "verdict": "warn", "findings": {"warn": 1}, "worst": ["ephemeral-udp: 40000/udp"]}
BLIND = {**CLEAN, "verdict": "unverified", "findings": {"unverified": 1}, "worst": ["unverified-owner: 22/tcp"]}
UNSEEN = {**BLIND, "assessed": False, "reason": "unreachable: refused"}
STALE = ["expired-waiver: W-1 ended 2026-01-01"]


@pytest.mark.parametrize(
    ("found", "fail_on", "policy", "gate", "message"),
    [
        pytest.param(CLEAN, {"fail", "warn", "unverified", "policy"}, [], "open", "gate: pass", id="compliant"),
        pytest.param(FAILS, {"fail"}, [], "closed", "gate: 2 fail", id="fails"),
        pytest.param(FAILS, {"fail", "warn"}, [], "closed", "gate: 2 fail, 1 warn", id="fails and warns"),
        pytest.param(FAILS, {"warn"}, [], "closed", "gate: 1 warn", id="a warning behind a fail counts"),
        pytest.param(WARNS, {"fail"}, [], "open", "gate: warn", id="a warning is let through"),
        pytest.param(BLIND, {"fail"}, [], "open", "gate: unverified", id="unverified is let through when not asked"),
        pytest.param(BLIND, {"unverified"}, [], "closed", "gate: 1 unverified", id="unverified"),
        pytest.param(CLEAN, {"policy"}, STALE, "closed", "gate: 1 about the policy", id="stale policy"),
        pytest.param(CLEAN, {"fail"}, STALE, "open", "gate: pass", id="stale policy not asked"),
        pytest.param(UNSEEN, {"fail"}, [], "closed", "gate: not assessed: unreachable: refused", id="not assessed"),
        pytest.param(None, {"fail"}, [], "closed", "gate: not assessed: it is not in the report", id="not reported"),
    ],
)
def test_the_gate(
    found: t.Mapping[str, t.Any] | None, fail_on: set[str], policy: list[str], gate: str, message: str
) -> None:
    result = decide(found, fail_on=fail_on, policy=policy)
    assert (result["gate"], result["msg"]) == (gate, message)


@pytest.mark.parametrize("found", [UNSEEN, None])
def test_a_host_that_nobody_saw_is_unreachable_not_failed(found: t.Mapping[str, t.Any] | None) -> None:
    result = decide(found, fail_on={"warn"}, policy=[])
    assert result["unreachable"] is True
    assert "failed" not in result


def test_reasons_name_what_stopped_it() -> None:
    assert decide(FAILS, fail_on={"fail", "policy"}, policy=STALE)["reasons"] == [*FAILS["worst"], *STALE]


FORGIVEN = {**UNSEEN, "unreachable": True, "forgiven": "forgiven, as 1 of 40 are unreachable and the limit is 1"}


@pytest.mark.parametrize("fail_on", [{"fail"}, {"unverified"}, {"fail", "warn", "unverified", "policy"}])
def test_a_forgiven_host_is_let_through_and_said_to_be_unseen(fail_on: set[str]) -> None:
    result = decide(FORGIVEN, fail_on=fail_on, policy=[])
    assert (result["gate"], "unreachable" in result) == ("open", False)
    assert result["msg"].startswith("gate: not assessed: unreachable: refused; forgiven, as 1 of 40")


def test_the_policy_is_not_forgiven_with_the_host_that_answers_for_it() -> None:
    result = decide(FORGIVEN, fail_on={"policy"}, policy=STALE)
    assert (result["gate"], result["failed"], result["reasons"]) == ("closed", True, STALE)


def test_the_words_of_forgiveness_have_the_numbers() -> None:
    verdicts = {"counts": {"expected": 40, "assessed": 38, "unreachable": 2}}
    assert forgiven(verdicts, read_limit("5%")) == "forgiven, as 2 of 40 are unreachable and the limit is 5%"
    assert forgiven(verdicts, read_limit(1)) == ""


def _run(*, policy: t.Sequence[str] = (), **hosts: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    found = {host: {"unreachable": False, **entry} for host, entry in hosts.items()}
    counts = {
        "expected": len(found),
        "assessed": sum(entry["assessed"] for entry in found.values()),
        "unreachable": sum(entry["unreachable"] for entry in found.values()),
    }
    return {"counts": counts, "hosts": found, "policy": list(policy)}


DEAD = {**UNSEEN, "unreachable": True}


@pytest.mark.parametrize(
    ("verdicts", "limit", "gate", "kind", "message"),
    [
        pytest.param(_run(a=CLEAN, b=WARNS), 0, "open", None, "gate: 2 hosts", id="open"),
        pytest.param(_run(a=CLEAN, b=FAILS), 0, "closed", "failed", "gate: 1 stopped", id="one fails"),
        pytest.param(
            _run(a=FAILS, b=UNSEEN),
            0,
            "closed",
            "unreachable",
            "gate: 1 not assessed, 1 stopped",
            id="one was not seen",
        ),
        pytest.param(
            _run(a=CLEAN, b=DEAD),
            1,
            "open",
            None,
            "gate: 2 hosts; forgiven, as 1 of 2 are unreachable and the limit is 1",
            id="one is forgiven",
        ),
        pytest.param(_run(a=DEAD), 1, "closed", "unreachable", "gate: 1 not assessed", id="nobody was seen"),
        pytest.param(_run(a=CLEAN, policy=STALE), 0, "closed", "failed", "gate: 1 about the policy", id="stale policy"),
        pytest.param(_run(), 0, "closed", "unreachable", "gate: the run was meant for no host", id="no host at all"),
    ],
)
def test_the_gate_of_a_whole_run(
    verdicts: dict[str, t.Any], limit: int, gate: str, kind: str | None, message: str
) -> None:
    result = decide_run(verdicts, limit=read_limit(limit), fail_on={"fail", "policy"}, fail_on_drift=())
    assert (result["gate"], result["msg"]) == (gate, message)
    assert [key for key in ("failed", "unreachable") if result.get(key)] == ([kind] if kind else [])


def test_the_gate_of_a_whole_run_names_hosts() -> None:
    verdicts = _run(a=FAILS, b=UNSEEN)
    result = decide_run(verdicts, limit=read_limit(0), fail_on={"fail"}, fail_on_drift=())
    assert result["reasons"] == ["a: 2 fail", "b: not assessed: unreachable: refused"]
