# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many unreachable hosts a gate forgives."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._gate._unreachable_limit import read_limit


@pytest.mark.parametrize(
    ("given", "expected", "allowed", "said"),
    [
        pytest.param(0, 40, 0, "0", id="none"),
        pytest.param(2, 40, 2, "2", id="a number"),
        pytest.param("10", 40, 10, "10", id="a number as text"),
        pytest.param("5%", 40, 2, "5%", id="a share"),
        pytest.param("5%", 39, 1, "5%", id="a share is rounded down"),
        pytest.param("5%", 19, 0, "5%", id="less than a host is none"),
        pytest.param("2.5%", 40, 1, "2.5%", id="a part of a per cent"),
        pytest.param("0.1%", 1000, 1, "0.1%", id="exact, as a binary fraction is not"),
        pytest.param("100%", 3, 3, "100%", id="all"),
        pytest.param(" 5% ", 40, 2, "5%", id="blanks around it"),
    ],
)
def test_what_a_limit_allows(given: t.Any, expected: int, allowed: int, said: str) -> None:
    limit = read_limit(given)
    assert (limit.allowed(expected), str(limit)) == (allowed, said)


@pytest.mark.parametrize(
    "given", [-1, "-1", "", None, True, False, "five", "5 %", "%", "1.5", 2.5, "101%", "5%%", "1e3", [], {"a": 1}]
)
def test_what_is_no_limit_is_said(given: t.Any) -> None:
    with pytest.raises(ValueError, match="expected a count such as 2 or a share such as 5%"):
        read_limit(given)


@pytest.mark.parametrize(
    ("given", "unreachable", "expected", "assessed", "forgiven"),
    [
        pytest.param(2, 2, 40, 38, 2, id="at the limit"),
        pytest.param(2, 3, 40, 37, 0, id="beyond it none is"),
        pytest.param("100%", 2, 2, 0, 0, id="a run that saw nobody"),
        pytest.param(5, 0, 40, 40, 0, id="nobody to forgive"),
    ],
)
def test_all_are_forgiven_or_none(given: t.Any, unreachable: int, expected: int, assessed: int, forgiven: int) -> None:
    assert read_limit(given).forgiven(unreachable, expected=expected, assessed=assessed) == forgiven
