# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What people copy out of Markdown: text that stands there as it is, in a fence that nothing in it can close."""

from __future__ import annotations

import re
import typing as t

from markupsafe import Markup

from ...._common._printable import printable

_TICKS = re.compile("`+")
_LEAST = 3


def fenced(text: str | t.Sequence[str], language: str) -> Markup:
    """A block of code of one or more lines. ``language`` is ours: ``sh`` or ``yaml``."""
    lines = [printable(line) for line in ([text] if isinstance(text, str) else text)]
    longest = max((len(ticks) for line in lines for ticks in _TICKS.findall(line)), default=0)
    fence = "`" * max(_LEAST, longest + 1)
    return Markup("\n".join((f"{fence}{language}", *lines, fence)))  # nothing in a fence is markup


def autolink(url: str) -> Markup:
    """A link that is its own text. Only what was found to be fit for one (see ``_runbook_link``)."""
    return Markup(f"<{url}>")  # without brackets, quotes and white space
