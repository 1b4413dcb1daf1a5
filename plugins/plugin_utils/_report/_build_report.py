# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Verdicts of a run become one report: ordered and counted here, shown by each format in its own way."""

from __future__ import annotations

import collections
import typing as t

from .._advice._adviser import Adviser
from .._advice._code_texts import TEXTS
from .._advice._rule_hosts import HostNames
from .._controls._catalogue import Catalogue as Controls
from .._gate._decide import decide
from .._judge._finding_codes import CODES
from .._judge._judgement import Finding
from .._policy._policy_model import Policy
from .model._auditor_views import CatalogueInfo
from .model._inputs import HostReport, RunInfo
from .model._report import FindingGroup, PolicyRow, ReportModel
from .sections._approvals import build_approvals
from .sections._approved_rules import build_approved
from .sections._coverage import COVERAGE_CODES, build_coverage
from .sections._drift_section import build_drift
from .sections._evidence_files import build_evidence
from .sections._finding_rows import group_findings
from .sections._hazards_found import build_hazards
from .sections._heat import build_heat
from .sections._host_details import build_detail
from .sections._summary import build_gate, build_summary
from .sections._waiver_register import build_register
from .sections.controls._controls_section import build_controls
from .sections.controls._counts import WholeRun
from .text._order import severity_rank, verdict_rank

__all__ = ["HostReport", "ReportModel", "RunInfo", "build"]

# A port that chance gave, or on which nothing listens, is no listener that somebody put on an unassigned port.
_NO_CHOICE = frozenset(code.name for code in CODES if not code.chosen)


def build(run: RunInfo, hosts: t.Sequence[HostReport], policy_findings: t.Sequence[Finding]) -> ReportModel:
    """Build the report of every host that the run was meant for. Linear in the number of listeners."""
    hosts = tuple(sorted(hosts, key=lambda host: host.name))
    policy_findings = tuple(sorted(policy_findings, key=_policy_order))
    decision = decide(run.rules, hosts, policy_findings)
    by_key = group_findings(hosts, adviser=_adviser(run, hosts), stops=decision.stops)
    groups = tuple(by_key.values())
    approvals = build_approvals(run.policies, hosts)
    approved = build_approved(run, approvals.rules)
    coverage = build_coverage(run, hosts, tuple(group for group in groups if group.code == "collection-gap"))
    register = build_register(run, hosts)
    drift = build_drift(run, hosts)
    catalogue = Controls.load()
    whole = WholeRun(run=run, hosts=hosts, approved=approved, coverage=coverage, waivers=register, drift=drift)
    gate = build_gate(decision)
    return ReportModel(
        run=run,
        summary=build_summary(run, hosts, policy_findings, gate),
        gate=gate,
        decision=decision,
        hosts=hosts,
        coverage=coverage,
        unassigned=tuple(group for group in groups if _unassigned(group)),
        findings=tuple(group for group in groups if not _unassigned(group) and group.code not in COVERAGE_CODES),
        policy_findings=policy_findings,
        approvals=approvals,
        waivers=register,
        policies=_policies(run.policies, hosts),
        detail=build_detail(run, hosts),
        approved=approved,
        controls=build_controls(whole, catalogue),
        catalogue=CatalogueInfo(catalogue.version, catalogue.date),
        evidence=build_evidence(hosts),
        hazards=build_hazards(run, groups),
        groups=by_key,
        code_texts=_code_texts(groups, policy_findings),
        drift=drift,
        heat=build_heat(hosts),
    )


def _adviser(run: RunInfo, hosts: t.Iterable[HostReport]) -> Adviser:
    """Groups of the inventory name hosts only where the run left none of them out."""
    names = HostNames(((host.name, host.groups) for host in hosts), whole=not run.left_out)
    return Adviser(run.policies, hosts=names, hazards=run.hazards.hazards)


def _code_texts(groups: t.Iterable[FindingGroup], policy_findings: t.Iterable[Finding]) -> dict[str, str]:
    """What to do about each code that there is, in the order in which codes are defined."""
    codes = {*(group.code for group in groups), *(finding.code for finding in policy_findings)}
    return {code.name: TEXTS[code.name] for code in CODES if code.name in codes}


def _unassigned(group: FindingGroup) -> bool:
    """A listener on a port that IANA has unassigned, whatever the finding: the case this project is named for."""
    return group.registry == "unassigned" and group.code not in (*COVERAGE_CODES, *_NO_CHOICE)


def _policy_order(finding: Finding) -> tuple[t.Any, ...]:
    return (
        verdict_rank(finding.verdict),
        severity_rank(finding.severity),
        finding.code,
        str(finding.place or ""),
        finding.message,
    )


def _policies(policies: t.Iterable[Policy], hosts: t.Iterable[HostReport]) -> tuple[PolicyRow, ...]:
    judged = collections.Counter(host.policy for host in hosts)
    return tuple(
        PolicyRow(
            name=policy.name,
            sha256=policy.sha256,
            sources=policy.sources,
            rules=len(policy.rules),
            waivers=len(policy.waivers),
            hosts=judged[policy.sha256],
        )
        for policy in policies
    )
