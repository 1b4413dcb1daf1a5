# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps the recorded run in docs/benchmarks.md, between its two marks."""

from __future__ import annotations

import datetime
import pathlib
import re
import textwrap
import typing as t

from .rows import Row, as_markdown
from .workspace import REPOSITORY

PAGE = REPOSITORY / "docs" / "benchmarks.md"
_BEGIN, _END = "<!-- recorded run: begin -->", "<!-- recorded run: end -->"


def write(rows: t.Sequence[Row], machine: t.Mapping[str, str], *, page: pathlib.Path = PAGE) -> None:
    """Replace what the page says of the last recorded run. Raises ValueError when its marks are gone."""
    text = page.read_text(encoding="utf-8")
    between = re.compile(re.escape(_BEGIN) + ".*" + re.escape(_END), re.DOTALL)
    if not between.search(text):
        raise ValueError(f"{page} has no place for a record: {_BEGIN} … {_END}")
    recorded = "\n\n".join((_BEGIN, _facts(machine), as_markdown(rows), _END))
    page.write_text(between.sub(lambda _: recorded, text), encoding="utf-8")


def _facts(machine: t.Mapping[str, str]) -> str:
    day = datetime.datetime.now(datetime.UTC).date()
    facts = ", ".join(f"{name} {value}" for name, value in machine.items())
    return textwrap.fill(f"Recorded on {day}, on {facts}.", 120)
