# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The directory of one run: evidence, policies and reports, and the manifest that holds them together.

``<output>/<run id>/`` has ``run.json``, ``evidence/``, ``failures/``, ``policies/``, the report files and
``SHA256SUMS``; ``<output>/latest`` points at the newest.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import typing as t

from .._evidence_errors import AlteredEvidence, EvidenceError
from . import _atomic_files, _manifest, _safe_place
from ._file_names import file_name


class RunDirectory:
    """Where one run keeps what it saw. Every write is atomic, every file is 0600, every directory 0700.

    ``trusted``: the user answers for a place that others can change, see ``_place``.
    """

    def __init__(self, output: str, run_id: str, *, trusted: bool = False) -> None:
        self.output = output
        self.run_id = run_id
        self.path = os.path.join(output, run_id)
        self.trusted = trusted
        self._sums: t.Mapping[str, str] | None = None

    @property
    def held(self) -> bool:
        """Whether what is read is held to the manifest."""
        return self._sums is not None

    def hold(self, *, whole: bool = True) -> None:
        """From now on, read what ``SHA256SUMS`` lists and nothing else, byte for byte. Raises AlteredEvidence.

        With ``whole`` everything is compared first. What is read later is compared again as it is read: it may have
        changed since.
        """
        try:
            changes = self.changes() if whole else None
            self._sums = _manifest.read(os.path.join(self.path, _manifest.SUMS_FILE))
        except EvidenceError as error:
            raise AlteredEvidence(f"The run {self.run_id} was changed: {error}") from error
        if changes:
            raise AlteredEvidence(f"The run {self.run_id} does not match its {_manifest.SUMS_FILE}: {changes}")

    def listed(self, folder: str) -> list[str]:
        """The names of the files that the manifest lists in a folder, where the run is held to it."""
        before = f"{folder}/"
        return [name.removeprefix(before) for name in self._sums or () if name.startswith(before)]

    def release(self) -> None:
        """Hold nothing against what is read."""
        self._sums = None

    def told(self, name: str) -> str | None:
        """The sum that is held against a file of the run; None when nothing is."""
        return None if self._sums is None else self._sums.get(name, _manifest.NOTHING)

    def content(self, name: str) -> bytes:
        """The bytes of a file of the run, by its path within. Raises EvidenceError, AlteredEvidence."""
        return held_content(self.path, name, told=self.told(name), run_id=self.run_id)

    def check_place(self) -> None:
        """Raise EvidenceError when others could exchange the run, or what it will write: see ``_place``."""
        if not self.trusted:
            _safe_place.check_place(self.path)

    def accepted(self) -> str | None:
        """What is wrong with the place that the user answers for; None where nothing is."""
        found = _safe_place.fault(self.path)
        return str(found) if found else None

    def exists(self) -> bool:
        return os.path.isdir(self.path)

    def write(self, document: t.Any, *, name: str) -> str:
        """Write one JSON document at the top of the run; returns its path."""
        return self._store(document, folder="", name=name)

    def write_text(self, text: str, *, name: str) -> str:
        """Write one text file at the top of the run; returns its path."""
        return self.write_pieces([text], name=name)

    def write_pieces(self, pieces: t.Iterable[str], *, name: str) -> str:
        """As write_text, with text that comes in pieces."""
        path = os.path.join(self._folder(), name)
        _atomic_files.write_pieces(path, pieces)
        return path

    def write_evidence(self, document: t.Mapping[str, t.Any]) -> str:
        """File the evidence of the host that it names; returns its path."""
        return self._store(document, folder="evidence", name=file_name(document["host"]["name"]))

    def keep_evidence(self, content: bytes, *, name: str) -> str:
        """File evidence of another run as that run wrote it; returns its path."""
        path = os.path.join(self._folder("evidence"), name)
        _atomic_files.write_bytes(path, content)
        return path

    def write_failure(self, document: t.Mapping[str, t.Any]) -> str:
        """File why the host that it names gave no evidence; returns its path."""
        return self._store(document, folder="failures", name=file_name(document["host"]))

    def write_policy(self, text: t.Callable[[], str], *, sha256: str) -> None:
        """Keep the compiled policy that hosts are judged by, once per run whoever comes first.

        ``text`` gives it as JSON, and is asked by that one only.
        """
        path = os.path.join(self.path, policy_file(sha256))
        self._folder("policies")
        if not os.path.exists(path):
            _atomic_files.write_text(path, text())

    def read(self, name: str) -> t.Any:
        """Read one JSON document at the top of the run. Raises EvidenceError, AlteredEvidence."""
        path = os.path.join(self.path, name)
        return _atomic_files.parse(self.content(name), name=path, held=self.held)

    def remove(self, name: str) -> None:
        """Take a file at the top of the run away, where there is one. Raises EvidenceError."""
        try:
            os.unlink(os.path.join(self.path, name))
        except FileNotFoundError:
            pass
        except OSError as error:
            raise EvidenceError(f"cannot remove {self.path}/{name}: {error.strerror}") from error

    def has(self, name: str) -> bool:
        return os.path.exists(os.path.join(self.path, name))

    def policies(self) -> dict[str, str]:
        """The compiled policies of this run: text by SHA-256. Raises EvidenceError, AlteredEvidence."""
        return {
            name.removesuffix(".json"): policy_text(self.content(f"policies/{name}"))
            for name in self._names("policies")
        }

    def evidence(self) -> t.Iterator[tuple[str, t.Any | EvidenceError]]:
        """Each evidence file's name with its document, or with what is wrong with it."""
        return self._documents("evidence")

    def evidence_sums(self) -> dict[str, tuple[str, str]]:
        """Path in the run and SHA-256 of each evidence file, by the file's name."""
        found = {}
        for name in self._names("evidence"):
            with contextlib.suppress(EvidenceError):  # whoever reads it says what is wrong with it
                path = f"evidence/{name}"
                found[name] = (path, self.told(path) or _manifest.sha256(os.path.join(self.path, path)))
        return found

    def evidence_names(self) -> list[str]:
        """The names of its evidence files, sorted."""
        return self._names("evidence")

    def failures(self) -> t.Iterator[tuple[str, t.Any | EvidenceError]]:
        """Each failure's file name with its document, or with what is wrong with it."""
        return self._documents("failures")

    def finish(self, record: t.Any, *, name: str) -> None:
        """Write the manifest and then, last of all, the record that says the run is over; the manifest lists it.

        The manifest has the SHA-256 of every file, in the format of ``sha256sum -c``. So a run that says it is over and
        has no manifest did not come to that by itself.
        """
        text = _atomic_files.json_text(record)
        sums = {**_manifest.sums(self.path), name: hashlib.sha256(text.encode()).hexdigest()}
        _atomic_files.write_text(os.path.join(self._folder(), _manifest.SUMS_FILE), _manifest.text(sums))
        self.release()
        self.write_text(text, name=name)

    @property
    def sealed(self) -> bool:
        """Whether it has a manifest."""
        return self.has(_manifest.SUMS_FILE)

    @property
    def is_latest(self) -> bool:
        """Whether ``latest`` points at it, which comes after the manifest."""
        try:
            return os.readlink(os.path.join(self.output, "latest")) == os.path.basename(self.path)
        except OSError:
            return False

    def changes(self) -> _manifest.Changes | None:
        """What differs from the manifest; None where the run has none yet. Raises EvidenceError."""
        return _manifest.verify(self.path) if self.sealed else None

    def point_latest(self) -> None:
        """Make ``<output>/latest`` name this run, in one step, so that a reader never finds it missing."""
        self.check_place()
        temporary = os.path.join(self.output, f".latest-{self.run_id}-{os.getpid()}")
        try:
            os.symlink(self.run_id, temporary)
            os.replace(temporary, os.path.join(self.output, "latest"))
        except OSError as error:
            raise EvidenceError(f"cannot point {self.output}/latest at this run: {error.strerror}") from error

    def _store(self, document: t.Any, *, folder: str, name: str) -> str:
        path = os.path.join(self._folder(folder), name)
        _atomic_files.write_json(path, document)
        return path

    def _folder(self, name: str = "") -> str:
        """A folder of the run, made where there is none.

        Looked at before each write: another may have made it first, and what was safe then may be safe no more.
        """
        path = os.path.join(self.path, name) if name else self.path
        if not os.path.isdir(path):
            self.check_place()
            _atomic_files.make_private_directory(path)
        if not self.trusted:
            _safe_place.check_own(path)
        return path

    def _documents(self, folder: str) -> t.Iterator[tuple[str, t.Any | EvidenceError]]:
        for name in self._names(folder):
            path = os.path.join(self.path, folder, name)
            try:
                content = self.content(f"{folder}/{name}")
                yield name, _atomic_files.parse(content, name=path, held=self.held)
            except EvidenceError as error:
                yield name, error

    def _names(self, folder: str) -> list[str]:
        path = os.path.join(self.path, folder)
        if not os.path.isdir(path):
            return []
        try:
            return sorted(name for name in os.listdir(path) if name.endswith(".json") and not name.startswith("."))
        except OSError as error:
            raise EvidenceError(f"cannot read {path}: {error.strerror}") from error


