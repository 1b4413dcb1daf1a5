# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``SHA256SUMS``: what a run wrote, in the format of coreutils, and what has become of it since.

It tells altered, missing and extra files from those the run wrote. Whoever can write the files can write the sums too:
only a signature, or a copy that is kept elsewhere, says who wrote them.
"""

from __future__ import annotations

import dataclasses
import hashlib
import os
import re
import typing as t

from ..._common._counted import some
from ..._common._printable import printable
from .._evidence_errors import EvidenceError
from ._atomic_files import open_regular, read_bytes

SUMS_FILE = "SHA256SUMS"
NOTHING = ""  # the sum of a file that is not listed: no content has it
SIGNATURES = (f"{SUMS_FILE}.asc", f"{SUMS_FILE}.sig")  # made after it, so not in it
_LINE = re.compile(r"([0-9a-f]{64})  (?P<name>[^\n\\]+)")
_NAMED = 5


@dataclasses.dataclass(frozen=True)
class Changes:
    """What differs from the manifest; paths are relative to the directory of the run."""

    altered: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.altered or self.missing or self.extra)

    def __str__(self) -> str:
        kinds = (("altered", self.altered), ("missing", self.missing), ("extra", self.extra))
        return "; ".join(f"{kind}: {some(names, _NAMED)}" for kind, names in kinds if names)


def sums(folder: str) -> dict[str, str]:
    """The SHA-256 of every file of the run, by its path within, in order. Raises EvidenceError for what is no file."""
    return {name: sha256(os.path.join(folder, name)) for name in _files(folder)}


def _found(folder: str) -> dict[str, str | None]:
    """As sums; None for what is no regular file, or cannot be read: nothing that a run wrote is."""
    found: dict[str, str | None] = {}
    for name in _files(folder):
        try:
            found[name] = sha256(os.path.join(folder, name))
        except EvidenceError:
            found[name] = None
    return found


def text(found: t.Mapping[str, str]) -> str:
    """The manifest's lines, for ``sha256sum --check``."""
    return "".join(f"{digest}  {name}\n" for name, digest in sorted(found.items()))


def verify(folder: str) -> Changes:
    """Compare the files with the manifest. Raises EvidenceError when there is none, or one that cannot be read."""
    told = read(os.path.join(folder, SUMS_FILE))
    found = _found(folder)
    return Changes(
        altered=tuple(name for name, digest in told.items() if found.get(name, digest) != digest),
        missing=tuple(name for name in told if name not in found),
        extra=tuple(name for name in found if name not in told),
    )


def read(path: str) -> dict[str, str]:
    """The SHA-256 of each file by its path in the run. Raises EvidenceError."""
    try:
        lines = read_bytes(path).decode().split("\n")  # not splitlines(), to which U+2028 ends one too
    except ValueError as error:
        raise EvidenceError(f"{path} is not a list of SHA-256 sums: {error}") from error
    told: dict[str, str] = {}
    for number, line in enumerate(lines[:-1] if lines[-1] == "" else lines, start=1):
        match = _LINE.fullmatch(line)
        if match is None:
            raise EvidenceError(f"{path}:{number}: not a line of sha256sum")
        if told.setdefault(match["name"], match[1]) != match[1]:
            raise EvidenceError(f"{path}:{number}: {printable(match['name'])} has a different sum in an earlier line")
    return told


def _files(folder: str) -> list[str]:
    """Every file but the manifest and what is made of it, and every link. A name with a dot is one being written."""
    found: list[str] = []
    for parent, folders, names in os.walk(folder):
        links = [name for name in folders if os.path.islink(os.path.join(parent, name))]
        given = (name for name in (*names, *links) if not name.startswith("."))
        paths = (os.path.relpath(os.path.join(parent, name), folder) for name in given)
        found.extend(path for path in paths if path not in (SUMS_FILE, *SIGNATURES))
    return sorted(found)


def sha256(path: str) -> str:
    """Of the bytes of a file. Raises EvidenceError for what is no regular file, or cannot be read."""
    with open_regular(path) as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
