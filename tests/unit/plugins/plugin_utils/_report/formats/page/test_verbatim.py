# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is to be copied out of Markdown stands in a fence that nothing in it closes."""

from __future__ import annotations

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.formats.page._verbatim import fenced


@pytest.mark.parametrize(
    ("lines", "fence"),
    [
        pytest.param(["a"], "```", id="plain"),
        pytest.param(["a ` b"], "```", id="a tick"),
        pytest.param(["```"], "````", id="a fence"),
        pytest.param(["x", "`````"], "``````", id="a long fence"),
    ],
)
def test_the_fence_is_longer_than_any_in_it(lines, fence):
    assert fenced(lines, "yaml").splitlines() == [f"{fence}yaml", *lines, fence]


def test_a_line_break_in_a_line_opens_no_line():
    assert fenced("a\n```\nb", "sh").splitlines() == ["````sh", "a ``` b", "````"]
