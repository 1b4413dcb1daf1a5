# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What stops a gate: one meaning for the task that stops and for the report that says so."""

from __future__ import annotations

import typing as t

from .._judge._model import Finding, HostResult

# A rule or waiver that nothing uses is a matter of upkeep. A bundled or shared policy always has some, and a gate that
# they close could never be passed with it.
_UPKEEP = ("unused-rule", "unused-waiver")


def host_stops(result: HostResult, *, assessed: bool, fail_on: t.Collection[str], forgiven: bool = False) -> bool:
    """Whether the host stops a gate with this set. One that nobody saw stops every gate that is on, unless forgiven."""
    if not fail_on or forgiven:
        return False
    return not assessed or any(finding.verdict in fail_on for finding in result.findings)


def policy_stopping(findings: t.Iterable[Finding], *, fail_on: t.Collection[str]) -> list[Finding]:
    """The findings about the policy that stop a gate with this set."""
    return [finding for finding in findings if "policy" in fail_on and finding.code not in _UPKEEP]
