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


def open_source(source: t.Any, *, inline: str = INLINE) -> Source:
    """Get hold of one layer of a policy: a path or a mapping, which is called ``inline``. Raises PolicyError."""
    if isinstance(source, t.Mapping):
        return Source(inline, document=read_inline(source, name=inline))
    if isinstance(source, (str, os.PathLike)) and os.fspath(source):
        path = str(os.fspath(source))
        return Source(path, content=_content(path))
    raise refused("policy", f"is a path or a mapping, found a {type(source).__name__}")


def _content(path: str) -> bytes:
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):  # reading a FIFO waits for a writer that may never come
            raise refused(path, "is a directory or device, not a policy file")
        with open(path, "rb") as file:
            content = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise refused(path, _unreadable(error)) from error
    if len(content) > MAX_BYTES:
        raise refused(path, f"is larger than {MAX_BYTES // 1024 // 1024} MiB")
    return content


def _unreadable(error: OSError | ValueError) -> str:
    if isinstance(error, OSError):
        if error.errno == errno.ENOENT:
            return "there is no such file"
        return f"cannot be read: {error.strerror}"
    return f"cannot be read: {error}"  # a NUL in the path


def refused(name: str, message: str) -> PolicyError:
    """A problem with a source as a whole."""
    return PolicyError([Problem(Place(name), "", message)])
