# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ports that a packet filter or a BPF program may serve, and no listener stands for: neither missing nor absent."""

from __future__ import annotations

import dataclasses

import pytest
from ansible_collections.fleetports.compliance.plugins.module_utils._socket import AlternatePath
from ansible_collections.fleetports.compliance.tests.unit.factories.judging import codes, host_facts, judge
from ansible_collections.fleetports.compliance.tests.unit.factories.policies import policy, rule, waiver

WARNING = ("alternate-path", "warn")
FAILS = ("alternate-path", "fail")


def way(*ports: str, protocols: tuple[str, ...] = ("tcp",), kind: str = "dnat") -> AlternatePath:
    return AlternatePath(kind, "tcp 1-2000 goes to 10.0.0.2", 1, None, (), protocols, ports)


def judged(given, *ways: AlternatePath, **defaults: str):
    facts = dataclasses.replace(host_facts(), paths=ways)
    return judge(policy(*given, defaults=defaults), facts=facts)


@pytest.mark.parametrize(
    ("one", "changes", "verdict"),
    [
        pytest.param(way("1-2000"), {}, "fail", id="among them"),
        pytest.param(way("23-2000"), {}, "fail", id="the first"),
        pytest.param(way("1-23"), {}, "fail", id="the last"),
        pytest.param(way("7", "23"), {}, "fail", id="by itself"),
        pytest.param(way("24-2000"), {}, "warn", id="not the first"),
        pytest.param(way("1-22"), {}, "warn", id="not the last"),
        pytest.param(way("1-2000", protocols=("udp",)), {}, "warn", id="of another protocol"),
        pytest.param(way("1-2000", protocols=()), {}, "fail", id="of every protocol"),
        pytest.param(way(), {}, "warn", id="every port: a whole address is another host"),
        pytest.param(way("1-2000", kind="forward"), {}, "warn", id="sent on"),
        pytest.param(way("1-2000"), {"process": {"user": "x"}}, "unverified", id="of a process"),
        pytest.param(way("1-2000"), {"state": "published"}, "fail", id="published"),
        pytest.param(way("1-2000"), {"state": "socket"}, "warn", id="a socket"),
        pytest.param(way("x", "1-2-3"), {}, "fail", id="ports that are none may be any"),
    ],
)
def test_forbidden(one, changes, verdict):
    assert judged([rule("23/tcp", expect="forbidden", **changes)], one).verdict == verdict


def test_a_forbidden_range_is_met_by_any_port_of_it():
    assert judged([rule("1990-5000/tcp", expect="forbidden")], way("1-2000")).verdict == "fail"


def test_what_the_finding_says():
    finding = judged(
        [rule("23/tcp", name="no-telnet", expect="forbidden")], way("1-2000"), alternate_path="ignore"
    ).findings
    (one,) = finding
    assert one.message == (
        "23/tcp: rule no-telnet forbids it, and a packet filter publishes it: tcp 1-2000 goes to 10.0.0.2"
    )
    assert (one.code, one.rule, one.protocol, one.port) == ("alternate-path", "no-telnet", "tcp", 23)


def test_a_waiver_for_that_port_covers_it():
    given = [rule("23/tcp", expect="forbidden"), waiver("23/tcp", codes="alternate-path")]
    assert [code for code in codes(judged(given, way("1-2000"))) if code != WARNING] == [("alternate-path", "waived")]
    given = [rule("23/tcp", expect="forbidden"), waiver("22/tcp", codes="alternate-path")]
    assert FAILS in codes(judged(given, way("1-2000")))


@pytest.mark.parametrize(
    ("one", "state", "verdict"),
    [
        (way("1-2000"), None, "unverified"),
        (way("3000"), None, "fail"),
        (way(), None, "unverified"),
        (way(protocols=()), None, "unverified"),
        (way(protocols=("udp",)), None, "fail"),
        (way("22", kind="tproxy"), None, "unverified"),
        (way("23", kind="tproxy"), None, "fail"),
        (way(protocols=(), kind="sk_lookup"), None, "unverified"),
        (way(protocols=(), kind="packet"), None, "fail"),
        (way(protocols=(), kind="queue"), None, "fail"),
        (way(protocols=(), kind="forward"), None, "fail"),
        (way("1-2000"), "published", "unverified"),
        (way("1-2000"), "socket", "fail"),
    ],
)
def test_required(one, state, verdict):
    result = judged([rule("22/tcp", expect="required", state=state)], one)
    assert ("missing-listener", verdict) in codes(result)
