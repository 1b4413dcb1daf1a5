# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run shows of each kind of evidence that the catalogue of controls asks for, and what it lacks.

Each function is a kind, and returns what is shown and what is missing. All speak of the whole run: a control over all
services is not supported by the few rules that name it.
"""

from __future__ import annotations

import typing as t

from ...._common._counted import count
from ...._policy._insecure import insecure_names
from ...._policy._policy_model import Rule
from ...._policy._review_mark import is_marked
from ...model._auditor_views import ApprovedRule, Fact
from ...text._order import WORST_FIRST
from ._counts import WholeRun, of, some, words

Facts = tuple[list[Fact], list[Fact]]
_HIDING = ("listeners", "owners", "units", "paths")  # gaps that hide what listens or who holds it
_BASIS = ("justification", "owner", "approved_by", "approved_on")


def _unseen(whole: WholeRun) -> list[Fact]:
    """What was not seen is never nothing: told wherever listeners are counted."""
    missed = _missed(whole)
    return some("host", "whose listeners were not seen", len(missed), missed)


def _missed(whole: WholeRun) -> list[str]:
    """The hosts that were not assessed."""
    return [name for reason in whole.coverage.reasons for name in reason.hosts.all]


def hosts_assessed(whole: WholeRun) -> Facts:
    coverage = whole.coverage
    missed = _missed(whole)
    missing = some("host", "not assessed", len(missed), missed)
    missing += some("host", "of the inventory left out of this run", coverage.left_out.total, coverage.left_out.all)
    if not whole.hosts:
        missing.append(words("the run has no hosts"))
    return [of(coverage.assessed, len(whole.hosts), "host", "assessed")], missing


def listeners_enumerated(whole: WholeRun) -> Facts:
    tally, coverage = whole.tally, whole.coverage
    unseen = {name for gap in coverage.gaps if gap.affects in _HIDING for name in gap.hosts.all}
    left_out = coverage.namespaces
    missing = _unseen(whole)
    missing += some("host", "with gaps: some listeners or owners were not seen", len(unseen), unseen)
    missing += tally.fact("not owned", "listener", "with owners that are not all known")
    missing += some("network namespace", "not audited", left_out, coverage.namespace_hosts.all)
    return [of(tally["owned"], tally["listener"], "listener", "with all owners known")], missing


def listeners_judged(whole: WholeRun) -> Facts:
    tally = whole.tally
    counts = {verdict: tally[verdict] for verdict in WORST_FIRST}
    told = ", ".join(f"{number:,} {verdict}" for verdict, number in counts.items() if number)
    total = tally["listener"]
    shown = words(f"{count(total, 'listener')} judged{': ' if told else ''}{told}", total)
    return [shown], [*_unseen(whole), *tally.fact("unverified", "listener", "with an open verdict")]


def listeners_approved(whole: WholeRun) -> Facts:
    tally = whole.tally
    shown = [of(tally["by rule"], tally["listener"], "listener", "approved by a rule")]
    shown += some("listener", "under a waiver", tally["waived"])
    missing = _unseen(whole)
    missing += tally.fact("finding fail", "open finding", "with the verdict fail")
    missing += tally.fact("finding warn", "open finding", "with the verdict warn")
    missing += tally.fact("unverified", "listener", "with an open verdict")
    missing += tally.fact("by default", "listener", "that pass by a default of the policy, without a rule")
    return shown, missing


def approvals_documented(whole: WholeRun) -> Facts:
    rules = whole.approving
    missing: list[Fact] = []
    for field in _BASIS:
        lacking = [row.rule for row in rules if _lacks(row, field)]
        missing += some("rule", f"without {field}", len(lacking), lacking)
    if not rules:
        missing.append(words("no approving rule"))
    whole_ones = sum(not any(_lacks(row, field) for field in _BASIS) for row in rules)
    return [of(whole_ones, len(rules), "rule", "with justification, owner, approver and date")], missing


def _lacks(row: ApprovedRule, field: str) -> bool:
    """What a machine suggested and nobody decided is no approval."""
    value = getattr(row, field)
    return not value or is_marked(value)


def reviews_current(whole: WholeRun) -> Facts:
    rules = whole.approving
    overdue = [row.rule for row in rules if row.review == "overdue"]
    undated = [row.rule for row in rules if row.review == "none"]
    missing = some("rule", "overdue for review", len(overdue), overdue)
    missing += some("rule", "without a date of review (review_by)", len(undated), undated)
    return [of(len(rules) - len(overdue) - len(undated), len(rules), "rule", "with a future review date")], missing


def exceptions_approved(whole: WholeRun) -> Facts:
    lapsed = [row.id for row in whole.waivers if row.status == "expired"]
    holding = [row for row in whole.waivers if row.status != "expired"]
    undated = [row.id for row in holding if not row.approved_on]
    marked = [row.id for row in holding if is_marked(row.justification) or is_marked(row.approved_by)]
    shown = some("waiver", "in force, with justification, approver and last day", len(holding) - len(marked))
    shown += some("finding", "under a waiver", whole.tally["finding waived"])
    missing = some("waiver", "expired", len(lapsed), lapsed)
    missing += some("waiver", "without a date of approval (approved_on)", len(undated), undated)
    missing += some("waiver", "still marked REVIEW", len(marked), marked)
    return shown or [words("no waiver in force")], missing


def insecure_services_justified(whole: WholeRun) -> Facts:
    rules = [rule for rule in whole.rules if rule.insecure or insecure_names(rule)]
    unjustified = [rule.id for rule in rules if not _said(rule.approval.justification)]
    bare = [rule.id for rule in rules if not _said(rule.approval.security_features)]
    unmarked = [rule for rule in rules if not rule.insecure and not rule.approval.security_features]
    missing = some("rule", "for insecure services without justification", len(unjustified), unjustified)
    missing += some("rule", "for insecure services without security_features", len(bare), bare)
    covered = f"for ports of {_named(unmarked)}, not marked insecure"
    missing += some("rule", covered, len(unmarked), [rule.id for rule in unmarked])
    missing += _unseen(whole)
    missing += whole.tally.fact("insecure, not approved", "listener", "on ports of insecure services, not approved")
    documented = len(rules) - len({*unjustified, *bare})
    shown = of(documented, len(rules), "rule", "for insecure services with justification and security_features")
    return [shown if rules else words("no rule that approves an insecure service")], missing


def _said(text: str | None) -> bool:
    return bool(text) and not is_marked(text)


def _named(rules: t.Iterable[Rule]) -> str:
    return ", ".join(sorted({name for rule in rules for name in insecure_names(rule)}))


def unassigned_flagged(whole: WholeRun) -> Facts:
    tally = whole.tally
    number = tally["unassigned"]
    shown = some("listener", "on unassigned ports, all flagged", number)
    shown += some("listener", "of these approved by a rule", tally["unassigned, approved"])
    missing = tally.fact("unassigned, not approved", "listener", "on unassigned ports, without a rule")
    return shown or [words("no listener seen on unassigned ports")], [*_unseen(whole), *missing]


def bindings_restricted(whole: WholeRun) -> Facts:
    open_ones = [rule.id for rule in whole.rules if rule.reach is None and not rule.address]
    limited = len(whole.rules) - len(open_ones)
    missing = some("rule", "without reach or address", len(open_ones), open_ones)
    missing += _unseen(whole)
    missing += whole.tally.fact("too wide", "listener", "bound wider than approved")
    return [of(limited, len(whole.rules), "rule", "with a limit to reach or address")], missing


def runs_compared(whole: WholeRun) -> Facts:
    run, drift = whole.run, whole.drift
    shown = [words(f"observed between {run.started} and {run.ended}", 1)]
    if drift is None:
        return shown, [words("no earlier run to compare with")]
    changes = sum(drift.kinds.values())
    runs = ", ".join(sorted(drift.reference))
    shown.append(words(f"{count(drift.compared, 'host')} compared with {runs}, {count(changes, 'change')}", changes))
    names = {name for one in drift.not_compared for name in one.hosts.all}
    return shown, some("host", "not compared, or in part", len(names), names)


KINDS: t.Mapping[str, t.Callable[[WholeRun], Facts]] = {
    "hosts-assessed": hosts_assessed,
    "listeners-enumerated": listeners_enumerated,
    "listeners-judged": listeners_judged,
    "listeners-approved": listeners_approved,
    "approvals-documented": approvals_documented,
    "reviews-current": reviews_current,
    "exceptions-approved": exceptions_approved,
    "insecure-services-justified": insecure_services_justified,
    "unassigned-flagged": unassigned_flagged,
    "bindings-restricted": bindings_restricted,
    "runs-compared": runs_compared,
}
