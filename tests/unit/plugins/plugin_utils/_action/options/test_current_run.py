# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The run that is open: what is kept of it for the tasks after."""

from __future__ import annotations

import datetime
import pathlib
import typing as t

import pytest
from ansible import constants as C
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action.options._current_run import (
    CurrentRun,
    current,
    gate_asked,
    remember,
    unasked,
)


@pytest.fixture(autouse=True)
def _private(monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path) -> None:
    monkeypatch.setattr(C, "DEFAULT_LOCAL_TMP", str(tmp_path))


def test_no_run() -> None:
    assert current() is None


def test_the_last_one_that_was_opened() -> None:
    remember(CurrentRun("/srv/out", "first", {}, False))
    run = CurrentRun("/srv/out", "second", {"fail_on": ["fail"]}, True)
    remember(run)
    assert current() == run


def test_a_date_of_yaml_is_kept_as_text() -> None:
    remember(CurrentRun("/srv/out", "x", {"as_of": datetime.date(2026, 11, 29)}, True))
    assert current() == CurrentRun("/srv/out", "x", {"as_of": "2026-11-29"}, True)


@pytest.mark.parametrize(
    ("options", "on"),
    [
        pytest.param({"fail_on": ["fail"]}, True, id="verdicts"),
        pytest.param({"fail_on_drift": ["opened"]}, True, id="drift"),
        pytest.param({"fail_on": [], "fail_on_drift": ["opened"]}, True, id="drift alone"),
        pytest.param({"fail_on": [], "fail_on_drift": []}, False, id="neither"),
        pytest.param({}, False, id="none asked for"),
    ],
)
def test_whether_the_gate_is_on(options: dict[str, t.Any], on: bool) -> None:
    assert CurrentRun("/srv/out", "x", options, True).gate_on is on


def _opened(run_id: str, *fail_on: str) -> CurrentRun:
    run = CurrentRun("/srv/out", run_id, {"fail_on": list(fail_on)}, True)
    remember(run)
    return run


def test_a_gate_is_unasked_until_somebody_asks_it() -> None:
    assert unasked() is None
    first = _opened("first", "fail")
    assert unasked() == first
    gate_asked(first)
    assert unasked() is None
    second = _opened("second", "fail")
    assert unasked() == second  # the first was asked, this one was not


def test_a_run_without_a_gate_has_none_to_ask() -> None:
    _opened("first")
    assert unasked() is None
