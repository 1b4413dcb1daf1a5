# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings about the policy itself: what in it has run out, is not used, or names nothing."""

from __future__ import annotations

import dataclasses
import datetime
import difflib
import typing as t

from .._policy._lifecycle import is_overdue, is_soon, lasts_long, today
from .._policy._policy_model import AppliesTo, Policy, Rule, SourcePlace, Waiver
from ._judge import order
from ._judgement import Finding, HostResult
from ._waiver_cover import in_force
from .conditions._scope import Scope, all_groups

RULES, WAIVERS, PATHS = "rules", "waivers", "paths"

# Ansible has these two groups in every inventory.
_ALWAYS = frozenset({"all", "ungrouped"})

# Places are told by the path; a copy that somebody made their own lies elsewhere.
_BASELINE = "roles/port_audit/files/policies/baseline.yml"

_Item = t.Union[Rule, Waiver]


def policy_findings(
    policy: Policy,
    *,
    inventory: t.Mapping[str, frozenset[str]],
    results: t.Mapping[str, HostResult],
    not_assessed: frozenset[str],
    as_of: datetime.datetime,
    hidden_on: t.Mapping[str, t.Collection[str]] | None = None,
) -> tuple[Finding, ...]:
    """What is wrong with the policy, sorted; every verdict is ``warn``.

    ``inventory``: every host with its groups, those outside the run too. ``results``: the hosts judged by this policy.
    ``not_assessed``: hosts nobody saw, and those left out of the run; unused is said only of what is about none of
    them, and about no host on which a match may have been hidden (``hidden_on``: hosts by kind, beside those that
    ``results`` tell).
    """
    fleet = _Fleet(inventory, results=results, not_assessed=not_assessed)
    fleet.hide(hidden_on or {})
    found = [finding for waiver in policy.waivers for finding in _waiver(policy, waiver, fleet=fleet, as_of=as_of)]
    found += _of_rules(policy, fleet=fleet, as_of=as_of)
    return tuple(sorted(found, key=lambda finding: (finding.code, finding.waiver or "", order(finding))))


def _of_rules(policy: Policy, *, fleet: _Fleet, as_of: datetime.datetime) -> list[Finding]:
    """Of the bundled baseline, what is unused is one finding: it is made for any host, and no host has all of it."""
    found = [finding for rule in policy.rules for finding in _rule(policy, rule, fleet=fleet, as_of=as_of)]
    spare = [finding for finding in found if finding.code == "unused-rule" and _is_bundled(finding.place)]
    if len(spare) < 2:
        return found
    kept = [finding for finding in found if finding not in spare]
    number = sum(_is_bundled(rule.place) for rule in policy.rules)
    names = ", ".join(str(finding.rule) for finding in spare)
    message = f"{len(spare)} of {number} rules of the bundled baseline match no listener on these hosts: {names}"
    place = SourcePlace(spare[0].place.file) if spare[0].place else None
    severity = policy.defaults.severity
    one = dataclasses.replace(spare[0], rule=None, severity=severity, message=message, found=names, place=place)
    return [*kept, one]


def _is_bundled(place: SourcePlace | None) -> bool:
    """Whether it is a line of the file that comes with this collection, wherever that is installed."""
    file = place.file if place else ""
    return file == _BASELINE or file.endswith(f"/{_BASELINE}")


class _Fleet:
    """The inventory and what was seen of it."""

    def __init__(
        self,
        inventory: t.Mapping[str, frozenset[str]],
        *,
        results: t.Mapping[str, HostResult],
        not_assessed: frozenset[str],
    ) -> None:
        self._hosts = {host: all_groups(groups) for host, groups in inventory.items()}
        self._unseen = {kind: set(not_assessed) for kind in (RULES, WAIVERS, PATHS)}
        for host, result in results.items():
            for kind in hidden(result):
                self._unseen[kind].add(host)
        self.groups = _ALWAYS.union(*self._hosts.values())
        self.rules_used = frozenset[str]().union(*(result.rules_used for result in results.values()))
        self.waivers_used = frozenset[str]().union(*(result.waivers_used for result in results.values()))

    def hide(self, hosts: t.Mapping[str, t.Collection[str]]) -> None:
        """Hosts on which something was hidden, by kind, beside those that the results name."""
        for kind, names in hosts.items():
            self._unseen[kind].update(names)

    def names(self, pattern: str) -> bool:
        """Whether a host pattern names a host."""
        scope = Scope(_only_hosts(pattern))
        return any(scope.covers(host, frozenset()) for host in self._hosts)

    def all_seen(self, scope: Scope, kinds: t.Iterable[str]) -> bool:
        """Whether there are hosts in scope, and on none of them anything of these kinds was hidden."""
        hosts = [host for host, groups in self._hosts.items() if scope.covers(host, groups)]
        return bool(hosts) and all(self._unseen[kind].isdisjoint(hosts) for kind in kinds)

    def like(self, name: str, *, group: bool) -> str:
        """A did-you-mean for a name that the inventory does not have."""
        if not group and name in self.groups:
            return f"; it is a group: write groups: {name}"
        close = difflib.get_close_matches(name, sorted(self.groups if group else self._hosts), n=1)
        return f"; did you mean {close[0]!r}?" if close else ""


