# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The results of the tasks that stop, for one host or for the whole run."""

from __future__ import annotations

import typing as t

from .._common._counted import count
from ._decide import FAILED, NO_POLICY, UNREACHABLE, Outcome, Stop, decide_host, run_stops
from ._gate_rules import GateRules
from ._verdicts_file import Verdicts

Result = dict[str, t.Any]
_NAMED = 50  # hosts that are named in one result; the report has them all


def host_result(verdicts: Verdicts, rules: GateRules, host: str, *, play: t.Collection[str] | None) -> Result:
    """The result for one host.

    ``play``: the hosts that come to the gate, given to the one host that answers for what is no host's too: findings
    about the policy, and hosts of the run that do not come to the gate, so that no task stops on them.
    """
    if not rules.policy_named:
        return {"failed": True, "msg": f"gate: {NO_POLICY}", "gate": "closed"}
    outcome = decide_host(verdicts.state(host), rules, excused=verdicts.excuse(rules))
    stops = [] if play is None else [*_about_policy(verdicts, rules), *_outside(verdicts, rules, play)]
    if not stops and outcome.kind not in (FAILED, UNREACHABLE):
        return {"msg": f"gate: {outcome.text}", "gate": "open"}
    own = [outcome.text] if outcome.kind in (FAILED, UNREACHABLE) else []
    reasons = [*outcome.reasons, *(reason for stop in stops for reason in stop.reasons)]
    said = ", ".join([*own, *(stop.text for stop in stops)])
    return _closed(said, reasons, unseen=outcome.kind == UNREACHABLE)


def run_result(verdicts: Verdicts, rules: GateRules) -> Result:
    """The result of one task for the whole run. As with a task for each host, not assessed weighs more than failed."""
    excused = verdicts.excuse(rules)
    outcomes = {state.host: decide_host(state, rules, excused=excused) for state in verdicts.states()}
    stops = [*run_stops(rules, expected=len(outcomes)), *_about_policy(verdicts, rules)]
    unseen, failed = (_lines(outcomes, kind) for kind in (UNREACHABLE, FAILED))
    through = sum(bool(outcome.let_through) for outcome in outcomes.values())
    if not unseen and not failed and not stops:
        said = [
            count(len(outcomes), "host"),
            f"hosts that pass with unverified findings: {through:,}" if through else "",
            excused,
        ]
        return {"msg": f"gate: {'; '.join(filter(None, said))}", "gate": "open"}
    counts = ((len(unseen), "not assessed"), (len(failed), "failed"))
    said = [*(f"{number:,} {what}" for number, what in counts if number), *(stop.text for stop in stops)]
    reasons = [*(*failed, *unseen)[:_NAMED], *(reason for stop in stops for reason in stop.reasons)]
    return _closed(", ".join(said), reasons, unseen=bool(unseen))


def _closed(said: str, reasons: t.Sequence[str], *, unseen: bool) -> Result:
    kind = "unreachable" if unseen else "failed"
    told = {"reasons": list(reasons)} if reasons or not unseen else {}
    return {kind: True, "msg": f"gate: {said}", **told, "gate": "closed"}


def _lines(outcomes: t.Mapping[str, Outcome], kind: str) -> list[str]:
    return [f"{host}: {outcome.text}" for host, outcome in outcomes.items() if outcome.kind == kind]


def _about_policy(verdicts: Verdicts, rules: GateRules) -> list[Stop]:
    rows = [row for row in verdicts.policy if rules.stops_policy(row["code"], row["verdict"])]
    number = sum(row["count"] for row in rows)
    texts = tuple(text for row in rows for text in row["texts"])
    return [Stop("", f"{number:,} about the policy", texts)] if number else []


def _outside(verdicts: Verdicts, rules: GateRules, play: t.Collection[str]) -> list[Stop]:
    """Hosts of the run that this play does not have. All hosts are read only where there are such."""
    if verdicts.has_just(play):
        return []
    inside, excused = frozenset(play), verdicts.excuse(rules)
    outcomes = {
        state.host: decide_host(state, rules, excused=excused)
        for state in verdicts.states()
        if state.host not in inside
    }
    lines = [*_lines(outcomes, FAILED), *_lines(outcomes, UNREACHABLE)]
    return [Stop("", f"hosts of the run outside this play: {len(lines):,}", tuple(lines[:_NAMED]))] if lines else []
