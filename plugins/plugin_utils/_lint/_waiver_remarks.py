# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Remarks about waivers: run out, about to, or covering more than an exception should."""

from __future__ import annotations

import datetime
import typing as t

from .._policy._lifecycle import is_over, is_soon, lasts_long
from .._policy._policy_model import Waiver
from .._policy._review_mark import is_marked
from ._remark import ERROR, Remark, about

_MANY_PORTS = 1_000


def _lasting(waiver: Waiver, today: datetime.date) -> t.Iterator[Remark]:
    """Of one that is over nothing else is left to say."""
    if is_over(waiver.expires, today):
        yield about(waiver, "expired-waiver", f"expired after {waiver.expires}: renew it or remove it")
        return
    if is_soon(waiver.expires, today):
        yield about(waiver, "expiring-waiver", f"expires after {waiver.expires}")
    if lasts_long(waiver, today):
        yield about(waiver, "long-waiver", f"lasts until {waiver.expires}, more than a year")


def waiver_remarks(waiver: Waiver, *, today: datetime.date) -> t.Iterator[Remark]:
    """What is wrong with one waiver on that day."""
    yield from _lasting(waiver, today)
    match = waiver.match
    narrow = match.rules or match.address or match.process
    if not narrow and (not match.ports or sum(item.last - item.first + 1 for item in match.ports) > _MANY_PORTS):
        yield about(
            waiver, "wide-waiver", "covers more than 1,000 ports and has no condition on rule, address or process"
        )
    if "all" in waiver.applies_to.groups or "*" in waiver.applies_to.hosts:
        yield about(waiver, "wide-waiver", "applies to every host")
    for field in ("justification", "approved_by", "ticket"):
        if is_marked(getattr(waiver, field)):
            yield about(waiver, "to-review", f"still has REVIEW in {field}: decide on it", level=ERROR)
