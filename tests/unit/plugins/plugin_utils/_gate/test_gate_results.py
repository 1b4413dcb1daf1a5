# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tasks answer: for one host, and once for a whole run."""

from __future__ import annotations

import itertools
import pathlib
import typing as t

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.files._run_directory import RunDirectory
from ansible_collections.fleetports.compliance.plugins.plugin_utils._gate._decide import decide
from ansible_collections.fleetports.compliance.plugins.plugin_utils._gate._gate_results import host_result, run_result
from ansible_collections.fleetports.compliance.plugins.plugin_utils._gate._gate_rules import GateRules
from ansible_collections.fleetports.compliance.plugins.plugin_utils._gate._unreachable_limit import read_limit
from ansible_collections.fleetports.compliance.plugins.plugin_utils._gate._verdicts_file import (
    Verdicts,
    read_verdicts,
    write_verdicts,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.model._inputs import HostReport
from ansible_collections.fleetports.compliance.tests.unit.factories.gated_hosts import (
    BLIND,
    FAILS,
    SSH,
    STALE,
    UNUSED,
    WARNS,
    compared,
    host,
    unseen,
)

REPORTS = {
    "clean": host("clean", SSH),
    "fails": host("fails", SSH, FAILS),
    "warns": host("warns", SSH, WARNS),
    "little": host("little", SSH, BLIND),
    "dark": host("dark", BLIND),
    "dead": unseen("dead"),
    "broken": unseen("broken", "failed: x", unreachable=False),
}
GATE = GateRules(("fail", "policy"))


@pytest.fixture
def run(tmp_path: pathlib.Path) -> t.Callable[..., Verdicts]:
    numbers = itertools.count()

    def made(*hosts: str | HostReport, policy: t.Sequence[t.Any] = (), named: bool = True) -> Verdicts:
        directory = RunDirectory(str(tmp_path), f"run-{next(numbers)}")
        reports = [REPORTS[it] if isinstance(it, str) else it for it in hosts]
        write_verdicts(directory, decide(GateRules(("fail",), policy_named=named), reports, policy), policy)
        directory.finish({}, name="run.json")
        return read_verdicts(directory)

    return made


def _results(verdicts: Verdicts, rules: GateRules, *everybody: str) -> dict[str, dict[str, t.Any]]:
    """The first host of the play answers for the run."""
    found: dict[str, dict[str, t.Any]] = {}
    for number, name in enumerate(everybody):
        found[name] = host_result(verdicts, rules, name, play=everybody if number == 0 else None)
    return found


@pytest.mark.parametrize(
    ("host", "kind", "message"),
    [
        ("clean", None, "gate: pass"),
        ("fails", "failed", "gate: 1 fail"),
        ("warns", None, "gate: warn"),
        ("little", None, "gate: unverified; unverified findings that pass: 1"),
        ("dark", "failed", "gate: 1 unverified and none of its listeners is verified"),
        ("dead", "unreachable", "gate: not assessed: unreachable: refused"),
        ("broken", "unreachable", "gate: not assessed: failed: x"),
        ("other", "unreachable", "gate: not assessed: it is not in the report"),
    ],
)
def test_a_host(run: t.Callable[..., Verdicts], host: str, kind: str | None, message: str) -> None:
    result = _results(run(*REPORTS), GATE, *REPORTS, "other")[host]
    assert result["msg"] == message
    assert [key for key in ("failed", "unreachable") if key in result] == ([kind] if kind else [])
    assert result["gate"] == ("closed" if kind else "open")


def test_findings_about_the_policy_are_told_once(run: t.Callable[..., Verdicts]) -> None:
    verdicts = run("fails", "clean", "warns", policy=[STALE, UNUSED])
    results = _results(verdicts, GATE, "fails", "clean", "warns")
    assert {name: result["gate"] for name, result in results.items()} == {
        "fails": "closed",
        "clean": "open",
        "warns": "open",
    }
    assert results["fails"]["msg"] == "gate: 1 fail, 1 about the policy"
    assert results["fails"]["reasons"][-1] == "expired-waiver: waiver W-1 expired"
    assert _results(verdicts, GATE, "clean", "warns", "fails")["clean"]["msg"] == "gate: 1 about the policy"


def test_they_are_not_excused_with_the_host_that_answers_for_them(run: t.Callable[..., Verdicts]) -> None:
    rules = GateRules(("policy",), (), read_limit(1))
    results = _results(run("dead", "clean", policy=[STALE]), rules, "dead", "clean")
    assert (results["dead"]["msg"], results["dead"]["failed"]) == ("gate: 1 about the policy", True)
    assert results["clean"]["gate"] == "open"


@pytest.mark.parametrize(
    ("hosts", "play", "message"),
    [
        pytest.param(["clean", "warns"], ["clean"], None, id="it would have passed"),
        pytest.param(["clean", "fails"], ["clean"], "gate: hosts of the run outside this play: 1", id="it fails"),
        pytest.param(["clean", "dead"], ["clean"], "gate: hosts of the run outside this play: 1", id="not seen"),
        pytest.param(["clean"], ["clean"], None, id="all are there"),
    ],
)
def test_a_host_of_the_run_that_the_play_lacks(
    run: t.Callable[..., Verdicts], hosts: list[str], play: list[str], message: str | None
) -> None:
    result = _results(run(*hosts), GATE, *play)["clean"]
    assert result["msg"] == (message or "gate: pass")
    assert [reason.partition(":")[0] for reason in result.get("reasons", [])] == (hosts[1:] if message else [])


def test_a_host_that_left_the_play_before_the_gate(run: t.Callable[..., Verdicts]) -> None:
    result = host_result(run("clean", "fails"), GATE, "clean", play=["clean"])
    assert (result["failed"], result["reasons"]) == (True, ["fails: 1 fail"])


def test_no_host_is_failed_for_one_that_stopped_before_it(run: t.Callable[..., Verdicts]) -> None:
    results = _results(run("fails", "dead", "clean", "warns"), GATE, "fails", "dead", "clean", "warns")
    assert [name for name, result in results.items() if result["gate"] == "closed"] == ["fails", "dead"]


@pytest.mark.parametrize(
    ("hosts", "policy", "limit", "kind", "message"),
    [
        pytest.param(["clean", "warns"], [], 0, None, "gate: 2 hosts", id="open"),
        pytest.param(["clean"], [], 0, None, "gate: 1 host", id="one host"),
        pytest.param(
            ["clean", "little"],
            [],
            0,
            None,
            "gate: 2 hosts; hosts that pass with unverified findings: 1",
            id="let through",
        ),
        pytest.param(["clean", "fails"], [], 0, "failed", "gate: 1 failed", id="one fails"),
        pytest.param(["dark", "clean"], [], 0, "failed", "gate: 1 failed", id="nothing verified"),
        pytest.param(["fails", "dead"], [], 0, "unreachable", "gate: 1 not assessed, 1 failed", id="one was not seen"),
        pytest.param(
            ["clean", "dead"],
            [],
            1,
            None,
            "gate: 2 hosts; excused: 1 of 2 hosts are unreachable and the limit is 1",
            id="one is excused",
        ),
        pytest.param(["dead"], [], 1, "unreachable", "gate: 1 not assessed", id="nobody was seen"),
        pytest.param(["clean"], [STALE, UNUSED], 0, "failed", "gate: 1 about the policy", id="stale policy"),
        pytest.param([], [], 0, "failed", "gate: the run has no hosts", id="no host at all"),
    ],
)
def test_a_whole_run(  # noqa: PLR0917 - a row of the table
    run: t.Callable[..., Verdicts], hosts: list[str], policy: list[t.Any], limit: int, kind: str | None, message: str
) -> None:
    rules = GateRules(("fail", "policy"), (), read_limit(limit))
    result = run_result(run(*hosts, policy=policy), rules)
    assert (result["msg"], result["gate"]) == (message, "closed" if kind else "open")
    assert [key for key in ("failed", "unreachable") if key in result] == ([kind] if kind else [])


def test_a_whole_run_names_hosts(run: t.Callable[..., Verdicts]) -> None:
    result = run_result(run("fails", "dead", "clean"), GATE)
    assert result["reasons"] == ["fails: 1 fail", "dead: not assessed: unreachable: refused"]


def test_a_gate_needs_a_policy_that_was_named(run: t.Callable[..., Verdicts]) -> None:
    verdicts = run("clean", named=False)
    rules = GateRules(("fail",), policy_named=verdicts.policy_named)
    for result in (run_result(verdicts, rules), host_result(verdicts, rules, "clean", play=["clean"])):
        assert (result["failed"], result["gate"]) == (True, "closed")
        assert "set port_audit_policy" in result["msg"]


@pytest.mark.parametrize("fail_on", [("fail",), ("warn",), ("policy",), ("new",)])
@pytest.mark.parametrize("names", [*itertools.combinations(REPORTS, 1), *itertools.combinations(REPORTS, 2)])
def test_all_agree(run: t.Callable[..., Verdicts], names: tuple[str, ...], fail_on: tuple[str, ...]) -> None:
    """The tasks of all hosts, the task for the whole run, and the report."""
    rules = GateRules(fail_on, (), read_limit(1))
    reports = [compared(REPORTS[name], new=True) for name in names]
    verdicts = run(*reports, policy=[STALE])
    results = _results(verdicts, rules, *names)
    closed = decide(rules, reports, [STALE]).closed
    assert any(result["gate"] == "closed" for result in results.values()) is closed
    assert (run_result(verdicts, rules)["gate"] == "closed") is closed
