# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The summary fits a terminal, names what matters, and drives no terminal."""

from __future__ import annotations

import dataclasses
import re

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._judge._judgement import Finding
from ansible_collections.fleetports.compliance.plugins.plugin_utils._judge._same_machine import with_others
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report._build_report import build
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.formats._console import WIDTH, summary
from ansible_collections.fleetports.compliance.tests.unit.factories import sample
from ansible_collections.fleetports.compliance.tests.unit.factories.listeners import listener, owner_named
from ansible_collections.fleetports.compliance.tests.unit.factories.reports import found, host, passed

PATHS = {"html": "/srv/audit/latest/report.html", "json": "/srv/audit/latest/report.json"}


def _hostile(name):
    seen = listener(81, owner_named(name, f"/tmp/{name}"))  # noqa: S108
    return build(sample.run(), [host("a", found(seen, "unassigned-port", "fail", "said"))], [])


def test_it_fits_eighty_columns_and_says_what_matters():
    text = summary(sample.model(), color=False, paths=PATHS)
    assert max(len(line) for line in text.splitlines()) <= WIDTH == 80
    lines = text.splitlines()
    assert lines[1].startswith("FAIL  5 of 12 hosts fail the policy.")
    assert lines[1].endswith("gate: off")
    assert "hosts      12: 5 fail, 2 unverified, 2 warn, 1 waived, 2 pass" in lines
    assert "legacy1: Failed to connect" in text
    assert re.search(r"FAIL +81/tcp +python3 \(/usr/bin/python3.11\) on web1, web2", text)
    assert text.index("Not seen") < text.index("On unassigned ports") < text.index("Other findings")
    assert "rule ftp-archive" in text
    assert text.endswith("html       /srv/audit/latest/report.html\njson       /srv/audit/latest/report.json\n")


def test_hosts_that_answered_as_one_machine_are_named_with_what_to_do():
    names = ("web1", "web2")
    hosts = [host(name, passed(listener(22))) for name in names]
    hosts = [
        dataclasses.replace(one, result=with_others(one.result, names, severity="medium"), reason=None) for one in hosts
    ]
    text = " ".join(summary(build(sample.run(), hosts, []), color=False, paths={}).split())
    assert "2 hosts answered as the same machine, web1, web2: " in text
    assert "(ansible_connection: local always audits the controller)" in text


def _path(said, owner=None):
    return Finding("alternate-path", "warn", "medium", said, owner=owner)


def _inside(port, container):
    return listener(port, owner_named("httpd", "/bin/busybox"), container=container * 12, engine="docker")


MARK = "DNAT rule: traffic enters without a port (firewall mark {0} (0x{0}) goes to 198.51.100.9:80)"
SUBJECTS = {
    "a firewall mark": (
        host("a", findings=[_path(MARK.format(9))]),
        ["a: DNAT rule: traffic enters without a port (firewall mark 9 (0x9) goes to 198.51.100.9:80)"],
    ),
    "two firewall marks": (
        host("a", findings=[_path(MARK.format(8)), _path(MARK.format(9))]),
        ["(firewall mark 8 (0x8) goes to", "(firewall mark 9 (0x9) goes to"],
    ),
    "a raw socket": (
        host("a", findings=[_path("raw socket by keepalived: traffic enters without a port (vrrp)", "keepalived")]),
        ["a: raw socket by keepalived: traffic enters without a port (vrrp)"],
    ),
    "loopback listeners in doubt": (
        host("a", findings=[Finding("collection-gap", "unverified", "medium", "loopback listeners (53/tcp) may be")]),
        ["- a: loopback listeners (53/tcp) may be"],
    ),
    "five containers on one port": (
        host("a", *(found(_inside(80, name), "unlisted-listener", "fail", "said") for name in "12345")),
        [
            "httpd (/bin/busybox) in docker 111111111111, docker 222222222222, docker 333333333333,",
            "docker 444444444444, docker 555555555555 on a: not approved by any rule",
        ],
    ),
    "more containers than a line has room for": (
        host("a", *(found(_inside(80, name), "unlisted-listener", "fail", "said") for name in "12345678")),
        ["docker 666666666666 and 2 more on a: not approved"],
    ),
}


