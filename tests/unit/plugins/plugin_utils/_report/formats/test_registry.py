# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The registry of formats against what is documented: a new row without words for it is noticed."""

from __future__ import annotations

import pathlib
import re

import pytest
from ansible_collections.fleetports.compliance.plugins.doc_fragments.run import ModuleDocFragment
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.formats._registry import DEFAULT, FORMATS

ROOT = pathlib.Path(__file__).parents[6]


def test_the_guide_lists_every_format_with_its_file() -> None:
    guide = (ROOT / "docs/reports.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `([a-z-]+)` \| `([\w.-]+)` \|", guide, re.MULTILINE))
    assert rows == {one.name: one.file for one in FORMATS.values()}


@pytest.mark.parametrize("name", FORMATS)
def test_the_option_names_every_format(name: str) -> None:
    documented = "".join(text for text in vars(ModuleDocFragment).values() if isinstance(text, str))
    assert f"V({name})" in documented


def test_what_is_written_where_no_formats_are_named() -> None:
    assert DEFAULT == ("html", "json", "markdown")


def test_what_names_the_others_is_written_after_them() -> None:
    assert [one.name for one in FORMATS.values() if one.last] == ["console"]
