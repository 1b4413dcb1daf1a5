# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One order for every format: worst first, then what weighs most, then by port and name."""

from __future__ import annotations

import typing as t

from ..._judge._judgement import VERDICTS
from ..._policy._policy_model import REACHES, SEVERITIES

WORST_FIRST = tuple(reversed(VERDICTS))
FOUND = tuple(verdict for verdict in WORST_FIRST if verdict != "pass")  # those that findings have
_VERDICT = {verdict: rank for rank, verdict in enumerate(WORST_FIRST)}
_SEVERITY = {severity: rank for rank, severity in enumerate(reversed(SEVERITIES))}
_REACH = {reach: rank for rank, reach in enumerate(REACHES)}


def verdict_rank(verdict: str) -> int:
    """0 for the worst."""
    return _VERDICT[verdict]


def severity_rank(severity: str) -> int:
    """0 for the gravest."""
    return _SEVERITY[severity]


def worst(verdicts: t.Iterable[str], *, default: str) -> str:
    """The worst of them, ``default`` when there is none."""
    return min(verdicts, key=verdict_rank, default=default)


def widest(reaches: t.Iterable[str]) -> str | None:
    """The widest of them, None when there is none."""
    return max(reaches, key=_REACH.__getitem__, default=None)


def port_key(port: str | None) -> tuple[int, str]:
    """Orders port labels by their first number: ``81`` before ``8000-8099`` before ``ephemeral``."""
    first = (port or "").partition("-")[0]
    return (int(first) if first.isdigit() else 65536, port or "")


def by_verdict(counts: t.Mapping[str, int]) -> dict[str, int]:
    """Counts of all five verdicts, worst first, zeroes included."""
    return {verdict: counts.get(verdict, 0) for verdict in WORST_FIRST}
