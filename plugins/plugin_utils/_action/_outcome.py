# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the audit task of one host returns: small, for the listeners stay in the evidence."""

from __future__ import annotations

import collections
import typing as t

from ...module_utils._socket import to_dict
from .._judge._model import VERDICTS, Finding, HostResult
from .._policy._model import Policy


def outcome(result: HostResult, *, policy: Policy, evidence: str, run_id: str) -> dict[str, t.Any]:
    """Verdict, counts and findings of one host as plain JSON types."""
    return {
        "verdict": result.verdict,
        "summary": summary(result),
        "findings": [_plain(finding) for finding in result.findings],
        "policy": {"name": policy.name, "sha256": policy.sha256},
        "evidence": evidence,
        "run_id": run_id,
    }


def _plain(finding: Finding) -> dict[str, t.Any]:
    return {name: to_dict(value) for name, value in vars(finding).items()}


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
