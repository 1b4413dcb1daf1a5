# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the end of ansible-playbook says of a run whose gate no task evaluated."""

from __future__ import annotations

import pathlib

import pytest
from ansible import constants as C
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action._gate_reminder import forgotten_gate
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action.options._current_run import (
    CurrentRun,
    gate_asked,
    remember,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.files._run_directory import RunDirectory


@pytest.fixture
def local(monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path) -> pathlib.Path:
    """Where Ansible keeps what is of this process alone."""
    place = tmp_path / "local"
    place.mkdir()
    monkeypatch.setattr(C, "DEFAULT_LOCAL_TMP", str(place))
    return place


def _opened(tmp_path: pathlib.Path, *fail_on: str, reported: bool = True) -> CurrentRun:
    run = CurrentRun(str(tmp_path / "out"), "R1", {"fail_on": list(fail_on)}, True)
    remember(run)
    if reported:
        RunDirectory(run.output, run.run_id).write({}, name="verdicts.json")
    return run


def test_a_run_that_was_reported_and_not_gated(local: pathlib.Path, tmp_path: pathlib.Path) -> None:
    _opened(tmp_path, "fail")
    said = forgotten_gate()
    assert said is not None
    assert said.startswith("The gate of run R1 was set, and no task evaluated it")
    assert "fleetports.compliance.port_audit_gate" in said


def test_nothing_is_said_where_nothing_was_left_out(local: pathlib.Path, tmp_path: pathlib.Path) -> None:
    assert forgotten_gate() is None  # no run
    _opened(tmp_path)
    assert forgotten_gate() is None  # no gate
    gate_asked(_opened(tmp_path, "fail"))
    assert forgotten_gate() is None


def test_nothing_is_said_of_a_run_without_a_report(local: pathlib.Path, tmp_path: pathlib.Path) -> None:
    _opened(tmp_path, "fail", reported=False)
    assert forgotten_gate() is None


@pytest.mark.parametrize("content", ["{", "[]", "{}", '{"more": 1}'])
def test_what_cannot_be_read_does_not_end_in_a_traceback(
    local: pathlib.Path, tmp_path: pathlib.Path, content: str
) -> None:
    (local / "fleetports-run.json").write_text(content)
    assert forgotten_gate() is None
