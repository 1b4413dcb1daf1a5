# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names that attackers choose do no harm in HTML, Markdown and terminals."""

from __future__ import annotations

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._common._counted import count
from ansible_collections.fleetports.compliance.plugins.plugin_utils._common._printable import printable
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._policy_model import SourcePlace
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.formats.page._escape import (
    for_html,
    for_markdown,
)
from markupsafe import Markup


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("nginx", "nginx", id="plain"),
        pytest.param("größe 漢字", "größe 漢字", id="letters of any script"),
        pytest.param("\x1b[31mred\x07", "\\x1b[31mred\\x07", id="terminal sequences"),
        pytest.param("\x9b31m\x7f", "\\x9b31m\\x7f", id="C1 controls and DEL"),
        pytest.param("a\r\n\tb", "a b", id="lines become one"),
        pytest.param("sshd\u202egpj", "sshd\\u202egpj", id="text turned around"),
        pytest.param("s\u200bshd\ufeff", "s\\u200bshd\\ufeff", id="characters without width"),
        pytest.param("caf\udce9", "caf\\udce9", id="a byte that was no UTF-8"),
        pytest.param("a\u2028b\x85c", "a\\u2028b\\x85c", id="line separators"),
    ],
)
def test_printable(text, shown):
    assert printable(text) == shown
    assert for_html(text) == shown
    shown.encode()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("a|b", "a\\|b", id="a cell of a table"),
        pytest.param("`x`", "\\`x\\`", id="code"),
        pytest.param("*a* _b_ ~c~", "\\*a\\* \\_b\\_ \\~c\\~", id="emphasis"),
        pytest.param("[x](javascript:1)", "\\[x\\](javascript:1)", id="a link"),
        pytest.param("![x](http://h/p)", "\\!\\[x\\](http&#58;//h/p)", id="an image from elsewhere"),
        pytest.param("<b>&amp;", "&lt;b&gt;&amp;amp;", id="HTML and entities"),
        pytest.param("@org/team #12 $x$", "`@`org/team `#`12 \\$x\\$", id="mentions, issues, maths"),
        pytest.param("fixes org/repo#12, GH-12", "fixes org/repo`#`12, GH`-`12", id="issues elsewhere"),
        pytest.param(
            '!12 &3 %4 %"a b" ~bug', '`!`12 `&`3 `%`4 `%`"a b" \\~bug', id="requests, epics, milestones, labels"
        ),
        pytest.param("5 % of 50% & more #", "5 % of 50% &amp; more \\#", id="signs alone"),
        pytest.param("fe80::1%eth0", "fe80::1%eth0", id="an address with its scope"),
        pytest.param("getty@tty1.service", "getty`@`tty1.service", id="a unit, no address of mail"),
        pytest.param("mailto:a@b.org XMPP:a", "mailto`:`a`@`b.org XMPP`:`a", id="schemes of their own"),
        pytest.param("HTTPS://h smb://h", "HTTPS&#58;//h smb`:`//h", id="schemes that only some platforms know"),
        pytest.param("`@x", "\\``@`x", id="after a sign of code"),
        pytest.param("www.example.org ftp://h", "www&#46;example.org ftp&#58;//h", id="bare addresses"),
        pytest.param("back\\slash", "back\\\\slash", id="a backslash"),
        pytest.param("- item", "\\- item", id="a list"),
        pytest.param("1. item", "1\\. item", id="a numbered list"),
        pytest.param("10.0.0.5", "10.0.0.5", id="an address stays readable"),
        pytest.param("2001:db8::1", "2001:db8::1", id="an IPv6 address too"),
        pytest.param("a\nb", "a b", id="one line"),
        pytest.param("    a", "a", id="no block of code"),
        pytest.param("\t- a", "\\- a", id="no item behind spaces"),
    ],
)
def test_markdown(text, shown):
    assert for_markdown(text) == shown


def test_what_is_escaped_is_not_escaped_again():
    once = for_markdown("a|b<")
    assert isinstance(once, Markup)
    assert for_markdown(once) is once
    assert for_html(Markup("<b>")) == "<b>"


@pytest.mark.parametrize("value", [None, 3, 2.5, True])
def test_other_values_pass_unchanged(value):
    assert for_html(value) is value
    assert for_markdown(value) is value


@pytest.mark.parametrize(("number", "said"), [(0, "0 hosts"), (1, "1 host"), (2, "2 hosts"), (10000, "10,000 hosts")])
def test_count(number, said):
    assert count(number, "host") == said


def test_a_place_is_escaped_as_its_text() -> None:
    """A policy file may have any name."""
    place = SourcePlace("[x](http://y)\x1b|<b>", 3, 1)
    assert for_markdown(place) == for_markdown(str(place))
    assert "\\[x" in for_markdown(place)
    assert for_html(place) == r"[x](http://y)\x1b|<b>:3:1"
