# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tasks over stored runs: what each returns, writes and refuses."""

from __future__ import annotations

import datetime
import json
import pathlib
import typing as t

import pytest
from ansible_collections.fleetports.compliance.tests.unit.factories.actions import Play
from ansible_collections.fleetports.compliance.tests.unit.factories.listeners import APP, listener
from ansible_collections.fleetports.compliance.tests.unit.factories.policies import NONE, SSH, loaded
from ansible_collections.fleetports.compliance.tests.unit.factories.runs import FIRST, SECOND, StoredRun, run_of

RUNS = pathlib.Path("runs")


@pytest.fixture
def runs(play: Play) -> list[str]:
    """``b`` listens on 8081/tcp in the second run."""
    first = run_of(RUNS, FIRST, {"a": [listener()], "b": [listener()]}, absent=())
    return [first, run_of(RUNS, SECOND, {"a": [listener()], "b": [listener(), APP]}, absent=())]


def test_drift(play: Play, runs: list[str]) -> None:
    options = {"before": runs[:1], "after": runs[1:], "verify": False}
    result = play.task("port_audit_drift", dest="drift.json", **options)
    assert (result["compared"], result["kinds"]["opened"], result.get("failed")) == (2, 1, None)
    assert (result["verified"], len(result["warnings"])) == (False, 1)
    written = json.loads(pathlib.Path(result["path"]).read_text())
    assert written == {key: result[key] for key in written}
    stopped = play.task("port_audit_drift", fail_on=["opened"], **options)
    assert (stopped["failed"], stopped["msg"].splitlines()[0]) == (True, "drift: 1 opened")
    assert not play.task("port_audit_drift", fail_on=["closed"], **options).get("failed")


def test_replay(play: Play, runs: list[str]) -> None:
    options = {"evidence": runs[1:], "verify": False}
    result = play.task("port_audit_replay", policy=NONE, dest="out", **options)
    assert (result["hosts"], result["changes"]) == ({"judged": 2, "changed": 2, "unseen": 0}, 2)
    assert result["into"]["fail"] == {"listeners": 2, "hosts": 2}
    written = json.loads(pathlib.Path(result["files"]["summary"]).read_text())
    assert (written["changes"], written["verified"], written["policy"]["name"]) == (2, False, "none")
    assert len(pathlib.Path(result["files"]["changes"]).read_text().splitlines()) == 2
    stopped = play.task("port_audit_replay", policy=NONE, fail_on=["fail"], **options)
    assert (stopped["failed"], stopped["files"]) == (True, {})
    assert stopped["msg"].startswith("The policy would turn 2 to fail on 2 hosts.")
    same = play.task("port_audit_replay", policy=NONE, against=NONE, as_of="2027-01-01", **options)
    assert same["changes"] == 0


def test_suggested_rules(play: Play, runs: list[str]) -> None:
    result = play.task("port_audit_suggest", evidence=runs[1:], verify=False, name="mine", dest="p.yml")
    assert (result["changed"], result["hosts"], result["without_evidence"]) == (True, 2, [])
    policy = loaded(result["path"])
    assert (policy.name, len(policy.rules), policy.waivers) == ("mine", result["rules"], ())
    again = play.task("port_audit_suggest", evidence=runs[1:], verify=False, dest="p.yml")
    assert (again["failed"], "already exists" in again["msg"]) == (True, True)
    assert play.task("port_audit_suggest", evidence=runs[1:], verify=False, dest="p.yml", force=True)["changed"]


def test_suggested_waivers(play: Play, runs: list[str]) -> None:
    terms = {"owner": "platform", "expires": _in_a_month(), "suggest_as": "waivers"}
    result = play.task("port_audit_suggest", evidence=runs[1:], verify=False, dest="w.yml", **terms)
    policy = loaded(result["path"])
    assert (policy.rules, len(policy.waivers)) == ((), result["waivers"])
    assert result["covered"] == {"unlisted-listener": 3}
    assert f"until {terms['expires']}" in result["summary"]


def test_baseline(play: Play, runs: list[str]) -> None:
    terms = {"owner": "platform", "expires": _in_a_month()}
    result = play.task("port_audit_baseline", policy=SSH, evidence=runs[1:], verify=False, dest="b.yml", **terms)
    (waiver,) = loaded(result["path"]).waivers
    assert (waiver.approved_by, waiver.applies_to.hosts, result["covered"]) == (
        "platform",
        ("b",),
        {"unlisted-listener": 1},
    )
    assert loaded(result["path"]).name == "ssh-baseline"


def _in_a_month() -> str:
    return str(datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=30))


def test_merge(play: Play) -> None:
    parts = [StoredRun(RUNS, 1, {"a": 22}), StoredRun(RUNS, 0, {"b": 81}, suffix="bbbbbb")]
    result = play.task("port_audit_merge", runs=[str(RUNS)], max_evidence_age="any", as_of="2026-11-22")
    assert (result["hosts"], result["with_evidence"], result["left_out"]) == (2, 2, 0)
    assert {run["id"] for run in result["runs"]} == {part.id for part in parts}
    report = play.task("port_audit_report", formats=["json"])
    assert (report["hosts"]["pass"], report["hosts"]["fail"], report["run_id"]) == (1, 1, result["run_id"])
    again = play.task("port_audit_merge", runs=[str(RUNS)], max_evidence_age="any")
    assert (again["failed"], "has already begun" in again["msg"]) == (True, True)


REFUSED = [
    pytest.param("port_audit_drift", {"before": ["gone"]}, "gone", id="drift: an absent run"),
    pytest.param("port_audit_drift", {}, "before", id="drift: no earlier run"),
    pytest.param("port_audit_replay", {}, "policy: required", id="replay: no policy"),
    pytest.param("port_audit_replay", {"policy": SSH, "evidence": ["gone"]}, "gone", id="replay: an absent run"),
    pytest.param("port_audit_replay", {"policy": SSH, "as_of": "soon"}, "as_of: 'soon'", id="replay: no time"),
    pytest.param("port_audit_suggest", {"evidence": ["gone"]}, "gone", id="suggest: an absent run"),
    pytest.param(
        "port_audit_suggest",
        {"evidence": [str(RUNS)], "owner": "x", "verify": False},
        "owner: is only for waivers",
        id="suggest: an owner of rules",
    ),
    pytest.param(
        "port_audit_suggest",
        {"evidence": [str(RUNS)], "suggest_as": "waivers", "verify": False},
        "owner: required",
        id="suggest: nobody answers",
    ),
    pytest.param(
        "port_audit_baseline", {"owner": "x", "expires": "soon"}, "policy: required", id="baseline: no policy"
    ),
    pytest.param("port_audit_merge", {"runs": ["gone"]}, "gone", id="merge: an absent run"),
    pytest.param("port_audit_merge", {"runs": [str(RUNS)], "max_evidence_age": "x"}, "max_evidence_age", id="no age"),
]


@pytest.mark.parametrize(("action", "options", "said"), REFUSED)
def test_what_cannot_be_done_is_refused(play: Play, action: str, options: dict[str, t.Any], said: str) -> None:
    StoredRun(RUNS, 1, {"a": 22})
    (RUNS / "latest").symlink_to(next(RUNS.iterdir()).name)
    result = play.task(action, **options)
    assert (result["failed"], said in result["msg"]) == (True, True), result["msg"]
