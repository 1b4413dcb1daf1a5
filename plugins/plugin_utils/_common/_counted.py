# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Numbers with their noun, and the first of many names with a count of the others."""

from __future__ import annotations

import typing as t

FEW = 3  # names that a line has room for


def count(number: int, noun: str) -> str:
    """``1 host``, ``2 hosts``, ``10,000 hosts``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def some(names: t.Sequence[str], limit: int) -> str:
    """``a, b, c and 1,200 more``."""
    more = len(names) - limit
    return f"{', '.join(names[:limit])}{f' and {more:,} more' if more > 0 else ''}"


def few_hosts(names: t.Sequence[str], *, of: int | None = None) -> str:
    """The names of a few hosts, of more their number. ``of``: how many there are."""
    number = len(names) if of is None else of
    return ", ".join(names) if number <= FEW else count(number, "host")


def first_lines(lines: t.Sequence[str], limit: int) -> list[str]:
    """So many indented lines, and a last one that counts the others."""
    more = [f"  and {len(lines) - limit:,} more"] if len(lines) > limit else []
    return [*(f"  {line}" for line in lines[:limit]), *more]
