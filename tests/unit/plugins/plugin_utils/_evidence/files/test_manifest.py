# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The manifest tells altered, missing and extra files, as coreutils does and beyond."""

from __future__ import annotations

import os
import pathlib
import subprocess

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence._evidence_errors import EvidenceError
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.files._manifest import Changes, verify
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.files._run_directory import RunDirectory


@pytest.fixture
def folder(tmp_path: pathlib.Path) -> pathlib.Path:
    run = RunDirectory(str(tmp_path / "out"), "20261122T000000Z-abcdef")
    for host in ("a", "B", "../x"):
        run.write_evidence({"evidence_version": 1, "run": {}, "host": {"name": host}})
    run.write_text("fine", name="report.md")
    run.finish({}, name="run.json")
    return pathlib.Path(run.path)


def _sha256sum(folder: pathlib.Path) -> int:
    command = ["sha256sum", "--strict", "--check", "--quiet", "SHA256SUMS"]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode


def test_nothing_has_changed(folder: pathlib.Path) -> None:
    assert verify(str(folder)) == Changes()
    assert not verify(str(folder))
    assert _sha256sum(folder) == 0


def test_altered(folder: pathlib.Path) -> None:
    (folder / "evidence" / "a.json").write_text("{}")
    assert verify(str(folder)) == Changes(altered=("evidence/a.json",))
    assert _sha256sum(folder) != 0


def test_missing(folder: pathlib.Path) -> None:
    (folder / "report.md").unlink()
    assert verify(str(folder)) == Changes(missing=("report.md",))
    assert _sha256sum(folder) != 0


def test_extra(folder: pathlib.Path) -> None:
    (folder / "evidence" / "b.json").write_text("{}")
    assert verify(str(folder)) == Changes(extra=("evidence/b.json",))
    assert _sha256sum(folder) == 0  # which is why verify() exists


def test_all_at_once_in_one_sentence(folder: pathlib.Path) -> None:
    (folder / "report.md").write_text("other")
    os.rename(folder / "evidence" / "a.json", folder / "evidence" / "c.json")
    said = "altered: report.md; missing: evidence/a.json; extra: evidence/c.json"
    assert str(verify(str(folder))) == said


def test_many_names_are_counted() -> None:
    assert str(Changes(extra=tuple("abcdefg"))) == "extra: a, b, c, d, e and 2 more"


def test_a_signature_beside_it_is_not_extra(folder: pathlib.Path) -> None:
    (folder / "SHA256SUMS.asc").write_text("signed")
    assert not verify(str(folder))


@pytest.mark.parametrize("content", [b"nonsense\n", b"\xff\xfe\n", b"0" * 64 + b" *name\n"])
def test_a_manifest_that_is_none(folder: pathlib.Path, content: bytes) -> None:
    (folder / "SHA256SUMS").write_bytes(content)
    with pytest.raises(EvidenceError, match="SHA256SUMS"):
        verify(str(folder))


def test_a_run_without_a_manifest_has_nothing_to_compare_with(tmp_path: pathlib.Path) -> None:
    assert RunDirectory(str(tmp_path), "r").changes() is None
