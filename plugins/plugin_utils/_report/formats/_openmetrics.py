# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Metrics for node_exporter's textfile collector: counts only, no label that grows with the fleet.

The text is valid in both formats: Prometheus' own, which the textfile collector parses, and OpenMetrics 1.0 (gauges
only, ends with ``# EOF``). No timestamps, for the collector refuses a file with one.
"""

from __future__ import annotations

import collections
import dataclasses
import typing as t

from ..._common._clock import parse_iso
from ..._common._printable import printable
from ..._judge._finding_codes import HOST_CODES, LISTENER_CODES
from ..model._report import ReportModel
from ..text._order import FOUND, by_verdict

_STATUS = ("active", "expiring", "expired")
_POLICIES = 20
_Sample = tuple[t.Mapping[str, str], float]


@dataclasses.dataclass(frozen=True)
class Gauge:
    """A metric: its samples are label sets with their values."""

    name: str
    help: str
    samples: tuple[_Sample, ...]


def render(model: ReportModel) -> str:
    """The file as text."""
    lines = [line for gauge in gauges(model) for line in _lines(gauge)]
    return "\n".join([*lines, "# EOF"]) + "\n"


def gauges(model: ReportModel) -> list[Gauge]:
    """Every metric as data."""
    return [*_hosts(model), *_findings(model), *_run(model), *_about(model)]


def _hosts(model: ReportModel) -> list[Gauge]:
    summary = model.summary
    return [
        Gauge("port_audit_hosts", "Hosts the run was meant for, by verdict.", _by("verdict", summary.hosts)),
        _one("port_audit_hosts_assessed", "Hosts that were assessed.", summary.assessed),
        _one("port_audit_hosts_not_assessed", "Hosts that gave no answer.", summary.not_assessed),
        _one("port_audit_hosts_unreachable", "Hosts that could not be reached.", model.gate.unreachable),
        _one("port_audit_hosts_forgiven", "Unreachable hosts that the gate excuses.", model.gate.forgiven),
        _one(
            "port_audit_hosts_stood_in",
            "Hosts that did not answer and were judged by earlier evidence.",
            summary.stood_in,
        ),
        _one(
            "port_audit_oldest_evidence_seconds",
            "Age of the oldest evidence of another run, when the run ended.",
            summary.oldest_evidence or 0,
        ),
        _one("port_audit_hosts_left_out", "Hosts of the inventory the run was not meant for.", summary.left_out),
        _one("port_audit_hosts_with_gaps", "Assessed hosts with gaps.", summary.hosts_with_gaps),
        Gauge("port_audit_listeners", "Listeners, by verdict.", _by("verdict", summary.listeners_by_verdict)),
        _one(
            "port_audit_listeners_unassigned",
            "Listeners on ports that are unassigned at IANA.",
            summary.listeners_on_unassigned,
        ),
    ]


def _findings(model: ReportModel) -> list[Gauge]:
    """All known codes, with zeroes: an alert on a series that is absent never fires."""
    findings = collections.Counter(
        (finding.code, finding.verdict) for host in model.hosts for finding in host.result.findings
    )
    codes = dict.fromkeys((*LISTENER_CODES, *HOST_CODES, *sorted(code for code, _verdict in findings)))
    samples = tuple(
        ({"code": code, "verdict": verdict}, float(findings[code, verdict])) for code in codes for verdict in FOUND
    )
    policy = by_verdict(collections.Counter(finding.verdict for finding in model.policy_findings))
    waivers = collections.Counter(row.status for row in model.waivers)
    return [
        Gauge("port_audit_findings", "Findings on hosts, by code and verdict.", samples),
        Gauge("port_audit_policy_findings", "Findings on the policy itself, by verdict.", _by("verdict", policy)),
        Gauge(
            "port_audit_waivers",
            "Waivers of the policy, by status.",
            _by("status", {status: waivers[status] for status in _STATUS}),
        ),
    ]


def _run(model: ReportModel) -> list[Gauge]:
    started, ended = parse_iso(model.run.started), parse_iso(model.run.ended)
    return [
        _one("port_audit_gate_on", "Whether a gate was set.", bool(model.gate.fail_on)),
        _one("port_audit_gate_trips", "Whether the gate fails this run.", model.gate.trips),
        _one("port_audit_last_run_timestamp_seconds", "When the run ended, in Unix time.", ended.timestamp()),
        _one("port_audit_duration_seconds", "How long the run took.", max(0.0, (ended - started).total_seconds())),
    ]


def _about(model: ReportModel) -> list[Gauge]:
    run = model.run
    versions = {
        "collection": run.collection_version,
        "ansible": run.ansible_version,
        "registry": run.registry_snapshot,
    }
    policies = tuple(({"policy": policy.name, "sha256": policy.sha256}, 1.0) for policy in model.policies[:_POLICIES])
    about = [Gauge("port_audit_info", "Versions of the tool and of the IANA registry.", ((versions, 1.0),))]
    return [*about, Gauge("port_audit_policy_info", "Policies of the run.", policies)] if policies else about


def _by(label: str, counts: t.Mapping[str, int]) -> tuple[_Sample, ...]:
    return tuple(({label: name}, float(number)) for name, number in counts.items())


def _one(name: str, help: str, value: float) -> Gauge:  # noqa: A002 - the format's own word
    return Gauge(name, help, (({}, float(value)),))


def _lines(gauge: Gauge) -> t.Iterator[str]:
    yield f"# HELP {gauge.name} {gauge.help}"
    yield f"# TYPE {gauge.name} gauge"
    for labels, value in gauge.samples:
        pairs = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
        yield f"{gauge.name}{f'{{{pairs}}}' if pairs else ''} {value:.0f}"


def _escaped(text: str) -> str:
    return printable(text).replace("\\", "\\\\").replace('"', '\\"')
