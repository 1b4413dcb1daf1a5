# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The raw answer of a Windows host, read with care: a source that failed, or a row that is not one, is told."""

from __future__ import annotations

import typing as t

Record = t.Mapping[str, t.Any]

# What Get-NetTCPConnection and its like say when nothing matches: an empty table, and no failure.
_NOTHING_FOUND = "CmdletizationQuery_NotFound"


class WindowsAnswer:
    """What ``win_listening_sockets_info`` returned: ``raw`` and ``failed_sources``."""

    def __init__(self, result: Record) -> None:
        raw, failed = result.get("raw"), result.get("failed_sources")
        self._raw: Record = raw if isinstance(raw, dict) else {}
        self._failed: Record = failed if isinstance(failed, dict) else {}

    def failure(self, source: str) -> str | None:
        """Why a source gave nothing; None when it answered."""
        if isinstance(self._raw.get(source), list):
            return None
        error = self._failed.get(source)
        if not isinstance(error, dict):
            return "it returned no answer"
        if str(error.get("id", "")).startswith(_NOTHING_FOUND):
            return None
        return " ".join(str(error.get("message") or error.get("id") or "it returned no answer").split())[:200]

    def rows(self, source: str) -> list[Record]:
        """The rows of a source that are records."""
        found = self._raw.get(source)
        return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []

    def dropped(self, source: str) -> int:
        """How many rows of a source are no records: each may have told of something."""
        found = self._raw.get(source)
        return len(found) - len(self.rows(source)) if isinstance(found, list) else 0

    def value(self, source: str) -> t.Any:
        """The only value of a source that gives one; None when it gave none."""
        found = self._raw.get(source)
        return found[0] if isinstance(found, list) and found else None


def number(value: t.Any) -> int | None:
    """A whole number, or None."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def text(value: t.Any) -> str | None:
    """Text that says something, or None."""
    return value.strip() or None if isinstance(value, str) else None
