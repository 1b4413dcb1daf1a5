# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The verdict of a host: its worst finding, its gaps, what spoke, whatever the order, at a time that is given."""

from __future__ import annotations

import dataclasses
import datetime
import random

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._judge._judge import (
    Judge,
    not_assessed,
    order,
    worst,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._judge._judgement import Delivery, Finding, Localnet
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._policy_model import AppliesTo
from ansible_collections.fleetports.compliance.plugins.plugin_utils._registry._lookup import Registry
from ansible_collections.fleetports.compliance.tests.unit.factories.evidence import gap
from ansible_collections.fleetports.compliance.tests.unit.factories.judging import NOW, codes, host_facts, judge, only
from ansible_collections.fleetports.compliance.tests.unit.factories.listeners import (
    JAVA,
    NAMESPACE,
    SSHD,
    listener,
    unowned,
)
from ansible_collections.fleetports.compliance.tests.unit.factories.policies import networks, policy, rule, waiver

SSHD_ONLY = {"exe": "/usr/sbin/sshd"}
DENIED = unowned("denied")


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ([], "pass"),
        (["waived"], "waived"),
        (["waived", "warn"], "warn"),
        (["warn", "unverified"], "unverified"),
        (["unverified", "warn", "waived"], "unverified"),
        (["unverified", "fail", "warn"], "fail"),
    ],
)
def test_worst(verdicts, expected):
    findings = [Finding(code="x", verdict=verdict, severity="low", message="") for verdict in verdicts]
    assert worst(findings) == expected


def test_a_host_is_as_good_as_its_worst_finding():
    given = policy(rule(process=SSHD_ONLY), defaults={"unlisted": "warn"})
    assert judge(given, listener(22)).verdict == "pass"
    assert judge(given, listener(22), listener(8081)).verdict == "warn"
    assert judge(given, listener(8081), DENIED).verdict == "unverified"
    assert judge(given, listener(8081), DENIED, listener(81)).verdict == "fail"


def test_nothing_listens():
    result = judge(policy())
    assert (result.verdict, result.findings, result.listeners) == ("pass", (), ())


def test_not_assessed():
    result = not_assessed("web1", "unreachable: no route to host", severity="high")
    finding = only(result)
    assert (result.host, result.verdict) == ("web1", "unverified")
    assert (finding.code, finding.verdict, finding.severity) == ("not-assessed", "unverified", "high")
    assert finding.message == "not assessed: unreachable: no route to host"
    assert finding.port is None


# --- gaps


@pytest.mark.parametrize(
    ("gaps", "expected"),
    [
        pytest.param([gap("listeners", protocol="udp")], [("collection-gap", "unverified")], id="listeners"),
        pytest.param([gap("listeners")], [("collection-gap", "unverified")], id="all-listeners"),
        pytest.param([gap("listeners", protocol="udp")] * 2, [("collection-gap", "unverified")], id="said-once"),
        pytest.param(
            [gap("listeners", protocol="udp"), gap("listeners", protocol="sctp")],
            [("collection-gap", "unverified")] * 2,
            id="each",
        ),
        pytest.param([gap("owners"), gap("units"), gap("host")], [], id="what-no-condition-needed"),
        pytest.param([gap("addresses")], [], id="addresses-that-no-condition-needed"),
    ],
)
def test_gaps(gaps, expected):
    assert codes(judge(policy(rule()), listener(22), facts=host_facts(gaps=gaps))) == expected


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({}, "listeners may be missing: not permitted"),
        ({"protocol": "udp"}, "udp listeners may be missing: not permitted"),
        ({"protocol": "udp", "family": "ipv6"}, "udp ipv6 listeners may be missing: not permitted"),
    ],
)
def test_gap_message(more, message):
    finding = only(judge(policy(defaults={"severity": "high"}), facts=host_facts(gaps=[gap("listeners", **more)])))
    assert (finding.message, finding.severity, finding.protocol) == (message, "high", more.get("protocol"))


DOUBTED = Delivery(NAMESPACE, localnet=Localnet(everywhere=True, devices=frozenset(), filtered=True))


