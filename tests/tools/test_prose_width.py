# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prose is wrapped, so that a change of it is a change of few lines, and is read without a window as wide as a wall."""

from __future__ import annotations

import pathlib
import typing as t

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
WIDTH = 120
GENERATED = {ROOT / "docs" / "policy-reference.md"}
FILES = {
    str(path.relative_to(ROOT)): path
    for path in sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("roles/*/*.md")])
    if path not in GENERATED
}


def prose(text: str) -> t.Iterator[tuple[int, str]]:
    """Lines with their numbers, without code, tables and what has no place to break."""
    fenced = False
    for number, line in enumerate(text.splitlines(), start=1):
        if line.lstrip().startswith("```"):
            fenced = not fenced
        elif not fenced and not line.startswith("|") and len(line.split()) > 1:
            yield number, line


@pytest.mark.parametrize("name", FILES)
def test_prose_is_wrapped(name: str) -> None:
    text = FILES[name].read_text(encoding="utf-8")
    assert [number for number, line in prose(text) if len(line) > WIDTH] == []
