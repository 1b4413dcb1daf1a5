# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the audit task of one host returns: small, however much listens there.

Ansible's main process takes it from the worker, hands it to every callback and, with ``register``, keeps it to the end
of the run. The listeners stay in the evidence, and findings beyond a number too.
"""

from __future__ import annotations

import collections
import typing as t

from .._judge._judgement import VERDICTS, Finding, HostResult
from .._policy._policy_model import Policy

MOST = 50  # findings of one host
_FIELDS = (
    *("code", "verdict", "severity", "message", "host"),
    *("protocol", "family", "address", "port", "port_label", "device", "owner", "rule", "waiver", "why"),
)


def failure_in_lines(*lines: str) -> dict[str, t.Any]:
    """The result of a task that fails with more than one line to say."""
    # Without the last key the default callback puts all of them on one.
    return {"failed": True, "msg": "\n".join(lines), "_ansible_verbose_always": True}


def policy_facts(policy: Policy) -> dict[str, t.Any]:
    """A policy in the result of a task."""
    return {"name": policy.name, "sha256": policy.sha256, "sources": list(policy.sources)}


def outcome(result: HostResult, *, policy: Policy, evidence: str, run_id: str) -> dict[str, t.Any]:
    """Verdict, counts and findings of one host as plain JSON types."""
    return {
        "verdict": result.verdict,
        "summary": summary(result),
        "findings": [_plain(finding) for finding in _gravest(result.findings)],
        "findings_left_out": max(0, len(result.findings) - MOST),
        "policy": {"name": policy.name, "sha256": policy.sha256},
        "evidence": evidence,
        "run_id": run_id,
    }


def _gravest(findings: t.Sequence[Finding]) -> t.Sequence[Finding]:
    """All of them by their place on the host, or of too many those with the worst verdicts, worst first."""
    if len(findings) <= MOST:
        return findings
    return sorted(findings, key=lambda finding: -VERDICTS.index(finding.verdict))[:MOST]


def _plain(finding: Finding) -> dict[str, t.Any]:
    return {name: getattr(finding, name) for name in _FIELDS}


def summary(result: HostResult) -> dict[str, t.Any]:
    """Listeners by verdict, findings by verdict and by code."""
    by_verdict = collections.Counter(judged.verdict for judged in result.listeners)
    findings = collections.Counter(finding.verdict for finding in result.findings)
    codes = collections.Counter(finding.code for finding in result.findings)
    return {
        "listeners": {"total": len(result.listeners), **{verdict: by_verdict[verdict] for verdict in VERDICTS}},
        "findings": {verdict: findings[verdict] for verdict in VERDICTS if verdict != "pass"},
        "codes": dict(sorted(codes.items())),
    }
