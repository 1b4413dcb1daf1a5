# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a rule says of its findings stands in place of what their code says."""

from __future__ import annotations

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._advice._code_texts import TEXTS
from ansible_collections.fleetports.compliance.plugins.plugin_utils._advice._runbook_link import link
from ansible_collections.fleetports.compliance.plugins.plugin_utils._judge._finding_codes import CODES
from ansible_collections.fleetports.compliance.tests.unit.factories.advised import advised, report_of_policies
from ansible_collections.fleetports.compliance.tests.unit.factories.listeners import JAVA, listener
from ansible_collections.fleetports.compliance.tests.unit.factories.policies import policy, rule

URL = "https://wiki.example.org/runbooks/java?x=1&y=2#stop"


def test_every_code_has_a_text():
    assert list(TEXTS) == [code.name for code in CODES]
    assert all(text.endswith(".") for text in TEXTS.values())


def test_the_words_of_the_rule():
    told = advised(
        listener(8081, JAVA), by=policy(rule("8081/tcp", reach="host", remediation="Call Ann.", runbook=URL))
    )
    advice = told.advice
    assert (advice.text, advice.own, advice.runbook, advice.url) == ("Call Ann.", True, URL, URL)


def test_the_words_of_the_code():
    advice = advised(listener(8081, JAVA), by=policy(rule("8081/tcp", reach="host"))).advice
    assert (advice.text, advice.own, advice.runbook, advice.url) == (TEXTS["excess-reach"], False, None, None)


@pytest.mark.parametrize(
    ("seen", "changes"),
    [
        pytest.param([listener(8081, JAVA)], {"reach": "host", "remediation": "{}"}, id="remediation"),
        pytest.param([listener(8081, JAVA)], {"reach": "host", "runbook": "{}"}, id="runbook"),
        pytest.param([], {"expect": "required", "process": {"unit": "{}.service"}}, id="what to start"),
    ],
)
def test_policies_that_say_different_things_by_one_id(seen, changes):
    """Equal findings are one row, whatever policy they are of: none of them speaks for the other."""

    def by(word):
        said = {
            key: value.format(word) if isinstance(value, str) else {"unit": value["unit"].format(word)}
            for key, value in changes.items()
        }
        return policy(rule("8081/tcp", **said))

    (same,) = report_of_policies((by("x"), seen), (by("x"), seen)).groups.values()
    assert same.advice.own or same.advice.runbook or same.advice.commands[0].line.endswith(" x.service")
    for group in report_of_policies((by("x"), seen), (by("y"), seen)).groups.values():
        assert group.hosts.total == 1 or (group.advice.own, group.advice.runbook) == (False, None)
        assert group.hosts.total == 1 or not [it for it in group.advice.commands if "enable" in it.line]


@pytest.mark.parametrize(
    "runbook",
    [URL, "http://wiki/x", "HTTPS://wiki.example.org", "https://wiki.example.org:8443/", "https://10.0.0.1/a%20b"],
)
def test_runbooks_that_are_links(runbook):
    assert link(runbook) == runbook


@pytest.mark.parametrize(
    "runbook",
    [
        "javascript:alert(1)",
        "JavaScript://wiki.example.org/%0aalert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "file:///etc/passwd",
        "//wiki.example.org",
        "https:///x",
        "https://",
        "https://wiki.example.org@evil.example/",
        "https://wiki.example.org/a b",
        "https://wiki.example.org/\nx",
        'https://wiki.example.org/"onclick="x',
        "https://wiki.example.org/'x",
        "https://wiki.example.org/>x",
        "https://wiki.example.org/)x",
        "https://wiki.example.org/\\x",
        "https://wiki.example.org/`x`",
        "https://xn--\u0430.example/",
        "https://w\u0456ki.example.org/",
        "https://wiki.example.org&#64;evil.example/",
        "https://wiki.example.org&commat;evil.example/",
        "https://wiki.example.org%40evil.example/",
        "https://wiki.example.org/&#x20;x",
        "https://,wiki.example.org/",
        "https://[::1]/",
        "https://wiki.example.org:99999/",
        "https://wiki.example.org:x/",
        "https://wiki.example.org/" + "a" * 3000,
        "RB-17, page 3",
        "",
        None,
    ],
)
def test_runbooks_that_are_text(runbook):
    assert link(runbook) is None
