# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Metrics: what is counted, and labels that do not grow with the fleet."""

from __future__ import annotations

import re
import typing as t

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._judge._finding_codes import (
    HOST_CODES,
    LISTENER_CODES,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report._build_report import ReportModel
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.formats import _openmetrics
from ansible_collections.fleetports.compliance.tests.unit.factories import sample
from ansible_collections.fleetports.compliance.tests.unit.factories.gated_hosts import FAILS, SSH, host, unseen
from ansible_collections.fleetports.compliance.tests.unit.factories.policies import policy
from ansible_collections.fleetports.compliance.tests.unit.factories.sample import report_of

_LINE = re.compile(r"(?P<series>[a-z_]+(?:\{[^}]*\})?) (?P<value>-?\d+)")


def _values(model: ReportModel) -> dict[str, int]:
    """The value of each series."""
    lines = (line for line in _openmetrics.render(model).splitlines() if not line.startswith("#"))
    return {match["series"]: int(match["value"]) for line in lines if (match := _LINE.fullmatch(line))}


@pytest.fixture(scope="module")
def values() -> dict[str, int]:
    return _values(sample.model(gate=("fail",)))


COUNTS = [
    ('port_audit_hosts{verdict="fail"}', 5),
    ('port_audit_hosts{verdict="unverified"}', 2),
    ('port_audit_hosts{verdict="pass"}', 2),
    ("port_audit_hosts_assessed", 11),
    ("port_audit_hosts_not_assessed", 1),
    ("port_audit_hosts_left_out", 2),
    ("port_audit_hosts_with_gaps", 1),
    ("port_audit_hosts_stood_in", 0),
    ("port_audit_oldest_evidence_seconds", 0),
    ('port_audit_findings{code="unassigned-port",verdict="fail"}', 4),
    ('port_audit_findings{code="excess-reach",verdict="waived"}', 1),
    ('port_audit_policy_findings{verdict="warn"}', 3),
    ('port_audit_waivers{status="active"}', 1),
    ('port_audit_waivers{status="expiring"}', 1),
    ('port_audit_waivers{status="expired"}', 1),
    ("port_audit_gate_on", 1),
    ("port_audit_gate_trips", 1),
    ("port_audit_last_run_timestamp_seconds", 1795388371),
    ("port_audit_duration_seconds", 24),
    ('port_audit_info{collection="0.1.0",ansible="2.19.14",registry="2026-06-30"}', 1),
    (f'port_audit_policy_info{{policy="production",sha256="{sample.SHA256}"}}', 1),
]


@pytest.mark.parametrize(("series", "value"), COUNTS, ids=[series for series, _value in COUNTS])
def test_counts(values: dict[str, int], series: str, value: int) -> None:
    assert values[series] == value


@pytest.mark.parametrize("code", [*LISTENER_CODES, *HOST_CODES])
def test_a_code_without_findings_is_zero(code: str) -> None:
    """An alert on a series that is absent never fires."""
    assert _values(report_of(host("a", SSH)))[f'port_audit_findings{{code="{code}",verdict="fail"}}'] == 0


@pytest.mark.parametrize(
    ("hosts", "gate", "on", "trips"),
    [
        pytest.param([host("a", FAILS)], (), 0, 0, id="no gate"),
        pytest.param([host("a", FAILS)], ("fail",), 1, 1, id="a gate that stops"),
        pytest.param([host("a", SSH)], ("fail",), 1, 0, id="a gate that is open"),
        pytest.param([], ("fail",), 1, 1, id="a gate on nobody"),
    ],
)
def test_the_gate(hosts: list[t.Any], gate: tuple[str, ...], on: int, trips: int) -> None:
    values = _values(report_of(*hosts, gate=gate))
    assert (values["port_audit_gate_on"], values["port_audit_gate_trips"]) == (on, trips)


def test_series_do_not_grow_with_the_fleet() -> None:
    few, many = (_values(report_of(*(host(f"h{it}", FAILS) for it in range(number)))) for number in (1, 50))
    assert few.keys() == many.keys()
    assert many['port_audit_findings{code="unassigned-port",verdict="fail"}'] == 50


def test_unreachable_hosts_are_counted() -> None:
    assert _values(report_of(host("a", SSH), unseen("b")))["port_audit_hosts_unreachable"] == 1


@pytest.mark.parametrize("number", [0, 1, 20, 25])
def test_policies_are_bounded(number: int) -> None:
    policies = tuple(policy() for _place in range(number))
    text = _openmetrics.render(report_of(host("a", SSH), policies=policies))
    assert text.count("\nport_audit_policy_info{") == min(number, 20)


def test_every_metric_has_help_and_type_once_and_the_file_an_end() -> None:
    text = _openmetrics.render(sample.model())
    names = [line.split()[2] for line in text.splitlines() if line.startswith("# TYPE ")]
    assert len(set(names)) == len(names)
    assert names == [line.split()[2] for line in text.splitlines() if line.startswith("# HELP ")]
    assert {series.partition("{")[0] for series in _values(sample.model())} == set(names)
    assert text.endswith("\n# EOF\n")


def test_labels_are_escaped() -> None:
    text = _openmetrics.render(report_of(host("a", SSH), collection_version='a"b\\c\nd'))
    assert 'collection="a\\"b\\\\c d"' in text
