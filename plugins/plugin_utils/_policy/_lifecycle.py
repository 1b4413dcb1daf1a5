# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long exceptions and approvals last: the limits that the judge, reports, lint and baselines share. Private.

Days are those of UTC.
"""

from __future__ import annotations

import datetime

from ._policy_model import Rule, Waiver

SOON_DAYS = 30


def today(moment: datetime.datetime) -> datetime.date:
    """The day of a moment, in UTC."""
    return moment.astimezone(datetime.UTC).date()


def is_over(last: datetime.date, day: datetime.date) -> bool:
    """Whether a last day has gone by: what ends on a day holds to the end of it."""
    return day > last


def is_soon(last: datetime.date, day: datetime.date) -> bool:
    """Whether a last day that is not over is within 30 days."""
    return not is_over(last, day) and (last - day).days <= SOON_DAYS


def is_overdue(rule: Rule, day: datetime.date) -> bool:
    """Whether a review of it was due before that day."""
    return rule.approval.review_by is not None and is_over(rule.approval.review_by, day)


def lasts_long(waiver: Waiver, day: datetime.date) -> bool:
    """Whether it lasts longer than a year, from its approval or, where that has no day, from this day."""
    return is_beyond_a_year(waiver.expires, waiver.approved_on or day)


def is_beyond_a_year(last: datetime.date, start: datetime.date) -> bool:
    """A year is that of the calendar."""
    return last > year_after(start)


def year_after(day: datetime.date) -> datetime.date:
    """The same day a year on; of 29 February, 1 March. The calendar ends with the year 9999."""
    if day.year == datetime.MAXYEAR:
        return datetime.date.max
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return datetime.date(day.year + 1, 3, 1)
