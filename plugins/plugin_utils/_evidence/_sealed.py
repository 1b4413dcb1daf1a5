# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs that are over, held to their ``SHA256SUMS`` file by file: what is taken from them is what they wrote."""

from __future__ import annotations

import functools
import glob
import hashlib
import json
import os
import typing as t

from . import _manifest
from ._directory import RunDirectory
from ._errors import EvidenceError
from ._names import file_name
from ._read import Failure, check, read_failures
from ._record import NAME, RunRecord
from ._stored import StoredRun, open_run

Document = t.Mapping[str, t.Any]


class SealedRun:
    """A run and its sums; ``finished`` is False for one that never wrote any."""

    def __init__(self, run: StoredRun, *, verify: bool = True) -> None:
        self.directory: RunDirectory = run.directory
        self.record: RunRecord = run.record
        self.finished = run.directory.has(_manifest.NAME)
        self._verify = verify
        self._checked = False
        path = os.path.join(self.directory.path, _manifest.NAME)
        self._sums = _manifest.read(path) if self.finished and verify else {}
        names = {name for name in self._sums if name.startswith("evidence/")}
        listed = {name.rpartition("/")[2] for name in names}
        # A file that the sums list and that is gone is damage, not a host without evidence.
        self.names = frozenset({*self.directory.evidence_names(), *listed}) if self.finished else frozenset()
        self.expected = {file_name(host): host for host in self.record.expected}

    @property
    def id(self) -> str:
        return self.record.id

    def take(self, name: str) -> Document:
        """The document in an evidence file of this name. Raises EvidenceError when it cannot be believed."""
        self.check_record()
        content = self.content(f"evidence/{name}")
        try:
            document = json.loads(content)
        except ValueError as error:
            raise EvidenceError(f"{name} of run {self.id} is not whole JSON: {error}") from error
        origin = self.record.origins.get(self.expected.get(name, ""))
        return check(document, run_id=origin.run if origin else self.id, name=name)

    def content(self, name: str) -> bytes:
        """The bytes of a file of the run. Raises EvidenceError when they are not those that its sums list."""
        try:
            with open(os.path.join(self.directory.path, name), "rb") as stream:
                content = stream.read()
        except OSError as error:
            raise EvidenceError(f"cannot read {name} of run {self.id}: {error.strerror}") from error
        if self._verify:
            told = self._sums.get(name)
            if told is None:
                raise EvidenceError(f"{name} of run {self.id} is not listed in its {_manifest.NAME}")
            if told != hashlib.sha256(content).hexdigest():
                raise EvidenceError(f"{name} of run {self.id} is not as its {_manifest.NAME} has it: it was altered")
        return content

    def check_record(self) -> None:
        """Raise EvidenceError when ``run.json``, which says whom the run was meant for, is not as the run wrote it."""
        if self.finished and not self._checked:
            self.content(NAME)
            self._checked = True

    @functools.cached_property
    def failures(self) -> dict[str, Failure]:
        """Why hosts gave no evidence, by host; read once, for there may be thousands."""
        return read_failures(self.directory)


def open_places(patterns: t.Iterable[str], *, verify: bool = True) -> list[SealedRun]:
    """Every run at some places, the oldest first, each once.

    A place is the directory of a run, an output directory, of which every run is meant, or a pattern of these.
    Raises EvidenceError that names the place that holds no run.
    """
    paths = dict.fromkeys(os.path.realpath(path) for pattern in patterns for path in _runs_at(pattern))
    runs = [SealedRun(open_run(path), verify=verify) for path in paths]
    return sorted({run.id: run for run in runs}.values(), key=lambda run: (run.record.started, run.id))


def _runs_at(pattern: str) -> t.Iterator[str]:
    places = sorted(glob.glob(os.path.expanduser(pattern))) if glob.has_magic(pattern) else [pattern]
    found = [run for place in places for run in runs_in(os.path.abspath(os.path.expanduser(place)))]
    if not found:
        raise EvidenceError(f"there is no run at {pattern}")
    yield from found


def runs_in(place: str) -> list[str]:
    """The directories of runs at a place: its own, or those below it. Links such as ``latest`` are left out."""
    if os.path.exists(os.path.join(place, NAME)):
        return [place]
    if not os.path.isdir(place):
        return []
    folders = [entry.path for entry in os.scandir(place) if entry.is_dir(follow_symlinks=False)]
    return sorted(folder for folder in folders if os.path.exists(os.path.join(folder, NAME)))
