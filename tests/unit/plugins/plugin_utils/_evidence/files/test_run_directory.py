# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The directory of a run: atomic, private, with a manifest that coreutils can check."""

from __future__ import annotations

import os
import pathlib
import stat
import subprocess

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence._evidence_errors import EvidenceError
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.files import _atomic_files
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.files._run_directory import RunDirectory
from ansible_collections.fleetports.compliance.tests.unit.factories.evidence import RUN_ID


@pytest.fixture
def run(tmp_path: pathlib.Path) -> RunDirectory:
    return RunDirectory(str(tmp_path / "out"), RUN_ID)


def _document(host: str = "web1", **run: object) -> dict[str, object]:
    return {"evidence_version": 1, "run": run, "host": {"name": host}}


def _mode(path: str) -> int:
    return stat.S_IMODE(os.stat(path).st_mode)


def test_evidence_is_private(run: RunDirectory) -> None:
    path = run.write_evidence(_document())
    assert _mode(path) == 0o600
    assert _mode(run.path) == 0o700
    assert _mode(os.path.dirname(path)) == 0o700


def test_a_hostile_name_stays_inside_the_run(run: RunDirectory) -> None:
    path = run.write_evidence(_document("../../../x"))
    assert os.path.realpath(path).startswith(os.path.realpath(run.path) + os.sep)


def test_what_was_written_is_read_back(run: RunDirectory) -> None:
    document = _document("wéb\udcff1")
    run.write_evidence(document)
    assert [content for _name, content in run.evidence()] == [document]


def test_a_failed_write_leaves_the_old_file_and_no_other(run: RunDirectory, monkeypatch: pytest.MonkeyPatch) -> None:
    path = run.write_evidence(_document())
    before = pathlib.Path(path).read_bytes()

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(_atomic_files.os, "fsync", full)
    with pytest.raises(EvidenceError, match=r"cannot write .*web1\.json: No space left on device"):
        run.write_evidence(_document(id="other"))
    assert pathlib.Path(path).read_bytes() == before
    assert os.listdir(os.path.dirname(path)) == ["web1.json"]


def test_a_directory_that_cannot_be_made_is_named(tmp_path: pathlib.Path) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(EvidenceError, match=r"cannot create the directory .*out"):
        RunDirectory(str(tmp_path / "out"), "r").write_evidence(_document())


def test_a_torn_file_is_an_error_and_the_others_are_read(run: RunDirectory) -> None:
    run.write_evidence(_document("a"))
    torn = run.write_evidence(_document("b"))
    pathlib.Path(torn).write_text('{"evidence_version": 1, "ru')
    found = dict(run.evidence())
    assert found["a.json"] == _document("a")
    assert isinstance(found["b.json"], EvidenceError)
    assert "not complete JSON" in str(found["b.json"])


def test_the_manifest_is_checked_by_sha256sum(run: RunDirectory) -> None:
    path = run.write_evidence(_document())
    run.write_policy(lambda: "{}", sha256="ab")
    run.finish({"x": 1}, name="run.json")
    check = ["sha256sum", "--strict", "-c", "SHA256SUMS"]
    good = subprocess.run(check, cwd=run.path, capture_output=True, text=True, check=False)
    assert good.returncode == 0
    assert good.stdout.splitlines() == ["evidence/web1.json: OK", "policies/ab.json: OK", "run.json: OK"]
    pathlib.Path(path).write_text("{}")
    assert subprocess.run(check, cwd=run.path, capture_output=True, check=False).returncode == 1


def test_a_manifest_written_again_does_not_list_itself(run: RunDirectory) -> None:
    run.finish({"x": 1}, name="run.json")
    run.finish({"x": 2}, name="run.json")
    lines = pathlib.Path(run.path, "SHA256SUMS").read_text().splitlines()
    assert [line.split("  ")[1] for line in lines] == ["run.json"]


def test_latest_points_at_the_newest(run: RunDirectory) -> None:
    run.write({}, name="run.json")
    run.point_latest()
    newer = RunDirectory(run.output, "20261123T000000Z-abcdef")
    newer.write({}, name="run.json")
    newer.point_latest()
    assert os.readlink(os.path.join(run.output, "latest")) == newer.run_id
    assert sorted(os.listdir(run.output)) == [run.run_id, newer.run_id, "latest"]


def test_a_policy_is_kept_once(run: RunDirectory) -> None:
    run.write_policy(lambda: "first", sha256="ab")
    run.write_policy(lambda: "second", sha256="ab")
    assert run.policies() == {"ab": "first"}
