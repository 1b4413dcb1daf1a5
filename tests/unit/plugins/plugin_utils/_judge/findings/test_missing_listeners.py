# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Item 5: each protocol and port of a required rule needs a listener for which the rule is true."""

from __future__ import annotations

import dataclasses

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._policy_model import (
    AppliesTo,
    PortItem,
    SourcePlace,
)
from ansible_collections.fleetports.compliance.tests.unit.factories.evidence import gap
from ansible_collections.fleetports.compliance.tests.unit.factories.judging import codes, host_facts, judge, only
from ansible_collections.fleetports.compliance.tests.unit.factories.listeners import JAVA, listener, unowned
from ansible_collections.fleetports.compliance.tests.unit.factories.policies import policy, rule

OWNED = {"process": {"exe": "/usr/sbin/sshd"}}


def required(ports: str = "22/tcp", **changes):
    return rule(ports, expect="required", **changes)


def missing(result):
    """Label, protocol and verdict of what is missing."""
    found = [finding for finding in result.findings if finding.code == "missing-listener"]
    return [(finding.port_label, finding.protocol, finding.verdict) for finding in found]


@pytest.mark.parametrize(
    ("given", "listeners", "expected"),
    [
        pytest.param(required(), [listener(22)], [], id="there"),
        pytest.param(required(), [], [("22", "tcp", "fail")], id="not-there"),
        pytest.param(required(), [listener(23)], [("22", "tcp", "fail")], id="another-port"),
        pytest.param(required(), [listener(22, protocol="udp")], [("22", "tcp", "fail")], id="another-protocol"),
        pytest.param(required("22/tcp 22/udp"), [listener(22)], [("22", "udp", "fail")], id="each-item"),
        pytest.param(required("80/tcp 443/tcp"), [], [("80", "tcp", "fail"), ("443", "tcp", "fail")], id="all-items"),
        pytest.param(required("8000-8099/tcp"), [listener(8042)], [], id="any-of-a-range"),
        pytest.param(required("8000-8099/tcp"), [listener(8100)], [("8000-8099", "tcp", "fail")], id="none-of-a-range"),
        pytest.param(required("8000-8009/tcp 8005-8099/tcp"), [listener(8007)], [], id="ranges-that-overlap"),
        pytest.param(required(reach="host"), [listener(22)], [("22", "tcp", "fail")], id="there-but-not-true"),
        pytest.param(required(reach="host"), [listener(22), listener(22, address="127.0.0.1")], [], id="one-is-true"),
        pytest.param(required(**OWNED), [unowned("denied")], [("22", "tcp", "unverified")], id="unknown"),
        pytest.param(required(**OWNED), [listener(22, JAVA)], [("22", "tcp", "fail")], id="held-by-another"),
        pytest.param(
            required(**OWNED),
            [listener(22, JAVA), unowned("denied", address="::")],
            [("22", "tcp", "unverified")],
            id="one-unknown",
        ),
        pytest.param(required(applies_to=AppliesTo(groups=("db",))), [], [], id="other-hosts"),
        pytest.param(required(applies_to=AppliesTo(groups=("all",))), [], [("22", "tcp", "fail")], id="all-hosts"),
    ],
)
def test_missing(given, listeners, expected):
    assert missing(judge(policy(given), *listeners)) == expected


@pytest.mark.parametrize(
    ("gaps", "verdict"),
    [
        pytest.param([gap("listeners", protocol="tcp")], "unverified", id="of-the-protocol"),
        pytest.param([gap("listeners", protocol="tcp", family="ipv6")], "unverified", id="of-one-family"),
        pytest.param([gap("listeners")], "unverified", id="of-all-protocols"),
        pytest.param([gap("listeners", protocol="udp")], "fail", id="of-another-protocol"),
        pytest.param([gap("owners")], "fail", id="of-owners"),
        pytest.param([gap("addresses")], "fail", id="of-addresses"),
    ],
)
def test_a_gap_in_the_dump(gaps, verdict):
    assert missing(judge(policy(required()), facts=host_facts(gaps=gaps))) == [("22", "tcp", verdict)]


