# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Verdicts of listeners and hosts as the report takes them."""

from __future__ import annotations

import dataclasses
import hashlib
import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils._socket import Listener
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.files._file_names import file_name
from ansible_collections.fleetports.compliance.plugins.plugin_utils._judge._judgement import (
    Finding,
    HostResult,
    JudgedListener,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.model._inputs import HostReport
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.text._order import worst

from .policies import REGISTRY


def passed(
    seen: Listener, *, rule: str | None = None, basis: str = "port+owner", reach: str = "private"
) -> JudgedListener:
    """A listener that a rule lets pass; with no rule, one that the defaults ignore."""
    return JudgedListener(
        listener=seen,
        registry=REGISTRY.status(seen.port, seen.protocol),
        reach=reach,
        verdict="pass",
        basis=basis if rule else "default",
        rule=rule,
    )


def found(
    seen: Listener, code: str, verdict: str, message: str, *, reach: str = "private", **fields: t.Any
) -> JudgedListener:
    """A listener with one finding, which carries the listener's own fields as the judge fills them in."""
    status = REGISTRY.status(seen.port, seen.protocol)
    values: dict[str, t.Any] = {
        "severity": "medium",
        "protocol": seen.protocol,
        "family": seen.family,
        "address": seen.address,
        "port": seen.port,
        "device": seen.device,
        "namespace": seen.namespace,
        "owner": seen.owners[0].name if seen.owners else None,
        "unit": seen.unit,
        "registry": status.status,
        "reach": reach,
    }
    finding = Finding(code=code, verdict=verdict, message=message, **{**values, **fields})
    return JudgedListener(seen, status, reach, verdict, rule=finding.rule, findings=(finding,))


def host(
    name: str,
    *judged: JudgedListener,
    groups: t.Sequence[str] = (),
    findings: t.Sequence[Finding] = (),
    evidence: t.Mapping[str, t.Any] | None = None,
    reason: str | None = None,
) -> HostReport:
    """A host whose verdict is its worst finding, each finding bound to it as the judge does."""
    listeners = tuple(_bound(one, name) for one in judged)
    own = tuple(_replaced(finding, host=name) for finding in findings)
    everything = (*own, *(finding for one in listeners for finding in one.findings))
    verdict = worst((finding.verdict for finding in everything), default="pass")
    result = HostResult(name, verdict, listeners, everything)
    file = (f"evidence/{file_name(name)}", hashlib.sha256(ascii(name).encode()).hexdigest()) if evidence else None
    return HostReport(name, ("all", *groups), result, evidence, reason, file)


def _bound(judged: JudgedListener, name: str) -> JudgedListener:
    return _replaced(judged, findings=tuple(_replaced(finding, host=name) for finding in judged.findings))


def _replaced(record: t.Any, **fields: t.Any) -> t.Any:
    return dataclasses.replace(record, **fields)
