# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A finding says what is wrong in one short sentence, and where, and by which line of the policy."""

from __future__ import annotations

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._judge._judgement import Finding
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._policy_model import Control, SourcePlace
from ansible_collections.fleetports.compliance.tests.unit.factories.judging import judge, only
from ansible_collections.fleetports.compliance.tests.unit.factories.listeners import (
    JAVA,
    SSHD,
    listener,
    owner,
    unowned,
)
from ansible_collections.fleetports.compliance.tests.unit.factories.policies import policy, rule

SSHD_ONLY = {"exe": "/usr/sbin/sshd"}
DENIED = unowned("denied")

MESSAGES = [
    pytest.param([], listener(8081, JAVA), "8081/tcp by java: no rule approves it; IANA: sunproxyadmin", id="unlisted"),
    pytest.param([], listener(81, JAVA), "81/tcp by java: no rule approves it; IANA has this port unassigned", id="81"),
    pytest.param(
        [], listener(1023), "1023/tcp by sshd: no rule approves it; IANA has this port reserved", id="reserved"
    ),
    pytest.param(
        [],
        listener(50000),
        "50000/tcp by sshd: no rule approves it; IANA does not assign dynamic ports",
        id="dynamic",
    ),
    pytest.param(
        [],
        listener(40000, protocol="udp", ephemeral=True),
        "40000/udp by sshd: no rule approves it; unconnected UDP in the host's ephemeral range, "
        "usually a client that waits for an answer",
        id="ephemeral",
    ),
    pytest.param(
        [],
        listener(81, namespace=7, container="7c9e6a1f0b7d4c3fa1b2", engine="docker"),
        "81/tcp by sshd in docker 7c9e6a1f0b7d: no rule approves it; IANA has this port unassigned",
        id="container",
    ),
    pytest.param(
        [],
        listener(81, namespace=7),
        "81/tcp by sshd in network namespace 7: no rule approves it; IANA has this port unassigned",
        id="namespace",
    ),
    pytest.param(
        [],
        listener(81, container="7c9e6a1f0b7d4c3fa1b2", engine="docker"),
        "81/tcp by sshd: no rule approves it; IANA has this port unassigned",
        id="container in the host's namespace",
    ),
    pytest.param(
        [],
        unowned("denied", 81),
        "81/tcp by an owner that could not be read: no rule approves it; IANA has this port unassigned",
        id="no-owner",
    ),
    pytest.param([rule(expect="forbidden")], listener(22), "22/tcp by sshd: rule ssh forbids it", id="forbidden"),
    pytest.param(
        [rule(address="10.0.0.0/8 fd00::/8")],
        listener(22),
        "22/tcp by sshd: bound to 0.0.0.0, rule ssh expects 10.0.0.0/8, fd00::/8",
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
        listener(22, JAVA),
        "22/tcp by java: rule ssh expects exe /usr/sbin/sshd, found exe /usr/bin/java",
        id="owner",
    ),
    pytest.param(
        [rule(process=SSHD_ONLY)],
        DENIED,
        "22/tcp by an owner that could not be read: rule ssh expects exe /usr/sbin/sshd, which could not be verified",
        id="unverified",
    ),
    pytest.param(
        [rule(expect="forbidden", process=SSHD_ONLY), rule(name="allow")],
        listener(22, owner(exe=None)),
        "22/tcp by sshd: rule ssh forbids exe /usr/sbin/sshd, which could not be ruled out: exe not readable",
        id="unverified-forbidden",
    ),
    pytest.param(
        [rule(process=SSHD_ONLY)],
        listener(22, owner(exe_on_host=False)),
        "22/tcp by sshd: rule ssh expects exe /usr/sbin/sshd, which could not be verified: "
        "exe /usr/sbin/sshd (not the host's own file)",
        id="unverified-and-seen",
    ),
    pytest.param(
        [],
        listener(8081, JAVA, SSHD, owner(pid=5)),
        "8081/tcp by java, sshd: no rule approves it; IANA: sunproxyadmin",
        id="owners",
    ),
    pytest.param(
        [],
        listener(8081, owner(name=None)),
        "8081/tcp by sshd: no rule approves it; IANA: sunproxyadmin",
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
        message="22/tcp by sshd: rule ssh expects unit x.service, found unit ssh.service",
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
        place=SourcePlace("policy.yml", 10, 5),
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
    finding = only(judge(policy(given), listener(22, JAVA)))
    assert (finding.expected, finding.found) == (expected, found)


def test_a_default_finding_points_at_the_defaults():
    finding = only(judge(policy(defaults={"severity": "high"}), listener(81)))
    assert (finding.place, finding.rule, finding.severity) == (SourcePlace("policy.yml", 3, 1), None, "high")


@pytest.mark.parametrize("severity", ["low", "medium", "high", "critical"])
def test_severity_never_changes_a_verdict(severity):
    result = judge(policy(rule(reach="host", severity=severity)), listener(22))
    assert (only(result).severity, result.verdict) == (severity, "fail")


def test_severity_of_a_rule_that_names_none():
    assert only(judge(policy(rule(reach="host"), defaults={"severity": "low"}), listener(22))).severity == "low"
