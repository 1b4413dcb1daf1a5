# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sockets of one process on ports in a row are one finding, which hides nothing that differs."""

from __future__ import annotations

import collections

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._judge.findings import _fold
from ansible_collections.fleetports.compliance.tests.unit.factories.judging import judge
from ansible_collections.fleetports.compliance.tests.unit.factories.listeners import (
    JAVA,
    SSHD,
    listener,
    owner,
    unowned,
)
from ansible_collections.fleetports.compliance.tests.unit.factories.policies import policy, rule, waiver

FEWEST = _fold.FEWEST
DYNAMIC = "IANA does not assign dynamic ports"


def _row(first, count, *owners, protocol="tcp", **changes):
    return [listener(port, *(owners or (JAVA,)), protocol=protocol, **changes) for port in range(first, first + count)]


def _said(result):
    return [(it.code, it.verdict, it.port_label or it.port) for it in result.findings]


def test_three_thousand_sockets_are_three_findings():
    """Ports that IANA assigned and ports that it did not have a code each."""
    result = judge(policy(), *_row(20_000, 3_000))
    counts = collections.Counter(finding.code for finding in result.findings)
    assert counts == {"unassigned-port": 1, "unlisted-listener": 1, "reserved-port": 1}
    for finding in result.findings:
        assert finding.owner == "java"
    assert len(result.listeners) == 3_000
    assert sorted(finding.message for finding in result.findings if finding.port is None) == [
        "2,942 listeners between 20004 and 22999/tcp by java: no rule approves them; IANA has these ports unassigned",
        "57 listeners between 20000 and 22951/tcp by java: no rule approves them; IANA has these ports assigned",
    ]
    assert result.verdict == "fail"


def test_every_listener_keeps_its_verdict_and_its_finding():
    plain = judge(policy(), *_row(50_000, FEWEST - 1))
    folded = judge(policy(), *_row(50_000, FEWEST))
    assert len(plain.findings) == FEWEST - 1
    [finding] = folded.findings
    assert finding.message == f"25 listeners on 50000-50024/tcp by java: no rule approves them; {DYNAMIC}"
    assert {one.findings for one in folded.listeners} == {(finding,)}
    assert {one.verdict for one in folded.listeners} == {finding.verdict} == {plain.findings[0].verdict}


@pytest.mark.parametrize("step", [2, 7])
def test_ports_that_are_not_in_a_row_stay_apart(step):
    result = judge(policy(), *(listener(50_000 + step * number, JAVA) for number in range(FEWEST)))
    assert len(result.findings) == FEWEST


@pytest.mark.parametrize("protocol", ["tcp", "udp"])
def test_ports_that_chance_gave_need_no_row(protocol):
    given = [listener(50_000 + 7 * number, JAVA, protocol=protocol, ephemeral=True) for number in range(FEWEST)]
    [finding] = judge(policy(), *given).findings
    assert finding.port_label == f"50000-{50_000 + 7 * (FEWEST - 1)}"
    assert finding.message.startswith(f"25 listeners between 50000 and 50168/{protocol} by java: no rule approves ")


DIFFERENT = {
    "address": {"address": "10.0.0.5"},
    "device": {"device": "eth0"},
    "namespace": {"namespace": 7},
    "unit": {"unit": "other.service"},
    "owner": {"owners": (SSHD,)},
    "process": {"owners": (owner(JAVA, pid=901),)},
    "a second owner": {"owners": (JAVA, SSHD)},
    "executable": {"owners": (owner(JAVA, exe="/tmp/java"),)},  # noqa: S108
    "executable of the host": {"owners": (owner(JAVA, exe_on_host=False),)},
    "owners that were not all seen": {"owners_complete": False},
    "no owner": {"owners": (), "owner_status": "denied", "owners_complete": False},
    "creator": {"uid": 33},
    "container": {"container": "7c9e6a1f0b7d"},
}


@pytest.mark.parametrize("changes", DIFFERENT.values(), ids=DIFFERENT)
def test_what_differs_stays_apart(changes):
    """Two rows of ports, one above the other: each is a finding, and neither speaks of the other's ports."""
    result = judge(policy(), *_row(50_000, FEWEST), *_row(50_000 + FEWEST, FEWEST, **changes))
    assert sorted(finding.port_label for finding in result.findings) == ["50000-50024", "50025-50049"]


