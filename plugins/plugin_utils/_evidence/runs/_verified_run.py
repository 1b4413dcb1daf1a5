# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs that are over, held to their ``SHA256SUMS`` file by file: what is taken from them is what they wrote."""

from __future__ import annotations

import functools
import glob
import os
import typing as t

from .._evidence_errors import AlteredEvidence, EvidenceError
from ..document._failure import Failure, read_failures
from ..document._read_evidence import check
from ..files import _atomic_files
from ..files._file_names import file_name
from ..files._run_directory import RunDirectory
from ._run_record import RUN_FILE, RunRecord
from ._stored_run import Run, open_run

Document = t.Mapping[str, t.Any]


class VerifiedRun:
    """A run and its sums; ``finished`` is False for one that never wrote any.

    ``doubted``: what is not as the run left it is a reason for each host that it concerns, and not the end of all.
    ``doubt``: why nothing of it is believed.
    """

    def __init__(self, run: Run, *, doubted: bool = False, doubt: str | None = None) -> None:
        self.directory: RunDirectory = run.directory
        self.record: RunRecord = run.record
        self.unheld = run.unheld
        self.finished = run.directory.sealed or run.record.ended is not None
        self._doubted = doubted
        self._doubt = doubt
        # A file that the sums list and that is gone is damage, not a host without evidence.
        names = {*self.directory.evidence_names(), *self.directory.listed("evidence")}
        self.names = frozenset(names if self.finished else ())
        self.expected = {file_name(host): host for host in self.record.expected}

    @property
    def id(self) -> str:
        return self.record.id

    def take(self, name: str) -> Document:
        """The document in an evidence file of this name. Raises EvidenceError when it cannot be believed."""
        content = self.content(f"evidence/{name}")
        document = _atomic_files.parse(content, name=f"{name} of run {self.id}", held=self.directory.held)
        origin = self.record.origins.get(self.expected.get(name, ""))
        return check(document, run_id=origin.run if origin else self.id, name=name)

    def content(self, name: str) -> bytes:
        """The bytes of a file of the run. Raises AlteredEvidence, or EvidenceError of a run that is doubted."""
        if self._doubt:
            raise EvidenceError(self._doubt)
        try:
            return self.directory.content(name)
        except AlteredEvidence as error:
            if self._doubted:
                raise EvidenceError(str(error)) from error
            raise

    @functools.cached_property
    def failures(self) -> dict[str, Failure]:
        """Why hosts gave no evidence, by host; read once, for there may be thousands."""
        return read_failures(self.directory, expected=self.record.expected)


def open_places(patterns: t.Iterable[str], *, verify: bool = True) -> list[VerifiedRun]:
    """Every run at some places, the oldest first, each once.

    A place is the directory of a run, an output directory, of which every run is meant, or a pattern of these.
    Raises EvidenceError that names the place that holds no run, and with ``verify`` AlteredEvidence.
    """
    return _in_order(VerifiedRun(open_run(path, verify=verify)) for path in _paths(patterns))


def open_doubted(patterns: t.Iterable[str]) -> list[VerifiedRun]:
    """As open_places, of runs that are looked at for a few hosts: only what is read is held to the sums.

    A run that is not as it was has no evidence to give, and stops nothing else.
    """
    return _in_order(map(_doubted, _paths(patterns)))


def _doubted(path: str) -> VerifiedRun:
    try:
        return VerifiedRun(open_run(path, whole=False), doubted=True)
    except AlteredEvidence as error:
        return VerifiedRun(open_run(path, verify=False), doubted=True, doubt=str(error))


def _paths(patterns: t.Iterable[str]) -> list[str]:
    return list(dict.fromkeys(os.path.realpath(path) for pattern in patterns for path in _runs_at(pattern)))


def _in_order(runs: t.Iterable[VerifiedRun]) -> list[VerifiedRun]:
    return sorted({run.id: run for run in runs}.values(), key=lambda run: (run.record.started, run.id))


def _runs_at(pattern: str) -> t.Iterator[str]:
    places = sorted(glob.glob(os.path.expanduser(pattern))) if glob.has_magic(pattern) else [pattern]
    found = [run for place in places for run in runs_in(os.path.abspath(os.path.expanduser(place)))]
    if not found:
        raise EvidenceError(f"there is no run at {pattern}")
    yield from found


def runs_in(place: str) -> list[str]:
    """The directories of runs at a place: its own, or those below it. Links such as ``latest`` are left out."""
    if os.path.exists(os.path.join(place, RUN_FILE)):
        return [place]
    if not os.path.isdir(place):
        return []
    folders = [entry.path for entry in os.scandir(place) if entry.is_dir(follow_symlinks=False)]
    return sorted(folder for folder in folders if os.path.exists(os.path.join(folder, RUN_FILE)))
