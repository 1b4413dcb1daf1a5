# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``run.json``: what a run was meant for, who ran it, and when; the denominator of every report."""

from __future__ import annotations

import dataclasses
import typing as t

from ..._common._clock import parse_iso
from .._evidence_errors import EvidenceError
from ..document._substitute_origin import Origin

VERSION = 1
NAME = "run.json"


@dataclasses.dataclass(frozen=True)
class RunRecord:
    """One run. Times are UTC, ISO 8601; ``ended`` is None while it goes on.

    ``expected`` are the hosts the run was meant for; ``inventory`` has the groups of every host of the inventory,
    ``all`` included, so that a pattern that names nothing and the hosts left out can be told. ``limit`` is
    ``--limit`` as given. ``options`` are the collection's settings of this run. ``policies`` are
    ``{name, sha256, sources}``, known once the run is closed. ``origins`` has the hosts that evidence of another run
    answers for; ``sources`` are the runs that this one was merged from, with ``{id, started, controller, limit,
    expected, finished}``, ``expected`` being a number of hosts. ``on_trust``: what was not checked because the user
    answers for it, in sentences.
    """

    id: str
    started: str
    ended: str | None
    user: str
    controller: str
    ansible_version: str
    collection_version: str
    limit: str | None
    expected: tuple[str, ...]
    inventory: t.Mapping[str, tuple[str, ...]]
    options: t.Mapping[str, t.Any] = dataclasses.field(default_factory=dict)
    policies: tuple[t.Mapping[str, t.Any], ...] = ()
    origins: t.Mapping[str, Origin] = dataclasses.field(default_factory=dict)
    sources: tuple[t.Mapping[str, t.Any], ...] = ()
    on_trust: tuple[str, ...] = ()

    @property
    def left_out(self) -> tuple[str, ...]:
        """Hosts of the inventory that the run was not meant for."""
        return tuple(sorted(set(self.inventory) - set(self.expected)))

    def trusting(self, *said: str) -> RunRecord:
        """The record with what the user answers for, each once."""
        return dataclasses.replace(self, on_trust=tuple(dict.fromkeys((*self.on_trust, *said))))

    def closed(self, ended: str, *, policies: t.Iterable[t.Mapping[str, t.Any]] = ()) -> RunRecord:
        """The record at the end of the run, with the policies that its hosts were judged by."""
        return dataclasses.replace(self, ended=ended, policies=tuple(policies))

    def to_dict(self) -> dict[str, t.Any]:
        document = dataclasses.asdict(self)
        return {"run_version": VERSION, **document, "left_out": len(self.left_out)}

    @classmethod
    def from_dict(cls, document: t.Any) -> RunRecord:
        """Read ``run.json`` back. Raises EvidenceError on another version or shape."""
        if not isinstance(document, dict) or document.get("run_version") != VERSION:
            raise EvidenceError(f"{NAME} is not a run record of version {VERSION}")
        try:
            _check(document)
            return cls._load(document)
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
            raise EvidenceError(f"{NAME} is not a run record: {error}") from error

    @classmethod
    def _load(cls, document: t.Mapping[str, t.Any]) -> RunRecord:
        given = {"origins": {}, "sources": (), "on_trust": (), **document}
        values = {field.name: given[field.name] for field in dataclasses.fields(cls)}
        values["expected"] = tuple(document["expected"])
        values["policies"] = tuple(document["policies"])
        values["sources"] = tuple(given["sources"])
        values["on_trust"] = tuple(map(str, given["on_trust"]))
        values["origins"] = {host: Origin.from_dict(origin) for host, origin in given["origins"].items()}
        values["inventory"] = {host: tuple(groups) for host, groups in document["inventory"].items()}
        return cls(**values)


def _check(document: t.Mapping[str, t.Any]) -> None:
    """Raise TypeError, ValueError or KeyError for parts of another type than a run writes: files get altered."""
    for name in ("id", "started", "user", "controller", "ansible_version", "collection_version"):
        _be(document[name], str, name)
    for name in ("limit", "ended"):
        _be(document[name], (str, type(None)), name)
    for time in filter(None, (document["started"], document["ended"])):
        parse_iso(time)
    _check_lists(document)


def _check_lists(document: t.Mapping[str, t.Any]) -> None:
    _list(document["expected"], str, "expected")
    _list(document.get("on_trust", []), str, "on_trust")
    _be(document["options"], dict, "options")
    for host, groups in document["inventory"].items():
        _list(groups, str, f"inventory of {host}")
    for name, keys in (("policies", ("name", "sha256")), ("sources", ("id", "started"))):
        _list(document.get(name, []), dict, name)
        for part in document.get(name, []):
            for key in keys:
                _be(part[key], str, f"{name} {key}")


def _list(value: t.Any, kind: type, name: str) -> None:
    _be(value, list, name)
    for item in value:
        _be(item, kind, name)


def _be(value: t.Any, kind: type | tuple[type, ...], name: str) -> None:
    if not isinstance(value, kind):
        raise TypeError(f"{name} is a {type(value).__name__}")
