# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Print what the changelog says of one version: the notes of its release.

Usage: notes.py VERSION [CHANGELOG.md]
"""

from __future__ import annotations

import itertools
import pathlib
import sys
import typing as t

ANCHOR = '<a id="'


def version_of(line: str) -> str | None:
    """The version that a heading of the changelog is about; antsibull-changelog escapes its dots."""
    return line[3:].strip().replace("\\", "").removeprefix("v") if line.startswith("## ") else None


def section(text: str, version: str) -> str | None:
    """What stands below the heading of a version, or None where there is no such heading or nothing below it."""
    lines = text.splitlines()
    headings = [number for number, line in enumerate(lines) if line.startswith("## ")]
    for begin, end in itertools.pairwise([*headings, len(lines)]):
        if version_of(lines[begin]) == version:
            kept = lines[begin + 1 : end]
            # The anchor of the next heading stands before it.
            while kept and (not kept[-1].strip() or (end < len(lines) and kept[-1].startswith(ANCHOR))):
                kept.pop()
            return "\n".join(kept).strip() or None
    return None


def main(arguments: t.Sequence[str]) -> int:
    """Returns the exit code."""
    version, path = arguments[0], pathlib.Path(arguments[1] if len(arguments) > 1 else "CHANGELOG.md")
    found = section(path.read_text(encoding="utf-8"), version)
    if found is None:
        print(f"{path} has no section {version}.", file=sys.stderr)
        return 1
    print(found)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
