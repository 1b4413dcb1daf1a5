# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Item 7: what a waiver covers, what it never covers, and until when."""

from __future__ import annotations

import datetime

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._policy_model import AppliesTo
from ansible_collections.fleetports.compliance.tests.unit.factories.evidence import gap
from ansible_collections.fleetports.compliance.tests.unit.factories.judging import codes, host_facts, judge, only
from ansible_collections.fleetports.compliance.tests.unit.factories.listeners import JAVA, listener, unowned
from ansible_collections.fleetports.compliance.tests.unit.factories.policies import policy, rule, waiver

UNLISTED = listener(8081, JAVA, address="10.0.0.5")


@pytest.mark.parametrize(
    ("given", "verdict"),
    [
        pytest.param(waiver("8081/tcp"), "waived", id="port"),
        pytest.param(waiver("8000-8099/tcp"), "waived", id="range"),
        pytest.param(waiver("8082/tcp"), "fail", id="another-port"),
        pytest.param(waiver("8081/udp"), "fail", id="another-protocol"),
        pytest.param(waiver("8081/udp 8081/tcp"), "waived", id="one-of-many"),
        pytest.param(waiver(codes="unlisted-listener"), "waived", id="code"),
        pytest.param(waiver(codes=("wrong-owner", "unlisted-listener")), "waived", id="one-of-the-codes"),
        pytest.param(waiver(codes="unassigned-port"), "fail", id="another-code"),
        pytest.param(waiver("8081/tcp", codes="unassigned-port"), "fail", id="every-key-must-match"),
        pytest.param(waiver("8081/tcp", rules="ssh"), "fail", id="a-rule-that-the-finding-lacks"),
        pytest.param(waiver(address="10.0.0.0/8"), "waived", id="address"),
        pytest.param(waiver(address="192.168.0.0/16"), "fail", id="another-address"),
        pytest.param(waiver(process={"name": "java"}), "waived", id="process"),
        pytest.param(waiver(process={"name": "sshd"}), "fail", id="another-process"),
        pytest.param(waiver("8081/tcp", applies_to=AppliesTo(hosts=("web1",))), "waived", id="host"),
        pytest.param(waiver("8081/tcp", applies_to=AppliesTo(hosts=("db1",))), "fail", id="another-host"),
        pytest.param(waiver("8081/tcp", applies_to=AppliesTo(groups=("web",))), "waived", id="group"),
        pytest.param(waiver("8081/tcp", expires=datetime.date(2026, 6, 15)), "waived", id="last-day"),
        pytest.param(waiver("8081/tcp", expires=datetime.date(2026, 6, 14)), "fail", id="expired"),
    ],
)
def test_covers(given, verdict):
    result = judge(policy(given), UNLISTED)
    assert codes(result) == [("unlisted-listener", verdict)]
    assert result.verdict == result.listeners[0].verdict == verdict
    assert result.waivers_used == ({"W-1"} if verdict == "waived" else set())


def test_what_is_waived_is_still_listed():
    finding = only(judge(policy(waiver("8081/tcp")), UNLISTED))
    assert (finding.verdict, finding.before_waiver, finding.waiver) == ("waived", "fail", "W-1")
    assert finding.message == "8081/tcp by java: no rule approves it; IANA: sunproxyadmin"


def test_a_warning_is_waived_too():
    finding = only(judge(policy(waiver("8081/tcp"), defaults={"unlisted": "warn"}), UNLISTED))
    assert (finding.verdict, finding.before_waiver) == ("waived", "warn")


@pytest.mark.parametrize(
    ("rules", "given", "match", "verdict"),
    [
        pytest.param([rule(reach="host")], listener(22), {"rules": "ssh"}, "waived", id="rule"),
        pytest.param([rule(reach="host")], listener(22), {"rules": ("web", "ssh")}, "waived", id="one-of-the-rules"),
        pytest.param([rule(reach="host")], listener(22), {"rules": "web"}, "fail", id="another-rule"),
        pytest.param(
            [rule(address="10.9.0.0/16")], listener(22), {"codes": "wrong-address"}, "waived", id="wrong-address"
        ),
        pytest.param([rule(process={"exe": "/x"})], listener(22), {"codes": "wrong-owner"}, "waived", id="wrong-owner"),
        pytest.param(
            [rule(reach="host")], listener(22), {"address": "10.0.0.0/8"}, "fail", id="wildcard-is-in-no-network"
        ),
        pytest.param(
            [rule(reach="host")], listener(22), {"address": "0.0.0.0/0"}, "waived", id="wildcard-is-in-everything"
        ),
        pytest.param([rule(expect="forbidden")], listener(22), {"ports": "22/tcp"}, "fail", id="forbidden-not-named"),
        pytest.param(
            [rule(expect="forbidden")], listener(22), {"rules": "ssh"}, "fail", id="forbidden-named-by-rule-only"
        ),
        pytest.param(
            [rule(expect="forbidden")], listener(22), {"codes": "forbidden-listener"}, "waived", id="forbidden-named"
        ),
        pytest.param(
            [rule(reach="host")], unowned("denied"), {"process": {"name": "sshd"}}, "fail", id="process-not-seen"
        ),
    ],
)
def test_covers_findings_of_rules(rules, given, match, verdict):
    assert judge(policy(*rules, waiver(**match)), given).verdict == verdict


