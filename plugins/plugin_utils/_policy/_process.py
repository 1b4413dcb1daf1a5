# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Conditions on a process that no process can ever meet."""

from __future__ import annotations

from ._words import found

LITERALS = ("name", "exe", "unit")  # the fields in which a literal can be wrong
_COMM = 15  # TASK_COMM_LEN is 16 with the final NUL: include/linux/sched.h
_GLOB = frozenset("*?[")


def process_problem(field: str, glob: str) -> str | None:
    """The message about a literal that can never be true, or None. A glob is left to its author."""
    if _GLOB.intersection(glob):
        return None
    if field == "name" and len(glob.encode()) > _COMM:
        short = glob.encode()[:_COMM].decode(errors="ignore")
        return f"the kernel keeps {_COMM} bytes of a name, found {found(glob)}, did you mean {short}, or exe?"
    if field == "exe" and not glob.startswith("/"):
        return f"the path of an executable starts with a slash, found {found(glob)}, did you mean */{glob}?"
    if field == "unit" and "." not in glob:
        return f"the name of a unit has a suffix, found {found(glob)}, did you mean {glob}.service?"
    return None
