# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules that say whether they mean a socket or a published port, and container engines' pair of the two."""

from __future__ import annotations

import datetime

import pytest
from ansible_collections.fleetports.compliance.plugins.module_utils._socket import Listener
from ansible_collections.fleetports.compliance.tests.unit.factories.evidence import gap
from ansible_collections.fleetports.compliance.tests.unit.factories.judging import codes, host_facts, judge
from ansible_collections.fleetports.compliance.tests.unit.factories.listeners import (
    JAVA,
    PROXY,
    listener,
    owner,
    published,
    unowned,
)
from ansible_collections.fleetports.compliance.tests.unit.factories.policies import policy, rule, waiver

HOLDER = {"process": {"exe": "/usr/bin/docker-proxy", "user": "root", "unit": "docker.service"}}


def socket(*owners, port: int = 8080, **changes) -> Listener:
    return listener(port, *owners, **changes)


def web(**changes):
    return rule("8080/tcp", name="web", **changes)


PAIR = [socket(PROXY), socket(PROXY, address="::"), published()]
WRONG = [("wrong-owner", "fail")]
UNKNOWN = [("unverified-owner", "unverified")]


@pytest.mark.parametrize(
    ("given", "listeners", "expected"),
    [
        pytest.param(web(), [published()], [], id="by number: published"),
        pytest.param(web(), [socket(JAVA)], [], id="by number: a socket"),
        pytest.param(web(**HOLDER), [published()], UNKNOWN, id="by process: published"),
        pytest.param(web(state="published"), [published()], [], id="published: it is"),
        pytest.param(web(state="published"), [socket(JAVA)], WRONG, id="published: somebody's socket"),
        pytest.param(
            web(state="published"), [published(), socket(JAVA)], WRONG, id="published: and a socket beside it"
        ),
        pytest.param(
            web(state="published"), [published(), socket(PROXY)], WRONG, id="published: and a proxy not named"
        ),
        pytest.param(web(state="published", **HOLDER), PAIR, [], id="the pair: by one approval"),
        pytest.param(web(state="published", **HOLDER), [published()], [], id="the pair: without its proxy"),
        pytest.param(web(state="published", **HOLDER), [socket(PROXY)], [], id="the pair: without its rule"),
        pytest.param(
            web(state="published", **HOLDER), [*PAIR, socket(JAVA, device="e0")], WRONG, id="the pair: and another"
        ),
        pytest.param(
            web(state="published", **HOLDER), [published(), socket(PROXY, JAVA)], WRONG, id="the pair: shared"
        ),
        pytest.param(
            web(state="published", **HOLDER),
            [published(), socket(owner(PROXY, unit="evil.service"), unit="evil.service")],
            WRONG,
            id="the pair: the proxy's program run by another unit",
        ),
        pytest.param(
            web(state="published", **HOLDER),
            [published(), socket(owner(PROXY, exe_on_host=False))],
            UNKNOWN,
            id="the pair: a file mounted over the proxy's",
        ),
        pytest.param(
            web(state="published", **HOLDER), [published(), unowned("denied", 8080)], UNKNOWN, id="the pair: unseen"
        ),
        pytest.param(web(state="socket"), [socket(JAVA)], [], id="socket: it has one"),
        pytest.param(web(state="socket"), [published()], WRONG, id="socket: published"),
        pytest.param(web(state="socket", **HOLDER), [published()], WRONG, id="socket: published, with a process"),
        pytest.param(web(state="socket", **HOLDER), [socket(PROXY)], [], id="socket: of the process"),
        pytest.param(web(state="socket", **HOLDER), [socket(JAVA)], WRONG, id="socket: of another"),
        pytest.param(
            web(state="published", reach="host"), [published()], [("excess-reach", "fail")], id="published: too wide"
        ),
        pytest.param(
            web(state="published", address="127.0.0.1/32"), [published()], [("wrong-address", "fail")], id="elsewhere"
        ),
        pytest.param(
            web(expect="forbidden", state="published"), [published()], [("forbidden-listener", "fail")], id="forbidden"
        ),
        pytest.param(web(state="kernel"), [unowned("kernel", 8080)], [], id="kernel: it holds it"),
        pytest.param(web(state="kernel"), [socket(JAVA)], WRONG, id="kernel: a process holds it"),
        pytest.param(web(state="kernel"), [published()], WRONG, id="kernel: published"),
        pytest.param(web(state="kernel"), [unowned("unattributed", 8080)], UNKNOWN, id="kernel: nobody is seen"),
        pytest.param(web(state="kernel"), [unowned("denied", 8080)], UNKNOWN, id="kernel: not all was read"),
        pytest.param(
            web(expect="forbidden", state="kernel"),
            [unowned("kernel", 8080)],
            [("forbidden-listener", "fail")],
            id="kernel: forbidden",
        ),
    ],
)
def test_verdicts(given, listeners, expected):
    assert codes(judge(policy(given), *listeners)) == expected


