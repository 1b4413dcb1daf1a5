# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The register of waivers."""

from __future__ import annotations

import dataclasses
import datetime
import ipaddress

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._policy_model import (
    AppliesTo,
    PortItem,
    ProcessPatterns,
    WaiverMatch,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.sections._waiver_register import (
    build_register,
)
from ansible_collections.fleetports.compliance.tests.unit.factories import sample
from ansible_collections.fleetports.compliance.tests.unit.factories.evidence import document
from ansible_collections.fleetports.compliance.tests.unit.factories.listeners import listener
from ansible_collections.fleetports.compliance.tests.unit.factories.reports import found, host

WAIVER = sample.POLICY.waivers[0]


def _register(waiver, hosts=(), **run):
    policy = dataclasses.replace(sample.POLICY, waivers=(waiver,))
    (row,) = build_register(sample.run(policies=(policy,), **run), hosts)
    return row


@pytest.mark.parametrize(
    ("expires", "status", "days"),
    [
        pytest.param("2026-11-21", "expired", -1, id="yesterday"),
        pytest.param("2026-11-22", "expiring", 0, id="good to the end of its last day"),
        pytest.param("2026-12-22", "expiring", 30, id="thirty days"),
        pytest.param("2026-12-23", "active", 31, id="thirty-one days"),
    ],
)
def test_status(expires, status, days):
    row = _register(dataclasses.replace(WAIVER, expires=datetime.date.fromisoformat(expires)))
    assert (row.status, row.days_left, row.expires) == (status, days, expires)


@pytest.mark.parametrize(
    ("as_of", "status", "days"),
    [
        pytest.param(None, "expired", -1, id="the end of the run"),
        pytest.param("2026-11-01", "expiring", 20, id="a day before the run"),
        pytest.param("2026-11-21T23:59:59Z", "expiring", 0, id="the last second"),
        pytest.param("2026-11-22T00:30:00+02:00", "expiring", 0, id="the day is that of UTC"),
        pytest.param("2027-11-21", "expired", -365, id="a day after the run"),
    ],
)
def test_the_day_is_the_one_that_hosts_were_judged_by(as_of, status, days):
    row = _register(dataclasses.replace(WAIVER, expires=datetime.date(2026, 11, 21)), as_of=as_of)
    assert (row.status, row.days_left) == (status, days)


def test_what_it_turned_is_counted():
    row = _register(WAIVER, sample.hosts())
    assert (row.id, row.covered, row.hosts.all) == ("W-1", 1, ("cache1",))


def test_what_another_waiver_turned_is_not():
    row = _register(dataclasses.replace(WAIVER, id="W-9"), sample.hosts())
    assert (row.covered, row.hosts.all) == (0, ())


def test_a_finding_that_names_a_waiver_it_did_not_get_is_not_counted():
    fails = found(listener(6379), "excess-reach", "fail", "said", waiver="W-1")
    seen = host("a", fails, evidence=document("a", policy=sample.SHA256))
    assert _register(WAIVER, [seen]).covered == 0


def test_match_and_targets_in_words():
    match = WaiverMatch(
        ports=(PortItem("tcp", 8000, 8099, "8000-8099"), PortItem("udp", 53, 53, "53")),
        codes=("excess-reach", "wrong-owner"),
        rules=("app",),
        address=(ipaddress.ip_network("10.0.0.0/8"),),
        process=ProcessPatterns(exe=("/opt/*",)),
    )
    row = _register(dataclasses.replace(WAIVER, match=match, applies_to=AppliesTo(("web",), ("db*",), ("dmz",))))
    said = "8000-8099/tcp, 53/udp; code excess-reach, wrong-owner; rule app; address 10.0.0.0/8; exe /opt/*"
    assert row.matches == said
    assert row.applies_to == "hosts db*; groups web; not dmz"


def test_the_one_that_ends_first_is_on_top():
    rows = build_register(sample.run(), [])
    assert [row.id for row in rows] == ["W-2", "W-1", "W-3"]