def hidden(result: HostResult) -> frozenset[str]:
    """What may match something on this host that was not seen: RULES, WAIVERS, PATHS.

    A rule answers for itself where owners are unknown, and is in use then. A waiver depends on what was found, and that
    on the owners.
    """
    gap = any(finding.code in ("collection-gap", "not-assessed") for finding in result.findings)
    rules = gap or bool(result.unread & {"listeners", "addresses"})
    undecided = any(finding.verdict == "unverified" for finding in result.findings)
    waivers = rules or undecided or bool(result.unread & {"owners", "units"})
    kinds = ((RULES, rules), (WAIVERS, waivers), (PATHS, "paths" in result.unread))
    return frozenset(kind for kind, is_hidden in kinds if is_hidden)


def kinds_of(waiver: Waiver) -> tuple[str, ...]:
    """What must not be hidden for a waiver to be called unused: one may be for a way in that has no port."""
    paths = not waiver.match.ports and (not waiver.match.codes or "alternate-path" in waiver.match.codes)
    return (WAIVERS, PATHS) if paths else (WAIVERS,)


def _only_hosts(pattern: str) -> AppliesTo:
    return AppliesTo(hosts=(pattern,))


def _rule(policy: Policy, rule: Rule, *, fleet: _Fleet, as_of: datetime.datetime) -> t.Iterator[Finding]:
    yield from _unknown_targets(policy, rule, fleet)
    if is_overdue(rule, today(as_of)):
        day = str(rule.approval.review_by)
        yield _finding(policy, rule, "overdue-review", f"was due for review by {day}", found=day)
    # A forbidden rule that nothing breaks is doing its work.
    if rule.expect == "forbidden" or rule.id in fleet.rules_used:
        return
    if fleet.all_seen(Scope(rule.applies_to), [RULES]):
        yield _finding(policy, rule, "unused-rule", "matches no listener on the hosts that it applies to")


def _waiver(policy: Policy, waiver: Waiver, *, fleet: _Fleet, as_of: datetime.datetime) -> t.Iterator[Finding]:
    yield from _unknown_targets(policy, waiver, fleet)
    end = str(waiver.expires)
    if not in_force(waiver, as_of):
        yield _finding(policy, waiver, "expired-waiver", f"expired after {end} and no longer applies", found=end)
        return
    day = today(as_of)
    if is_soon(waiver.expires, day):
        when = _in_days((waiver.expires - day).days)
        yield _finding(policy, waiver, "expiring-waiver", f"ends after {end}, {when}", found=end)
    if lasts_long(waiver, day):
        since = "it was approved" if waiver.approved_on else "today"
        yield _finding(policy, waiver, "long-waiver", f"lasts until {end}, more than a year after {since}", found=end)
    if waiver.id in fleet.waivers_used:
        return
    if fleet.all_seen(Scope(waiver.applies_to), kinds_of(waiver)):
        yield _finding(policy, waiver, "unused-waiver", "covers no finding on the hosts that it applies to")


def _unknown_targets(policy: Policy, item: _Item, fleet: _Fleet) -> t.Iterator[Finding]:
    targets = item.applies_to
    for name in dict.fromkeys((*targets.groups, *targets.not_groups)):
        if name not in fleet.groups:
            message = f"applies to group {name!r}, which the inventory does not have{fleet.like(name, group=True)}"
            yield _finding(policy, item, "unknown-target", message, found=name)
    for pattern in dict.fromkeys(targets.hosts):
        if not fleet.names(pattern):
            message = (
                f"applies to hosts {pattern!r}, which match no host of the inventory{fleet.like(pattern, group=False)}"
            )
            yield _finding(policy, item, "unknown-target", message, found=pattern)


def _finding(policy: Policy, item: _Item, code: str, message: str, found: str | None = None) -> Finding:
    is_rule = isinstance(item, Rule)
    severity = item.severity if isinstance(item, Rule) else None
    return Finding(
        code=code,
        verdict="warn",
        severity=severity or policy.defaults.severity,
        message=f"{'rule' if is_rule else 'waiver'} {item.id} {message}",
        rule=item.id if is_rule else None,
        waiver=None if is_rule else item.id,
        found=found,
        place=item.place,
        layer=item.place.layer,
    )


def _in_days(days: int) -> str:
    return {0: "today", 1: "tomorrow"}.get(days, f"in {days} days")
