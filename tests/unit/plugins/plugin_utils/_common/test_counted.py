# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Numbers in words."""

from __future__ import annotations

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._common._counted import (
    count,
    few_hosts,
    first_lines,
    some,
)


@pytest.mark.parametrize(("number", "text"), [(0, "0 hosts"), (1, "1 host"), (2, "2 hosts"), (10_000, "10,000 hosts")])
def test_a_number_has_its_noun(number: int, text: str) -> None:
    assert count(number, "host") == text


@pytest.mark.parametrize(
    ("number", "text"), [(0, ""), (1, "a"), (2, "a, a"), (3, "a, a and 1 more"), (1_202, "a, a and 1,200 more")]
)
def test_of_many_names_the_others_are_counted(number: int, text: str) -> None:
    assert some(["a"] * number, 2) == text


@pytest.mark.parametrize(
    ("names", "of", "text"),
    [
        pytest.param(["a"], None, "a", id="one"),
        pytest.param(["a", "b", "c"], None, "a, b, c", id="a few"),
        pytest.param(["a", "b", "c", "d"], None, "4 hosts", id="too many"),
        pytest.param(["a", "b", "c"], 1_000, "1,000 hosts", id="more than the names at hand"),
    ],
)
def test_a_few_hosts_are_named_and_many_are_counted(names: list[str], of: int | None, text: str) -> None:
    assert few_hosts(names, of=of) == text


def test_of_many_lines_the_others_are_counted() -> None:
    assert first_lines(["a", "b"], 2) == ["  a", "  b"]
    assert first_lines(["a", "b", "c"], 2) == ["  a", "  b", "  and 1 more"]
