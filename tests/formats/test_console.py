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


def test_colour_is_only_added(fleet, report):
    coloured = report(fleet, "console", color=True)
    assert "\x1b[" in coloured
    assert _COLOUR.sub("", coloured) == report(fleet, "console")
