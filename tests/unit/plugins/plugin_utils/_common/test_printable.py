# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What strangers wrote, as readers may see it."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._common._printable import (
    LONGEST,
    fit,
    printable,
    said,
)

SHOWN = {
    "plain": ("nginx: worker", "nginx: worker"),
    "letters of any language": ("Überwachung 端口 отчёт", "Überwachung 端口 отчёт"),
    "emoji": ("\u26a0\ufe0f", "\u26a0\ufe0f"),
    "lines": ("a\nb\r\n  c\td", "a b c d"),
    "blanks are kept": ("a  b ", "a  b "),
    "escape sequences": ("\x1b]0;owned\x07\x00", "\\x1b]0;owned\\x07\\x00"),
    "delete and C1": ("\x7f\x85\x9b31m", "\\x7f\\x85\\x9b31m"),
    "separators of lines": ("a\u2028b\u2029c", "a\\u2028b\\u2029c"),
    "bidi": ("\u202egpj.exe\u2066\u200e", "\\u202egpj.exe\\u2066\\u200e"),
    "no width": ("ss\u200bhd\u200d\u2060\ufeff\u00ad", "ss\\u200bhd\\u200d\\u2060\\ufeff\\xad"),
    "fillers": ("a\u3164b\u2800c\uffa0\u115f", "a\\u3164b\\u2800c\\uffa0\\u115f"),
    "hidden in tags": ("a\U000e0041\U000e0100", "a\\U000e0041\\U000e0100"),
    "bytes that are no UTF-8": ("byte\udcff", "byte\\udcff"),
    "no character": ("\ufffe\uffff", "\\ufffe\\uffff"),
    "other blanks": ("1\u00a0000\u3000\u2003x", "1 000  x"),
    "command of GitHub": ("::error::injected", ":\\x3aerror::injected"),
    "with properties": ("x ::add-mask a=b,c=d::***", "x :\\x3aadd-mask a=b,c=d::***"),
    "within a word": ("/srv/a::stop-commands::x", "/srv/a:\\x3astop-commands::x"),
    "after more colons": (":::error::x", "::\\x3aerror::x"),
    "two": ("::a-b::error::x", ":\\x3aa-b:\\x3aerror::x"),
    "old command of GitHub": ("x ##[error]injected", "x #\\x23[error]injected"),
    "command of Azure": ("x ##vso[task.complete result=Succeeded;]", "x #\\x23vso[task.complete result=Succeeded;]"),
    "command of TeamCity": ("##teamcity[buildStatus status='SUCCESS']", "#\\x23teamcity[buildStatus status='SUCCESS']"),
    "more signs": ("###vso[x]", "##\\x23vso[x]"),
    "hidden by what has no width": ("##\u200b[error]", "##\\u200b[error]"),
    "hidden by lines": ("#\n#[error]", "# #[error]"),
    "heading": ("## Ports", "## Ports"),
    "address": (
        "[::1]:22 and [::ffff:192.0.2.1]:22",
        "[::1]:22 and [::ffff:192.0.2.1]:22",
    ),
    "wildcards": ("::, ::", "::, ::"),
    "namespace of Perl": ("Foo::Bar", "Foo::Bar"),
}


@pytest.mark.parametrize(("text", "shown"), SHOWN.values(), ids=SHOWN)
def test_shown(text, shown):
    assert printable(text) == shown


@pytest.mark.parametrize("text", [text for text, _shown in SHOWN.values()], ids=SHOWN)
def test_it_is_shown_the_same_again(text):
    assert printable(printable(text)) == printable(text)


def test_every_character():
    """Nothing that moves a cursor, ends a line, turns the direction, or cannot be written."""
    for first in range(0, sys.maxunicode + 1, 256):
        shown = printable("".join(map(chr, range(first, first + 256))))
        assert shown.isprintable(), hex(first)
        assert not {unicodedata.category(one) for one in set(shown)} & {"Cc", "Cf", "Cs", "Zl", "Zp"}, hex(first)
        shown.encode()


@pytest.mark.parametrize("length", [LONGEST, LONGEST + 1, 10**7])
def test_what_a_host_said_ends(length):
    text = said("x" * length)
    assert len(text) == LONGEST
    assert text.endswith("…") == (length > LONGEST)


@pytest.mark.parametrize(
    ("value", "line"), [(None, "None"), (["\x1b"], "['\\x1b']"), (" \n::error::x\n", ":\\x3aerror::x")]
)
def test_what_a_host_said_is_a_line(value, line):
    assert said(value) == line


def test_every_text_of_a_value():
    value = {"a\x1b": ["\n", {"b": "\x9b"}, 1, None, True, 1.5]}
    assert fit(value) == {"a\\x1b": [" ", {"b": "\\x9b"}, 1, None, True, 1.5]}
