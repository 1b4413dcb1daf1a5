# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was not assessed is said with its reason; gaps of several hosts are one row."""

from __future__ import annotations

from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.sections._coverage import build_coverage
from ansible_collections.fleetports.compliance.tests.unit.factories import sample
from ansible_collections.fleetports.compliance.tests.unit.factories.evidence import document, gap
from ansible_collections.fleetports.compliance.tests.unit.factories.reports import host

TIMEOUT = "Connection timed out"
NO_PRIVILEGE = gap("owners", code="permission", detail="no privilege")


def _seen(name, *gaps, left_out=0):
    return host(name, evidence=document(name, policy=sample.SHA256, gaps=gaps, left_out=left_out))


def test_hosts_with_the_same_reason_are_one_row_the_most_first():
    hosts = [host("a", reason="no route"), host("b", reason=TIMEOUT), host("c", reason=TIMEOUT), _seen("d")]
    coverage = build_coverage(sample.run(), hosts, ())
    assert [(reason.reason, reason.hosts.all) for reason in coverage.reasons] == [
        (TIMEOUT, ("b", "c")),
        ("no route", ("a",)),
    ]
    assert coverage.assessed == 1


def test_equal_gaps_are_one_row_and_different_ones_are_not():
    refused = gap("listeners", code="dump-refused", detail="sctp refused", protocol="sctp", family="ipv4")
    coverage = build_coverage(sample.run(), [_seen("a", NO_PRIVILEGE, refused), _seen("b", NO_PRIVILEGE)], ())
    assert [(one.code, one.protocol, one.hosts.all) for one in coverage.gaps] == [
        ("permission", None, ("a", "b")),
        ("dump-refused", "sctp", ("a",)),
    ]


def test_gaps_of_a_host_that_was_not_assessed_are_its_reason_and_no_row():
    unsupported = document("a", policy=sample.SHA256, gaps=[gap("listeners", code="unsupported", detail="not Linux")])
    coverage = build_coverage(sample.run(), [host("a", evidence=unsupported, reason="not Linux")], ())
    assert coverage.gaps == ()
    assert coverage.reasons[0].hosts.all == ("a",)


def test_namespaces_left_out_are_added_up_and_unknown_counts_as_none():
    hosts = [_seen("a", left_out=2), _seen("b"), _seen("c", left_out=None), _seen("d", left_out=5)]
    coverage = build_coverage(sample.run(), hosts, ())
    assert (coverage.namespaces, coverage.namespace_hosts.all) == (7, ("a", "d"))


def test_hosts_left_out_by_the_limit_are_named_in_order():
    coverage = build_coverage(sample.run(left_out=("z", "b"), limit="web"), [], ())
    assert (coverage.left_out.all, coverage.limit) == (("b", "z"), "web")
