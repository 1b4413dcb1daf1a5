# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every number of the report, counted once, and the sentence that says it."""

from __future__ import annotations

import collections
import typing as t

from ..._common._counted import count
from ..._common._durations import age_text
from ..._gate._decide import Decision
from ..._judge._judgement import Finding, JudgedListener
from ..model._inputs import HostReport, RunInfo
from ..model._report import Gate, Summary
from ..text._order import by_verdict, worst

_REGISTRY = ("assigned", "reserved", "unassigned", "dynamic")


def build_summary(
    run: RunInfo, hosts: t.Sequence[HostReport], policy_findings: t.Sequence[Finding], gate: Gate
) -> Summary:
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
        details=_details(run, hosts, policy_findings, gate),
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
        stood_in=sum(host.stood_in for host in hosts),
        oldest_evidence=_oldest(hosts),
    )


def _ages(run: RunInfo, hosts: t.Sequence[HostReport]) -> list[str]:
    """How old the evidence is that is not of this run."""
    oldest = _oldest(hosts)
    if oldest is None:
        return []
    merged = f"Merged from {count(len(run.sources), 'run')}; the oldest evidence is {age_text(oldest)} old."
    stood_in = sum(host.stood_in for host in hosts)
    stands = f"{count(stood_in, 'host')} did not answer: judged by earlier evidence, at most {age_text(oldest)} old."
    return [*([merged] if run.sources else []), *([stands] if stood_in else [])]


def _oldest(hosts: t.Iterable[HostReport]) -> int | None:
    return max((host.earlier.age for host in hosts if host.earlier), default=None)


def build_gate(decision: Decision) -> Gate:
    """What is said of the gate."""
    rules = decision.rules
    return Gate(
        fail_on=(*rules.fail_on, *(f"drift:{kind}" for kind in rules.fail_on_drift)),
        hosts=len(decision.stopping),
        policy_findings=len(decision.policy),
        unreachable=decision.unreachable,
        forgiven=len(decision.excused),
        max_unreachable=str(rules.limit),
        let_through=decision.let_through,
        run=tuple(stop.text for stop in decision.run_stops),
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


# What to say of a verdict: of the only host, of one of several, of several.
_SAID = {
    "fail": ("fails the policy", "fails the policy", "fail the policy"),
    "unverified": ("could not be verified",) * 3,
    "warn": ("has warnings", "has warnings", "have warnings"),
    "waived": ("passes only with waivers", "passes only with waivers", "pass only with waivers"),
}


def _headline(verdicts: t.Mapping[str, int], expected: int, policy_findings: t.Iterable[Finding]) -> str:
    """The worst that is to be said of the hosts, in one sentence without its full stop."""
    if not verdicts["fail"] and any(finding.verdict == "fail" for finding in policy_findings):
        return "No host fails, but the policy itself does"
    if not expected:
        return "No host was assessed"
    worst_seen = next((verdict for verdict in _SAID if verdicts[verdict]), None)
    if worst_seen is None:
        return "The host is within policy" if expected == 1 else f"All {expected:,} hosts are within policy"
    return _sentence(worst_seen, verdicts[worst_seen], expected)


def _sentence(verdict: str, number: int, expected: int) -> str:
    alone, one, several = _SAID[verdict]
    if expected == 1:
        return f"The host {alone}"
    before = "" if verdict == "fail" else "No host fails, but "
    return f"{before}{number:,} of {expected:,} hosts {one if number == 1 else several}"


def _details(
    run: RunInfo, hosts: t.Sequence[HostReport], policy_findings: t.Sequence[Finding], gate: Gate
) -> tuple[str, ...]:
    """What a reader must know beside the headline, a sentence each."""
    sentences = []
    not_assessed = sum(host.reason is not None for host in hosts)
    if not_assessed:
        forgiven = f" The gate excuses {gate.forgiven:,} unreachable: the limit is {gate.max_unreachable}."
        sentences.append(f"{count(not_assessed, 'host')} could not be assessed.{forgiven if gate.forgiven else ''}")
    sentences += _ages(run, hosts)
    sentences += run.on_trust
    if run.left_out:
        limit = f" by --limit {run.limit}" if run.limit else ""
        sentences.append(f"{count(len(run.left_out), 'host')} of the inventory left out{limit}.")
    if policy_findings:
        sentences.append(f"{count(len(policy_findings), 'finding')} on the policy itself.")
    return tuple(sentences)
