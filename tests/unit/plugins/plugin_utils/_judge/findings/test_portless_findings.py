# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ways in without a port: what they are called, what their verdict is, and what covers them."""

from __future__ import annotations

import dataclasses

import pytest
from ansible_collections.fleetports.compliance.plugins.module_utils._socket import AlternatePath
from ansible_collections.fleetports.compliance.tests.unit.factories.judging import codes, host_facts, judge, only
from ansible_collections.fleetports.compliance.tests.unit.factories.listeners import JAVA, NAMESPACE, SSHD
from ansible_collections.fleetports.compliance.tests.unit.factories.policies import policy, waiver


def path(kind="packet", detail="all on every device", count=1, owners=(JAVA,), namespace=NAMESPACE):
    return AlternatePath(kind, detail, count, namespace, tuple(owners))


def judged(*paths, given=None, complete=True):
    return judge(given or policy(), facts=dataclasses.replace(host_facts(), paths=paths, owners_complete=complete))


@pytest.mark.parametrize(
    ("paths", "messages"),
    [
        pytest.param(
            [path()], ["packet socket by java: traffic enters without a port (all on every device)"], id="one"
        ),
        pytest.param(
            [path(count=2), path(detail="arp on eth0")],
            ["3 packet sockets by java: traffic enters without a port (all on every device, arp on eth0)"],
            id="those of one holder are one finding",
        ),
        pytest.param(
            [path(), path(owners=[SSHD])],
            [
                "packet socket by java: traffic enters without a port (all on every device)",
                "packet socket by sshd: traffic enters without a port (all on every device)",
            ],
            id="two holders are two",
        ),
        pytest.param(
            [path("raw", "IPv4 protocol icmp", owners=())],
            ["raw socket by an owner that was not found: traffic enters without a port (IPv4 protocol icmp)"],
            id="nobody",
        ),
        pytest.param(
            [path("sk_lookup", "BPF program 7", owners=())],
            ["BPF program: traffic enters without a port (BPF program 7)"],
            id="what nobody holds",
        ),
        pytest.param(
            [path(namespace=7)],
            ["packet socket by java in network namespace 7: traffic enters without a port (all on every device)"],
            id="namespace",
        ),
    ],
)
def test_messages(paths, messages):
    assert [finding.message for finding in judged(*paths).findings] == messages


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ({}, [("alternate-path", "warn")]),
        ({"alternate_path": "fail"}, [("alternate-path", "fail")]),
        ({"alternate_path": "ignore"}, []),
    ],
    ids=["default", "fail", "ignore"],
)
def test_verdict(action, expected):
    result = judged(path(), given=policy(defaults=action))
    assert codes(result) == expected
    assert result.verdict == (expected[0][1] if expected else "pass")


@pytest.mark.parametrize(
    ("match", "verdict"),
    [
        pytest.param({"codes": ("alternate-path",)}, "waived", id="its code"),
        pytest.param({}, "waived", id="anything on the host"),
        pytest.param({"codes": ("unlisted-listener",)}, "warn", id="another code"),
        pytest.param({"codes": ("alternate-path",), "ports": "22/tcp"}, "warn", id="a port, which it lacks"),
        pytest.param({"codes": ("alternate-path",), "process": {"name": "java"}}, "waived", id="its holder"),
        pytest.param({"codes": ("alternate-path",), "process": {"name": "sshd"}}, "warn", id="another holder"),
        pytest.param({"codes": ("alternate-path",), "address": "0.0.0.0/0"}, "warn", id="an address, which it lacks"),
    ],
)
def test_waivers(match, verdict):
    assert only(judged(path(), given=policy(waiver(**match)))).verdict == verdict


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        pytest.param("fail", [("collection-gap", "unverified")], id="what would fail may be hidden"),
        pytest.param("warn", [], id="a warning is not worth it"),
        pytest.param("ignore", [], id="nobody asked"),
    ],
)
def test_what_could_not_be_listed(action, expected):
    gap = {"code": "permission", "affects": "paths", "detail": "the collector may not list BPF programs"}
    facts = dataclasses.replace(host_facts(), gaps=(gap,))
    result = judge(policy(defaults={"alternate_path": action}), facts=facts)
    assert codes(result) == expected
    assert [finding.message for finding in result.findings] == [
        "alternate paths may be missing: the collector may not list BPF programs"
    ] * len(expected)


@pytest.mark.parametrize(
    ("paths", "complete"),
    [
        pytest.param([path()], False, id="another holder may not have been seen"),
        pytest.param([path(owners=[])], True, id="nobody was seen"),
        pytest.param(
            [path(), path(detail="arp on eth0", owners=[JAVA._replace(exe="/opt/java")])],
            True,
            id="one of two that call themselves so",
        ),
    ],
)
def test_a_waiver_for_a_process_does_not_cover_what_it_cannot_tell(paths, complete):
    exempt = waiver(codes=("alternate-path",), process={"exe": "/usr/bin/java"})
    assert only(judged(*paths, given=policy(exempt), complete=complete)).verdict == "warn"
