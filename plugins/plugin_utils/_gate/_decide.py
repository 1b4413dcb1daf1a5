# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a host may pass the gate."""

from __future__ import annotations

import typing as t

from .._drift._host import KINDS
from .._drift._since import NEW, stopping
from ._unreachable_limit import UnreachableLimit

VERDICTS = ("fail", "unverified", "warn")
CHOICES = (*VERDICTS, "policy", NEW)
DRIFT_CHOICES = KINDS
_NAMED = 50  # hosts that are named by a gate for the whole run; the report has them all


def decide(
    found: t.Mapping[str, t.Any] | None,
    *,
    fail_on: t.Collection[str],
    policy: t.Sequence[str],
    fail_on_drift: t.Sequence[str] = (),
) -> dict[str, t.Any]:
    """The task result for one host.

    ``found`` is its entry in ``verdicts.json``, ``policy`` the findings about the policy that it answers for.
    A host that nobody saw is unreachable to the gate, whatever the gate fails on: a gap is never a pass. Where a limit
    forgives it (``forgiven`` says so in words), it is let through as what it is, not assessed.
    """
    if found is not None and found.get("forgiven"):
        return _let_through(found, policy if "policy" in fail_on else ())
    if found is None or not found["assessed"]:
        reason = "it is not in the report" if found is None else found["reason"]
        return {"unreachable": True, "msg": f"gate: not assessed: {reason}", "gate": "closed"}
    counts = {verdict: found["findings"].get(verdict, 0) for verdict in VERDICTS if verdict in fail_on}
    stops = [f"{count} {verdict}" for verdict, count in counts.items() if count]
    reasons = found["worst"] if stops else []
    if "policy" in fail_on and policy:
        stops.append(f"{len(policy)} about the policy")
        reasons = [*reasons, *policy]
    if found.get("since"):
        since, why = stopping(found["since"], fail_on=fail_on, fail_on_drift=fail_on_drift)
        stops, reasons = [*stops, *since], [*reasons, *why]
    if stops:
        return {"failed": True, "msg": f"gate: {', '.join(stops)}", "reasons": reasons, "gate": "closed"}
    return {"msg": f"gate: {found['verdict']}", "gate": "open"}


def _let_through(found: t.Mapping[str, t.Any], policy: t.Sequence[str]) -> dict[str, t.Any]:
    """An unreachable host that is forgiven. If it is the one to answer for the policy, that is not forgiven with it."""
    message = f"gate: not assessed: {found['reason']}; {found['forgiven']}"
    if policy:
        return {"failed": True, "msg": f"gate: {len(policy)} about the policy", "reasons": [*policy], "gate": "closed"}
    return {"msg": message, "gate": "open"}


def forgiven(verdicts: t.Mapping[str, t.Any], limit: UnreachableLimit) -> str:
    """In words, that the hosts which could not be reached are forgiven; empty when they are not."""
    counts = verdicts["counts"]
    number = limit.forgiven(counts["unreachable"], expected=counts["expected"], assessed=counts["assessed"])
    return (
        f"forgiven, as {number:,} of {counts['expected']:,} are unreachable and the limit is {limit}" if number else ""
    )


def decide_run(
    verdicts: t.Mapping[str, t.Any],
    *,
    limit: UnreachableLimit,
    fail_on: t.Collection[str],
    fail_on_drift: t.Sequence[str],
) -> dict[str, t.Any]:
    """The result of one task for the whole run.

    As with a task for each host, what was not assessed weighs more than what failed.
    """
    words = forgiven(verdicts, limit)
    results = {
        host: decide(
            {**found, "forgiven": words if found["unreachable"] else ""},
            fail_on=fail_on,
            policy=(),
            fail_on_drift=fail_on_drift,
        )
        for host, found in verdicts["hosts"].items()
    }
    unseen = [host for host, result in results.items() if result.get("unreachable")]
    failed = [host for host, result in results.items() if result.get("failed")]
    policy = verdicts["policy"] if "policy" in fail_on else []
    counts = ((len(unseen), "not assessed"), (len(failed), "stopped"), (len(policy), "about the policy"))
    said = ", ".join(f"{number:,} {what}" for number, what in counts if number)
    lines = [f"{host}: {results[host]['msg'].removeprefix('gate: ')}" for host in (*failed, *unseen)]
    if not verdicts["hosts"]:
        return {"unreachable": True, "msg": "gate: the run was meant for no host", "gate": "closed"}
    if not said:
        return {"msg": f"gate: {len(results):,} hosts{f'; {words}' if words else ''}", "gate": "open"}
    kind = "unreachable" if unseen else "failed"
    return {kind: True, "msg": f"gate: {said}", "reasons": [*lines[:_NAMED], *policy], "gate": "closed"}
