# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No cell is a formula, whatever separates cells, and every cell reads back."""

from __future__ import annotations

import csv
import io
import random
import time

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._judge._judgement import Finding
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report._build_report import build
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.formats import _csv
from ansible_collections.fleetports.compliance.tests.unit.factories import sample
from ansible_collections.fleetports.compliance.tests.unit.factories.reports import host

CELLS = {
    "nothing": (None, ""),
    "a number": (443, "443"),
    "words": ("approved by no rule; IANA: http", "approved by no rule; IANA: http"),
    "a path": ("/usr/sbin/sshd", "/usr/sbin/sshd"),
    "an address": ("::1", "::1"),
    "a range": ("8000-8099", "8000-8099"),
    "a formula": ("=1+1", "'=1+1"),
    "plus": ("+1", "'+1"),
    "minus": ("-1", "'-1"),
    "at": ("@SUM(A1)", "'@SUM(A1)"),
    "full width": ("\uff1d1", "'\uff1d1"),
    "another full width": ("\uff201", "'\uff201"),
    "blanks in front": ("  =1", "'  =1"),
    "other blanks in front": ("\u00a0\u3000=1", "'  =1"),
    "a tab in front": ("\t=1", "' =1"),
    "a line in front": ("\r\n=1", "' =1"),
    "DDE": ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
    "an apostrophe is doubled": ("'=1", "''=1"),
    "an apostrophe of a word too": ("'quoted'", "''quoted'"),
    "an apostrophe within": ("it's", "it's"),
    "behind a semicolon": ("a;=1", "a;'=1"),
    "behind two": ("a;;=1", "a;;'=1"),
    "behind a semicolon and blanks": ("a; -1", "a;' -1"),
    "behind a comma": ("a,@x", "a,'@x"),
    "behind a bar": ("a|+1", "a|'+1"),
    "behind a colon": ("a:=1", "a:'=1"),
    "behind a quote": ('a"=1', "a\"'=1"),
    "within quotes behind a semicolon": ('a;"=1"', "a;'\"'=1\""),
    "within quotes at the start": ('"=1"', "'\"'=1\""),
    "an apostrophe behind a semicolon": ("a;'b", "a;'b"),
    "one more behind a semicolon": ("a;'=1", "a;''=1"),
    "signs elsewhere": ("a=b-c @d", "a=b-c @d"),
}


@pytest.mark.parametrize(("value", "shown"), CELLS.values(), ids=CELLS)
def test_cell(value, shown):
    assert _csv.cell(value) == shown


def test_every_cell_reads_back():
    chance = random.Random(7)  # noqa: S311 - no secret
    for _turn in range(20_000):
        text = "".join(chance.choice("=-@';,|:\" ab") for _place in range(chance.randrange(9)))
        assert _csv.plain(_csv.cell(text)) == text


@pytest.mark.parametrize(
    "text", ['"' * 100_000, ";" * 100_000, "'\" ;" * 30_000, "=" * 100_000], ids=["q", "s", "m", "f"]
)
def test_no_text_takes_long(text):
    begun = time.process_time()
    assert _csv.plain(_csv.cell(text)) == text
    assert time.process_time() - begun < 2


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("web1", "web1"),
        ("größe", "größe"),
        ("::error::x", "':\\x3aerror::x"),
        ("##x", "'##x"),
        ("[::1]", "'[::1]"),
        ("'x", "''x"),
        ("%x", "'%x"),
    ],
)
def test_a_row_begins_with_no_command(name, shown):
    model = build(sample.run(), [host(name, findings=[Finding("missing-listener", "fail", "low", "said")])], [])
    text = "".join(_csv.render(model))
    row = list(csv.reader(io.StringIO(text)))[1]
    assert row[0] == shown
    assert text.splitlines()[1].startswith(shown)
