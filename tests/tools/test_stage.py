# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The copy that is built, linted and tested holds the project's own files and nothing else."""

from __future__ import annotations

import pathlib
import subprocess

import pytest
import stage


@pytest.fixture
def project(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    root = tmp_path / "project"
    for name in ("kept.txt", "folder/deep.txt", "ignored.log", ".venv/bin/python", ".hidden.yml"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)
    (root / ".gitignore").write_text("*.log\n/.venv/\n/copy/\n")
    monkeypatch.setattr(stage, "ROOT", root)
    return root


def staged(project: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> tuple[set[str], str]:
    """Stage; returns the names in the copy, and the hash."""
    copy = project / "copy"
    stage.main(copy)
    files = {path.relative_to(copy) for path in copy.rglob("*") if path.is_file()}
    return {str(name) for name in files if name.parts[0] != ".git"}, capsys.readouterr().out.strip()


def git(project: pathlib.Path) -> None:
    subprocess.run(["git", "init", "-q", str(project)], check=True)


def test_what_git_ignores_stays_out(project: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    git(project)
    assert staged(project, capsys)[0] == {"kept.txt", "folder/deep.txt", ".gitignore", ".hidden.yml"}


def test_without_git_hidden_folders_stay_out(
    project: pathlib.Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    names = staged(project, capsys)[0]
    assert {"kept.txt", "folder/deep.txt"} <= names
    assert ".venv/bin/python" not in names


def test_what_is_gone_goes_and_results_of_tests_stay(project: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    git(project)
    staged(project, capsys)
    (project / "folder" / "deep.txt").unlink()
    (project / "copy" / "tests" / "output").mkdir(parents=True)
    (project / "copy" / "tests" / "output" / "kept.xml").touch()
    names, _hash = staged(project, capsys)
    assert names == {"kept.txt", ".gitignore", ".hidden.yml", "tests/output/kept.xml"}
    assert not (project / "copy" / "folder").exists()


@pytest.mark.parametrize(
    ("change", "same"),
    [
        pytest.param(lambda root: (root / "ignored.log").write_text("new"), True, id="an ignored file"),
        pytest.param(lambda root: (root / "kept.txt").write_text("new"), False, id="content"),
        pytest.param(lambda root: (root / "kept.txt").chmod(0o755), False, id="run bit"),
        pytest.param(lambda root: (root / "kept.txt").rename(root / "other.txt"), False, id="name"),
    ],
)
def test_the_hash_tells_what_changed(
    project: pathlib.Path, capsys: pytest.CaptureFixture[str], change: object, same: bool
) -> None:
    git(project)
    before = staged(project, capsys)[1]
    assert callable(change)
    change(project)
    assert (staged(project, capsys)[1] == before) is same
