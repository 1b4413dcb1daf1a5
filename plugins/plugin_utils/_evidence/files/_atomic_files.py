# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that are whole or absent: a crash, a full disk or a second writer never leaves half of one."""

from __future__ import annotations

import collections
import contextlib
import errno
import io
import json
import math
import os
import stat
import tempfile
import typing as t

from .._evidence_errors import EvidenceError

_NUL = "a file name cannot contain the character \\0"


def make_private_directory(path: str) -> None:
    """Create a directory and the parents it lacks, all of mode 0700. Raises EvidenceError that names it."""
    check_path(path)
    missing = []
    while not os.path.isdir(path) and path != os.path.dirname(path):
        missing.append(path)
        path = os.path.dirname(path)
    for folder in reversed(missing):  # os.makedirs gives its mode to the last one only
        _make_private(folder)


def check_path(path: str) -> None:
    """Raises EvidenceError for what no file can be named, whatever there is."""
    try:
        os.lstat(path)
    except ValueError as error:
        raise EvidenceError(f"{path!a} is not a path: {_NUL}") from error
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            raise EvidenceError(f"{path[:80]!a}... is not a path: {error.strerror}") from error


def _make_private(path: str) -> None:
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
    with writing(path) as stream:
        stream.write(content)


def write_pieces(path: str, pieces: t.Iterable[str], *, mode: int = 0o600) -> None:
    """As write_text, with text that comes in pieces, so that a large file is never whole in memory."""
    with writing(path, mode=mode) as stream:
        stream.writelines(piece.encode("utf-8", "surrogateescape") for piece in pieces)


def write_json(path: str, document: t.Any) -> None:
    """As write_text, with a JSON document: keys in the order given, ASCII, so that any name survives any reader.

    On one line: indenting takes json's slow encoder, ten times the work for each host.
    """
    write_text(path, json_text(document))


def json_text(document: t.Any) -> str:
    """What write_json writes."""
    return json.dumps(document) + "\n"


@contextlib.contextmanager
def open_regular(path: str) -> t.Iterator[io.BufferedReader]:
    """Open a regular file, and no other: a pipe would hang, a link may lead elsewhere the next time.

    Raises EvidenceError, for what goes wrong inside too.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(handle, "rb") as stream:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise EvidenceError(f"cannot read {path}: it is not a regular file")
            yield stream
    except OSError as error:
        said = "it is a link" if error.errno == errno.ELOOP else error.strerror
        raise EvidenceError(f"cannot read {path}: {said}") from error


def read_bytes(path: str) -> bytes:
    """The bytes of a regular file. Raises EvidenceError."""
    with open_regular(path) as stream:
        return stream.read()


def read_json(path: str) -> t.Any:
    """Read a JSON document. Raises EvidenceError that says what is wrong with the file."""
    return parse(read_bytes(path), name=path)


def parse(content: bytes, *, name: str, held: bool = False) -> t.Any:
    """A JSON document. Raises EvidenceError for one that two readers could read in two ways.

    ``held``: its bytes are those that we wrote ourselves, so that no key is in it twice; to look for them takes a
    quarter of the time.
    """
    try:
        return (_DECODER if held else _STRICT).decode(content.decode())
    except RecursionError as error:
        raise EvidenceError(f"{name} is not complete JSON: it is nested too deeply") from error
    except ValueError as error:
        raise EvidenceError(f"{name} is not complete JSON: {error}") from error


def _once(pairs: list[tuple[str, t.Any]]) -> dict[str, t.Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        counts = collections.Counter(key for key, _value in pairs)
        twice = next(key for key, count in counts.items() if count > 1)
        raise ValueError(f"the key {twice!r} occurs twice")
    return found


def _no_number(text: str) -> t.NoReturn:
    raise ValueError(f"{text} is not a number")


def _finite(text: str) -> float:
    """JSON knows no bounds, Python reads 1e999 as infinite."""
    found = float(text)
    return found if math.isfinite(found) else _no_number(text)


_DECODER = json.JSONDecoder(parse_constant=_no_number, parse_float=_finite)
_STRICT = json.JSONDecoder(parse_constant=_no_number, parse_float=_finite, object_pairs_hook=_once)


def refuse_device(path: str) -> None:
    """A file would take the place of ``/dev/stdout``, a pipe or a socket, for every program there is. Raises OSError.

    Links in ``/dev`` lead to whatever the process has there, perhaps to a regular file.
    """
    try:
        kept = os.stat(path).st_mode
    except OSError:
        return  # what is not there yet, or leads nowhere
    except ValueError as error:
        raise OSError(errno.EINVAL, _NUL, path) from error
    if not stat.S_ISREG(kept) or (os.path.islink(path) and path.startswith(("/dev/", "/proc/"))):
        raise OSError(errno.EINVAL, "it is not a regular file, so the report does not replace it", path)


@contextlib.contextmanager
def writing(path: str, *, mode: int = 0o600) -> t.Iterator[t.BinaryIO]:
    """Takes the bytes of a file that is there when all of them are: see write_text. Raises EvidenceError."""
    try:
        with _replacing(path, mode=mode) as stream:
            yield stream
    except OSError as error:
        raise EvidenceError(f"cannot write {path}: {error.strerror}") from error


@contextlib.contextmanager
def _replacing(path: str, *, mode: int) -> t.Iterator[t.BinaryIO]:
    directory = os.path.dirname(path)
    refuse_device(path)
    handle, temporary = tempfile.mkstemp(prefix=".writing-", dir=directory)  # mkstemp makes it 0600
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
            os.fchmod(handle, mode)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, path)
    finally:
        with contextlib.suppress(FileNotFoundError):  # it has its place, or goes away half-written
            os.unlink(temporary)
    _sync_directory(directory)


def _sync_directory(directory: str) -> None:
    """Make the rename itself survive a crash (fsync(2): the directory's entry needs its own fsync)."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
