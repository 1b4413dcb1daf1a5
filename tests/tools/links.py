# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check that what the project's Markdown points to is there: files, and headings in them.

Usage: links.py FILE...

Links that leave the project are not followed.
"""

from __future__ import annotations

import functools
import pathlib
import re
import sys
import typing as t

LINK = re.compile(r"(?<!`)\[[^\]]*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)")
HTML = re.compile(r"<(?:a|img|source)\b[^>]*?(?:href|src|srcset)=\"([^\"]+)\"")
FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`[^`\n]*`")
HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.MULTILINE)
OUTSIDE = re.compile(r"^[a-z][a-z0-9+.-]*:", re.IGNORECASE)


def prose(text: str) -> str:
    """The text without code, in which brackets mean other things."""
    return CODE.sub("", FENCE.sub("", text))


def anchor(heading: str) -> str:
    """The fragment under which GitHub and GitLab show a heading."""
    kept = re.sub(r"[^\w\- ]", "", re.sub(r"[`*]|\[|\]\([^)]*\)", "", heading).lower())
    return kept.replace(" ", "-")


@functools.cache
def anchors(path: pathlib.Path) -> frozenset[str]:
    """Every fragment that a file has, the numbered ones of repeated headings too."""
    seen: dict[str, int] = {}
    found = set()
    for heading in HEADING.findall(FENCE.sub("", path.read_text(encoding="utf-8"))):
        name = anchor(heading)
        count = seen.get(name, 0)
        seen[name] = count + 1
        found.add(f"{name}-{count}" if count else name)
    return frozenset(found)


def broken(path: pathlib.Path) -> t.Iterator[str]:
    """One line for each link of a file that leads nowhere."""
    text = prose(path.read_text(encoding="utf-8"))
    for link in [*LINK.findall(text), *HTML.findall(text)]:
        if OUTSIDE.match(link):
            continue
        name, _separator, fragment = link.partition("#")
        target = path.parent / name if name else path
        if not target.exists():
            yield f"{path}: {link}: there is no such file"
        elif fragment and target.suffix == ".md" and fragment not in anchors(target.resolve()):
            yield f"{path}: {link}: {target.name} has no such heading"


def main(names: t.Sequence[str]) -> int:
    """Print what is broken; returns the exit code."""
    lines = [line for name in names for line in broken(pathlib.Path(name))]
    print("\n".join(lines))
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
