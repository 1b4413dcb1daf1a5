# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Items 1, 2 and 4: what a listener gets, from forbidden rules, rules that select it, or the defaults."""

from __future__ import annotations

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._policy_model import AppliesTo
from ansible_collections.fleetports.compliance.tests.unit.factories.judging import codes, judge, only
from ansible_collections.fleetports.compliance.tests.unit.factories.listeners import listener, unowned
from ansible_collections.fleetports.compliance.tests.unit.factories.policies import policy, rule, waiver

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
        pytest.param([rule("22/tcp 22/udp")], listener(22, protocol="udp"), "port", "ssh", id="list-of-protocols"),
        pytest.param([rule(expect="required")], listener(22), "port", "ssh", id="required-approves-too"),
        pytest.param([rule("22/tcp")], listener(22, mptcp=True), "port", "ssh", id="mptcp-is-tcp"),
        pytest.param([rule("81/tcp")], listener(81), "port", "ssh", id="an-unassigned-port-may-be-approved"),
        pytest.param(
            [rule("40000/udp")], listener(40000, protocol="udp", ephemeral=True), "port", "ssh", id="ephemeral-approved"
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
        pytest.param(listener(4789, protocol="udp"), {}, [("unlisted-listener", "warn")], id="by-transport-udp"),
        pytest.param(
            listener(50000), {"unassigned": "warn", "unlisted": "fail"}, [("unlisted-listener", "fail")], id="dynamic"
        ),
        pytest.param(listener(40000, protocol="udp", **EPHEMERAL), {}, [("ephemeral-udp", "warn")], id="ephemeral"),
        pytest.param(
            listener(40000, protocol="udplite", **EPHEMERAL), {}, [("ephemeral-udp", "warn")], id="ephemeral-udplite"
        ),
        pytest.param(
            listener(40000, protocol="udp", **EPHEMERAL),
            {"ephemeral_udp": "fail"},
            [("ephemeral-udp", "fail")],
            id="its-action",
        ),
        pytest.param(
            listener(50000, **EPHEMERAL), {}, [("unlisted-listener", "warn")], id="ephemeral-tcp-is-not-excused"
        ),
        pytest.param(
            listener(50000, protocol="udp"), {}, [("unlisted-listener", "warn")], id="not-ephemeral-on-this-host"
        ),
        pytest.param(
            listener(50000, protocol="udp", ephemeral=None),
            {},
            [("unlisted-listener", "warn")],
            id="ephemeral-not-known",
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
            listener(40000, protocol="udp", address="127.0.0.1", **EPHEMERAL),
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
