# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Globs of a policy, compiled once and asked many times."""

from __future__ import annotations

import fnmatch
import re
import typing as t

# Names of processes are chosen by whoever runs them: what is remembered has to end somewhere.
_REMEMBERED = 4096

_SPECIAL = re.compile(r"[*?\[]")


class Globs:
    """Patterns of which one must match, as ``fnmatch.fnmatchcase`` does it; remembers its answers."""

    def __init__(self, patterns: t.Iterable[str]) -> None:
        patterns = tuple(patterns)
        self._literal = frozenset(pattern for pattern in patterns if not _SPECIAL.search(pattern))
        globs = [fnmatch.translate(pattern) for pattern in patterns if pattern not in self._literal]
        self._match = re.compile("|".join(globs)).match if globs else None
        self._known: dict[str, bool] = {}

    def __call__(self, text: str) -> bool:
        """Whether one of the patterns matches all of ``text``."""
        if text in self._literal:
            return True
        if self._match is None:
            return False
        answer = self._known.get(text)
        if answer is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            answer = self._known[text] = self._match(text) is not None
        return answer
