# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waivers: time-boxed exceptions. What one covers is still listed, as waived."""

from __future__ import annotations

import dataclasses
import datetime
import typing as t

from ...module_utils._socket import Listener
from .._policy._lifecycle import is_over, today
from .._policy._policy_model import Policy, PortItem, Waiver
from ._finding_codes import NEVER_WAIVED, WAIVED_IF_NAMED
from ._judgement import Finding
from .conditions._addresses import Networks
from .conditions._port_index import PortIndex
from .conditions._scope import HostScope, Scopes
from .conditions._state import condition


def can_be_waived(finding: Finding) -> bool:
    """Whether a waiver may cover it: nobody can answer for what is not known."""
    return finding.verdict in ("fail", "warn") and finding.code not in NEVER_WAIVED


def in_force(waiver: Waiver, as_of: datetime.datetime) -> bool:
    """Whether it still holds: it is good to the end of its last day, UTC."""
    return not is_over(waiver.expires, today(as_of))


class CompiledWaiver:
    """A waiver with its conditions compiled."""

    def __init__(self, waiver: Waiver, scopes: Scopes) -> None:
        match = waiver.match
        self.waiver = waiver
        self.id = waiver.id
        self.scope = scopes.get(waiver.applies_to)
        self._codes = frozenset(match.codes)
        self._rules = frozenset(match.rules)
        self._networks = Networks(match.address) if match.address else None
        self._process = condition(match.process, match.state)

    def matches(self, finding: Finding, listener: Listener | None) -> bool:
        """Whether all its keys but the port match. A key that the finding lacks does not match."""
        return self._fits(finding, listener) and self._process_of(listener) is True

    def may_match(self, finding: Finding, listener: Listener | None) -> bool:
        """As matches, with a process that is not known taken for the one that is meant."""
        return self._fits(finding, listener) and self._process_of(listener) is not False

    def _process_of(self, listener: Listener | None) -> bool | None:
        if self._process is None:
            return True
        return False if listener is None else self._process.holds(listener)

    def _fits(self, finding: Finding, listener: Listener | None) -> bool:
        """Whether its codes, rules and addresses match."""
        if finding.code not in self._codes and (self._codes or finding.code in WAIVED_IF_NAMED):
            return False
        if self._rules and finding.rule not in self._rules:
            return False
        address = listener.address if listener is not None else ""
        return self._networks is None or bool(address and self._networks.contain(address))


class WaiverBook:
    """The waivers of a policy, by port, and by id where several cover the same."""

    def __init__(self, policy: Policy, scopes: Scopes) -> None:
        compiled = [CompiledWaiver(waiver, scopes) for waiver in sorted(policy.waivers, key=lambda waiver: waiver.id)]
        self._any_port = tuple(waiver for waiver in compiled if not waiver.waiver.match.ports)
        self._on_ports = tuple(waiver for waiver in compiled if waiver.waiver.match.ports)
        self._index = PortIndex((item, waiver) for waiver in self._on_ports for item in waiver.waiver.match.ports)

    def at(self, listener: Listener) -> tuple[CompiledWaiver, ...]:
        """Those whose port matches a listener."""
        return self._any_port + self._index.at(listener.protocol, listener.port)

    def anywhere(self) -> tuple[CompiledWaiver, ...]:
        """Those that name no port."""
        return self._any_port

    def around(self, wanted: PortItem) -> tuple[CompiledWaiver, ...]:
        """Those whose ports hold a whole item of a rule, for a listener that is missing."""
        holding = (
            waiver for waiver in self._on_ports if any(_holds(item, wanted) for item in waiver.waiver.match.ports)
        )
        return (*self._any_port, *holding)


def _holds(item: PortItem, wanted: PortItem) -> bool:
    return item.protocol == wanted.protocol and item.first <= wanted.first and wanted.last <= item.last


class HostWaivers:
    """The waivers of one host at one time. ``used``: ids of those that covered something."""

    def __init__(self, book: WaiverBook, *, scope: HostScope, as_of: datetime.datetime) -> None:
        self._book = book
        self._scope = scope
        self._as_of = as_of
        self.used: set[str] = set()

    def on_listener(self, finding: Finding, listener: Listener) -> Finding:
        """The finding, waived where a waiver covers it."""
        return self._waive(finding, self._book.at(listener), listener=listener)

    def on_missing(self, finding: Finding, wanted: PortItem) -> Finding:
        """A missing-listener, waived where a waiver covers it."""
        return self._waive(finding, self._book.around(wanted), listener=None)

    def on_path(self, finding: Finding, held: t.Sequence[Listener]) -> Finding:
        """A finding about ways in without a port, waived where a waiver covers all that is held."""
        covering = (waiver for waiver in self._book.anywhere() if all(waiver.matches(finding, one) for one in held))
        return self._waive(finding, covering, listener=held[0])

    def _waive(self, finding: Finding, waivers: t.Iterable[CompiledWaiver], *, listener: Listener | None) -> Finding:
        if not can_be_waived(finding):
            return finding
        waivers = [waiver for waiver in waivers if self._scope.covered(waiver.scope)]
        covering = sorted(waiver.id for waiver in waivers if self._covers(waiver, finding, listener))
        self.used.update(covering or (it.id for it in waivers if self._may_cover(it, finding, listener)))
        if not covering:
            return finding
        return dataclasses.replace(finding, verdict="waived", before_waiver=finding.verdict, waiver=covering[0])

    def _covers(self, waiver: CompiledWaiver, finding: Finding, listener: Listener | None) -> bool:
        return in_force(waiver.waiver, self._as_of) and waiver.matches(finding, listener)

    def _may_cover(self, waiver: CompiledWaiver, finding: Finding, listener: Listener | None) -> bool:
        """Whether it covers all but for a process that was not seen: then it must not be called unused."""
        return in_force(waiver.waiver, self._as_of) and waiver.may_match(finding, listener)
