# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every number of the report, counted once, and the sentence that says it."""

from __future__ import annotations

import collections
import typing as t

from .._judge._model import Finding, JudgedListener
from ._inputs import HostReport, RunInfo
from ._order import by_verdict, worst
from ._text import count
from ._views import Gate, Summary

_REGISTRY = ("assigned", "reserved", "unassigned", "dynamic")


def build_summary(run: RunInfo, hosts: t.Sequence[HostReport], policy_findings: t.Sequence[Finding]) -> Summary:
    """Count hosts, listeners and findings. Findings on the policy are counted apart: no host has them."""
    listeners = [judged for host in hosts for judged in host.result.listeners]
    findings = [finding for host in hosts for finding in host.result.findings]
    verdicts = by_verdict(collections.Counter(host.result.verdict for host in hosts))
    registry = collections.Counter(judged.registry.status for judged in listeners)
    not_assessed = sum(host.reason is not None for host in hosts)
    verdict = _overall(hosts, policy_findings)
    return Summary(
        verdict=verdict,
        headline=_headline(verdicts, len(hosts), policy_findings),
        details=_details(run, not_assessed, policy_findings),
        inventory=len(hosts) + len(run.left_out),
        expected=len(hosts),
        assessed=len(hosts) - not_assessed,
        not_assessed=not_assessed,
        left_out=len(run.left_out),
        hosts=verdicts,
        listeners=len(listeners),
        listeners_by_verdict=by_verdict(collections.Counter(judged.verdict for judged in listeners)),
        listeners_by_registry={status: registry[status] for status in _REGISTRY},
        findings=len(findings),
        findings_by_verdict=by_verdict(collections.Counter(finding.verdict for finding in findings)),
        findings_by_code=dict(sorted(collections.Counter(finding.code for finding in findings).items())),
        policy_findings=len(policy_findings),
        hosts_with_gaps=sum(bool(host.gaps) and host.reason is None for host in hosts),
        listeners_on_unassigned=sum(_on_unassigned(judged) for judged in listeners),
    )


def build_gate(run: RunInfo, hosts: t.Iterable[HostReport], policy_findings: t.Sequence[Finding]) -> Gate:
    """What the gate would say of this report."""
    return Gate(
        fail_on=run.gate,
        hosts=sum(host.result.verdict in run.gate for host in hosts),
        policy_findings=len(policy_findings) if "policy" in run.gate else 0,
    )


def _overall(hosts: t.Iterable[HostReport], policy_findings: t.Iterable[Finding]) -> str:
    """A rule that never speaks is no fault of a host, but a policy that fails must not hide behind hosts that pass."""
    if any(finding.verdict == "fail" for finding in policy_findings):
        return "fail"
    return worst((host.result.verdict for host in hosts), default="unverified")


def _on_unassigned(judged: JudgedListener) -> bool:
    """A port that chance gave is no port that somebody chose."""
    by_chance = any(finding.code == "ephemeral-udp" for finding in judged.findings)
    return judged.registry.status == "unassigned" and not by_chance


def _headline(verdicts: t.Mapping[str, int], expected: int, policy_findings: t.Iterable[Finding]) -> str:
    of_all = f"of {count(expected, 'host')}"
    if verdicts["fail"]:
        return f"{verdicts['fail']:,} {of_all} {'fails' if verdicts['fail'] == 1 else 'fail'} the policy"
    if any(finding.verdict == "fail" for finding in policy_findings):
        return "No host fails, but the policy itself does"
    if not expected:
        return "No host was assessed"
    if verdicts["unverified"]:
        return f"No host fails, but {verdicts['unverified']:,} {of_all} could not be verified"
    if verdicts["warn"]:
        return f"No host fails; {verdicts['warn']:,} {of_all} {'has' if verdicts['warn'] == 1 else 'have'} warnings"
    if verdicts["waived"]:
        verb = "rests" if verdicts["waived"] == 1 else "rest"
        return f"No host fails; {verdicts['waived']:,} {of_all} {verb} on waivers"
    return "The host is within policy" if expected == 1 else f"All {expected:,} hosts are within policy"


def _details(run: RunInfo, not_assessed: int, policy_findings: t.Sequence[Finding]) -> tuple[str, ...]:
    """What a reader must know beside the headline, a sentence each."""
    sentences = []
    if not_assessed:
        sentences.append(f"{count(not_assessed, 'host')} could not be assessed.")
    if run.left_out:
        limit = f" by --limit {run.limit}" if run.limit else ""
        sentences.append(f"{count(len(run.left_out), 'host')} of the inventory left out{limit}.")
    if policy_findings:
        sentences.append(f"{count(len(policy_findings), 'finding')} on the policy itself.")
    return tuple(sentences)
