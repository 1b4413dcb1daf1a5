# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""File names of inventory names."""

from __future__ import annotations

import re

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.files._file_names import file_name

HOSTILE = [
    pytest.param("../x", id="parent"),
    pytest.param("/etc/passwd", id="absolute"),
    pytest.param("a/b", id="slash"),
    pytest.param("a\x00b", id="nul"),
    pytest.param(".hidden", id="dot"),
    pytest.param("..", id="dots"),
    pytest.param("é-über-ホスト", id="unicode"),
    pytest.param("h" * 300, id="300 characters"),
    pytest.param("h" * 149 + "/", id="long and unsafe"),
    pytest.param("a\nb", id="newline"),
    pytest.param("a~b", id="tilde"),
    pytest.param("DB1", id="capitals"),
    pytest.param("", id="empty"),
    pytest.param("\udcff", id="surrogate"),
    pytest.param("-rf", id="option"),
]


@pytest.mark.parametrize("name", ["web1", "web1.example.org", "10.0.0.1", "db_2-a"])
def test_a_plain_name_stays_readable(name: str) -> None:
    assert file_name(name) == f"{name}.json"


_STEMS = (
    "con",
    "prn",
    "aux",
    "nul",
    "conin$",
    "conout$",
    "com0",
    "com9",
    "lpt1",
    "com\u00b9",
    "LPT\u00b3",
    "CON",
    "Nul",
)
RESERVED = [stem + rest for stem in _STEMS for rest in ("", ".example.org", ".", " ", " .x", "..", "\n", ".\n")]


@pytest.mark.parametrize("name", RESERVED)
def test_no_name_is_a_device_on_windows(name: str) -> None:
    """What comes behind the first dot, and dots and spaces at the end, do not count there."""
    found = file_name(name).lower()
    stem = found.partition(".")[0].rstrip(" ")
    assert stem not in {"con", "prn", "aux", "nul", "conin$", "conout$"}
    assert not re.fullmatch(r"(com|lpt)[0-9\u00b9\u00b2\u00b3]", stem)
    assert not found.endswith((".", " "))


def test_reserved_names_share_no_file_either() -> None:
    names = [*RESERVED, "_nul", "_nul.example.org", "nul_", "nula", "com10", "console"]
    assert len({file_name(name).lower() for name in names}) == len(names)


@pytest.mark.parametrize("name", ["console", "com10", "nulled.example.org", "auxiliary"])
def test_a_name_that_only_begins_like_a_device_stays(name: str) -> None:
    assert file_name(name) == f"{name}.json"


@pytest.mark.parametrize("name", HOSTILE)
def test_any_name_is_one_safe_component(name: str) -> None:
    found = file_name(name)
    assert found.endswith(".json")
    assert found.isascii()
    assert "/" not in found
    assert "\x00" not in found
    assert "\n" not in found
    assert not found.startswith((".", "-"))
    assert len(found) < 200


def test_no_two_names_share_a_file_even_where_case_does_not_count() -> None:
    names = ["a/b", "a_b", "a~b", "A_B", "a\\b", "../x", ".._x", "x", "X", "h" * 300, "h" * 301, "", "_"]
    assert len({file_name(name).lower() for name in names}) == len(names)
