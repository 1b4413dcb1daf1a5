# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Advice, searched for names of hosts that get more out of it than they should."""

from __future__ import annotations

import re
import shlex

from ansible_collections.fleetports.compliance.plugins.module_utils._socket import Listener, Owner
from ansible_collections.fleetports.compliance.plugins.plugin_utils._common._printable import printable
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.model._report import ReportModel
from ansible_collections.fleetports.compliance.tests.unit.factories.advised import approving, report
from ansible_collections.fleetports.compliance.tests.unit.factories.judging import host_facts, judge
from ansible_collections.fleetports.compliance.tests.unit.factories.listeners import listener, owner_named
from ansible_collections.fleetports.compliance.tests.unit.factories.small_report import rendered
from hypothesis import given, settings
from hypothesis import strategies as st

_SIGNS = "abz019 .-_:@/\\'\"`$;&|<>(){}[]#*?!~,=%+\n\r\t\x00\x1b\u00e9\u202e\u2028\udcff"
_names = st.text(st.sampled_from(_SIGNS), max_size=12)
_units = st.one_of(st.none(), _names, _names.map("{}.service".format), st.just("app.service"))
_other = owner_named("nc", exe="/usr/bin/nc")


@st.composite
def _owners(draw: st.DrawFn) -> Owner:
    container = draw(st.one_of(st.none(), _names, st.just("7c9e6a1f0b7d" * 5)))
    return owner_named(
        draw(_names),
        draw(st.one_of(st.none(), _names.map("/opt/{}".format))),
        user=draw(st.one_of(st.none(), _names)),
        unit=draw(_units),
        container=container,
        engine="docker" if container else None,
        exe_on_host=draw(st.sampled_from([True, False, None])),
    )


@st.composite
def _listeners(draw: st.DrawFn) -> Listener:
    owners = draw(st.lists(_owners(), min_size=1, max_size=2))
    container = owners[0].container
    return listener(
        draw(st.sampled_from([81, 6379, 8081, 50_000])),
        *owners,
        protocol=draw(st.sampled_from(["tcp", "udp", "sctp", "dccp"])),
        address=draw(st.sampled_from(["0.0.0.0", "::", "10.0.0.5", "fe80::5"])),
        owners_complete=draw(st.booleans()),
        socket_unit=draw(st.one_of(st.none(), _names.map("{}.socket".format))),
        container=container,
        engine="docker" if container else None,
    )


def _report(seen: Listener, name: str) -> ReportModel:
    return report({name or "x": [seen], "other": [listener(22)]})


@given(_listeners(), _names)
def test_a_rule_approves_what_was_seen_and_no_other_program_or_host(seen: Listener, name: str) -> None:
    name = name or "x"
    for group in _report(seen, name).groups.values():
        if group.advice.rule and group.port == str(seen.port):
            approved = approving(group.advice)
            assert judge(approved, seen, facts=host_facts(name)).listeners[0].verdict == "pass"
            assert judge(approved, seen, facts=host_facts(f"{name}2")).listeners[0].rule is None
            if approved.rules[0].process:
                other = seen._replace(owners=(_other,), owners_complete=True, container=None, unit=None)
                assert judge(approved, other, facts=host_facts(name)).listeners[0].rule is None


@given(_listeners(), _names)
def test_commands_mean_the_same_to_every_shell(seen: Listener, name: str) -> None:
    for group in _report(seen, name).groups.values():
        for command in group.advice.commands:
            assert shlex.join(shlex.split(command.line)) == command.line
            assert re.fullmatch(r"[A-Za-z0-9 ='.:_@/-]+", command.line)
        assert all(printable(line) == line for line in group.advice.rule)


@settings(max_examples=50)  # each renders a page
@given(_listeners(), _names)
def test_nothing_of_it_is_more_than_text_on_a_page(seen: Listener, name: str) -> None:
    page = rendered(_report(seen, name), "html")
    for block in re.findall(r'<details class="advice">.*?</details>', page, re.DOTALL):
        assert set(re.findall(r"<([^\s>]*)", block)) <= {
            *("details", "/details", "summary", "/summary", "p", "/p", "a", "/a", "pre", "/pre", "code", "/code"),
        }
    text = rendered(_report(seen, name), "markdown")
    opened = None
    for line in text.splitlines():  # every fence that is opened is closed, and nothing in between closes it
        ticks = re.match(r"(`{3,})(\w*)$", line)
        if ticks and opened is None:
            opened = ticks[1]
        elif ticks and not ticks[2] and len(ticks[1]) >= len(opened or ""):
            opened = None
    assert opened is None