@pytest.mark.parametrize(
    ("given", "verdict"),
    [
        pytest.param(policy(defaults={"reach_host": "ignore"}), "unverified", id="passes only as it is loopback"),
        pytest.param(policy(rule(reach="host")), "unverified", id="a rule for the host alone"),
        pytest.param(policy(rule(reach="link")), "pass", id="approved as it may be"),
        pytest.param(policy(rule()), "pass", id="approved whatever its reach"),
        pytest.param(policy(defaults={"reach_host": "fail"}), "fail", id="wrong anyway"),
        pytest.param(policy(defaults={"reach_host": "ignore", "unlisted": "warn"}), "pass", id="worth a warning"),
        pytest.param(policy(defaults={"reach_host": "ignore", "unlisted": "ignore"}), "pass", id="nobody cares"),
    ],
)
def test_loopback_that_others_may_reach_is_one_finding_of_the_host(given, verdict):
    facts = dataclasses.replace(host_facts(), delivery=(DOUBTED,))
    seen = [listener(22, address=address) for address in ("127.0.0.1", "127.0.0.2", "::1")]
    result = judge(given, *seen, facts=facts)
    assert result.verdict == verdict
    found = [finding for finding in result.findings if finding.code == "collection-gap"]
    assert len(found) == (verdict == "unverified")
    for finding in found:
        assert (finding.port, finding.found, finding.verdict) == (None, "loopback-unproved", "unverified")
        assert "(22/tcp)" in finding.message
    assert {one.reach for one in result.listeners} == {"host"}
    assert {one.verdict for one in result.listeners} == {"fail" if verdict == "fail" else "pass"}


def test_what_is_asked_twice_uses_no_rule_and_no_waiver_twice():
    facts = dataclasses.replace(host_facts(), delivery=(DOUBTED,))
    given = policy(waiver("22/tcp"), defaults={"reach_host": "ignore"})
    result = judge(given, listener(22, address="127.0.0.1"), facts=facts)
    assert result.waivers_used == frozenset()
    assert result.verdict == "pass"  # whoever reaches it, the waiver covers it


def test_many_ports_are_counted():
    facts = dataclasses.replace(host_facts(), delivery=(DOUBTED,))
    seen = [listener(port, address="127.0.0.1") for port in range(8001, 8009)]
    finding = only(judge(policy(defaults={"reach_host": "ignore"}), *seen, facts=facts))
    assert "8005/tcp and 3 more)" in finding.message
    assert "route_localnet" in finding.message


def test_a_port_published_on_loopback_says_so():
    seen = listener(8080, address="127.0.0.1", state="published")
    finding = only(judge(policy(defaults={"reach_host": "ignore"}), seen))
    assert "a published port is translated" in finding.message


def test_unknown_addresses_matter_to_reach():
    given = policy(rule(reach="private"))
    assert codes(judge(given, listener(22), facts=host_facts(gaps=[gap("addresses")]))) == [("excess-reach", "fail")]


# --- what spoke


def test_rules_used():
    given = policy(
        rule(name="true"),
        rule(name="also-true", process=SSHD_ONLY),
        rule(name="false", process={"exe": "/x"}),
        rule("23/tcp", name="silent"),
        rule("24/tcp", name="nearest", reach="host"),
        rule("24/tcp", name="further", reach="host", address="10.9.9.9/32"),
        rule("25/tcp", name="unknown", process=SSHD_ONLY),
        rule("26/tcp", name="forbidden", expect="forbidden"),
        rule("27/tcp", name="missing", expect="required"),
        rule(name="elsewhere", applies_to=AppliesTo(groups=("db",))),
    )
    result = judge(given, listener(22), listener(24), unowned("denied", 25), listener(26))
    assert result.rules_used == {"true", "also-true", "nearest", "unknown", "forbidden", "missing"}


# --- order, time


