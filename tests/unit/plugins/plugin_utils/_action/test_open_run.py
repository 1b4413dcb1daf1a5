# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run is opened once, with options that can all be used."""

from __future__ import annotations

import pathlib
import typing as t

import pytest
from ansible import constants as C
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action import _open_run
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action._base import TaskRefused
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action.options._current_run import (
    current,
    gate_asked,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._common._clock import RUN_ID
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence._evidence_errors import EvidenceError
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report._report_errors import FormatProblem

USABLE: dict[str, t.Any] = {
    "as_of": None,
    "controls": [],
    "evidence": [],
    "fail_on": [],
    "fail_on_drift": [],
    "formats": ["json"],
    "hazards": [],
    "max_evidence_age": None,
    "max_unreachable": 0,
    "output_dir": "port-audit",
    "output_trusted": False,
    "reference": [],
    "template_dirs": [],
    "verify": True,
}


@pytest.fixture(autouse=True)
def _private(monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path) -> None:
    monkeypatch.setattr(C, "DEFAULT_LOCAL_TMP", str(tmp_path))
    monkeypatch.chdir(tmp_path)


def test_options_that_can_be_used() -> None:
    _open_run.check_options(USABLE, run_id="x")
    _open_run.check_options({**USABLE, "as_of": "2026-11-29", "fail_on": ["warn"], "max_unreachable": "5%"}, run_id="x")


@pytest.mark.parametrize(
    ("option", "value", "error"),
    [
        pytest.param("as_of", "tomorrow", TaskRefused, id="a time that is none"),
        pytest.param("formats", ["docx"], FormatProblem, id="a format that is none"),
        pytest.param("controls", ["nonsense-1"], TaskRefused, id="a control that is none"),
        pytest.param("hazards", ["nonsense:low"], TaskRefused, id="a hazard that is none"),
        pytest.param("reference", ["/nowhere"], (TaskRefused, EvidenceError), id="a run that is none"),
        pytest.param("max_unreachable", "many", TaskRefused, id="a limit that is none"),
    ],
)
def test_an_option_fails_before_a_host_is_contacted(option: str, value: t.Any, error: t.Any) -> None:
    with pytest.raises(error):
        _open_run.check_options({**USABLE, option: value}, run_id="x")


@pytest.mark.parametrize(
    ("wanted", "named", "refused"),
    [
        pytest.param({"fail_on": ["fail"]}, False, True, id="a gate on the default"),
        pytest.param({"fail_on_drift": ["opened"]}, False, True, id="a gate on drift on the default"),
        pytest.param({"fail_on": ["fail"]}, True, False, id="a gate on a policy of theirs"),
        pytest.param({}, False, False, id="no gate"),
    ],
)
def test_a_gate_needs_a_policy(wanted: dict[str, t.Any], named: bool, refused: bool) -> None:
    arguments = {**USABLE, **wanted}
    assert _open_run.gate_on(arguments) is bool(wanted)
    if not refused:
        _open_run.check_policy_named(arguments, named=named)
        return
    with pytest.raises(TaskRefused, match="A gate needs a policy"):
        _open_run.check_policy_named(arguments, named=named)


def test_the_run_is_what_the_tasks_after_it_find(tmp_path: pathlib.Path) -> None:
    assert _open_run.next_run_id() == RUN_ID
    run = _open_run.keep_open({**USABLE, "fail_on": ["fail"], "policy": "x"}, run_id="y", policy_named=True)
    assert current() == run
    assert (run.output, run.options["output_dir"]) == (str(tmp_path / "port-audit"),) * 2
    assert (run.run_id, run.policy_named, run.options["fail_on"]) == ("y", True, ["fail"])
    assert "policy" not in run.options  # of each host
    assert _open_run.next_run_id() != RUN_ID


def test_home_is_where_a_run_can_be(monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    run = _open_run.keep_open({**USABLE, "output_dir": "~/runs"}, run_id="y", policy_named=True)
    assert run.output == str(tmp_path / "runs")


@pytest.mark.parametrize(
    ("fail_on", "asked", "refused"),
    [
        pytest.param(["fail"], False, True, id="a gate that nobody asked"),
        pytest.param(["fail"], True, False, id="a gate that was asked"),
        pytest.param([], False, False, id="no gate"),
    ],
)
def test_a_second_run_does_not_hide_the_gate_of_the_first(fail_on: list[str], asked: bool, refused: bool) -> None:
    _open_run.refuse_unasked()
    run = _open_run.keep_open({**USABLE, "fail_on": fail_on}, run_id="y", policy_named=True)
    if asked:
        gate_asked(run)
    if not refused:
        _open_run.refuse_unasked()
        return
    with pytest.raises(TaskRefused, match="The run y has a gate that port_audit_gate has not evaluated"):
        _open_run.refuse_unasked()
