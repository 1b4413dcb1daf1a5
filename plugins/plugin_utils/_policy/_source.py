# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a policy comes from: a file, or a mapping given inline."""

from __future__ import annotations

import dataclasses
import errno
import os
import stat
import typing as t

from ._document import INLINE, MAX_BYTES, Document
from ._errors import PolicyError, Problem
from ._inline import read_inline
from ._model import Place
from ._yaml import read_yaml


@dataclasses.dataclass(frozen=True)
class Source:
    """``name`` is the path as given, or ``inline policy``; ``content`` the file's bytes, ``document`` the mapping's."""

    name: str
    content: bytes = b""
    document: Document | None = None

    def read(self) -> Document:
        """The data with its places."""
        return self.document or read_yaml(self.content, file=self.name)

    @property
    def label(self) -> str:
        """How ``Policy.sources`` calls it."""
        return "inline" if self.document else self.name


def open_source(source: t.Any) -> Source:
    """Get hold of a policy: a path, a mapping, or a list of one of these. Raises PolicyError."""
    if isinstance(source, (list, tuple)):
        source = _only(source)
    if isinstance(source, t.Mapping):
        return Source(INLINE, document=read_inline(source))
    if isinstance(source, (str, os.PathLike)) and os.fspath(source):
        path = str(os.fspath(source))
        return Source(path, content=_content(path))
    raise _refused("policy", f"is a path or a mapping, found a {type(source).__name__}")


def _only(sources: t.Sequence[t.Any]) -> t.Any:
    if len(sources) != 1:
        count = f"{len(sources)} were given" if sources else "the list is empty"
        raise _refused("policy", f"a list of policies holds exactly one in this version, {count}")
    return sources[0]


def _content(path: str) -> bytes:
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):  # reading a FIFO waits for a writer that may never come
            raise _refused(path, "is a directory or device, not a policy file")
        with open(path, "rb") as file:
            content = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise _refused(path, _unreadable(error)) from error
    if len(content) > MAX_BYTES:
        raise _refused(path, f"is larger than {MAX_BYTES // 1024 // 1024} MiB")
    return content


def _unreadable(error: OSError | ValueError) -> str:
    if isinstance(error, OSError):
        if error.errno == errno.ENOENT:
            return "there is no such file"
        return f"cannot be read: {error.strerror}"
    return f"cannot be read: {error}"  # a NUL in the path


def _refused(name: str, message: str) -> PolicyError:
    return PolicyError([Problem(Place(name), "", message)])