def test_forbidding_a_published_port_leaves_its_socket_alone():
    given = policy(web(expect="forbidden", state="published"), rule("8080/tcp", name="app"))
    assert codes(judge(given, socket(JAVA))) == []
    given = policy(web(expect="forbidden", state="socket"), rule("8080/tcp", name="app"))
    assert codes(judge(given, published())) == []
    assert codes(judge(given, socket(JAVA))) == [("forbidden-listener", "fail")]


def test_a_pass_says_what_it_rests_on():
    result = judge(policy(web(state="published", **HOLDER)), published(), socket(PROXY))
    assert [(one.verdict, one.basis) for one in result.listeners] == [("pass", "port"), ("pass", "port+owner")]


@pytest.mark.parametrize(
    ("state", "listeners", "gaps", "expected"),
    [
        ("published", [published()], [], []),
        ("published", [socket(JAVA)], [], [("missing-listener", "fail"), ("wrong-owner", "fail")]),
        ("published", [], [], [("missing-listener", "fail")]),
        ("published", [], ["published-unseen"], [("collection-gap", "unverified"), ("missing-listener", "unverified")]),
        (None, [], ["rules-unread"], [("collection-gap", "unverified"), ("missing-listener", "unverified")]),
        ("socket", [], ["published-unseen"], [("collection-gap", "unverified"), ("missing-listener", "fail")]),
        ("socket", [], ["dump-refused"], [("collection-gap", "unverified"), ("missing-listener", "unverified")]),
        ("socket", [published()], [], [("missing-listener", "fail"), ("wrong-owner", "fail")]),
        ("kernel", [unowned("kernel", 8080)], [], []),
        ("kernel", [socket(JAVA)], [], [("missing-listener", "fail"), ("wrong-owner", "fail")]),
        ("kernel", [], ["published-unseen"], [("collection-gap", "unverified"), ("missing-listener", "fail")]),
    ],
)
def test_required(state, listeners, gaps, expected):
    facts = host_facts(gaps=[gap("listeners", code=code) for code in gaps])
    assert sorted(codes(judge(policy(web(expect="required", state=state)), *listeners, facts=facts))) == expected


@pytest.mark.parametrize(
    ("given", "one", "said"),
    [
        (
            web(state="published"),
            socket(JAVA),
            "8080/tcp by java: rule web expects a port that a packet filter publishes, found a socket",
        ),
        (
            web(state="published", **HOLDER),
            socket(JAVA),
            "8080/tcp by java: rule web expects a socket by exe /usr/bin/docker-proxy, found exe /usr/bin/java",
        ),
        (
            web(state="socket"),
            published(),
            "8080/tcp by iptables to 172.17.0.2:80: rule web expects a socket, found none: iptables publishes the port",
        ),
    ],
)
def test_messages(given, one, said):
    (finding,) = judge(policy(given), one).findings
    assert finding.message == said


@pytest.mark.parametrize(
    ("match", "one", "verdict"),
    [
        ({"state": "published"}, published(), "waived"),
        ({"state": "published"}, socket(JAVA), "fail"),
        ({"state": "socket"}, published(), "fail"),
        ({"state": "socket"}, socket(JAVA), "waived"),
        ({"state": "published", **HOLDER}, socket(PROXY), "waived"),
        ({"state": "published", **HOLDER}, socket(JAVA), "fail"),
        ({}, published(), "waived"),
    ],
)
def test_waivers(match, one, verdict):
    given = policy(waiver("8080/tcp", **match))
    as_of = datetime.datetime(2026, 6, 1, tzinfo=datetime.UTC)
    assert judge(given, one, as_of=as_of).verdict == verdict
