# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Remarks about two rules together: which contradict, and which another one makes pointless."""

from __future__ import annotations

import typing as t

from .._judge.conditions._port_index import PortIndex
from .._policy._policy_model import REACHES, AppliesTo, PortItem, ProcessPatterns, Rule
from ._remark import ERROR, Remark, about

_EVERYWHERE = AppliesTo()


def pair_remarks(rules: t.Sequence[Rule]) -> t.Iterator[Remark]:
    """Each rule against those that cover its ports. Only what is so on every host is said."""
    ordered = sorted(rules, key=lambda rule: rule.id)
    forbidden = _index(rule for rule in ordered if rule.expect == "forbidden")
    allowed = _index(rule for rule in ordered if rule.expect == "allowed")
    for rule in ordered:
        if rule.expect == "forbidden":
            yield from _pointless(rule, [other for other in _near(rule, forbidden) if _makes_pointless(other, rule)])
            continue
        yield from _contradicted(rule, _near(rule, forbidden))
        if rule.expect == "allowed":
            yield from _pointless(rule, [other for other in _near(rule, allowed) if _makes_pointless(other, rule)])


def _index(rules: t.Iterable[Rule]) -> PortIndex[Rule]:
    return PortIndex((item, rule) for rule in rules for item in rule.ports)


def _near(rule: Rule, index: PortIndex[Rule]) -> list[Rule]:
    """The other rules that cover the first port of one of its items."""
    found = {id(other): other for item in rule.ports for other in index.at(item.protocol, item.first)}
    return [other for other in found.values() if other is not rule]


def _contradicted(rule: Rule, forbidding: t.Iterable[Rule]) -> t.Iterator[Remark]:
    for other in forbidding:
        if not _hosts_within(rule.applies_to, other.applies_to) or not _holders_within(rule, other):
            continue
        if _ports_within(rule.ports, other.ports):
            message = f"can never pass: rule {other.id} at {other.place} forbids all its ports"
            yield about(rule, "contradictory-rules", message, level=ERROR)
        else:
            message = f"is shadowed in part: rule {other.id} at {other.place} forbids some of its ports"
            yield about(rule, "shadowed-rule", message)


def _pointless(rule: Rule, wider: t.Sequence[Rule]) -> t.Iterator[Remark]:
    """One remark, naming the first of the wider rules. Of two that say the same, the later id is the pointless one."""
    for other in wider:
        yield about(
            rule,
            "pointless-rule",
            f"changes nothing: rule {other.id} at {other.place} covers the same listeners or more",
        )
        return


def _makes_pointless(other: Rule, rule: Rule) -> bool:
    return _covers(other, rule) and (not _covers(rule, other) or other.id < rule.id)


def _covers(wide: Rule, narrow: Rule) -> bool:
    """Whether everything that makes the narrow rule true makes the wide one true too."""
    return (
        _ports_within(narrow.ports, wide.ports)
        and _hosts_within(narrow.applies_to, wide.applies_to)
        and _holders_within(narrow, wide)
        and _reach_within(narrow.reach, wide.reach)
        and (not wide.address or wide.address == narrow.address)
    )


def _ports_within(narrow: t.Iterable[PortItem], wide: t.Sequence[PortItem]) -> bool:
    return all(
        any(other.protocol == item.protocol and other.first <= item.first and item.last <= other.last for other in wide)
        for item in narrow
    )


def _hosts_within(narrow: AppliesTo, wide: AppliesTo) -> bool:
    return wide in (_EVERYWHERE, narrow)


def _holders_within(narrow: Rule, wide: Rule) -> bool:
    """Whether the wide rule is true of every holder that the narrow one is true of, the packet filter among them."""
    if wide.state == "kernel":
        return narrow.state == "kernel"
    if narrow.state == "kernel":
        return wide.process is None and wide.state != "published"
    if _takes_published(narrow) and not _takes_published(wide):
        return False
    if narrow.state == "published" and narrow.process is None:
        return True  # it takes no socket at all
    return not (wide.state == "published" and wide.process is None) and _process_within(narrow.process, wide.process)


def _takes_published(rule: Rule) -> bool:
    """Whether it is true of a port without a socket. A process beside another state, or none, asks for a holder."""
    return rule.state == "published" or (rule.state is None and rule.process is None)


def _process_within(narrow: ProcessPatterns | None, wide: ProcessPatterns | None) -> bool:
    """Of globs only equal ones are compared: what else one may match is not told."""
    if wide is None or wide == narrow:
        return True
    given = dict(narrow.conditions) if narrow else {}
    return all(set(given.get(field, ("",))) <= set(globs) for field, globs in wide.conditions)


def _reach_within(narrow: str | None, wide: str | None) -> bool:
    if wide is None:
        return True
    return narrow is not None and REACHES.index(narrow) <= REACHES.index(wide)
