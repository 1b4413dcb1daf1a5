# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A baseline: what fails or warns tonight, as waivers that end on a day and have somebody's name on them."""

from __future__ import annotations

import collections
import dataclasses
import datetime
import typing as t

from ...module_utils._socket import Listener
from .._common._clock import parse_iso
from .._common._counted import count
from .._evidence._evidence_errors import EvidenceError
from .._judge._finding_codes import HOST_CODES, NEVER_WAIVED
from .._judge._judge import Judge
from .._judge._judgement import Finding, HostResult
from .._judge._waiver_cover import can_be_waived
from .._policy._policy_model import Policy
from . import _write_yaml
from ._fleet_uses import Fleet, PortRange
from ._identity import Identity, identity
from ._policy_text import Ids, applies_to, ports_text, process_text
from ._rule_place import RulePlace, places
from ._suggest import Documents, subject
from ._suggested_rules import folded

_ROUNDS = 3


class BaselineTerms(t.NamedTuple):
    """What a person answers for. ``expires``: the last day on which the waivers hold."""

    owner: str
    expires: datetime.date
    approved_on: datetime.date
    justification: str
    ticket: str | None = None


class _WaiverKey(t.NamedTuple):
    code: str
    protocol: str | None
    identity: Identity | None


@dataclasses.dataclass(frozen=True)
class _Draft:
    code: str
    ports: tuple[PortRange, ...]  # none: every port of the protocol
    protocol: str | None  # None: what has none
    identity: Identity | None
    place: RulePlace


@dataclasses.dataclass(frozen=True)
class Baseline:
    """``covered`` counts findings by code; ``never`` those that no waiver may cover, by code."""

    fleet: Fleet
    drafts: tuple[_Draft, ...]
    covered: t.Mapping[str, int]
    never: t.Mapping[str, int]


def baseline(documents: Documents, *, judge: Judge, with_waivers: t.Callable[[Baseline], Judge]) -> Baseline:
    """Waivers for every finding that fails or warns. ``with_waivers`` gives the judge that has them too.

    Where a condition on the process does not hold in the end, the waiver goes without.
    """
    loose: set[tuple[str, PortRange]] = set()
    for _round in range(_ROUNDS):
        found = _observe(documents(), judge, loose)
        left = _uncovered(documents(), with_waivers(found))
        if not left:
            return found
        loose |= left
    raise EvidenceError("no waiver covers some of the findings")


def _judged(
    documents: t.Iterable[t.Mapping[str, t.Any]], judge: Judge
) -> t.Iterator[tuple[HostResult, frozenset[str]]]:
    for document in documents:
        given = subject(document)
        if given is not None:
            facts, seen = given
            yield judge.judge(facts, seen, as_of=parse_iso(document["run"]["as_of"])), facts.groups


def _found(result: HostResult) -> t.Iterator[tuple[Finding, Listener | None]]:
    """Each finding with its listener, where it has one."""
    for judged in result.listeners:
        for finding in judged.findings:
            yield finding, judged.listener
    for finding in result.findings:
        if finding.code in HOST_CODES:
            yield finding, None


def _observe(documents: t.Iterable[t.Any], judge: Judge, loose: t.Collection[tuple[str, PortRange]]) -> Baseline:
    fleet = Fleet()
    seen: dict[tuple[_WaiverKey, PortRange | None], set[int]] = {}
    covered: collections.Counter[str] = collections.Counter()
    never: collections.Counter[str] = collections.Counter()
    for result, groups in _judged(documents, judge):
        host = fleet.number(result.host, groups)
        for finding, listener in _found(result):
            if finding.code in NEVER_WAIVED:
                never[finding.code] += 1
            elif can_be_waived(finding):
                covered[finding.code] += 1
                for place in _places(finding, listener, judge.policy, loose):
                    seen.setdefault(place, set()).add(host)
    return Baseline(fleet, tuple(_drafts(seen, fleet)), dict(covered), dict(never))


def _places(
    finding: Finding, listener: Listener | None, policy: Policy, loose: t.Collection[tuple[str, PortRange]]
) -> list[tuple[_WaiverKey, PortRange | None]]:
    """What to waive for a finding: its code, port and holder."""
    if listener is None and finding.protocol is None:  # a way in without a port
        return [(_WaiverKey(finding.code, None, None), None)]
    if listener is None:
        return [(_WaiverKey(finding.code, one.protocol, None), one) for one in _wanted(finding, policy)]
    ports = _ports(listener)
    who = None if (finding.code, ports) in loose else identity(listener)
    by_chance = finding.code == "ephemeral-udp" and who is not None
    return [(_WaiverKey(finding.code, listener.protocol, who), None if by_chance else ports)]


