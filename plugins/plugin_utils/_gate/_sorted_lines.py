# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Look a line up in a sorted file without reading the rest of it."""

from __future__ import annotations

import os
import typing as t

_BLOCK = 4096


def find_line(descriptor: int, size: int, key: bytes, *, key_of: t.Callable[[bytes], bytes]) -> bytes | None:
    """The line with this key, less its end; None where there is none. The lines are in order of their keys.

    Each step halves the part of the file where the line may start: 22 steps in four megabytes.
    """
    low, high = 0, size
    while low < high:
        middle = (low + high) // 2
        start, line = _line_from(descriptor, middle, low=low)
        found = key_of(line) if start < high else b""
        if start < high and found == key:
            return line
        if start < high and found < key:
            low = start + len(line) + 1
        else:
            high = middle
    return None


def _line_from(descriptor: int, offset: int, *, low: int) -> tuple[int, bytes]:
    """The first line that starts at ``offset`` or behind it, and where; ``low`` is a start of a line."""
    if offset > low:
        offset = _behind(descriptor, offset - 1)
    return offset, _until_end(descriptor, offset)


def _behind(descriptor: int, offset: int) -> int:
    """Where the line after the one with this byte starts."""
    return offset + len(_until_end(descriptor, offset)) + 1


def _until_end(descriptor: int, offset: int) -> bytes:
    found = b""
    while block := os.pread(descriptor, _BLOCK, offset + len(found)):
        before, end, _rest = block.partition(b"\n")
        found += before
        if end:
            break
    return found
