# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One order of verdicts, severities, reaches and ports."""

from __future__ import annotations

import random

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._judge._judgement import VERDICTS
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._policy_model import REACHES, SEVERITIES
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.text import _order
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.text._bounded_names import BoundedNames


def _shuffled(values: tuple[str, ...]) -> list[str]:
    return random.Random(7).sample(values, len(values))  # noqa: S311 - no secret


def test_the_worst_verdict_comes_first() -> None:
    assert sorted(_shuffled(VERDICTS), key=_order.verdict_rank) == ["fail", "unverified", "warn", "waived", "pass"]
    assert _order.worst(_shuffled(VERDICTS), default="pass") == "fail"
    assert _order.worst([], default="pass") == "pass"
    assert list(_order.by_verdict({"warn": 3}).items())[2:] == [("warn", 3), ("waived", 0), ("pass", 0)]


def test_the_gravest_severity_comes_first() -> None:
    assert sorted(_shuffled(SEVERITIES), key=_order.severity_rank) == ["critical", "high", "medium", "low"]


def test_the_widest_reach_counts() -> None:
    assert _order.widest(_shuffled(REACHES)) == "public"
    assert _order.widest(["host", "private"]) == "private"
    assert _order.widest([]) is None


def test_ports_are_ordered_by_their_first_number() -> None:
    ports = ["ephemeral", "8000-8099", None, "81", "443"]
    assert sorted(ports, key=_order.port_key) == ["81", "443", "8000-8099", None, "ephemeral"]


@pytest.mark.parametrize(
    ("number", "few", "shown", "more"),
    [(0, True, 0, 0), (3, True, 3, 0), (4, False, 4, 0), (60, False, 60, 0), (61, False, 60, 1)],
)
def test_a_row_never_grows_with_the_fleet(number: int, few: bool, shown: int, more: int) -> None:
    names = BoundedNames(tuple(f"h{place}" for place in range(number)))
    assert (names.total, names.few, len(names.shown), names.more) == (number, few, shown, more)
