# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Equal findings become one row; what differs in owner, code, port or verdict stays apart."""

from __future__ import annotations

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._advice._adviser import Adviser
from ansible_collections.fleetports.compliance.plugins.plugin_utils._advice._rule_hosts import HostNames
from ansible_collections.fleetports.compliance.plugins.plugin_utils._judge._judgement import Finding
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.sections._finding_rows import (
    group_findings,
    group_passes,
)
from ansible_collections.fleetports.compliance.tests.unit.factories.listeners import listener, owner_named
from ansible_collections.fleetports.compliance.tests.unit.factories.reports import found, host, passed

ADVISER = Adviser((), hosts=HostNames((), whole=True))


def _grouped(hosts, **options):
    return tuple(group_findings(hosts, adviser=ADVISER, **options).values())


JAVA = owner_named("java", "/usr/bin/java", unit="orders.service")
NGINX = owner_named("nginx")


def _unlisted(port=8081, address="0.0.0.0", process=JAVA, verdict="fail", **fields):
    seen = listener(port, process, address=address)
    return found(seen, "unlisted-listener", verdict, f"{port}/tcp is approved by no rule", **fields)


def test_addresses_and_hosts_of_one_finding_are_one_row():
    hosts = [host(f"app{n:03}", _unlisted(), _unlisted(address="::")) for n in range(312)]
    (group,) = _grouped(hosts)
    assert (group.protocol, group.port, group.owner, group.code) == ("tcp", "8081", "java", "unlisted-listener")
    assert group.addresses.all == ("0.0.0.0", "::")
    assert (group.hosts.total, group.hosts.all[0], group.hosts.all[-1]) == (312, "app000", "app311")
    assert group.count == 624
    assert group.messages.all == ("8081/tcp is approved by no rule",)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(_unlisted(port=8082), id="another port"),
        pytest.param(_unlisted(process=NGINX), id="another process"),
        pytest.param(_unlisted(process=owner_named("java", "/tmp/java")), id="the same name with another executable"),  # noqa: S108
        pytest.param(_unlisted(verdict="waived", waiver="W-1"), id="waived on one of them"),
        pytest.param(_unlisted(severity="critical"), id="another severity"),
        pytest.param(_unlisted(rule="app"), id="another rule"),
        pytest.param(found(listener(8081, JAVA), "reserved-port", "fail", "reserved"), id="another code"),
        pytest.param(
            found(listener(8081, JAVA, protocol="udp"), "unlisted-listener", "fail", "udp"),
            id="another protocol",
        ),
    ],
)
def test_what_differs_stays_apart(other):
    assert len(_grouped([host("a", _unlisted()), host("b", other)])) == 2


def test_two_waivers_are_two_rows():
    hosts = [host(waiver, _unlisted(verdict="waived", waiver=waiver)) for waiver in ("W-1", "W-2")]
    assert [group.waiver for group in _grouped(hosts)] == ["W-1", "W-2"]


def _ephemeral(port, process):
    seen = listener(port, process, protocol="udp", ephemeral=True)
    return found(seen, "ephemeral-udp", "warn", f"{port}/udp is ephemeral")


def test_ephemeral_udp_is_one_row_per_executable_and_unit():
    avahi = owner_named("avahi-daemon", unit="avahi-daemon.service")
    other_unit = owner_named("avahi-daemon", unit="other.service")
    judged = [_ephemeral(41877, avahi), _ephemeral(37012, avahi), _ephemeral(50000, NGINX), _ephemeral(1, other_unit)]
    groups = _grouped([host("a", *judged), host("b", _ephemeral(60000, avahi))])
    assert [(group.owner, group.units.all, group.port, group.count) for group in groups] == [
        ("avahi-daemon", ("avahi-daemon.service",), "ephemeral", 3),
        ("avahi-daemon", ("other.service",), "ephemeral", 1),
        ("nginx", (), "ephemeral", 1),
    ]
    assert groups[0].messages.all == ("37012, 41877, 60000: in the ephemeral range of the host itself",)
    assert groups[1].messages.all == ("1/udp is ephemeral",)


def test_findings_without_listener_are_grouped_by_what_they_miss():
    def missing(port):
        return Finding("missing-listener", "fail", "high", "missing", protocol="tcp", port_label=port, rule="db")

    groups = _grouped(
        [host("a", findings=[missing("5432"), missing("6000-6063")]), host("b", findings=[missing("5432")])]
    )
    assert [(group.port, group.hosts.all, group.owner) for group in groups] == [
        ("5432", ("a", "b"), None),
        ("6000-6063", ("a",), None),
    ]


def test_a_finding_of_a_listener_is_counted_once_though_the_host_lists_it_too():
    report = host("a", _unlisted())
    assert report.result.findings == report.result.listeners[0].findings
    assert [group.count for group in _grouped([report])] == [1]


def test_worst_first_then_gravest_then_most_hosts_then_port():
    low, high = {"severity": "low"}, {"severity": "high"}
    hosts = [
        host(
            "a",
            _unlisted(9, verdict="warn"),
            _unlisted(8, **low),
            _unlisted(7, **high),
            _unlisted(6, verdict="unverified"),
        ),
        host("b", _unlisted(5, **high), _unlisted(10, **high), _unlisted(4, verdict="waived")),
        host("c", _unlisted(10, **high)),
    ]
    assert [group.port for group in _grouped(hosts)] == ["10", "5", "7", "8", "6", "9", "4"]


def test_the_widest_reach_of_a_row_is_shown():
    hosts = [
        host("a", _unlisted(reach="link")),
        host("b", _unlisted(reach="public")),
        host("c", _unlisted(reach="host")),
    ]
    assert [group.reach for group in _grouped(hosts)] == ["public"]


def test_passes_are_grouped_by_rule_and_basis():
    judged = passed(listener(9187, NGINX, address="::"), rule="metrics", basis="port")
    by_owner = passed(listener(9187, NGINX), rule="metrics", basis="port+owner")
    groups = group_passes([("a", judged), ("b", judged), ("b", by_owner)])
    assert [(group.basis, group.hosts.all, group.registry) for group in groups] == [
        ("port", ("a", "b"), "unassigned"),
        ("port+owner", ("b",), "unassigned"),
    ]
