# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A line is found without reading the others."""

from __future__ import annotations

import os
import pathlib
import random

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._gate._sorted_lines import find_line


def _find(path: pathlib.Path, key: bytes) -> bytes | None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return find_line(descriptor, path.stat().st_size, key, key_of=lambda line: line[:8])
    finally:
        os.close(descriptor)


@pytest.mark.parametrize("number", [0, 1, 2, 3, 7, 64, 500])
def test_every_line_is_found_and_no_other(tmp_path: pathlib.Path, number: int) -> None:
    chance = random.Random(number)  # noqa: S311 - lines, no secret
    keys = sorted({f"{chance.randrange(1 << 32):08x}".encode() for _line in range(number)})
    lines = {key: key + b"x" * chance.choice((0, 1, 200, 9000)) for key in keys}
    path = tmp_path / "lines"
    path.write_bytes(b"".join(line + b"\n" for line in lines.values()))
    assert {key: _find(path, key) for key in keys} == lines
    strange = {f"{chance.randrange(1 << 32):08x}".encode() for _line in range(200)} - lines.keys()
    assert {_find(path, key) for key in (*strange, b"00000000", b"ffffffff", b"", b"z")} == {None}


@pytest.mark.parametrize("content", [b"\n", b"\n\n\n", b"aaaaaaaa", b"aaaaaaaa\nbb", b"bbbbbbbb\naaa\n", b"\0" * 99])
def test_a_file_that_is_none_of_ours_comes_to_an_end(tmp_path: pathlib.Path, content: bytes) -> None:
    path = tmp_path / "lines"
    path.write_bytes(content)
    assert _find(path, b"cccccccc") is None


def test_few_bytes_are_read(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "lines"
    path.write_bytes(b"".join(b"%08x %s\n" % (number, b"x" * 200) for number in range(100_000)))
    seen: list[int] = []
    pread = os.pread

    def counted(descriptor: int, size: int, offset: int) -> bytes:
        seen.append(size)
        return pread(descriptor, size, offset)

    monkeypatch.setattr(os, "pread", counted)
    assert _find(path, b"%08x" % 77_777) is not None
    assert sum(seen) < 300_000 < path.stat().st_size / 50
