# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The summary in a terminal of 80 columns."""

from __future__ import annotations

import re
import unicodedata

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def _columns(line):
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in line)


def test_it_fits(fleet, report):
    assert max(_columns(line) for line in report(fleet, "console").splitlines()) <= 80


def test_it_drives_no_terminal(fleet, report):
    assert all(character.isprintable() or character == "\n" for character in report(fleet, "console"))


def test_no_line_begins_with_a_command(fleet, report):
    """GitHub takes the start of a line for a command, behind blanks too; others do so with other words."""
    ours = re.compile(
        r"=+|(FAIL|UNVERIFIED|WARN|WAIVED|PASS|hosts|evidence|listeners|policy|registry|html|gate:|and [\d,]+) .*"
        r"|Not seen|On unassigned ports|Other findings|On the policy|Since .*|[-|] .*|[\w/(\"'<][^\s:#@%\[\]]*:?( .*)?|"
    )
    lines = report(fleet, "console").splitlines()
    assert [line for line in lines if not ours.fullmatch(line.strip())] == []


def test_no_command_is_left(fleet, report):
    for format in ("console", "github", "csv", "step-summary", "markdown", "junit"):
        assert not re.search(r"##\w*\[", report(fleet, format))


def test_colour_is_only_added(fleet, report):
    coloured = report(fleet, "console", color=True)
    assert "\x1b[" in coloured
    assert _COLOUR.sub("", coloured) == report(fleet, "console")
