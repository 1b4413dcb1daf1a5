# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The earlier run to compare with."""

from __future__ import annotations

import pathlib
import typing as t

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action.arguments._reference import reference
from ansible_collections.fleetports.compliance.tests.unit.factories.runs import FIRST, SECOND, run_of


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"fail_on": ["new"]}, "fail_on new needs an earlier run"),
        ({"fail_on_drift": ["opened"]}, "fail_on_drift needs an earlier run"),
    ],
)
def test_a_gate_that_compares_needs_something_to_compare_with(changes: dict[str, t.Any], said: str) -> None:
    with pytest.raises(Exception, match=said):
        reference({"reference": [], "fail_on": [], "fail_on_drift": [], **changes}, run_id=SECOND)


def test_a_run_is_not_compared_with_itself(tmp_path: pathlib.Path) -> None:
    given = {"reference": [run_of(tmp_path, FIRST, {"a": []})], "fail_on": ["new"], "fail_on_drift": [], "verify": True}
    with pytest.raises(Exception, match="is this run itself"):
        reference(given, run_id=FIRST)
