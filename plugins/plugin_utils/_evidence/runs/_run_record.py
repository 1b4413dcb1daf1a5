# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``run.json``: what a run was meant for, who ran it, and when; the denominator of every report."""

from __future__ import annotations

import dataclasses
import os
import typing as t

from ..._common._clock import IsoTime
from ..._common._typed_json import TypedJson, at
from .._evidence_errors import EvidenceError
from ..document._substitute_origin import Origin
from ..files._run_directory import RunDirectory

RUN_VERSION = 1
RUN_FILE = "run.json"
_READER = TypedJson()


@dataclasses.dataclass(frozen=True)
class RecordedPolicy:
    """A policy that hosts of the run were judged by; ``sources`` are the files it came from."""

    name: str
    sha256: str
    sources: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class SourceRun:
    """A run that this one was merged from. ``expected``: a number of hosts. ``finished``: whether it had sums."""

    id: str
    started: str
    controller: str
    limit: str | None
    expected: int
    finished: bool


def _check_options(options: t.Mapping[str, t.Any]) -> None:
    """Of the options only the time to judge at is used again. Raises Misfit."""
    at("as_of", _READER.reader(t.Optional[IsoTime]), options.get("as_of") or None)


@dataclasses.dataclass(frozen=True)
class RunRecord:
    """One run. Times are UTC, ISO 8601; ``ended`` is None while it goes on.

    ``expected`` are the hosts the run was meant for; ``inventory`` has the groups of every host of the inventory,
    ``all`` included, so that a pattern that names nothing and the hosts left out can be told. ``limit`` is
    ``--limit`` as given. ``options`` are the collection's settings of this run. ``policies`` are known once the run is
    closed. ``origins`` has the hosts that evidence of another run answers for; ``sources`` are the runs that this one
    was merged from. ``on_trust``: what was not checked because the user answers for it, in sentences.
    """

    id: str
    started: IsoTime
    ended: IsoTime | None
    user: str
    controller: str
    ansible_version: str
    collection_version: str
    limit: str | None
    expected: tuple[str, ...]
    inventory: t.Mapping[str, tuple[str, ...]]
    options: t.Annotated[t.Mapping[str, t.Any], _check_options] = dataclasses.field(default_factory=dict)
    policies: tuple[RecordedPolicy, ...] = ()
    origins: t.Mapping[str, Origin] = dataclasses.field(default_factory=dict)
    sources: tuple[SourceRun, ...] = ()
    on_trust: tuple[str, ...] = ()

    @property
    def left_out(self) -> tuple[str, ...]:
        """Hosts of the inventory that the run was not meant for."""
        return tuple(sorted(set(self.inventory) - set(self.expected)))

    @property
    def as_of(self) -> str | None:
        """The time to judge at, where somebody set it for the run."""
        return self.options.get("as_of") or None

    def trusting(self, *said: str) -> RunRecord:
        """The record with what the user answers for, each once."""
        return dataclasses.replace(self, on_trust=tuple(dict.fromkeys((*self.on_trust, *said))))

    def closed(self, ended: str, *, policies: t.Iterable[RecordedPolicy] = ()) -> RunRecord:
        """The record at the end of the run, with the policies that its hosts were judged by."""
        return dataclasses.replace(self, ended=ended, policies=tuple(policies))

    def to_dict(self) -> dict[str, t.Any]:
        document = dataclasses.asdict(self)
        return {"run_version": RUN_VERSION, **document, "left_out": len(self.left_out)}

    @classmethod
    def from_dict(cls, document: t.Any, *, name: str = RUN_FILE) -> RunRecord:
        """Read it back. Raises EvidenceError on another version or shape; ``name`` is what the error calls the file."""
        if not isinstance(document, dict) or document.get("run_version") != RUN_VERSION:
            raise EvidenceError(f"{name} is not a run record of version {RUN_VERSION}")
        try:
            return t.cast(RunRecord, _READER.read(document, cls))
        except ValueError as error:
            raise EvidenceError(f"{name} is not a run record: {error}") from error


def read_record(directory: RunDirectory) -> RunRecord:
    """The record that a run has. Raises EvidenceError that names the file, AlteredEvidence."""
    return RunRecord.from_dict(directory.read(RUN_FILE), name=os.path.join(directory.path, RUN_FILE))


def write_record(directory: RunDirectory, record: RunRecord) -> None:
    """Write the record of a run that is open. Raises EvidenceError."""
    directory.write(record.to_dict(), name=RUN_FILE)


def finish_run(directory: RunDirectory, record: RunRecord) -> None:
    """Write the sums of the run and the record that says that it is over. Raises EvidenceError."""
    directory.finish(record.to_dict(), name=RUN_FILE)
