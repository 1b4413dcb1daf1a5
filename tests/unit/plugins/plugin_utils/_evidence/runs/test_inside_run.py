# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing is written into a run but by the run itself."""

from __future__ import annotations

import pathlib

import pytest
from ansible_collections.fleetports.compliance.plugins.action import port_audit_drift, port_policy_check
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action.stored import _replay_runs, _suggest_policy
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence._evidence_errors import EvidenceError
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.runs._inside_run import (
    refuse_inside,
    run_around,
)


@pytest.fixture
def run(tmp_path: pathlib.Path) -> pathlib.Path:
    made = tmp_path / "out" / "20261122T000000Z-aaaaaa"
    (made / "evidence").mkdir(parents=True)
    (made / "run.json").write_text("{}")
    return made


def test_only_a_run_is_a_run(run: pathlib.Path, tmp_path: pathlib.Path) -> None:
    assert run_around(str(run / "evidence" / "x.json")) == str(run)
    assert run_around(str(run)) == str(run)
    assert run_around(str(run.parent / "x.json")) is None
    (tmp_path / "run.json").write_text("{}")  # of somebody else
    assert run_around(str(tmp_path / "x.json")) is None


def test_the_option_and_the_run_are_named(run: pathlib.Path) -> None:
    with pytest.raises(EvidenceError, match=rf"dest: .* is in the run {run.name}, and nothing"):
        refuse_inside(str(run / "drift.json"), option="dest")


def _drift(dest: str) -> None:
    arguments = {"dest": dest, "before": [], "after": [], "verify": True, "fail_on": []}
    port_audit_drift.ActionModule.perform(None, arguments, {})  # type: ignore[arg-type]


def _replay(dest: str) -> None:
    _replay_runs.Files(dest)


def _suggest(dest: str) -> None:
    _suggest_policy.keep(_suggest_policy.Written("", {}), dest=dest, force=True)


def _annotate(dest: str) -> None:
    port_policy_check._annotate({"annotations": "gitlab", "annotations_path": dest}, [])


@pytest.mark.parametrize("write", [_drift, _replay, _suggest, _annotate])
@pytest.mark.parametrize("name", ["run.json", "evidence/new.json"])
def test_no_task_writes_into_a_run(run: pathlib.Path, write, name: str) -> None:
    with pytest.raises(EvidenceError, match="nothing may replace or add files in a run"):
        write(str(run / name))
    assert (run / "run.json").read_text() == "{}"
    assert not (run / "evidence" / "new.json").exists()
