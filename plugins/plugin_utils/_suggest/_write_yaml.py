# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write YAML that a person goes on with: comments, short lists on one line, quotes only where they are needed."""

from __future__ import annotations

import json
import re
import typing as t

# Nothing in YAML 1.1 reads these as anything but text, once the words below are out.
_PLAIN = re.compile(r"[A-Za-z/][A-Za-z0-9_./-]*\Z")
_WIDE = re.compile("([\U00010000-\U0010ffff])")  # JSON escapes them as two halves, YAML takes those for two characters
_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})


def scalar(value: str | int) -> str:
    """One value. JSON's strings are YAML's double-quoted ones (YAML 1.2, section 1.3)."""
    if isinstance(value, int):
        return str(value)
    if _PLAIN.match(value) and value.lower() not in _WORDS:
        return value
    parts = (rf"\U{ord(part):08x}" if _WIDE.match(part) else json.dumps(part)[1:-1] for part in _WIDE.split(value))
    # Rules stand in reports too, and not every reader of Markdown knows where a block of code ends.
    return f'"{"".join(parts)}"'.replace("<", r"\u003c").replace(">", r"\u003e")


def flow(values: t.Sequence[str | int]) -> str:
    """One value by itself, several in brackets."""
    texts = [scalar(value) for value in values]
    return texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"


def mapping(pairs: t.Iterable[tuple[str, t.Sequence[str | int]]]) -> str:
    """``{exe: /usr/sbin/sshd, user: root}``; keys without values are left out."""
    return "{" + ", ".join(f"{key}: {flow(values)}" for key, values in pairs if values) + "}"


def sequence(values: t.Sequence[str | int]) -> str:
    """A list, also of one."""
    return f"[{', '.join(scalar(value) for value in values)}]"


def comment(text: str) -> str:
    """A comment on one line, whatever a process called itself."""
    return "# " + "".join(char if char.isprintable() else "?" for char in text)
