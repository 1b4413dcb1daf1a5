# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run lets pass of hosts that do not answer, as the tasks take it."""

from __future__ import annotations

import typing as t

from .._judge._unreachable import UnreachableLimit, read_limit
from ._base import Arguments, Refused

MAX_UNREACHABLE: t.Mapping[str, t.Any] = {"max_unreachable": {"type": "raw", "default": 0}}


def unreachable_limit(arguments: Arguments) -> UnreachableLimit:
    """How many unreachable hosts the gate forgives. Raises Refused."""
    try:
        return read_limit(arguments["max_unreachable"])
    except ValueError as error:
        raise Refused(f"max_unreachable: {error}") from error
