# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why a host gave no evidence: ``failures/<host>.json`` of a run, written and read as one type."""

from __future__ import annotations

import dataclasses
import typing as t

from ..._common._printable import LONGEST, said
from ..._common._typed_json import TypedJson
from .._evidence_errors import EvidenceError
from ..files._file_names import file_name
from ..files._run_directory import RunDirectory

_READER = TypedJson()


@dataclasses.dataclass(frozen=True)
class Failure:
    """``kind``: ``absent`` when nothing is known of the host.

    ``note``: why no other evidence answers for it. ``policy``: SHA-256 of the policy that it was to be judged by.
    """

    kind: t.Literal["unreachable", "failed", "absent"]
    message: str
    note: str | None = None
    policy: str | None = None

    @property
    def reason(self) -> str:
        said = self.message if self.kind == "absent" else f"{self.kind}: {self.message}"
        return f"{said}; {self.note}" if self.note else said


@dataclasses.dataclass(frozen=True)
class _Binding:
    """The rest of the document: whose failure it is."""

    host: str
    run: str


def write_failure(directory: RunDirectory, host: str, failure: Failure) -> str:
    """Record why a host gave no evidence; returns the path. Raises EvidenceError."""
    binding = _Binding(host, directory.run_id)
    return directory.write_failure({**dataclasses.asdict(binding), **dataclasses.asdict(failure)})


def read_failures(directory: RunDirectory, *, expected: t.Iterable[str]) -> dict[str, Failure]:
    """Why hosts gave no evidence in this run, by host; what another run wrote is left out. Raises AlteredEvidence.

    A record that cannot be used is the failure of its host: it may have answered, so no other evidence stands in.
    """
    owners = {file_name(host): host for host in expected}
    found: dict[str, Failure] = {}
    for name, content in directory.failures():
        try:
            host, run, failure = check_failure(content, name=name)
        except EvidenceError as error:
            found[owners.get(name, name)] = Failure("failed", f"its record cannot be used: {said(error)}")
            continue
        if run == directory.run_id:
            found[host] = failure
    return found


def check_failure(content: t.Any, *, name: str) -> tuple[str, str, Failure]:
    """The host, the run and the failure that a record names. Raises EvidenceError that names the file and the place."""
    if isinstance(content, EvidenceError):
        raise content
    try:
        binding, failure = _READER.read(content, _Binding), _READER.read(content, Failure)
    except ValueError as error:
        raise EvidenceError(f"failures/{name} is not the record of a failure: {error}") from error
    if file_name(binding.host) != name:
        raise EvidenceError(f"failures/{name} names the host {binding.host!r}")
    note = failure.note and said(failure.note, limit=4 * LONGEST)
    return binding.host, binding.run, dataclasses.replace(failure, message=said(failure.message), note=note)
