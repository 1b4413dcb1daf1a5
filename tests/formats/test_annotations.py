# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Annotations of GitHub and GitLab, and a step's summary: golden files, and what no name may do to them.

GOLDEN=write make formats writes the golden files anew; read the difference before you keep it.
"""

from __future__ import annotations

import json
import os
import pathlib
import re
from html import unescape

import cmarkgfm
import fleets
import markdown_it
import pytest
from cmarkgfm.cmark import Options

GOLDEN = pathlib.Path(__file__).with_name("golden")
FORMATS = ("github", "gitlab", "step-summary", "console")
_COMMAND = re.compile(r"::(error|warning|notice) ([^:]*)::(.*)")
_SEVERITIES = {"info", "minor", "major", "critical", "blocker"}


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("name", ["small", "empty", "hostile"])
def test_golden(report, name, format):
    path = GOLDEN / f"{name}-{format}.golden"
    if os.environ.get("GOLDEN") == "write":
        path.parent.mkdir(exist_ok=True)
        path.write_text(report(name, format), encoding="utf-8")
    assert report(name, format) == path.read_text(encoding="utf-8")


def test_every_line_is_one_command(fleet, report):
    lines = report(fleet, "github").splitlines()
    matches = [_COMMAND.fullmatch(line) for line in lines]
    assert all(matches)
    levels = [match[1] for match in matches if match]
    assert max((levels.count(level) for level in set(levels)), default=0) <= 10


def test_what_github_would_drop_is_counted(report):
    assert "::notice title=port audit::9,990 more rows: see the report" in report("many", "github")


def test_gitlab_gets_a_list_of_distinct_problems(fleet, report):
    entries = json.loads(report(fleet, "gitlab"))
    assert len({entry["fingerprint"] for entry in entries}) == len(entries) <= 5001
    for entry in entries:
        assert set(entry) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert entry["severity"] in _SEVERITIES
        assert entry["location"]["lines"]["begin"] >= 1
        assert "\n" not in entry["description"]


def test_a_summary_is_small_and_holds_no_html(fleet, report):
    text = report(fleet, "step-summary")
    assert len(text.encode()) < 1 << 20  # GitHub's limit for a step
    html = markdown_it.MarkdownIt("commonmark", {"html": True}).enable("table").render(text)
    assert "<script" not in html
    assert "<a " not in html


@pytest.mark.parametrize("format", ["markdown", "step-summary"])
def test_githubs_renderer_makes_nothing_of_a_name(fleet, report, format):
    """No link, picture or HTML, and no plain text that a platform takes for a mention or a reference."""
    html = cmarkgfm.github_flavored_markdown_to_html(report(fleet, format), Options.CMARK_OPT_UNSAFE)
    assert not re.search(r"<(?:a|img|script|style|iframe|!--)\b", html)
    for text in re.split(r"<[^>]*>", re.sub(r"<code>.*?</code>", "<code>", html, flags=re.DOTALL)):
        assert not re.search(
            r"@\w|[#!&]\d|(?<!http)(?<!https)(?<!ftp)(?<=\w)://|mailto:", unescape(text), re.IGNORECASE
        ), text


def test_the_renderer_would():
    """What an entity hides from the source is there in the page again."""
    html = cmarkgfm.github_flavored_markdown_to_html("user&#64;example.org http://h")
    assert html.count("<a ") == 2


def test_no_control_character_is_left(fleet, report):
    for format in ("github", "gitlab", "step-summary"):
        assert all(character.isprintable() or character == "\n" for character in report(fleet, format))


def test_nobody_is_a_problem(report):
    assert report("empty", "github").startswith("::warning ")
    assert fleets.model("empty").summary.verdict == "unverified"
