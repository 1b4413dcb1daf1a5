# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""YAML that a person goes on with, and that reads back as it was meant."""

from __future__ import annotations

import pytest
import yaml
from ansible_collections.fleetports.compliance.plugins.plugin_utils._suggest import _write_yaml
from ansible_collections.fleetports.compliance.plugins.plugin_utils._suggest._policy_text import Ids

TEXTS = [
    "sshd",
    "/usr/sbin/sshd",
    "no",
    "On",
    "1",
    "1.0",
    "~",
    "",
    "a: b",
    "# x",
    "- x",
    "{{ x }}",
    'q"\\',
    "ü",
    "/opt/\U0001f600x",
    "\\\U0001f600\\ud83d",
    "\x1b",
]


@pytest.mark.parametrize("text", TEXTS)
def test_text_reads_back(text: str) -> None:
    assert yaml.safe_load(_write_yaml.scalar(text)) == text
    assert yaml.safe_load(_write_yaml.sequence([text, 22])) == [text, 22]
    assert yaml.safe_load(_write_yaml.mapping([("exe", [text]), ("user", ())])) == {"exe": text}


@pytest.mark.parametrize(
    ("text", "written"), [("sshd", "sshd"), ("/a-b/c_d.e", "/a-b/c_d.e"), ("no", '"no"'), (22, "22")]
)
def test_quotes_stand_where_they_are_needed(text: str | int, written: str) -> None:
    assert _write_yaml.scalar(text) == written


def test_no_text_is_markup_where_a_report_shows_it() -> None:
    text = "</code><script>"
    written = _write_yaml.scalar(text)
    assert not set(written) & set("<>")
    assert yaml.safe_load(written) == text


def test_one_value_stands_by_itself() -> None:
    assert (_write_yaml.flow(["a"]), _write_yaml.flow(["a", "b"])) == ("a", "[a, b]")


def test_a_comment_stays_one_whatever_a_process_is_called() -> None:
    assert _write_yaml.comment("x\n- id: evil\u202e") == "# x?- id: evil?"


def test_identifiers_are_given_once() -> None:
    ids = Ids()
    assert [ids.new("web", "nginx") for _time in range(3)] == ["web-nginx", "web-nginx-2", "web-nginx-3"]
    assert (ids.new("a b", "/x"), ids.new("."), len(ids.new("x" * 200))) == ("a-b--x", "rule", 80)