MISSING = rule("22/tcp", expect="required")
MISSING_RANGE = rule("8000-8099/tcp", expect="required")


@pytest.mark.parametrize(
    ("required", "given", "verdict"),
    [
        pytest.param(MISSING, waiver("22/tcp"), "fail", id="not-named"),
        pytest.param(MISSING, waiver("22/tcp", codes="missing-listener"), "waived", id="named"),
        pytest.param(MISSING, waiver("20-30/tcp", codes="missing-listener"), "waived", id="range"),
        pytest.param(MISSING, waiver("23/tcp", codes="missing-listener"), "fail", id="another-port"),
        pytest.param(MISSING, waiver("22/udp", codes="missing-listener"), "fail", id="another-protocol"),
        pytest.param(MISSING, waiver(codes="missing-listener", rules="ssh"), "waived", id="rule"),
        pytest.param(MISSING, waiver(codes="missing-listener", address="0.0.0.0/0"), "fail", id="it-has-no-address"),
        pytest.param(MISSING, waiver(codes="missing-listener", process={"name": "*"}), "fail", id="it-has-no-process"),
        pytest.param(MISSING_RANGE, waiver("8000-8099/tcp", codes="missing-listener"), "waived", id="whole-range"),
        pytest.param(MISSING_RANGE, waiver("8000-8050/tcp", codes="missing-listener"), "fail", id="part-of-the-range"),
    ],
)
def test_missing_listeners(required, given, verdict):
    result = judge(policy(required, given))
    assert codes(result) == [("missing-listener", verdict)]
    assert result.waivers_used == ({"W-1"} if verdict == "waived" else set())


EVERYTHING = [
    waiver(name="W-all", applies_to=AppliesTo(groups=("all",))),
    waiver(name="W-named", codes=("unverified-owner", "not-assessed", "collection-gap", "missing-listener")),
]


def test_never_covers_an_unverified_owner():
    result = judge(policy(rule(process={"exe": "/x"}), *EVERYTHING), unowned("denied"))
    assert codes(result) == [("unverified-owner", "unverified")]


def test_never_covers_a_gap():
    result = judge(policy(*EVERYTHING), facts=host_facts(gaps=[gap("listeners")]))
    assert codes(result) == [("collection-gap", "unverified")]


def test_never_covers_a_missing_listener_that_could_not_be_verified():
    result = judge(policy(MISSING, *EVERYTHING), facts=host_facts(gaps=[gap("listeners")]))
    assert ("missing-listener", "unverified") in codes(result)


def test_the_lowest_id_covers_and_all_that_match_are_in_use():
    given = policy(
        waiver("8081/tcp", name="W-2"), waiver(codes="unlisted-listener", name="W-1"), waiver("1/tcp", name="W-0")
    )
    result = judge(given, UNLISTED)
    assert only(result).waiver == "W-1"
    assert result.waivers_used == {"W-1", "W-2"}


@pytest.mark.parametrize(
    ("as_of", "verdict"),
    [
        ("2026-06-15T23:59:59+00:00", "waived"),
        ("2026-06-16T00:00:00+00:00", "fail"),
        ("2026-06-16T01:59:59+02:00", "waived"),
        ("2026-06-15T22:00:00-05:00", "fail"),
    ],
    ids=["last-second", "next-day", "still-the-day-in-utc", "already-the-next-day-in-utc"],
)
def test_good_to_the_end_of_the_day_in_utc(as_of, verdict):
    given = policy(waiver("8081/tcp", expires=datetime.date(2026, 6, 15)))
    assert judge(given, UNLISTED, as_of=datetime.datetime.fromisoformat(as_of)).verdict == verdict


def test_one_finding_of_a_listener_may_stay():
    given = policy(
        rule(expect="forbidden", name="a"),
        rule(expect="forbidden", name="b"),
        waiver(codes="forbidden-listener", rules="a"),
    )
    result = judge(given, listener(22))
    assert [(finding.rule, finding.verdict) for finding in result.findings] == [("a", "waived"), ("b", "fail")]
    assert result.listeners[0].verdict == "fail"