def test_one_that_differs_within_a_row_keeps_its_port():
    given = [*_row(50_000, 30), listener(50_030, SSHD), *_row(50_031, 30)]
    labels = {str(finding.port_label or finding.port): finding.owner for finding in judge(policy(), *given).findings}
    assert labels == {"50000-50029": "java", "50030": "sshd", "50031-50060": "java"}


def test_a_rule_a_severity_and_a_verdict_within_a_row():
    rules = (
        rule("50003/tcp", name="ok"),
        rule("50005/tcp", name="strict", reach="host", severity="critical"),
        rule("50007/tcp", name="never", expect="forbidden"),
    )
    result = judge(policy(*rules), *_row(50_000, 30))
    assert sorted(_said(result), key=str) == [
        ("excess-reach", "fail", 50005),
        ("forbidden-listener", "fail", 50007),
        ("unlisted-listener", "fail", "50000-50029"),
    ]
    [row] = [finding for finding in result.findings if finding.port is None]
    assert row.message.startswith("27 listeners between 50000 and 50029/tcp by java: ")
    passing = [one for one in result.listeners if one.verdict == "pass"]
    assert [(one.listener.port, one.rule, one.findings) for one in passing] == [(50003, "ok", ())]


def test_what_a_rule_says_is_said_once():
    result = judge(policy(rule("50000-50999/tcp", name="apps", reach="host")), *_row(50_000, FEWEST))
    [finding] = result.findings
    assert (finding.code, finding.rule, finding.port_label) == ("excess-reach", "apps", "50000-50024")
    assert finding.message == (
        "25 listeners on 50000-50024/tcp by java: bound to 0.0.0.0, reach private; rule apps allows host at most"
    )


def test_reach_of_devices_stays_apart():
    given = [*_row(50_000, FEWEST, address="127.0.0.1"), *_row(50_000, FEWEST)]
    result = judge(policy(defaults={"reach_host": "warn"}), *given)
    assert {(it.reach, it.verdict, it.port_label) for it in result.findings} == {
        ("host", "warn", "50000-50024"),
        ("private", "fail", "50000-50024"),
    }


def test_a_waiver_of_one_port_leaves_the_others():
    result = judge(policy(waiver("50003/tcp", name="W-1")), *_row(50_000, FEWEST))
    assert sorted(_said(result), key=str) == [
        ("unlisted-listener", "fail", "50000-50002, 50004-50024"),
        ("unlisted-listener", "waived", 50003),
    ]
    assert result.waivers_used == {"W-1"}
    assert result.verdict == "fail"
    waived = [one.listener.port for one in result.listeners if one.verdict == "waived"]
    assert waived == [50003]


def test_a_waiver_of_the_row_is_one_finding_too():
    result = judge(policy(waiver("50000-50999/tcp", name="W-1")), *_row(50_000, FEWEST))
    assert _said(result) == [("unlisted-listener", "waived", "50000-50024")]
    assert result.findings[0].before_waiver == "fail"


def test_owners_that_could_not_be_seen():
    result = judge(policy(), *(unowned("denied", port, uid=1000) for port in range(50_000, 50_100)))
    [finding] = result.findings
    assert "100 listeners on 50000-50099/tcp by an owner that could not be read: " in finding.message


def test_the_order_of_listeners_does_not_matter():
    given = [*_row(50_000, 40), *_row(50_040, 40, SSHD), *_row(20_000, 300)]
    assert judge(policy(), *given).findings == judge(policy(), *reversed(given)).findings


def test_no_finding_is_lost():
    """Each listener's findings are in the host's, and the host's in a listener's."""
    given = [*_row(20_000, 300), *_row(50_040, 40, SSHD), listener(81), *_row(9_000, 12)]
    result = judge(policy(rule("20100/tcp", reach="host")), *given)
    of_listeners = {finding for one in result.listeners for finding in one.findings}
    assert of_listeners == set(result.findings)
    assert len(result.findings) == len(set(result.findings))
    assert all(one.findings or one.verdict == "pass" for one in result.listeners)
