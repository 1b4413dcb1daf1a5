# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the evidence for controls is counted from: the whole run, its listeners tallied in one pass."""

from __future__ import annotations

import collections
import dataclasses
import functools
import typing as t

from .....module_utils._socket import Listener
from ...._common._counted import count
from ...._judge._judgement import JudgedListener
from ...._policy._insecure import INSECURE
from ...._policy._policy_model import Rule
from ...model._auditor_views import ApprovedRule, Fact
from ...model._inputs import HostReport, RunInfo
from ...model._report import Coverage, Drift, WaiverRow
from ...text._bounded_names import BoundedNames
from .._coverage import COVERAGE_CODES

_NAMES = 6  # of hosts or rules that stand in a row; report.json has all


class SightTally:
    """How often something was seen, and on which hosts."""

    def __init__(self) -> None:
        self._counts: collections.Counter[str] = collections.Counter()
        self._hosts: dict[str, set[str]] = {}

    def add(self, what: str, host: str) -> None:
        self._counts[what] += 1
        self._hosts.setdefault(what, set()).add(host)

    def __getitem__(self, what: str) -> int:
        return self._counts[what]

    def fact(self, what: str, noun: str, rest: str) -> list[Fact]:
        """``3 listeners bound wider ...`` with the hosts, or nothing where there was none."""
        return some(noun, rest, self._counts[what], self._hosts.get(what, ()))


def some(noun: str, rest: str, number: int, names: t.Iterable[str] = ()) -> list[Fact]:
    """``2 rules without owner``, or nothing where there are none."""
    return (
        [Fact(f"{count(number, noun)} {rest}", number, BoundedNames(tuple(sorted(set(names))), _NAMES))]
        if number
        else []
    )


def of(number: int, total: int, noun: str, rest: str) -> Fact:
    """``10 of 12 hosts assessed``."""
    return Fact(f"{number:,} of {count(total, noun)} {rest}", number, BoundedNames(()))


def words(text: str, number: int = 0) -> Fact:
    return Fact(text, number, BoundedNames(()))


@dataclasses.dataclass(frozen=True, kw_only=True)
class WholeRun:
    """Everything that evidence for controls speaks of."""

    run: RunInfo
    hosts: t.Sequence[HostReport]
    approved: t.Sequence[ApprovedRule]
    coverage: Coverage
    waivers: t.Sequence[WaiverRow]
    drift: Drift | None

    @functools.cached_property
    def approving(self) -> tuple[ApprovedRule, ...]:
        """The rules that let something listen."""
        return tuple(row for row in self.approved if row.expect != "forbidden")

    @functools.cached_property
    def rules(self) -> tuple[Rule, ...]:
        return tuple(rule for policy in self.run.policies for rule in policy.rules if rule.expect != "forbidden")

    @functools.cached_property
    def tally(self) -> SightTally:
        """Of listeners by verdict (``pass``), by what they pass by (``by rule``), and by what is lacking."""
        tally = SightTally()
        for host in self.hosts:
            for judged in host.result.listeners:
                for what in _marks(judged):
                    tally.add(what, host.name)
            for finding in host.result.findings:
                if finding.code not in COVERAGE_CODES:
                    tally.add(f"finding {finding.verdict}", host.name)
        return tally


def _marks(judged: JudgedListener) -> t.Iterator[str]:
    listener = judged.listener
    yield "listener"
    yield judged.verdict
    approved = judged.verdict == "pass" and judged.rule is not None
    yield "owned" if _owned(listener) else "not owned"
    if judged.verdict == "pass":
        yield "by rule" if approved else "by default"
    if judged.registry.status == "unassigned" and not any(one.code == "ephemeral-udp" for one in judged.findings):
        yield "unassigned"
        yield "unassigned, approved" if approved else "unassigned, not approved"
    if not approved and (listener.protocol, listener.port) in INSECURE:
        yield "insecure, not approved"
    if any(one.code in ("excess-reach", "wrong-address") and one.verdict != "waived" for one in judged.findings):
        yield "too wide"


def _owned(listener: Listener) -> bool:
    """Whether all that hold it are known; what a packet filter publishes is held by its rule."""
    if listener.published_by or listener.owner_status == "kernel":
        return True
    return listener.owner_status == "known" and listener.owners_complete
