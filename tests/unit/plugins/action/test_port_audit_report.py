# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report of a run that is open, and of one that is named: what is written, returned, and refused."""

from __future__ import annotations

import json
import pathlib
import typing as t

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._common._clock import RUN_ID
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.formats._registry import FORMATS
from ansible_collections.fleetports.compliance.tests.unit.factories.actions import Play
from ansible_collections.fleetports.compliance.tests.unit.factories.evidence import observation
from ansible_collections.fleetports.compliance.tests.unit.factories.listeners import APP, listener
from ansible_collections.fleetports.compliance.tests.unit.factories.policies import SSH
from ansible_collections.fleetports.compliance.tests.unit.factories.runs import FIRST, StoredRun, run_of

OUTPUT = pathlib.Path("port-audit")


def test_the_run_is_closed_with_its_verdicts(play: Play) -> None:
    play.answers["b"] = observation(listener(22), APP)
    play.audited(policy=SSH)
    result = play.task("port_audit_report", formats=["json"])
    assert (result["verdict"], result["hosts"]["fail"], result["hosts"]["pass"]) == ("fail", 1, 1)
    assert (result["run_id"], result["not_assessed"], result["verified"]) == (RUN_ID, {}, True)
    run = pathlib.Path(result["run_directory"])
    assert (OUTPUT / "latest").resolve() == run.resolve()
    assert json.loads((run / "run.json").read_text())["ended"] is not None
    assert (run / "summary.txt").read_text().splitlines() == result["summary"]
    assert {"verdicts.json", "SHA256SUMS", "report.json"} <= {path.name for path in run.iterdir()}


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_is_written(play: Play, name: str) -> None:
    play.answers["b"] = observation(listener(22), APP)
    play.audited(policy=SSH, formats=[name])
    result = play.task("port_audit_report")
    assert list(result["files"]) == [name]
    path = pathlib.Path(result["files"][name])
    assert path.name == FORMATS[name].file
    assert path.stat().st_size > 0


def test_a_host_that_did_not_answer_is_named(play: Play) -> None:
    play.task("port_audit_check", policy=SSH)
    play.task("port_audit", "a", policy=SSH)
    result = play.task("port_audit_report", formats=["json"])
    assert list(result["not_assessed"]) == ["b"]


def test_earlier_evidence_answers_for_a_host_that_did_not(play: Play) -> None:
    old = StoredRun(OUTPUT, 0, {"b": 22})
    play.task("port_audit_check", policy=SSH, max_evidence_age="5000d")
    play.task("port_audit", "a", policy=SSH)
    result = play.task("port_audit_report", formats=["json"])
    assert result["not_assessed"] == {}
    (host,) = (
        one
        for one in json.loads(pathlib.Path(result["files"]["json"]).read_text())["hosts"]
        if one["earlier"] is not None
    )
    assert (host["host"], host["earlier"]["run"]) == ("b", old.id)


def test_an_open_run_has_the_options_that_it_was_opened_with(play: Play) -> None:
    play.audited(policy=SSH, formats=["csv"])
    assert list(play.task("port_audit_report", formats=["json"])["files"]) == ["csv"]


def test_a_run_can_be_reported_again(play: Play) -> None:
    ended = "2026-11-22T12:00:00Z"
    run = StoredRun(OUTPUT, 0, {"a": 22}, ended=ended, suffix="ffffff")
    result = play.task("port_audit_report", run_id=run.id, formats=["json"])
    assert (result["run_id"], result["verified"], result["hosts"]["pass"]) == (run.id, True, 1)
    assert json.loads((run.path / "run.json").read_text())["ended"] == ended


@pytest.mark.parametrize(
    ("verify", "changed", "said"),
    [
        pytest.param(True, True, "Restore the run from a copy", id="altered"),
        pytest.param(False, True, "did not match its SHA256SUMS", id="altered, and used anyway"),
        pytest.param(False, False, "was not verified against its SHA256SUMS", id="not verified"),
    ],
)
def test_what_is_not_as_it_was_left_is_told(play: Play, verify: bool, changed: bool, said: str) -> None:
    run = StoredRun(OUTPUT, 0, {"a": 22}, ended="2026-11-22T12:00:00Z")
    if changed:
        run.change("a", lambda document: document.update(listeners=[]))
    result = play.task("port_audit_report", run_id=run.id, verify=verify, formats=["json"])
    assert bool(result.get("failed")) is verify
    assert said in (result["msg"] if verify else result["warnings"][0])


def test_a_run_that_was_interrupted_is_reported_until_then(play: Play) -> None:
    run = run_of(OUTPUT, FIRST, {"a": [listener()]})
    result = play.task("port_audit_report", run_id=FIRST, verify=False, formats=["json"])
    assert result["run_directory"] == str(pathlib.Path(run).resolve())
    assert any("was interrupted before its report" in warning for warning in result["warnings"])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        pytest.param({"run_id": "20200101T000000Z-aaaaaa"}, "There is no run 20200101T000000Z-aaaaaa in ", id="absent"),
        pytest.param({"run_id": "../x"}, "run_id: '../x' is a path", id="a path"),
        pytest.param({"formats": ["docx"]}, "port_audit_formats: ", id="a format that is none"),
        pytest.param({"controls": ["nonsense"]}, "port_audit_controls: ", id="a control that is none"),
        pytest.param({"fail_on": ["new"]}, "fail_on new needs an earlier run", id="nothing to compare with"),
    ],
)
def test_what_cannot_be_reported_is_refused(play: Play, options: dict[str, t.Any], said: str) -> None:
    result = play.task("port_audit_report", **options)
    assert (result["failed"], result["msg"].startswith(said)) == (True, True), result["msg"]
