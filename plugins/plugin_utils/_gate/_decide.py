# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What stops a gate: the one place that decides, for tasks and for reports.

A host is reduced to the few facts that a gate can ask for (HostState), and ``decide_host`` says what they mean. The
report asks it for every host and writes the facts; the task that stops reads the facts of its own host and asks it too.
"""

from __future__ import annotations

import collections
import dataclasses
import functools
import typing as t

from .._drift._doubt import partly
from .._drift._since import Since
from .._judge._judgement import Finding, HostResult, JudgedListener
from ._gate_rules import NEW, STOPPING, GateRules

OFF, OPEN, FAILED, UNREACHABLE = "off", "open", "failed", "unreachable"
NO_HOST = "the run has no hosts"
NO_POLICY = (
    "no policy was named, so it is unknown what is approved: set port_audit_policy (baseline is the bundled policy)"
)
_WORST = 3  # findings that are quoted for a host
_NOT_COMPARED = "the report compared with no earlier run"


class GatedHost(t.Protocol):
    """What is known of a host at the end of a run. ``reason``: why it was not assessed."""

    @property
    def name(self) -> str:
        """As the inventory has it."""

    @property
    def result(self) -> HostResult:
        """What the judge said of it."""

    @property
    def reason(self) -> str | None:
        """Why it was not assessed; None when it was."""

    @property
    def unreachable(self) -> bool:
        """Whether nobody could connect to it."""

    @property
    def since(self) -> Since | None:
        """How it compares with an earlier run."""


class HostState(t.NamedTuple):
    """All that a gate can ask of a host, as JSON types.

    ``findings``: how many of each verdict. ``nothing_verified``: something was unverified, and no listener was
    verified. ``worst``: verdict and text of the worst findings. ``since``: as ``Since.to_dict`` gives it.
    """

    host: str
    verdict: str
    reason: str | None
    unreachable: bool
    findings: t.Mapping[str, int]
    nothing_verified: bool
    worst: t.Sequence[t.Sequence[str]]
    since: t.Mapping[str, t.Any] | None


class Stop(t.NamedTuple):
    """One thing that stops a host. ``code`` names it in reports, empty where findings of their own say it."""

    code: str
    text: str
    reasons: tuple[str, ...] = ()


class Outcome(t.NamedTuple):
    """``kind``: OPEN, FAILED, or UNREACHABLE for a host that was not assessed. ``let_through``: unverified findings."""

    kind: str
    text: str
    reasons: tuple[str, ...] = ()
    let_through: int = 0


def state_of(host: GatedHost) -> HostState:
    """The facts about one host."""
    result = host.result
    counts = collections.Counter(finding.verdict for finding in result.findings)
    return HostState(
        host=host.name,
        verdict=result.verdict,
        reason=host.reason,
        unreachable=host.unreachable,
        findings={verdict: counts[verdict] for verdict in STOPPING if counts[verdict]},
        nothing_verified=bool(counts["unverified"]) and not any(map(_verified, result.listeners)),
        worst=_worst(result.findings) if counts else [],
        since=host.since.to_dict() if host.since else None,
    )


def _verified(judged: JudgedListener) -> bool:
    """A rule or a default decided about it. What the defaults ignore was let be, not verified."""
    return judged.verdict != "unverified" and (judged.verdict != "pass" or judged.basis != "default")


def _worst(findings: t.Iterable[Finding]) -> list[list[str]]:
    ordered = sorted((it for it in findings if it.verdict in STOPPING), key=lambda it: STOPPING.index(it.verdict))
    return [[finding.verdict, f"{finding.code}: {finding.message}"] for finding in ordered[:_WORST]]


def decide_host(state: HostState | None, rules: GateRules, *, excused: str = "") -> Outcome:
    """Whether a host passes. None: the report does not have it.

    A host that was not assessed stops every gate that is on. ``excused`` says in words that the limit excuses the
    unreachable ones; it excuses nothing else.
    """
    if not rules.on:
        return Outcome(OFF, "off")
    if state is None:
        return Outcome(UNREACHABLE, "not assessed: it is not in the report")
    if state.reason is not None:
        if excused and state.unreachable:
            return Outcome(OPEN, f"not assessed: {state.reason}; {excused}")
        return Outcome(UNREACHABLE, f"not assessed: {state.reason}")
    stops = [*_by_verdict(state, rules), *since_stops(state, rules)]
    if stops:
        reasons = tuple(dict.fromkeys(reason for stop in stops for reason in stop.reasons))
        return Outcome(FAILED, ", ".join(stop.text for stop in stops), reasons)
    through = state.findings.get("unverified", 0)
    said = f"{state.verdict}; unverified findings that pass: {through:,}" if through else state.verdict
    return Outcome(OPEN, said, let_through=through)


def _by_verdict(state: HostState, rules: GateRules) -> t.Iterator[Stop]:
    named = stopping_verdicts(rules, nothing_verified=state.nothing_verified)
    for verdict in STOPPING:
        number = state.findings.get(verdict, 0)
        if number and verdict in named:
            said = " and none of its listeners is verified" if verdict not in rules.verdicts else ""
            yield Stop("", f"{number:,} {verdict}{said}", tuple(text for of, text in state.worst if of == verdict))


def stopping_verdicts(rules: GateRules, *, nothing_verified: bool) -> frozenset[str]:
    """The verdicts of findings that stop a host. Where nothing of it was verified, no gate lets unverified through."""
    return rules.verdicts | {"unverified"} if nothing_verified and rules.on else rules.verdicts


def since_stops(state: HostState, rules: GateRules) -> t.Iterator[Stop]:
    """What stops a host that was assessed because of an earlier run. One that was not compared stops, too."""
    if state.reason is not None or not rules.compares:
        return
    since = state.since
    if since is None:
        yield Stop("drift-unknown", "drift not known", (f"not compared: {_NOT_COMPARED}",))
        return
    if NEW in rules.fail_on and since["new"]:
        yield Stop("", f"{since['new']:,} new", tuple(since["new_findings"]))
    if rules.fail_on_drift:
        yield from _drift(since, rules.fail_on_drift)


def _drift(since: t.Mapping[str, t.Any], kinds: t.Collection[str]) -> t.Iterator[Stop]:
    for kind in kinds:
        number = since["kinds"].get(kind)
        if number:
            yield Stop(f"drift-{kind}", f"{number:,} {kind}", tuple(since["changes"][kind]))
    if since["not_compared"] is not None:
        yield Stop("drift-unknown", "drift not known", (f"not compared: {since['not_compared']}",))
        return
    if since["partly"]:
        yield Stop("drift-unknown", f"drift not known for {', '.join(since['partly'])}", (partly(since["partly"]),))
    for kind in kinds:
        if kind in since["perhaps"]:
            number, said = since["perhaps"][kind]
            yield Stop("drift-unknown", f"{number:,} perhaps {kind}", (said,))


def excuse(rules: GateRules, *, unreachable: int, expected: int, assessed: int) -> str:
    """In words, that the hosts which could not be reached are excused; empty when they are not."""
    number = rules.limit.forgiven(unreachable, expected=expected, assessed=assessed) if rules.on else 0
    return f"excused: {number:,} of {expected:,} hosts are unreachable and the limit is {rules.limit}" if number else ""


@dataclasses.dataclass(frozen=True)
class Decision:
    """The gate of a whole run. ``policy``: the findings about the policy that stop it; ``excused``: hosts."""

    rules: GateRules
    states: t.Mapping[str, HostState]
    outcomes: t.Mapping[str, Outcome]
    excused: frozenset[str]
    policy: tuple[Finding, ...]
    new: frozenset[Finding]

    @property
    def expected(self) -> int:
        return len(self.states)

    @functools.cached_property
    def assessed(self) -> int:
        return sum(state.reason is None for state in self.states.values())

    @functools.cached_property
    def unreachable(self) -> int:
        return sum(state.unreachable for state in self.states.values())

    @functools.cached_property
    def stopping(self) -> tuple[str, ...]:
        """Hosts that stop it, those not assessed too."""
        return tuple(host for host, outcome in self.outcomes.items() if outcome.kind in (FAILED, UNREACHABLE))

    @functools.cached_property
    def let_through(self) -> int:
        """Hosts with something unverified that pass all the same."""
        return sum(bool(outcome.let_through) for outcome in self.outcomes.values())

    @functools.cached_property
    def _of_policy(self) -> frozenset[Finding]:
        return frozenset(self.policy)

    @property
    def run_stops(self) -> tuple[Stop, ...]:
        """What stops it whatever the hosts are like."""
        return run_stops(self.rules, expected=self.expected)

    @property
    def closed(self) -> bool:
        return bool(self.stopping or self.policy or self.run_stops)

    def since_stops(self) -> t.Iterator[tuple[str, Stop]]:
        """Hosts that stop it by a change, with the change: no finding of theirs says that."""
        for host, state in self.states.items():
            yield from ((host, stop) for stop in since_stops(state, self.rules) if stop.code)

    def stops(self, finding: Finding) -> bool:
        """Whether this finding is one that stops it."""
        state = self.states.get(finding.host or "")
        if finding.host is None or state is None:
            return finding in self._of_policy
        if state.reason is not None:
            return self.rules.on and state.host not in self.excused
        verdicts = stopping_verdicts(self.rules, nothing_verified=state.nothing_verified)
        return finding.verdict in verdicts or finding in self.new


def run_stops(rules: GateRules, *, expected: int) -> tuple[Stop, ...]:
    """What stops a whole run: nobody to audit, nobody who said what is approved."""
    if not rules.on:
        return ()
    named = () if rules.policy_named else (Stop("no-policy-named", NO_POLICY),)
    return (*named, *(() if expected else (Stop("not-assessed", NO_HOST),)))


def decide(rules: GateRules, hosts: t.Iterable[GatedHost], policy_findings: t.Iterable[Finding]) -> Decision:
    """Decide about a run."""
    hosts = tuple(hosts)
    states = {host.name: state_of(host) for host in hosts}
    unreachable = sum(state.unreachable for state in states.values())
    assessed = sum(state.reason is None for state in states.values())
    words = excuse(rules, unreachable=unreachable, expected=len(states), assessed=assessed)
    outcomes = {host: decide_host(state, rules, excused=words) for host, state in states.items()}
    return Decision(
        rules=rules,
        states=states,
        outcomes=outcomes,
        excused=frozenset(host for host, state in states.items() if words and state.unreachable),
        policy=tuple(it for it in policy_findings if rules.stops_policy(it.code, it.verdict)),
        new=_new(hosts) if NEW in rules.fail_on else frozenset(),
    )


def _new(hosts: t.Iterable[GatedHost]) -> frozenset[Finding]:
    return frozenset(finding for host in hosts if host.since for finding in host.since.new)
