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

from ._errors import EvidenceError

NAME = "SHA256SUMS"
SIGNATURES = (f"{NAME}.asc", f"{NAME}.sig")  # made after it, so not in it
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
        return "; ".join(f"{kind}: {_some(names)}" for kind, names in kinds if names)


def _some(names: tuple[str, ...]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more:,} more" if more > 0 else "")


def sums(folder: str) -> dict[str, str]:
    """The SHA-256 of every file of the run, by its path within, in order."""
    return {name: sha256(os.path.join(folder, name)) for name in _files(folder)}


def text(found: dict[str, str]) -> str:
    """The manifest's lines, for ``sha256sum --check``."""
    return "".join(f"{digest}  {name}\n" for name, digest in found.items())


def verify(folder: str) -> Changes:
    """Compare the files with the manifest. Raises EvidenceError when there is none, or one that cannot be read."""
    told = read(os.path.join(folder, NAME))
    found = sums(folder)
    return Changes(
        altered=tuple(name for name, digest in told.items() if found.get(name, digest) != digest),
        missing=tuple(name for name in told if name not in found),
        extra=tuple(name for name in found if name not in told),
    )


def read(path: str) -> dict[str, str]:
    """The SHA-256 of each file by its path in the run. Raises EvidenceError."""
    try:
        with open(path, encoding="utf-8") as stream:
            lines = stream.read().splitlines()
    except OSError as error:
        raise EvidenceError(f"cannot read {path}: {error.strerror}") from error
    except ValueError as error:
        raise EvidenceError(f"{path} is no list of SHA-256 sums: {error}") from error
    told = {}
    for number, line in enumerate(lines, start=1):
        match = _LINE.fullmatch(line)
        if match is None:
            raise EvidenceError(f"{path}:{number}: not a line of sha256sum")
        told[match["name"]] = match[1]
    return told


def _files(folder: str) -> list[str]:
    """Every file but the manifest and what is made of it. A name with a dot is one that is being written."""
    found: list[str] = []
    for parent, _folders, names in os.walk(folder):
        paths = (os.path.relpath(os.path.join(parent, name), folder) for name in names if not name.startswith("."))
        found.extend(path for path in paths if path not in (NAME, *SIGNATURES))
    return sorted(found)


def sha256(path: str) -> str:
    """Of the bytes of a file."""
    with open(path, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
