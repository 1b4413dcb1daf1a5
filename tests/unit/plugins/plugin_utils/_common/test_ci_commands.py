# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Workflow commands: no text becomes another property or another line."""

from __future__ import annotations

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._common._ci_commands import workflow_command


@pytest.mark.parametrize(
    ("properties", "message", "line"),
    [
        pytest.param({"file": "p.yml", "line": 4}, "text", "::error file=p.yml,line=4::text", id="plain"),
        pytest.param({"file": "p.yml", "line": None}, "text", "::error file=p.yml::text", id="left out"),
        pytest.param({"file": "a,line=9"}, "x", "::error file=a%2Cline=9::x", id="a comma"),
        pytest.param({"title": "a::x"}, "b::c", "::error title=a%3A%3Ax::b::c", id="colons"),
        pytest.param({"title": "a%0A"}, "b%0A", "::error title=a%250A::b%250A", id="per cent"),
        pytest.param({"title": "a\r\nb"}, "c\r\nd", "::error title=a%0D%0Ab::c%0D%0Ad", id="line breaks"),
    ],
)
def test_a_command(properties: dict[str, str | int | None], message: str, line: str) -> None:
    assert workflow_command("error", properties, message) == line
