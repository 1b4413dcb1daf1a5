# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a host's listeners are worth under a policy: the whole of it, sentence by sentence."""

from __future__ import annotations

import dataclasses
import datetime
import random

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._judge._evaluate import (
    Judge,
    not_assessed,
    order,
    worst,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._judge._model import Finding
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._model import AppliesTo, Control
from ansible_collections.fleetports.compliance.plugins.plugin_utils._registry._lookup import Registry
from ansible_collections.fleetports.compliance.tests.unit.plugins.plugin_utils._judge.makers import (
    JAVA,
    NOW,
    SSHD,
    codes,
    gap,
    host,
    judge,
    listener,
    networks,
    only,
    owner,
    policy,
    rule,
    unowned,
    waiver,
)

SSHD_ONLY = {"exe": "/usr/sbin/sshd"}
DENIED = unowned("denied")

# --- 1. forbidden


@pytest.mark.parametrize(
    ("rules", "given", "expected"),
    [
        pytest.param([rule(expect="forbidden")], listener(22), [("forbidden-listener", "fail")], id="true"),
        pytest.param(
            [rule(expect="forbidden"), rule(name="allow")],
            listener(22),
            [("forbidden-listener", "fail")],
            id="beats-allowed",
        ),
        pytest.param(
            [rule(expect="forbidden", name="z"), rule(name="a")],
            listener(22),
            [("forbidden-listener", "fail")],
            id="beats-allowed-whatever-the-ids",
        ),
        pytest.param(
            [rule(expect="forbidden", process=SSHD_ONLY)],
            listener(22),
            [("forbidden-listener", "fail")],
            id="process-true",
        ),
        pytest.param(
            [rule(expect="forbidden", process={"exe": "/x"}), rule(name="allow")], listener(22), [], id="process-false"
        ),
        pytest.param(
            [rule(expect="forbidden", process={"exe": "/x"})],
            listener(22),
            [("unlisted-listener", "fail")],
            id="a-false-one-approves-nothing",
        ),
        pytest.param(
            [rule(expect="forbidden", process=SSHD_ONLY), rule(name="allow")],
            DENIED,
            [("unverified-owner", "unverified")],
            id="unknown-lets-nothing-pass",
        ),
        pytest.param(
            [rule(expect="forbidden", process=SSHD_ONLY)],
            DENIED,
            [("unlisted-listener", "fail"), ("unverified-owner", "unverified")],
            id="unknown-does-not-excuse-an-unapproved-port",
        ),
        pytest.param(
            [rule(expect="forbidden", process=SSHD_ONLY), rule(name="allow", reach="host")],
            DENIED,
            [("excess-reach", "fail"), ("unverified-owner", "unverified")],
            id="unknown-does-not-excuse-a-failed-rule",
        ),
        pytest.param(
            [rule(expect="forbidden", name="f1"), rule(expect="forbidden", name="f2")],
            listener(22),
            [("forbidden-listener", "fail"), ("forbidden-listener", "fail")],
            id="each-that-is-true",
        ),
        pytest.param(
            [rule(expect="forbidden", applies_to=AppliesTo(groups=("db",))), rule(name="allow")],
            listener(22),
            [],
            id="of-other-hosts",
        ),
        pytest.param([rule("23/tcp", expect="forbidden"), rule(name="allow")], listener(22), [], id="of-another-port"),
        pytest.param(
            [rule(expect="forbidden")],
            listener(22, address="127.0.0.1"),
            [("forbidden-listener", "fail")],
            id="on-loopback-too",
        ),
    ],
)
def test_forbidden(rules, given, expected):
    assert codes(judge(policy(*rules), given)) == expected


def test_forbidden_and_default_ignored():
    result = judge(policy(rule(expect="forbidden", process=SSHD_ONLY)), unowned("denied", address="127.0.0.1"))
    assert codes(result) == [("unverified-owner", "unverified")]
    assert (result.listeners[0].verdict, result.listeners[0].basis) == ("unverified", None)


def test_a_waived_forbidden_rule_hides_no_unknown_one():
    given = policy(
        rule(expect="forbidden", name="any"),
        rule(expect="forbidden", name="sshd", process=SSHD_ONLY),
        waiver(codes="forbidden-listener"),
    )
    result = judge(given, DENIED)
    assert codes(result) == [("forbidden-listener", "waived"), ("unverified-owner", "unverified")]
    assert result.verdict == "unverified"


# --- 2. selecting rules, basis, what failed


@pytest.mark.parametrize(
    ("rules", "given", "basis", "by"),
    [
        pytest.param([rule()], DENIED, "port", "ssh", id="port-needs-no-owner"),
        pytest.param([rule(reach="private")], listener(22), "port", "ssh", id="reach"),
        pytest.param([rule(reach="public")], listener(22), "port", "ssh", id="reach-narrower-than-allowed"),
        pytest.param([rule(address="0.0.0.0/0")], listener(22), "port", "ssh", id="wildcard-address"),
        pytest.param([rule(process={"unit": "ssh.service"})], listener(22), "port+unit", "ssh", id="unit"),
        pytest.param([rule(process=SSHD_ONLY)], listener(22), "port+owner", "ssh", id="owner"),
        pytest.param(
            [rule(process={"user": "root", "unit": "ssh*"})], listener(22), "port+owner", "ssh", id="owner-and-unit"
        ),
        pytest.param(
            [rule(name="a"), rule(name="b", process={"unit": "ssh*"}), rule(name="c", process=SSHD_ONLY)],
            listener(22),
            "port+owner",
            "c",
            id="best-basis",
        ),
        pytest.param([rule(name="b"), rule(name="a")], listener(22), "port", "a", id="lowest-id-of-equal-bases"),
        pytest.param(
            [rule(name="a", process={"exe": "/x"}), rule(name="b")], listener(22), "port", "b", id="one-is-true"
        ),
        pytest.param([rule(name="a", process=SSHD_ONLY), rule(name="b")], DENIED, "port", "b", id="true-beats-unknown"),
        pytest.param([rule("20-30/tcp")], listener(22), "port", "ssh", id="range"),
        pytest.param([rule("22/tcp 22/udp")], listener(22, "udp"), "port", "ssh", id="list-of-protocols"),
        pytest.param([rule(expect="required")], listener(22), "port", "ssh", id="required-approves-too"),
        pytest.param([rule("22/tcp")], listener(22, mptcp=True), "port", "ssh", id="mptcp-is-tcp"),
        pytest.param([rule("81/tcp")], listener(81), "port", "ssh", id="an-unassigned-port-may-be-approved"),
        pytest.param(
            [rule("40000/udp")], listener(40000, "udp", ephemeral=True), "port", "ssh", id="ephemeral-approved"
        ),
        pytest.param([rule()], listener(22, state="published"), "port", "ssh", id="state-does-not-matter"),
    ],
)
def test_passes(rules, given, basis, by):
    result = judge(policy(*rules), given)
    assert result.findings == ()
    assert (result.verdict, result.listeners[0].verdict) == ("pass", "pass")
    assert (result.listeners[0].basis, result.listeners[0].rule) == (basis, by)


def test_an_approved_unassigned_port_is_still_marked():
    result = judge(policy(rule("81/tcp")), listener(81))
    assert result.listeners[0].registry.status == "unassigned"


@pytest.mark.parametrize(
    ("rules", "given", "code", "verdict", "by"),
    [
        pytest.param([rule(process=SSHD_ONLY)], DENIED, "unverified-owner", "unverified", "ssh", id="unknown"),
        pytest.param(
            [rule(name="a", reach="host"), rule(name="b", process=SSHD_ONLY)],
            DENIED,
            "unverified-owner",
            "unverified",
            "b",
            id="another-rule's-unknown-beats-false",
        ),
        pytest.param(
            [rule(name="b", process=SSHD_ONLY), rule(name="a", process={"name": "x"})],
            DENIED,
            "unverified-owner",
            "unverified",
            "a",
            id="lowest-id-of-the-unknown",
        ),
        pytest.param(
            [rule(reach="host", process=SSHD_ONLY)],
            DENIED,
            "excess-reach",
            "fail",
            "ssh",
            id="within-a-rule-false-beats-unknown",
        ),
        pytest.param([rule(address="10.0.0.0/8")], listener(22), "wrong-address", "fail", "ssh", id="address"),
        pytest.param([rule(reach="link")], listener(22), "excess-reach", "fail", "ssh", id="reach"),
        pytest.param([rule(process={"exe": "/x"})], listener(22), "wrong-owner", "fail", "ssh", id="owner"),
        pytest.param(
            [rule(address="10.0.0.0/8", reach="link", process={"exe": "/x"})],
            listener(22),
            "wrong-address",
            "fail",
            "ssh",
            id="address-first",
        ),
        pytest.param(
            [rule(reach="link", process={"exe": "/x"})], listener(22), "excess-reach", "fail", "ssh", id="then-reach"
        ),
        pytest.param(
            [rule(name="a", address="10.0.0.0/8", reach="link"), rule(name="b", process={"exe": "/x"})],
            listener(22),
            "wrong-owner",
            "fail",
            "b",
            id="fewest-failed",
        ),
        pytest.param(
            [rule(name="b", address="10.0.0.0/8"), rule(name="a", process={"exe": "/x"})],
            listener(22),
            "wrong-owner",
            "fail",
            "a",
            id="lowest-id-of-equals",
        ),
        pytest.param(
            [
                rule(name="a", address="10.0.0.0/8", reach="link"),
                rule(name="b", process={"exe": "/x", "user": "y", "name": "z"}),
            ],
            listener(22),
            "wrong-owner",
            "fail",
            "b",
            id="process-is-one-condition",
        ),
        pytest.param([rule(process=SSHD_ONLY)], unowned("kernel"), "wrong-owner", "fail", "ssh", id="the-kernel"),
    ],
)
def test_does_not_pass(rules, given, code, verdict, by):
    result = judge(policy(*rules), given)
    finding = only(result)
    assert (finding.code, finding.verdict, finding.rule) == (code, verdict, by)
    assert (result.verdict, result.listeners[0].verdict, result.listeners[0].basis) == (verdict, verdict, None)


def test_rules_of_other_hosts_do_not_select():
    given = policy(
        rule(applies_to=AppliesTo(groups=("db",))), rule(name="b", applies_to=AppliesTo(not_groups=("web",)))
    )
    assert codes(judge(given, listener(22))) == [("unlisted-listener", "fail")]


# --- 4. no rule selects

DEFAULTS = {
    "unlisted": "warn",
    "unassigned": "fail",
    "reserved": "warn",
    "ephemeral_udp": "warn",
    "reach_host": "ignore",
}
EPHEMERAL = {"ephemeral": True}


@pytest.mark.parametrize(
    ("given", "defaults", "expected"),
    [
        pytest.param(listener(8081), {}, [("unlisted-listener", "warn")], id="assigned"),
        pytest.param(listener(603), {}, [("unlisted-listener", "warn")], id="603-is-assigned"),
        pytest.param(listener(81), {}, [("unassigned-port", "fail")], id="unassigned"),
        pytest.param(listener(1023), {}, [("reserved-port", "warn")], id="reserved"),
        pytest.param(listener(4789), {}, [("reserved-port", "warn")], id="by-transport-tcp"),
        pytest.param(listener(4789, "udp"), {}, [("unlisted-listener", "warn")], id="by-transport-udp"),
        pytest.param(
            listener(50000), {"unassigned": "warn", "unlisted": "fail"}, [("unlisted-listener", "fail")], id="dynamic"
        ),
        pytest.param(listener(40000, "udp", **EPHEMERAL), {}, [("ephemeral-udp", "warn")], id="ephemeral"),
        pytest.param(listener(40000, "udplite", **EPHEMERAL), {}, [("ephemeral-udp", "warn")], id="ephemeral-udplite"),
        pytest.param(
            listener(40000, "udp", **EPHEMERAL), {"ephemeral_udp": "fail"}, [("ephemeral-udp", "fail")], id="its-action"
        ),
        pytest.param(
            listener(50000, **EPHEMERAL), {}, [("unlisted-listener", "warn")], id="ephemeral-tcp-is-not-excused"
        ),
        pytest.param(listener(50000, "udp"), {}, [("unlisted-listener", "warn")], id="not-ephemeral-on-this-host"),
        pytest.param(
            listener(50000, "udp", ephemeral=None), {}, [("unlisted-listener", "warn")], id="ephemeral-not-known"
        ),
        pytest.param(listener(8081, address="127.0.0.1"), {}, [], id="reach-host-ignored"),
        pytest.param(listener(81, address="::1"), {}, [], id="reach-host-ignored-unassigned"),
        pytest.param(
            listener(8081, address="127.0.0.1"), {"reach_host": "warn"}, [("unlisted-listener", "warn")], id="its-warn"
        ),
        pytest.param(
            listener(81, address="127.0.0.1"),
            {"reach_host": "warn"},
            [("unassigned-port", "warn")],
            id="never-the-code",
        ),
        pytest.param(
            listener(8081, address="127.0.0.1"),
            {"reach_host": "fail"},
            [("unlisted-listener", "fail")],
            id="it-replaces-either-way",
        ),
        pytest.param(
            listener(40000, "udp", address="127.0.0.1", **EPHEMERAL),
            {"reach_host": "fail"},
            [("ephemeral-udp", "fail")],
            id="it-replaces-ephemeral-too",
        ),
        pytest.param(listener(8081), {"unlisted": "ignore"}, [], id="ignored"),
    ],
)
def test_no_rule_selects(given, defaults, expected):
    assert codes(judge(policy(rule(), defaults={**DEFAULTS, **defaults}), given)) == expected


def test_ignored_is_a_pass_counted_apart():
    result = judge(policy(defaults={"unlisted": "ignore"}), listener(8081))
    judged = result.listeners[0]
    assert (judged.verdict, judged.basis, judged.rule) == ("pass", "default", None)


def test_defaults_of_a_policy_that_says_nothing():
    result = judge(policy(), listener(8081), listener(81), listener(1023), listener(5353, address="127.0.0.1"))
    assert codes(result) == [("unassigned-port", "fail"), ("reserved-port", "fail"), ("unlisted-listener", "fail")]


# --- findings

MESSAGES = [
    pytest.param(
        [], listener(8081, "tcp", JAVA), "8081/tcp by java: nobody approved it; IANA: sunproxyadmin", id="unlisted"
    ),
    pytest.param(
        [], listener(81, "tcp", JAVA), "81/tcp by java: nobody approved it; IANA has this port unassigned", id="81"
    ),
    pytest.param(
        [], listener(1023), "1023/tcp by sshd: nobody approved it; IANA has this port reserved", id="reserved"
    ),
    pytest.param(
        [],
        listener(50000),
        "50000/tcp by sshd: nobody approved it; a dynamic port, which IANA assigns to nobody",
        id="dynamic",
    ),
    pytest.param(
        [],
        listener(40000, "udp", ephemeral=True),
        "40000/udp by sshd: nobody approved it; unconnected UDP in the host's ephemeral range, "
        "mostly a client waiting for an answer",
        id="ephemeral",
    ),
    pytest.param(
        [],
        unowned("denied", 81),
        "81/tcp by an owner that could not be seen (no privilege): nobody approved it; IANA has this port unassigned",
        id="no-owner",
    ),
    pytest.param([rule(expect="forbidden")], listener(22), "22/tcp by sshd: rule ssh forbids it", id="forbidden"),
    pytest.param(
        [rule(address="10.0.0.0/8 fd00::/8")],
        listener(22),
        "22/tcp by sshd: bound to 0.0.0.0, rule ssh wants 10.0.0.0/8, fd00::/8",
        id="address",
    ),
    pytest.param(
        [rule(reach="link")],
        listener(22),
        "22/tcp by sshd: bound to 0.0.0.0, reach private; rule ssh allows link at most",
        id="reach",
    ),
    pytest.param(
        [rule(process=SSHD_ONLY)],
        listener(22, "tcp", JAVA),
        "22/tcp by java: rule ssh wants exe /usr/sbin/sshd, found exe /usr/bin/java",
        id="owner",
    ),
    pytest.param(
        [rule(process=SSHD_ONLY)],
        DENIED,
        "22/tcp by an owner that could not be seen (no privilege): rule ssh wants exe /usr/sbin/sshd, "
        "which could not be verified",
        id="unverified",
    ),
    pytest.param(
        [rule(expect="forbidden", process=SSHD_ONLY), rule(name="allow")],
        listener(22, "tcp", owner(exe=None)),
        "22/tcp by sshd: rule ssh forbids exe /usr/sbin/sshd, which could not be ruled out: exe not readable",
        id="unverified-forbidden",
    ),
    pytest.param(
        [rule(process=SSHD_ONLY)],
        listener(22, "tcp", owner(exe_on_host=False)),
        "22/tcp by sshd: rule ssh wants exe /usr/sbin/sshd, which could not be verified: "
        "exe /usr/sbin/sshd (not the host's own file)",
        id="unverified-and-seen",
    ),
    pytest.param(
        [],
        listener(8081, "tcp", JAVA, SSHD, owner(pid=5)),
        "8081/tcp by java, sshd: nobody approved it; IANA: sunproxyadmin",
        id="owners",
    ),
    pytest.param(
        [],
        listener(8081, "tcp", owner(name=None)),
        "8081/tcp by sshd: nobody approved it; IANA: sunproxyadmin",
        id="name-from-the-exe",
    ),
]


@pytest.mark.parametrize(("rules", "given", "message"), MESSAGES)
def test_messages(rules, given, message):
    assert only(judge(policy(*rules), given)).message == message


def test_a_finding_says_where_and_why():
    control = Control("cis-debian-12", "1.1.0", "2.1.22")
    given = policy(rule(process={"unit": "x.service"}, severity="critical", controls=(control,)))
    bound = listener(22, address="::", device="eth0", dual_stack=True)
    assert only(judge(given, bound)) == Finding(
        code="wrong-owner",
        verdict="fail",
        severity="critical",
        message="22/tcp by sshd: rule ssh wants unit x.service, found unit ssh.service",
        host="web1",
        protocol="tcp",
        family="ipv6",
        address="::",
        port=22,
        device="eth0",
        namespace=bound.namespace,
        owner="sshd",
        unit="ssh.service",
        rule="ssh",
        expected="unit x.service",
        found="unit ssh.service",
        registry="assigned",
        reach="private",
        place="policy.yml:10:5",
        controls=(("cis-debian-12", "1.1.0", "2.1.22"),),
    )


@pytest.mark.parametrize(
    ("given", "expected", "found"),
    [
        (rule(address="10.0.0.0/8"), "10.0.0.0/8", "0.0.0.0"),
        (rule(reach="host"), "host", "private"),
        (rule(process=SSHD_ONLY), "exe /usr/sbin/sshd", "exe /usr/bin/java"),
        (rule(expect="forbidden"), "no such listener", "java"),
    ],
    ids=["address", "reach", "owner", "forbidden"],
)
def test_expected_and_found(given, expected, found):
    finding = only(judge(policy(given), listener(22, "tcp", JAVA)))
    assert (finding.expected, finding.found) == (expected, found)


def test_a_default_finding_points_at_the_defaults():
    finding = only(judge(policy(defaults={"severity": "high"}), listener(81)))
    assert (finding.place, finding.rule, finding.severity) == ("policy.yml:3:1", None, "high")


@pytest.mark.parametrize("severity", ["low", "medium", "high", "critical"])
def test_severity_never_changes_a_verdict(severity):
    result = judge(policy(rule(reach="host", severity=severity)), listener(22))
    assert (only(result).severity, result.verdict) == (severity, "fail")


def test_severity_of_a_rule_that_names_none():
    assert only(judge(policy(rule(reach="host"), defaults={"severity": "low"}), listener(22))).severity == "low"


# --- verdict of a host


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
    assert codes(judge(policy(rule()), listener(22), facts=host(gaps=gaps))) == expected


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({}, "listeners may be missing: not permitted"),
        ({"protocol": "udp"}, "udp listeners may be missing: not permitted"),
        ({"protocol": "udp", "family": "ipv6"}, "udp ipv6 listeners may be missing: not permitted"),
    ],
)
def test_gap_message(more, message):
    finding = only(judge(policy(defaults={"severity": "high"}), facts=host(gaps=[gap("listeners", **more)])))
    assert (finding.message, finding.severity, finding.protocol) == (message, "high", more.get("protocol"))


def test_unknown_addresses_matter_to_reach():
    given = policy(rule(reach="private"))
    assert codes(judge(given, listener(22), facts=host(gaps=[gap("addresses")]))) == [("excess-reach", "fail")]


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
    given = [listener(port, "tcp", chance.choice([SSHD, JAVA])) for port in range(18, 42)]
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
    public = host("web2", addresses=[("198.51.100.1", "eth0")])
    results = [judged.judge(facts, [listener(22)], as_of=NOW) for facts in (host(), public, host("db1", groups=["db"]))]
    assert [result.verdict for result in results] == ["pass", "fail", "fail"]
    assert [codes(result) for result in results[1:]] == [[("excess-reach", "fail")], [("unlisted-listener", "fail")]]


def test_networks_of_the_policy_count():
    given = policy(rule(reach="private"))
    assert judge(given, listener(22)).verdict == "pass"
    own = dataclasses.replace(given, public_networks=networks("10.0.0.0/16"))
    assert codes(judge(own, listener(22))) == [("excess-reach", "fail")]
