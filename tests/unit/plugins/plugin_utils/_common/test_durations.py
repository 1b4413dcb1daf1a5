# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Durations, as they are given and as they are shown."""

from __future__ import annotations

import datetime
import typing as t

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._common._durations import age_text, read_duration


@pytest.mark.parametrize(
    ("given", "hours"), [("90m", 1.5), ("24h", 24), ("7d", 168), (" 2w ", 336), ("", None), (None, None)]
)
def test_durations(given: t.Any, hours: float | None) -> None:
    assert read_duration(given) == (None if hours is None else datetime.timedelta(hours=hours))


@pytest.mark.parametrize("given", ["24", 24, "0h", "-1h", "1.5h", "24 h", "1y", "soon", True, "1h30m", "9999999d"])
def test_what_is_no_duration_is_said(given: t.Any) -> None:
    with pytest.raises(ValueError, match="expected a number and a unit, such as 90m, 24h, 7d or 2w"):
        read_duration(given)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "less than a minute"),
        (-5, "less than a minute"),
        (59, "less than a minute"),
        (60, "1 min"),
        (3_600, "1 h 0 min"),
        (90_061, "1 d 1 h"),
        (86_400 * 40, "40 d 0 h"),
    ],
)
def test_ages(seconds: int, text: str) -> None:
    assert age_text(seconds) == text
