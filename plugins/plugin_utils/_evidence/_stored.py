# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Evidence of runs that are over: find it below the paths that a user gives, and read it host by host.

A fleet may have been audited in slices, by several controllers or on several days. Where more than one run has
evidence of a host, that of the newest run is used, and only that.
"""

from __future__ import annotations

import dataclasses
import os
import typing as t

from . import _files
from ._directory import RunDirectory
from ._errors import EvidenceError
from ._names import file_name
from ._origin import Origin
from ._read import check_bound
from ._record import NAME, RunRecord

Document = t.Mapping[str, t.Any]


@dataclasses.dataclass(frozen=True)
class Stored:
    """One evidence file, not read yet."""

    run: RunDirectory
    name: str
    origin: Origin | None = None

    def read(self) -> Document:
        """The document. Raises EvidenceError when it cannot be believed (see ``check``)."""
        path = os.path.join(self.run.path, "evidence", self.name)
        return check_bound(_files.read_json(path), self.origin, run_id=self.run.run_id, name=self.name)


@dataclasses.dataclass(frozen=True)
class StoredRun:
    directory: RunDirectory
    record: RunRecord

    def evidence(self) -> list[Stored]:
        """Its evidence files, sorted by name."""
        origins = {file_name(host): origin for host, origin in self.record.origins.items()}
        return [Stored(self.directory, name, origins.get(name)) for name in self.directory.evidence_names()]


def open_run(path: str) -> StoredRun:
    """The run at a path: its own directory, or an output directory, of which the newest finished run is meant.

    Raises EvidenceError that says what is not there.
    """
    if not path:
        raise EvidenceError("no directory with evidence was given")
    place = os.path.abspath(os.path.expanduser(path))
    if not os.path.isdir(place):
        found = "a file" if os.path.exists(place) else "not there"
        raise EvidenceError(f"{path} is not the directory of a run, it is {found}")
    if not os.path.exists(os.path.join(place, NAME)):
        place = _latest(place, path)
    place = os.path.realpath(place)  # ``latest`` is a link that the next run moves
    output, _slash, folder = place.rpartition("/")
    record = RunRecord.from_dict(_files.read_json(os.path.join(place, NAME)))
    if record.id != folder:
        # A copy under another name is fine: the id is what evidence is checked against.
        return StoredRun(_Moved(output, folder, record.id), record)
    return StoredRun(RunDirectory(output, folder), record)


class _Moved(RunDirectory):
    """A run in a directory that is not named after it."""

    def __init__(self, output: str, folder: str, run_id: str) -> None:
        super().__init__(output, run_id)
        self.path = os.path.join(output, folder)


def _latest(place: str, given: str) -> str:
    latest = os.path.join(place, "latest")
    if os.path.exists(os.path.join(latest, NAME)):
        return latest
    said = f"{given} is not the directory of a run: it has neither {NAME} nor a run named latest"
    cut = sorted(name for name in os.listdir(place) if os.path.exists(os.path.join(place, name, NAME)))
    raise EvidenceError(f"{said}, only {_named(cut)} that did not come to a report" if cut else said)


def _named(runs: t.Sequence[str]) -> str:
    """Runs that were cut off, of which the newest is told: it can be named instead."""
    return f"the run {runs[-1]}" if len(runs) == 1 else f"{len(runs)} runs, the newest {runs[-1]},"


def open_runs(paths: t.Iterable[str]) -> list[StoredRun]:
    """The runs at several paths, the oldest first, each once. Raises EvidenceError, also when there is none."""
    runs = {run.directory.path: run for run in map(open_run, paths)}
    if not runs:
        raise EvidenceError("no directory with evidence was given")
    return sorted(runs.values(), key=lambda run: (run.record.started, run.record.id))


def newest(runs: t.Iterable[StoredRun]) -> list[Stored]:
    """One evidence file for each host, of the newest run that has it; ``runs`` come with the oldest first."""
    found = {stored.name: stored for run in runs for stored in run.evidence()}
    return [found[name] for name in sorted(found)]


def without_evidence(runs: t.Iterable[StoredRun], evidence: t.Iterable[Stored]) -> list[str]:
    """Hosts that the runs were meant for and that left no evidence in any of them, sorted."""
    seen = {stored.name for stored in evidence}
    return sorted({host for run in runs for host in run.record.expected if file_name(host) not in seen})
