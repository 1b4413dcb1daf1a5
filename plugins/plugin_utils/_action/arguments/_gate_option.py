# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a gate stops on, as the tasks take it."""

from __future__ import annotations

import typing as t

from ..._gate._gate_rules import CHOICES, GateRules
from .._base import Arguments, TaskRefused
from ._limits import unreachable_limit

FAIL_ON: t.Mapping[str, t.Any] = {
    "fail_on": {"type": "list", "elements": "str", "choices": list(CHOICES), "default": []}
}


def gate_rules(arguments: Arguments) -> GateRules:
    """Read them. Raises Refused."""
    try:
        return GateRules(tuple(arguments["fail_on"]), tuple(arguments["fail_on_drift"]), unreachable_limit(arguments))
    except ValueError as error:
        raise TaskRefused(str(error)) from error
