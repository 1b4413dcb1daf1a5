# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Identity and times of a run."""

from __future__ import annotations

import datetime
import re

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._common import _clock

UTC = datetime.UTC


def test_times_are_written_with_whole_seconds() -> None:
    zone = datetime.timezone(datetime.timedelta(hours=2))
    assert _clock.iso(datetime.datetime(26, 1, 2, 3, 4, 5, 999999, tzinfo=zone)) == "0026-01-02T01:04:05Z"


def test_the_id_sorts_by_time_and_is_not_shared() -> None:
    assert re.fullmatch(r"\d{8}T\d{6}Z-[0-9a-f]{6}", _clock.RUN_ID)
    early = _clock.new_id(datetime.datetime(2026, 9, 30, tzinfo=UTC))
    late = _clock.new_id(datetime.datetime(2026, 10, 1, tzinfo=UTC))
    assert early < late
    assert _clock.new_id(_clock.STARTED) != _clock.new_id(_clock.STARTED)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        pytest.param("2026-11-22T10:00:00Z", datetime.datetime(2026, 11, 22, 10, tzinfo=UTC), id="utc"),
        pytest.param("2026-11-22", datetime.datetime(2026, 11, 22, tzinfo=UTC), id="a date is its start"),
        pytest.param("2026-11-22T10:00:00", datetime.datetime(2026, 11, 22, 10, tzinfo=UTC), id="no zone is utc"),
        pytest.param("0001-01-01", datetime.datetime(1, 1, 1, tzinfo=UTC), id="the first of all"),
        pytest.param("9999-12-31T23:59:59", datetime.datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC), id="the last"),
        pytest.param("2026-11-22T10:00:00+02:00", datetime.datetime(2026, 11, 22, 8, tzinfo=UTC), id="other zone"),
    ],
)
def test_times_are_read_as_utc(text: str, moment: datetime.datetime) -> None:
    assert _clock.parse_iso(text) == moment
    assert _clock.parse_iso(_clock.iso(moment)) == moment


@pytest.mark.parametrize(
    "text", ["yesterday", "2026-13-01", "", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"]
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        _clock.parse_iso(text)
