# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is written takes the place of a file, and of nothing else."""

from __future__ import annotations

import os
import pathlib
import stat
import time

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence._evidence_errors import EvidenceError
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.files import _atomic_files


def test_a_pipe_is_not_replaced(tmp_path: pathlib.Path) -> None:
    pipe, link = tmp_path / "pipe", tmp_path / "link"
    os.mkfifo(pipe)
    link.symlink_to(pipe)
    for path in (pipe, link):
        with pytest.raises(EvidenceError, match="not a regular file"):
            _atomic_files.write_text(str(path), "x")
    assert stat.S_ISFIFO(os.lstat(pipe).st_mode)
    assert sorted(tmp_path.iterdir()) == [link, pipe]


@pytest.mark.parametrize("path", ["/dev/stdout", "/dev/fd/0", "/dev/null", "/proc/self/fd/0"])
def test_a_device_is_not_replaced(path: str) -> None:
    """Asked without writing: on a machine where it was, nothing could be printed any more."""
    with pytest.raises(OSError, match="not a regular file"):
        _atomic_files.refuse_device(path)


def test_files_and_links_to_them_are_replaced(tmp_path: pathlib.Path) -> None:
    there, link, gone = tmp_path / "there", tmp_path / "link", tmp_path / "gone"
    there.write_text("before")
    link.symlink_to(there)
    gone.symlink_to(tmp_path / "nowhere")
    for path in (there, link, gone, tmp_path / "new"):
        _atomic_files.write_text(str(path), "x")
        assert path.read_text() == "x"
        assert not path.is_symlink()


NO_PATHS = {
    "a character that no name has": ("a\x00b", "a file name cannot contain"),
    "longer than a path can be": ("x/" * 3000, "too long"),
    "a name that is too long": ("x" * 300, "too long"),
}


@pytest.mark.parametrize("case", NO_PATHS)
def test_what_is_no_path(tmp_path: pathlib.Path, case: str) -> None:
    """One error, and no folder is made on the way."""
    name, said = NO_PATHS[case]
    with pytest.raises(EvidenceError, match=said):
        _atomic_files.make_private_directory(f"{tmp_path}/{name}")
    with pytest.raises(EvidenceError, match=said):
        _atomic_files.write_text(f"{tmp_path}/{name}", "x")
    assert list(tmp_path.iterdir()) == []


def test_folders_are_made_with_the_parents_they_lack(tmp_path: pathlib.Path) -> None:
    _atomic_files.make_private_directory(f"{tmp_path}/a/b/c")
    _atomic_files.make_private_directory(f"{tmp_path}/a/b/c")
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "a", tmp_path / "a/b", tmp_path / "a/b/c")]
    assert modes == [0o700] * 3
    (tmp_path / "file").write_text("")
    with pytest.raises(EvidenceError, match="cannot create the directory"):
        _atomic_files.make_private_directory(f"{tmp_path}/file/a")


def test_a_key_that_occurs_twice_is_found_in_time_in_proportion() -> None:
    keys = ", ".join(f'"{number}": 0' for number in (*range(30_000), 7))
    begun = time.process_time()
    with pytest.raises(EvidenceError, match="the key '7' occurs twice"):
        _atomic_files.parse(f"{{{keys}}}".encode(), name="x")
    assert time.process_time() - begun < 2