def scene():
    """Many rules over few ports, so that they meet, and listeners of every kind."""
    chance = random.Random(11)  # noqa: S311 - the same every time
    options = [{"reach": "link"}, {"address": "10.9.0.0/16"}, {"reach": "host", "process": {"unit": "app*"}}]
    options = [*options * 3, {}, {"process": SSHD_ONLY}]
    rules = [
        rule(
            f"{chance.randrange(20, 40)}/tcp",
            name=f"r{number}",
            expect=chance.choice(["allowed"] * 6 + ["required"]),
            **chance.choice(options),
        )
        for number in range(40)
    ]
    rules += [rule(f"{port}/tcp", name=f"f{port}", expect="forbidden", process={"user": "app"}) for port in (21, 25)]
    waivers = [waiver(f"{port}/tcp", name=f"W-{port}-{number}") for port in (22, 23) for number in range(3)]
    given = [listener(port, chance.choice([SSHD, JAVA])) for port in range(18, 42)]
    given += [unowned("denied", port, address="10.0.0.5") for port in range(18, 42)]
    return rules, waivers, given


def test_the_order_of_rules_does_not_matter():
    rules, waivers, given = scene()
    expected = judge(policy(*rules, *waivers), *given)
    assert len({finding.code for finding in expected.findings}) >= 5
    for seed in range(20):
        chance = random.Random(seed)  # noqa: S311 - the same every time
        chance.shuffle(rules)
        chance.shuffle(waivers)
        assert judge(policy(*rules, *waivers), *given) == expected


def test_findings_are_sorted_whatever_the_order_of_listeners():
    rules, waivers, given = scene()
    expected = judge(policy(*rules, *waivers), *given).findings
    assert judge(policy(*rules, *waivers), *reversed(given)).findings == expected
    places = [finding.port for finding in expected]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"protocol": "tcp"}, {"protocol": "udp"}),
        ({}, {"protocol": "tcp"}),
        ({}, {"port": 0}),
        ({"port": 9}, {"port": 10}),
        ({}, {"port_label": "8000-8099"}),
        ({"family": "ipv4"}, {"family": "ipv6"}),
        ({"address": "10.0.0.1"}, {"address": "10.0.0.2"}),
        ({"device": "eth0"}, {"device": "eth1"}),
        ({}, {"device": "eth0"}),
        ({"namespace": 1}, {"namespace": 2}),
        ({}, {"namespace": 1}),
        ({"code": "a"}, {"code": "b"}),
        ({"rule": "a"}, {"rule": "b"}),
        ({}, {"rule": "a"}),
        ({"message": "a"}, {"message": "b"}),
    ],
)
def test_order(first, second):
    plain = {"code": "x", "verdict": "fail", "severity": "low", "message": ""}
    assert order(Finding(**{**plain, **first})) < order(Finding(**{**plain, **second}))


def test_listeners_keep_the_order_of_the_evidence():
    given = [listener(9000), listener(22)]
    assert [judged.listener for judged in judge(policy(), *given).listeners] == given


def test_time_is_an_input():
    given = policy(waiver("8081/tcp", expires=datetime.date(2026, 6, 15)))
    late = datetime.datetime(2026, 6, 16, tzinfo=datetime.UTC)
    assert judge(given, listener(8081), as_of=NOW).verdict == "waived"
    assert judge(given, listener(8081), as_of=late).verdict == "fail"


def test_a_time_without_zone_is_refused():
    with pytest.raises(ValueError, match="as_of has no time zone"):
        judge(policy(), as_of=datetime.datetime(2026, 6, 15))


def test_one_judge_for_many_hosts():
    judged = Judge(policy(rule(reach="private", applies_to=AppliesTo(groups=("web",)))), Registry.load())
    public = host_facts("web2", addresses=[("198.51.100.1", "eth0")])
    results = [
        judged.judge(facts, [listener(22)], as_of=NOW)
        for facts in (host_facts(), public, host_facts("db1", groups=["db"]))
    ]
    assert [result.verdict for result in results] == ["pass", "fail", "fail"]
    assert [codes(result) for result in results[1:]] == [[("excess-reach", "fail")], [("unlisted-listener", "fail")]]


def test_networks_of_the_policy_count():
    given = policy(rule(reach="private"))
    assert judge(given, listener(22)).verdict == "pass"
    own = dataclasses.replace(given, public_networks=networks("10.0.0.0/16"))
    assert codes(judge(own, listener(22))) == [("excess-reach", "fail")]
