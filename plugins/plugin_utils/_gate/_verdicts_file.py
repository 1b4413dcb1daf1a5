# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``verdicts.json``: the few words about each host that the gate needs, so that it never reads a whole report."""

from __future__ import annotations

import typing as t

from .._action._outcome import summary
from .._drift._since import Since
from .._judge._model import Finding, HostResult
from ._rules import policy_stopping

NAME = "verdicts.json"
VERSION = 1


def verdicts(
    results: t.Iterable[HostResult],
    *,
    reasons: t.Mapping[str, str],
    policy_findings: t.Sequence[Finding],
    since: t.Mapping[str, Since] | None = None,
    unreachable: t.Collection[str] = (),
) -> dict[str, t.Any]:
    """``reasons`` has the hosts that were not assessed, and why; ``since`` how hosts compare with an earlier run.

    ``unreachable`` are those that nobody could connect to; the counts are what a limit for them is held against.
    """
    hosts = {result.host: _host(result, reasons.get(result.host), (since or {}).get(result.host)) for result in results}
    for host in unreachable:
        hosts[host]["unreachable"] = True
    return {
        "verdicts_version": VERSION,
        "counts": {
            "expected": len(hosts),
            "assessed": sum(host["assessed"] for host in hosts.values()),
            "unreachable": len(unreachable),
        },
        "hosts": hosts,
        "policy": [
            f"{finding.code}: {finding.message}" for finding in policy_stopping(policy_findings, fail_on=("policy",))
        ],
    }


def _host(result: HostResult, reason: str | None, since: Since | None) -> dict[str, t.Any]:
    worst = [f"{finding.code}: {finding.message}" for finding in result.findings if finding.verdict == result.verdict]
    return {
        "verdict": result.verdict,
        "assessed": reason is None,
        "reason": reason,
        "unreachable": False,
        "findings": summary(result)["findings"],
        "worst": worst[:3],
        "since": since.to_dict() if since else None,
    }
