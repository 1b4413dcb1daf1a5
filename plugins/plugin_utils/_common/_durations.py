# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How old evidence is, and how old it may be: durations as people write and read them."""

from __future__ import annotations

import datetime
import re
import typing as t

_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_DURATION = re.compile(r"(?P<number>[0-9]{1,6})(?P<unit>[mhdw])")
_STEPS = (("d", 86_400), ("h", 3_600), ("min", 60))


def read_duration(value: t.Any) -> datetime.timedelta | None:
    """Read ``90m``, ``24h``, ``7d`` or ``2w``; None for an empty text. Raises ValueError that says what is wrong."""
    text = "" if value is None else str(value).strip()
    if not text:
        return None
    match = _DURATION.fullmatch(text)
    if match is None or not int(match["number"]):
        raise ValueError(f"{value!r} is not a duration: expected a number and a unit, such as 90m, 24h, 7d or 2w")
    return datetime.timedelta(**{_UNITS[match["unit"]]: int(match["number"])})


def age_text(seconds: int) -> str:
    """``3 d 4 h``, ``5 h 12 min``, ``40 min``; ``less than a minute``: its two greatest units, rounded down."""
    said: list[str] = []
    rest = max(0, seconds)
    for unit, length in _STEPS:
        number, rest = divmod(rest, length)
        if number or said:
            said.append(f"{number} {unit}")
    return " ".join(said[:2]) or "less than a minute"
