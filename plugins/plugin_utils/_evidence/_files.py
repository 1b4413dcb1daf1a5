# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that are whole or absent: a crash, a full disk or a second writer never leaves half of one."""

from __future__ import annotations

import json
import os
import tempfile
import typing as t

from ._errors import EvidenceError


def make_private_directory(path: str) -> None:
    """Create a directory and the parents it lacks, all of mode 0700. Raises EvidenceError that names it."""
    if os.path.isdir(path):
        return
    make_private_directory(os.path.dirname(path))  # os.makedirs gives its mode to the last one only
    try:
        os.mkdir(path, mode=0o700)
    except FileExistsError as error:
        if not os.path.isdir(path):  # another worker may have made it just now
            raise EvidenceError(f"cannot create the directory {path}: it is a file") from error
    except OSError as error:
        raise EvidenceError(f"cannot create the directory {path}: {error.strerror}") from error


def write_text(path: str, text: str) -> None:
    """Write a file of mode 0600: temporary file beside it, fsync, rename. Raises EvidenceError that names it."""
    write_pieces(path, [text])


def write_bytes(path: str, content: bytes) -> None:
    """As write_text, with bytes that are kept as they are."""
    try:
        _replace(path, [content], mode=0o600)
    except OSError as error:
        raise EvidenceError(f"cannot write {path}: {error.strerror}") from error


def write_pieces(path: str, pieces: t.Iterable[str], *, mode: int = 0o600) -> None:
    """As write_text, with text that comes in pieces, so that a large file is never whole in memory."""
    try:
        _replace(path, (piece.encode("utf-8", "surrogateescape") for piece in pieces), mode=mode)
    except OSError as error:
        raise EvidenceError(f"cannot write {path}: {error.strerror}") from error


def write_json(path: str, document: t.Any) -> None:
    """As write_text, with a JSON document: keys in the order given, ASCII, so that any name survives any reader.

    On one line: indenting takes json's slow encoder, ten times the work for each host.
    """
    write_text(path, json.dumps(document) + "\n")


def read_json(path: str) -> t.Any:
    """Read a JSON document. Raises EvidenceError that says what is wrong with the file."""
    try:
        with open(path, encoding="utf-8") as stream:
            return json.load(stream)
    except OSError as error:
        raise EvidenceError(f"cannot read {path}: {error.strerror}") from error
    except ValueError as error:
        raise EvidenceError(f"{path} is not whole JSON: {error}") from error


def _replace(path: str, content: t.Iterable[bytes], *, mode: int) -> None:
    directory = os.path.dirname(path)
    handle, temporary = tempfile.mkstemp(prefix=".writing-", dir=directory)  # mkstemp makes it 0600
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.writelines(content)
            os.fchmod(handle, mode)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
    _sync_directory(directory)


def _sync_directory(directory: str) -> None:
    """Make the rename itself survive a crash (fsync(2): the directory's entry needs its own fsync)."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
