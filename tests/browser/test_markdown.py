# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Markdown as a reader of it takes it: tables, links, HTML."""

from __future__ import annotations

import collections
import re

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report._build_report import ReportModel, build
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.formats.page._templates import render
from ansible_collections.fleetports.compliance.tests.browser.watched import TEMPLATES
from ansible_collections.fleetports.compliance.tests.unit.factories import sample
from ansible_collections.fleetports.compliance.tests.unit.factories.listeners import listener, owner_named
from ansible_collections.fleetports.compliance.tests.unit.factories.reports import found, host
from markdown_it import MarkdownIt

HOSTILE = (
    "<script>alert(1)</script>",
    "a|b|c",
    "```",
    "x\n\n# title",
    "[x](http://h)",
    "![x](http://h/p.png)",
    "<http://h>",
    "**b** _i_ ~~s~~",
    "&lt;b&gt;",
    "\\|",
)


def _page(model: ReportModel) -> str:
    """As GitHub does it: tables and strike-through; HTML passes, as a reader that trusts it would let it."""
    reader = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    return reader.render(render(model, format="markdown", template_dirs=[TEMPLATES]))


def _named(name: str) -> ReportModel:
    seen = listener(81, owner_named(name, f"/opt/{name}"))
    return build(sample.run(), [host("a", found(seen, "unassigned-port", "fail", f"held by {name}"))], [])


def _elements(page: str) -> dict[str, int]:
    return dict(collections.Counter(re.findall(r"<([a-z0-9]+)", page)))


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_no_name_becomes_markup(name: str) -> None:
    assert _elements(_page(_named(name))) == _elements(_page(_named("word")))


def test_what_is_shown_is_the_name() -> None:
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in _page(_named(HOSTILE[0]))
    assert "a|b|c" in _page(_named("a|b|c"))
    assert "&amp;lt;b&amp;gt;" in _page(_named("&lt;b&gt;"))


def test_the_sample_has_its_tables_and_headings() -> None:
    elements = _elements(_page(sample.model()))
    assert elements["table"] == 14
    assert elements["h1"] == 1
    assert "a" not in elements
    assert "script" not in elements
