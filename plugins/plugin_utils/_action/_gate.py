# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a host may pass the gate."""

from __future__ import annotations

import typing as t

VERDICTS = ("fail", "unverified", "warn")
CHOICES = (*VERDICTS, "policy")


def decide(
    found: t.Mapping[str, t.Any] | None, *, fail_on: t.Collection[str], policy: t.Sequence[str]
) -> dict[str, t.Any]:
    """The task result for one host.

    ``found`` is its entry in ``verdicts.json``, ``policy`` the findings about the policy that it answers for.
    A host that nobody saw is unreachable to the gate, whatever the gate fails on: a gap is never a pass.
    """
    if found is None or not found["assessed"]:
        reason = "it is not in the report" if found is None else found["reason"]
        return {"unreachable": True, "msg": f"gate: not assessed: {reason}", "gate": "closed"}
    counts = {verdict: found["findings"].get(verdict, 0) for verdict in VERDICTS if verdict in fail_on}
    stopping = [f"{count} {verdict}" for verdict, count in counts.items() if count]
    reasons = found["worst"] if stopping else []
    if "policy" in fail_on and policy:
        stopping.append(f"{len(policy)} about the policy")
        reasons = [*reasons, *policy]
    if stopping:
        return {"failed": True, "msg": f"gate: {', '.join(stopping)}", "reasons": reasons, "gate": "closed"}
    return {"msg": f"gate: {found['verdict']}", "gate": "open"}
