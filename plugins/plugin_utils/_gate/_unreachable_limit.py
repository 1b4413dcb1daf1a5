# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many hosts that cannot be reached a gate forgives: a number, or a share of those that the run was meant for."""

from __future__ import annotations

import decimal
import re
import typing as t

_LIMIT = re.compile(r"(?P<number>[0-9]{1,9}(\.[0-9]{1,3})?)(?P<percent>%?)")
_EXPECTED = "expected a count such as 2 or a share such as 5%"


class UnreachableLimit(t.NamedTuple):
    """``number`` hosts, or per cent of those expected."""

    number: decimal.Decimal = decimal.Decimal(0)
    percent: bool = False

    def __str__(self) -> str:
        return f"{self.number.normalize():f}{'%' if self.percent else ''}"

    def allowed(self, expected: int) -> int:
        """How many hosts of a run for so many. A share is rounded down: half a host is none."""
        return int(self.number * expected / 100) if self.percent else int(self.number)

    def forgiven(self, unreachable: int, *, expected: int, assessed: int) -> int:
        """How many hosts it forgives: all that could not be reached or, beyond the limit, none.

        A run that saw nobody has nothing to pass with, whatever the limit.
        """
        return unreachable if assessed and unreachable <= self.allowed(expected) else 0


NONE = UnreachableLimit()


def read_limit(value: t.Any) -> UnreachableLimit:
    """Read ``2``, ``"2"`` or ``"5%"``. Raises ValueError that says what is wrong."""
    match = _LIMIT.fullmatch(str(value).strip())
    if match is None:
        raise ValueError(f"{value!r} is not a limit: {_EXPECTED}")
    limit = UnreachableLimit(decimal.Decimal(match["number"]), bool(match["percent"]))
    if limit.percent and limit.number > 100:
        raise ValueError(f"{value!r} is more than all hosts: {_EXPECTED}")
    if not limit.percent and match[2]:
        raise ValueError(f"{value!r} is not a number of hosts: {_EXPECTED}")
    return limit
