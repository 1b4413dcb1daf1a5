# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A gap says what to do, once."""

from __future__ import annotations

from ansible_collections.fleetports.compliance.plugins.plugin_utils._report._build_report import build
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.formats._console import summary
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.model._report import GapGroup
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.sections._gap_lines import gap_lines
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.text._bounded_names import BoundedNames
from ansible_collections.fleetports.compliance.tests.unit.factories import sample
from ansible_collections.fleetports.compliance.tests.unit.factories.evidence import document, gap
from ansible_collections.fleetports.compliance.tests.unit.factories.reports import host

# What an ordinary user's look leaves, as the collector says it.
ORDINARY = [
    ("published-unseen", "listeners", "published ports not seen: run with --become"),
    ("permission", "listeners", "1 other network namespaces could not be entered: run with --become"),
    ("permission", "owners", "the descriptors of %d processes of other users could not be read: run with --become"),
    ("permission", "paths", "the collector may not list BPF programs that steer sockets: run with --become"),
    ("unit-unknown", "units", "neither the socket nor an owner shows the unit of some listeners: run with --become"),
]


def told(number):
    """The gaps of a host on which so many processes are of others."""
    return [(code, affects, detail % number if "%d" in detail else detail) for code, affects, detail in ORDINARY]


def group(code, affects, detail, *hosts, protocol=None, family=None):
    return GapGroup(code, affects, detail, protocol, family, BoundedNames(hosts))


def lines(*groups):
    return [(line.code, line.what, line.why, line.hosts.all) for line in gap_lines(groups)]


def test_what_root_alone_sees_is_one_line():
    groups = [group(*one, "b", "a") for one in told(7)]
    assert lines(*groups) == [
        ("not-root", "listeners, owners, paths, units", "not root: run with --become", ("a", "b"))
    ]


def test_another_gap_stays_beside_it():
    assert lines(group("budget", "owners", "the CPU budget was used up", "a"), group(*ORDINARY[0], "b")) == [
        ("not-root", "listeners", "not root: run with --become", ("b",)),
        ("budget", "owners", "the CPU budget was used up", ("a",)),
    ]


def test_numbers_and_names_of_one_gap_are_one_line():
    detail = "the descriptors of %s could not be read (pid %d %s): a security module keeps root from it"
    groups = [group("permission", "owners", detail % ("1 process", n, "x"), "h%d" % n) for n in range(1, 4)]
    groups.append(group("permission", "owners", detail % ("2 processes", 9, "y z"), "h9"))
    assert lines(*groups) == [
        ("permission", "owners", groups[0].detail + " (and 3 more like it)", ("h1", "h2", "h3", "h9"))
    ]


def test_protocols_and_families_of_one_gap_are_one_line():
    groups = [
        group("dump-refused", "listeners", "sock_diag: EPERM", "a", protocol=protocol, family=family)
        for protocol in ("udp", "tcp")
        for family in ("ipv4", "ipv6")
    ]
    assert lines(*groups) == [("dump-refused", "listeners, tcp/udp, ipv4/ipv6", "sock_diag: EPERM", ("a",))]


def test_different_gaps_are_not():
    assert (
        len(lines(group("a", "owners", "x", "h"), group("a", "units", "x", "h"), group("a", "owners", "y", "h"))) == 3
    )


def test_a_fleet_without_become():
    gaps = {
        number: [gap(affects, code=code, detail=detail) for code, affects, detail in told(number)]
        for number in range(8)
    }
    hosts = [host("h%d" % n, evidence=document("h%d" % n, policy=sample.SHA256, gaps=gaps[n])) for n in gaps]
    model = build(sample.run(), hosts, [])
    text = summary(model, color=False, paths={})
    assert text.count("run with --become") == 1
    assert "not root on 8 hosts: run with --become (unknown: listeners, owners," in text
    assert len(model.coverage.gaps) == len(ORDINARY) - 1 + len(gaps), "report.json has each of them"