@pytest.mark.parametrize(("one", "texts"), SUBJECTS.values(), ids=SUBJECTS)
def test_each_line_says_what_it_is_about(one, texts):
    said = " ".join(summary(build(sample.run(), [one], []), color=False, paths={}).replace("| ", "").split())
    assert [text for text in texts if text not in said] == []


def test_a_line_that_would_read_the_same_stands_once():
    seen = listener(8080, owner_named("x"))
    twice = [found(seen, "wrong-owner", "fail", "said", rule=rule) for rule in ("first", "second")]
    text = summary(build(sample.run(), [host("a", *twice)], []), color=False, paths={})
    assert text.count("8080/tcp") == 1
    assert "more row" not in text


def test_a_long_message_is_cut():
    text = summary(build(sample.run(), [host("a", findings=[_path("xy" * 1000)])], []), color=False, paths={})
    assert "".join(text.split()).count("xy") == 300
    assert "y..." in text


@pytest.mark.parametrize("gate", [("fail",), ("fail", "warn", "unverified", "policy")])
def test_the_gate_is_named(gate):
    text = summary(sample.model(gate=gate), color=False, paths={})
    assert f"gate: {', '.join(gate)} (failed)" in text
    assert max(len(line) for line in text.splitlines()) <= WIDTH


@pytest.mark.parametrize(
    "name",
    ["\x1b[2J\x1b]0;x\x07", "a\nFAKE", "x\x9b2J", "s\u202ed", "\x08\x08", "a" * 300],
    ids=ascii,
)
def test_no_name_drives_a_terminal_or_breaks_the_layout(name):
    text = summary(_hostile(name), color=False, paths={})
    assert all(character.isprintable() or character == "\n" for character in text)
    assert max(len(line) for line in text.splitlines()) <= WIDTH
    assert "\nFAKE" not in text


COMMANDS = (
    "::error file=x::injected",
    "::add-mask::x",
    "##vso[task.complete result=Succeeded;]done",
    "##[error]injected",
    "##teamcity[buildStatus status='SUCCESS']",
    "section_start:0:name",
    "travis_fold:start:name",
    "--- section",
    "+++ section",
    "~~~ section",
    "%%injected",
    "PASS  All hosts are within policy.",
)


@pytest.mark.parametrize("command", COMMANDS)
def test_no_line_begins_with_a_command_wherever_it_is_wrapped(command):
    """A blank in front of it is enough for somebody who knows how wide the lines are."""
    for width in range(1, 80):
        name = f"{'x' * width} {command} y"
        missed = Finding("not-assessed", "unverified", "high", "said")
        hosts = [_hostile_host(name), host(f"{command} z", findings=[missed], reason=f"{'x' * width} {command}")]
        model = build(
            sample.run(left_out=(name,), reference=(name,)), hosts, [Finding("unused-rule", "warn", "low", name)]
        )
        for line in summary(model, color=False, paths={"html": f"/srv/{name}"}).splitlines():
            assert len(line) <= WIDTH or line.startswith("html ")
            assert not line.strip().startswith(command.split()[0]), line


def _hostile_host(name):
    return host(name, found(listener(81, owner_named(name, f"/tmp/{name}")), "unassigned-port", "fail", name))  # noqa: S108


def test_colour_is_only_added_to_words():
    plain = summary(sample.model(), color=False, paths=PATHS)
    coloured = summary(sample.model(), color=True, paths=PATHS)
    assert "\x1b[1;31mFAIL\x1b[0m" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain


def test_many_findings_are_counted_not_listed():
    judged = [
        found(listener(port, owner_named("x")), "unlisted-listener", "fail", "said") for port in range(50_000, 50_020)
    ]
    text = summary(build(sample.run(), [host("a", *judged)], []), color=False, paths={})
    assert "and 12 more rows in the report" in text


def test_nobody():
    text = summary(build(sample.run(policies=(), left_out=()), [], []), color=False, paths={})
    assert "UNVERIFIED  No host was assessed." in text
    assert "policy     none" in text
