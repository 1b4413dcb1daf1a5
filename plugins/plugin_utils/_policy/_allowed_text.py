# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What no text of a policy may hold: it is shown in terminals, and compared with names that cannot hold it."""

from __future__ import annotations

import re

# Controls but tab and line ends, and halves of surrogate pairs, which no encoding can write.
_NEVER = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def text_problem(text: str) -> str | None:
    """The message about a character that does not belong into a text, or None."""
    found = _NEVER.search(text)
    return f"has the character U+{ord(found[0]):04X} in it, which is not allowed in text" if found else None
