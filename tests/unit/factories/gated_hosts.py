# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts as a gate meets them."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.fleetports.compliance.plugins.plugin_utils._drift._host_drift import DriftChange, HostDrift
from ansible_collections.fleetports.compliance.plugins.plugin_utils._drift._since import Since
from ansible_collections.fleetports.compliance.plugins.plugin_utils._judge._judgement import Finding
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.model._inputs import HostReport
from ansible_collections.fleetports.compliance.tests.unit.factories.listeners import listener
from ansible_collections.fleetports.compliance.tests.unit.factories.reports import found, host, passed

SSH = passed(listener(22), rule="ssh")
LOCAL = passed(listener(5432, address="127.0.0.1"))  # the defaults ignore it
FAILS = found(listener(81), "unassigned-port", "fail", "81/tcp: no rule approves it")
WARNS = found(listener(40000, protocol="udp"), "ephemeral-udp", "warn", "40000/udp: by chance")
BLIND = found(listener(443), "unverified-owner", "unverified", "443/tcp: the owner was not seen")
WAIVED = found(listener(6379), "unlisted-listener", "waived", "6379/tcp: waived", waiver="W-1", before_waiver="fail")
GAP = Finding("collection-gap", "unverified", "medium", "tcp listeners may be missing: refused")
STALE = Finding("expired-waiver", "warn", "medium", "waiver W-1 expired", waiver="W-1")
UNUSED = Finding("unused-rule", "warn", "medium", "rule smtp approves nothing", rule="smtp")


def unseen(name: str, reason: str = "unreachable: refused", *, unreachable: bool = True) -> HostReport:
    missed = Finding("not-assessed", "unverified", "high", f"not assessed: {reason}")
    return dataclasses.replace(host(name, findings=[missed], reason=reason), unreachable=unreachable)


def compared(
    report: HostReport,
    *kinds: str,
    reason: str | None = None,
    partly: t.Sequence[str] = (),
    perhaps: t.Sequence[str] = (),
    new: bool = False,
) -> HostReport:
    """The host, compared with an earlier run; ``new``: what fails did not fail then."""
    changes, doubts = (
        tuple(DriftChange(kind, "tcp", 8081, "java", None, "0.0.0.0:8081 by /usr/bin/java") for kind in of)
        for of in (kinds, perhaps)
    )
    fails = tuple(finding for finding in report.result.findings if finding.verdict == "fail") if new else ()
    return dataclasses.replace(report, since=Since(HostDrift(changes, reason, tuple(partly), doubts), fails))