def test_a_gap_does_not_matter_when_it_is_there():
    assert missing(judge(policy(required()), listener(22), facts=host_facts(gaps=[gap("listeners")]))) == []


NOT_SEEN = gap("listeners", code="published-unseen", detail="published ports not seen: run with --become")


def test_published_ports_that_were_not_seen():
    """What may exist unseen makes neither pass nor fail: the host is unverified, what was seen keeps its verdict."""
    given = policy(required("22/tcp 8080/tcp"), rule("9090/tcp", name="never", expect="forbidden"))
    result = judge(given, listener(22), facts=host_facts(gaps=[NOT_SEEN]))
    assert codes(result) == [("collection-gap", "unverified"), ("missing-listener", "unverified")]
    assert result.verdict == "unverified"
    assert [one.verdict for one in result.listeners] == ["pass"]


def test_a_forbidden_listener_that_was_seen_fails_whatever_was_not():
    never = rule("22/tcp", name="never", expect="forbidden")
    result = judge(policy(never), listener(22), facts=host_facts(gaps=[NOT_SEEN]))
    assert (result.verdict, codes(result)[-1]) == ("fail", ("forbidden-listener", "fail"))


def test_a_forbidden_listener_is_there():
    result = judge(policy(required(name="must"), rule(name="never", expect="forbidden")), listener(22))
    assert codes(result) == [("forbidden-listener", "fail")]


def test_what_is_there_has_its_own_finding():
    result = judge(policy(required(reach="host")), listener(22))
    assert codes(result) == [("excess-reach", "fail"), ("missing-listener", "fail")]


@pytest.mark.parametrize(
    ("given", "listeners", "gaps", "message"),
    [
        pytest.param(required(), [], [], "22/tcp: rule ssh requires a listener; found none", id="none"),
        pytest.param(required("80-89/tcp"), [], [], "80-89/tcp: rule ssh requires a listener; found none", id="range"),
        pytest.param(
            required(reach="host"),
            [listener(22), listener(22, JAVA, address="::")],
            [],
            "22/tcp: rule ssh requires a listener; found only listeners that do not match the rule, by java, sshd",
            id="unfit",
        ),
        pytest.param(
            required(**OWNED),
            [unowned("denied")],
            [],
            "22/tcp: rule ssh requires a listener; found one by an owner that could not be read, "
            "which could not be verified",
            id="unknown",
        ),
        pytest.param(
            required(),
            [],
            [gap("listeners", protocol="tcp")],
            "22/tcp: rule ssh requires a listener; found none, but listeners may be hidden: not permitted",
            id="gap",
        ),
    ],
)
def test_messages(given, listeners, gaps, message):
    result = judge(policy(given), *listeners, facts=host_facts(gaps=gaps))
    assert [finding.message for finding in result.findings if finding.code == "missing-listener"] == [message]


def test_service_names_are_told_with_their_port():
    named = dataclasses.replace(required(), ports=(PortItem("tcp", 22, 22, "ssh"),))
    finding = only(judge(policy(named)))
    assert (finding.message, finding.port_label) == ("ssh (22/tcp): rule ssh requires a listener; found none", "ssh")
    assert finding.expected == "a listener on ssh (22/tcp)"


def test_a_finding_says_which_rule():
    finding = only(judge(policy(required("8000-8099/tcp", severity="high"))))
    assert (finding.rule, finding.severity, finding.place) == ("ssh", "high", SourcePlace("policy.yml", 10, 5))
    assert (finding.host, finding.port, finding.port_label, finding.address) == ("web1", None, "8000-8099", None)


def test_a_single_port_is_a_number():
    assert only(judge(policy(required()))).port == 22