_SHA256 = re.compile(r"[0-9a-f]+", re.ASCII)


def policy_file(sha256: str) -> str:
    """The file of a policy, by its path in the run. Raises EvidenceError: evidence may name anything as its policy."""
    if not _SHA256.fullmatch(sha256):
        raise EvidenceError(f"{sha256!r} is not the SHA-256 of a policy")
    return f"policies/{sha256}.json"


def policy_text(content: bytes) -> str:
    """A policy as text. What is no UTF-8 makes it another one, which its SHA-256 shows."""
    return content.decode(errors="replace")


def held_content(folder: str, name: str, *, told: str | None, run_id: str) -> bytes:
    """The bytes of a file, by its path in the folder of a run; ``told``: the sum that they must have, if any.

    Raises EvidenceError, and AlteredEvidence for others.
    """
    if told == _manifest.NOTHING:
        raise AlteredEvidence(f"{name} of run {run_id} is not listed in its {_manifest.SUMS_FILE}")
    try:
        content = _atomic_files.read_bytes(os.path.join(folder, name))
    except EvidenceError as error:
        if told is None:
            raise
        raise AlteredEvidence(f"{name} of run {run_id} is listed in its {_manifest.SUMS_FILE}: {error}") from error
    if told not in (None, hashlib.sha256(content).hexdigest()):
        raise AlteredEvidence(f"{name} of run {run_id} does not match its {_manifest.SUMS_FILE}: it was altered")
    return content
