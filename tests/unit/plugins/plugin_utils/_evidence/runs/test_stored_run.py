# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs on disk: which there are, and what is no run."""

from __future__ import annotations

import pathlib

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence._evidence_errors import EvidenceError
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.runs._stored_run import (
    newest,
    open_run,
    open_runs,
    without_evidence,
)
from ansible_collections.fleetports.compliance.tests.unit.factories.listeners import APP, listener
from ansible_collections.fleetports.compliance.tests.unit.factories.runs import FIRST, SECOND, run_of


def test_the_newest_run_speaks_for_a_host(tmp_path: pathlib.Path) -> None:
    paths = [run_of(tmp_path, SECOND, {"a": [APP]}), run_of(tmp_path, FIRST, {"a": [listener()], "b": [listener()]})]
    runs = open_runs([*paths, paths[0]])
    assert [(stored.name, stored.run.run_id) for stored in newest(runs)] == [("a.json", SECOND), ("b.json", FIRST)]
    assert without_evidence(runs, newest(runs)) == ["dead"]


def test_a_run_that_was_copied_under_another_name_can_be_read(tmp_path: pathlib.Path) -> None:
    copied = pathlib.Path(run_of(tmp_path, FIRST, {"a": [listener()]})).rename(tmp_path / "copy")
    assert [stored.read()["host"]["name"] for stored in open_run(str(copied)).evidence()] == ["a"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        pytest.param("", "no directory with evidence was given", id="nothing"),
        pytest.param("gone", "it is not there", id="absent"),
        pytest.param("file", "it is a file", id="file"),
        pytest.param("empty", "neither run.json nor a run named latest", id="no run in it"),
    ],
)
def test_what_is_no_run_is_named(tmp_path: pathlib.Path, given: str, said: str) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "empty").mkdir()
    with pytest.raises(EvidenceError, match=said):
        open_run(str(tmp_path / given) if given else "")


def test_a_run_that_was_cut_off_is_named_where_there_is_no_other(tmp_path: pathlib.Path) -> None:
    run_of(tmp_path, FIRST, {"a": [listener()]})
    with pytest.raises(EvidenceError, match=f"only the run {FIRST} that did not finish a report"):
        open_run(str(tmp_path))
    run_of(tmp_path, SECOND, {"a": [listener()]})
    with pytest.raises(EvidenceError, match=f"only 2 runs, the newest {SECOND}, that did not finish a report"):
        open_run(str(tmp_path))
