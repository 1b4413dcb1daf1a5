# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Suggest a policy: what listens, approved where it was seen, so that judging by it finds nothing unlisted."""

from __future__ import annotations

import collections
import dataclasses
import typing as t

from ...module_utils._socket import Listener
from .._common._clock import parse_iso
from .._drift._holder import assigned_anew
from .._evidence._evidence_errors import EvidenceError
from .._evidence.document._read_evidence import nothing_seen_because
from .._judge._assess import Document
from .._judge._from_evidence import host_facts, listeners
from .._judge._judge import Judge
from .._judge._judgement import HostFacts, JudgedListener
from .._judge.conditions._reach import HostReach, ReachTable
from .._judge.conditions._state import PUBLISHED, is_ephemeral_udp
from . import _identity
from ._fleet_uses import EPHEMERAL, Fleet, PortRange, Sightings, Use
from ._suggested_rules import Draft, drafts

Documents = t.Callable[[], t.Iterable[Document]]
_OWN, _PORT_ALONE = 1, 2  # what a listener gets that the first suggestion did not pass
_ROUNDS = 3


@dataclasses.dataclass(frozen=True)
class Suggestion:
    """``left_out`` counts the listeners that need no rule, by why: ``host`` (reach), ``chance`` (ephemeral UDP)."""

    fleet: Fleet
    drafts: tuple[Draft, ...]
    left_out: t.Mapping[str, int]
    unseen: tuple[str, ...]


def suggest(documents: Documents, *, judge: t.Callable[[Suggestion], Judge]) -> Suggestion:
    """Propose rules for all evidence. ``documents`` gives it anew each time; ``judge`` makes a suggestion a judge.

    A listener that needs no rule by itself may meet one that is meant for another of the same port, so the result is
    judged and what it does not pass gets a rule of its own.
    """
    forced: dict[tuple[int, PortRange], int] = {}
    for _round in range(_ROUNDS):
        suggestion = _observe(documents(), forced)
        refused = _refused(documents(), judge(suggestion), suggestion.fleet)
        if not refused:
            return suggestion
        forced.update({place: _PORT_ALONE if place in forced else _OWN for place in refused})
    raise EvidenceError("no policy passes all of this evidence")


def subject(document: Document) -> tuple[HostFacts, tuple[Listener, ...]] | None:
    """What the judge takes of a document, None when nothing was seen. Raises EvidenceError."""
    try:
        if nothing_seen_because(document) is not None:
            return None
        return host_facts(document), listeners(document)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        name = document["host"].get("name")
        raise EvidenceError(f"the evidence of {name} cannot be used: {type(error).__name__}: {error}") from error


def _observe(documents: t.Iterable[Document], forced: t.Mapping[tuple[int, PortRange], int]) -> Suggestion:
    observer = _Observer(forced)
    for document in documents:
        observer.add(document)
    return observer.result()


class _Observer:
    """Adds up the listeners of the fleet."""

    def __init__(self, forced: t.Mapping[tuple[int, PortRange], int]) -> None:
        self._fleet = Fleet()
        self._uses: dict[Use, Sightings] = {}
        self._forced = forced
        self._left_out: collections.Counter[str] = collections.Counter()
        self._unseen: list[str] = []
        self._table = ReachTable()

    def add(self, document: Document) -> None:
        given = subject(document)
        if given is None:
            self._unseen.append(document["host"]["name"])
            return
        facts, seen = given
        host = self._fleet.number(facts.name, facts.groups)
        reach = HostReach(self._table, facts)
        together = _identity.pairs(seen)
        for listener in seen:
            pair = together.get((listener.protocol, listener.port))
            self._listener(host, listener, reach.of(listener), pair or _identity.identity(listener))

    def _listener(self, host: int, listener: Listener, reach: int, identity: _identity.Identity | None) -> None:
        ports = PortRange(listener.protocol, listener.port, listener.port)
        force = self._forced.get((host, ports), 0)
        needless = None if force else _needless(listener, reach)
        if needless:
            self._left_out[needless] += 1
            return
        who = _alone(listener) if force == _PORT_ALONE else identity
        lasting = who is not None and (who.held or who.kernel) and not who.published
        if lasting and assigned_anew(listener) and EPHEMERAL[0] <= listener.port:
            ports = PortRange(listener.protocol, *EPHEMERAL)
        seen = self._uses.setdefault(Use(ports, who), Sightings())
        seen.add(host, reach)
        seen.units.update(_identity.unit(listener, owner) for owner in listener.owners)
        seen.users.update(_identity.user(owner) for owner in listener.owners)

    def result(self) -> Suggestion:
        found = drafts(self._uses, self._fleet)
        return Suggestion(self._fleet, tuple(found), dict(self._left_out), tuple(sorted(self._unseen)))


def _alone(listener: Listener) -> _identity.Identity | None:
    """What a rule by port number says of who listens: that it is a socket, or that a packet filter publishes it."""
    return _identity.Identity(published=True) if listener.state == PUBLISHED else None


def _needless(listener: Listener, reach: int) -> str | None:
    """Why the defaults of the suggested policy are enough for it."""
    if reach == 0:
        return "host"
    return "chance" if is_ephemeral_udp(listener) else None


def _refused(documents: t.Iterable[Document], judge: Judge, fleet: Fleet) -> set[tuple[int, PortRange]]:
    """Which listeners the suggestion does not pass, by host and port."""
    found: set[tuple[int, PortRange]] = set()
    for document in documents:
        given = subject(document)
        if given is not None:
            facts, seen = given
            result = judge.judge(facts, seen, as_of=parse_iso(document["run"]["as_of"]))
            host = fleet.number(facts.name, facts.groups)
            found.update((host, _ports(judged)) for judged in result.listeners if _bad(judged))
    return found


def _ports(judged: JudgedListener) -> PortRange:
    return PortRange(judged.listener.protocol, judged.listener.port, judged.listener.port)


def _bad(judged: JudgedListener) -> bool:
    return any(finding.code != "ephemeral-udp" for finding in judged.findings)
