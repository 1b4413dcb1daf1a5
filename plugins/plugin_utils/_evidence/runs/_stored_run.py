# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Evidence of runs that are over: find it below the paths that a user gives, and read it host by host.

A fleet may have been audited in slices, by several controllers or on several days. Where more than one run has
evidence of a host, that of the newest run is used, and only that.
"""

from __future__ import annotations

import copy
import dataclasses
import os
import typing as t

from .._evidence_errors import AlteredEvidence, EvidenceError
from ..document._read_evidence import check_bound
from ..document._substitute_origin import Origin
from ..files import _atomic_files, _manifest
from ..files._file_names import file_name
from ..files._run_directory import RunDirectory, held_content
from ._run_record import RUN_FILE, RunRecord, read_record

Document = t.Mapping[str, t.Any]


@dataclasses.dataclass(frozen=True)
class EvidenceFileRef:
    """One evidence file, not read yet. ``told``: the sum that it must have; None when none is held against it."""

    run: RunDirectory
    name: str
    origin: Origin | None = None
    told: str | None = None

    def read(self) -> Document:
        """The document. Raises EvidenceError when it cannot be believed (see ``check``), AlteredEvidence."""
        path = f"evidence/{self.name}"
        content = held_content(self.run.path, path, told=self.told, run_id=self.run.run_id)
        document = _atomic_files.parse(content, name=os.path.join(self.run.path, path), held=self.told is not None)
        return check_bound(document, self.origin, run_id=self.run.run_id, name=self.name)


@dataclasses.dataclass(frozen=True)
class Run:
    """A run that is over. ``unheld``: why nothing holds it to what it wrote, in a sentence; None when its sums do."""

    directory: RunDirectory
    record: RunRecord
    unheld: str | None = None

    def evidence(self) -> list[EvidenceFileRef]:
        """Its evidence files, sorted by name."""
        origins = {file_name(host): origin for host, origin in self.record.origins.items()}
        # Of its own, without the sums of all others: files are handed to other processes one by one.
        bare = _bare(self.directory)
        told = self.directory.told
        return [
            EvidenceFileRef(bare, name, origins.get(name), told(f"evidence/{name}"))
            for name in self.directory.evidence_names()
        ]


def open_run(path: str, *, verify: bool = True, whole: bool = True) -> Run:
    """The run at a path: its own directory, or an output directory, of which the newest finished run is meant.

    The one way to what a run left. Raises EvidenceError that says what is not there, and with ``verify``
    AlteredEvidence when anything is not as the run left it; without ``whole`` only when what is read is not.
    """
    directory = _directory(_place(path))
    if verify:
        return _held(directory, whole=whole)
    return Run(directory, read_record(directory), f"verify is false for run {directory.run_id}")


def _place(path: str) -> str:
    """The directory of the run that is meant."""
    if not path:
        raise EvidenceError("no directory with evidence was given")
    place = os.path.abspath(os.path.expanduser(path))
    if not os.path.isdir(place):
        found = "a file" if os.path.exists(place) else "not there"
        raise EvidenceError(f"{path} is not the directory of a run, it is {found}")
    if not os.path.exists(os.path.join(place, RUN_FILE)):
        place = _latest(place, path)
    return os.path.realpath(place)  # ``latest`` is a link that the next run moves


def _directory(place: str) -> RunDirectory:
    """A copy under another name is fine: evidence is checked against the id in ``run.json``."""
    output, _slash, folder = place.rpartition("/")
    run_id = read_record(RunDirectory(output, folder)).id
    return RunDirectory(output, folder) if run_id == folder else _Moved(output, folder, run_id)


def hold(directory: RunDirectory, *, whole: bool = True) -> RunRecord:
    """Hold a run to its sums, and its record with it; of one that did not finish there are none.

    Raises AlteredEvidence, also for a run that says it is over, or that ``latest`` points at, and has no sums: those
    come before both.
    """
    if directory.sealed:
        directory.hold(whole=whole)
        return read_record(directory)
    record = read_record(directory)
    if record.ended or record.policies or directory.is_latest:
        raise AlteredEvidence(
            f"The run {directory.run_id} is finished and has no {_manifest.SUMS_FILE}: the file was removed"
        )
    return record


def _held(directory: RunDirectory, *, whole: bool) -> Run:
    record = hold(directory, whole=whole)
    if record.id != directory.run_id:
        raise AlteredEvidence(f"The run {directory.run_id} changed while it was opened")
    unheld = None if directory.held else f"run {record.id} did not finish, it has no {_manifest.SUMS_FILE}"
    return Run(directory, record, unheld)


class _Moved(RunDirectory):
    """A run in a directory that is not named after it."""

    def __init__(self, output: str, folder: str, run_id: str) -> None:
        super().__init__(output, run_id)
        self.path = os.path.join(output, folder)


def _latest(place: str, given: str) -> str:
    latest = os.path.join(place, "latest")
    if os.path.exists(os.path.join(latest, RUN_FILE)):
        return latest
    said = f"{given} is not the directory of a run: it has neither {RUN_FILE} nor a run named latest"
    cut = sorted(name for name in os.listdir(place) if os.path.exists(os.path.join(place, name, RUN_FILE)))
    raise EvidenceError(f"{said}, only {_named(cut)} that did not finish a report" if cut else said)


def _named(runs: t.Sequence[str]) -> str:
    """Runs that were cut off, of which the newest is told: it can be named instead."""
    return f"the run {runs[-1]}" if len(runs) == 1 else f"{len(runs)} runs, the newest {runs[-1]},"


def _bare(directory: RunDirectory) -> RunDirectory:
    bare = copy.copy(directory)
    bare.release()
    return bare


def open_runs(paths: t.Iterable[str], *, verify: bool = True) -> list[Run]:
    """The runs at several paths, the oldest first, each once. Raises as open_run, also when there is none."""
    places = dict.fromkeys(map(_place, paths))
    runs = {place: open_run(place, verify=verify) for place in places}
    if not runs:
        raise EvidenceError("no directory with evidence was given")
    return sorted(runs.values(), key=lambda run: (run.record.started, run.record.id))


def listed_runs(runs: t.Iterable[Run]) -> list[dict[str, t.Any]]:
    """Runs as documents name them."""
    return [{"id": run.record.id, "started": run.record.started} for run in runs]


def unheld(runs: t.Iterable[Run]) -> dict[str, t.Any]:
    """What a task returns that nothing holds some of its evidence to what was collected: nothing, where all is held."""
    said = sorted({run.unheld for run in runs if run.unheld})
    told = f"The evidence was not verified against the sums of its runs: {'; '.join(said)}."
    return {"verified": False, "warnings": [told]} if said else {"verified": True}


def newest(runs: t.Iterable[Run]) -> list[EvidenceFileRef]:
    """One evidence file for each host, of the newest run that has it; ``runs`` come with the oldest first."""
    found = {stored.name: stored for run in runs for stored in run.evidence()}
    return [found[name] for name in sorted(found)]


def without_evidence(runs: t.Iterable[Run], evidence: t.Iterable[EvidenceFileRef]) -> list[str]:
    """Hosts that the runs were meant for and that left no evidence in any of them, sorted."""
    seen = {stored.name for stored in evidence}
    return sorted({host for run in runs for host in run.record.expected if file_name(host) not in seen})
