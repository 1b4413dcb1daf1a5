# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text that attackers choose (process names, paths) made fit to be shown."""

from __future__ import annotations

import re

# C0 and C1 controls, DEL, line and paragraph separators, bidi controls (CVE-2021-42574), zero-width and byte order
# marks, what is no character (XML 1.0 has no U+FFFE), and lone surrogates (bytes that were no UTF-8): they drive
# terminals, reorder text or cannot be written at all.
_UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\uffff\ud800-\udfff]")
_BREAKS = re.compile("[ \t\r\n\v\f]*[\t\r\n\v\f][ \t\r\n\v\f]*")


def printable(text: str) -> str:
    """One line of it: white space becomes a space, what must not reach a screen becomes its ``\\x1b`` escape."""
    if text.isascii() and text.isprintable():
        return text
    return _UNFIT.sub(_escape, _BREAKS.sub(" ", text))


def count(number: int, noun: str) -> str:
    """``1 host``, ``2 hosts``, ``10,000 hosts``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _escape(match: re.Match[str]) -> str:
    value = ord(match[0])
    return f"\\x{value:02x}" if value < 0x100 else f"\\u{value:04x}"