def _wanted(finding: Finding, policy: Policy) -> list[PortRange]:
    """The ports of the item that is missing, as numbers: a name may be the policy's own."""
    items = [item for rule in policy.rules if rule.id == finding.rule for item in rule.ports]
    wanted = (finding.protocol, finding.port_label)
    return [PortRange(item.protocol, item.first, item.last) for item in items if (item.protocol, item.label) == wanted]


def _drafts(seen: t.Mapping[tuple[_WaiverKey, PortRange | None], set[int]], fleet: Fleet) -> list[_Draft]:
    """One waiver for each code, holder and place. A group only where every host of it has the finding."""
    found: dict[tuple[_WaiverKey, bool, tuple[str, ...], tuple[int, ...]], tuple[RulePlace, list[PortRange]]] = {}
    for (key, ports), hosts in seen.items():
        for place in places(hosts, fleet, share=1.0):
            _place, many = found.setdefault((key, ports is None, place.groups, place.hosts), (place, []))
            many.extend([ports] if ports else [])
    drafts = [
        _Draft(key.code, folded(sorted(ports)), key.protocol, key.identity, place)
        for (key, *_rest), (place, ports) in found.items()
    ]
    return sorted(drafts, key=_order)


def _order(draft: _Draft) -> tuple[t.Any, ...]:
    place = draft.place
    return (
        draft.code,
        not place.groups,
        place.groups,
        place.hosts,
        draft.protocol or "",
        draft.ports,
        draft.identity or (),
    )


def _uncovered(documents: t.Iterable[t.Any], judge: Judge) -> set[tuple[str, PortRange]]:
    found = set()
    for result, _groups in _judged(documents, judge):
        for finding, listener in _found(result):
            if can_be_waived(finding):
                found.add((finding.code, _ports(listener)))
    return found


def _ports(listener: Listener | None) -> PortRange:
    return PortRange(listener.protocol, listener.port, listener.port) if listener else PortRange("", 0, 0)


def waivers_text(found: Baseline, terms: BaselineTerms, *, name: str, sources: t.Sequence[str]) -> str:
    """The waivers as a policy of their own, a layer for the policy that they belong to."""
    ids = Ids()
    hosts = count(len(found.fleet.names), "host")
    lines = [
        "---",
        _write_yaml.comment(f"Baseline of what {hosts} showed in {', '.join(sources)}: only the findings of that day."),
        _write_yaml.comment(
            f"It ends after {terms.expires}. Remove waivers of fixed findings. Approve by a rule what is fine."
        ),
        "version: 1",
        f"name: {_write_yaml.scalar(name)}",
        "rules: []",
        "waivers:" if found.drafts else "waivers: []",
    ]
    return (
        "\n".join([*lines, *(line for draft in found.drafts for line in _waiver(draft, found.fleet, terms, ids))])
        + "\n"
    )


def _waiver(draft: _Draft, fleet: Fleet, terms: BaselineTerms, ids: Ids) -> list[str]:
    word = draft.identity.word if draft.identity else None
    port = f"{draft.ports[0].first}" if draft.ports else None
    return [
        f"  - id: {_write_yaml.scalar(ids.new('baseline', draft.code, *(text for text in (port, word) if text)))}",
        f"    match: {_match(draft)}",
        *applies_to(draft.place, fleet, everywhere=True),
        f"    justification: {_write_yaml.scalar(terms.justification)}",
        f"    approved_by: {_write_yaml.scalar(terms.owner)}",
        f"    approved_on: {terms.approved_on}",
        *([f"    ticket: {_write_yaml.scalar(terms.ticket)}"] if terms.ticket else []),
        f"    expires: {terms.expires}",
    ]


def _match(draft: _Draft) -> str:
    parts = [f"protocol: {draft.protocol}"] if draft.protocol else []
    parts += [f"port: {ports_text(draft.ports)}"] if draft.ports else []
    parts += [f"codes: {_write_yaml.sequence([draft.code])}"]
    parts += ["state: published"] if draft.identity and draft.identity.published else []
    parts += ["state: kernel"] if draft.identity and draft.identity.kernel else []
    parts += [f"process: {process_text(draft.identity, (), ())}"] if draft.identity and draft.identity.held else []
    return "{" + ", ".join(parts) + "}"
