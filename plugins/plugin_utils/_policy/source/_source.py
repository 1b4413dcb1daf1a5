# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a policy comes from: a file, or a mapping given inline."""

from __future__ import annotations

import dataclasses
import errno
import os
import re
import stat
import typing as t

from .._message_words import found
from .._policy_errors import PolicyError, PolicyProblem
from .._policy_model import SourcePlace
from ._inline import read_inline
from ._policy_document import INLINE, MAX_BYTES, Document
from ._read_yaml import read_yaml

Decrypt = t.Callable[[bytes, str], bytes]  # content and path; raises ValueError that says why it cannot be done

_VAULT = b"$ANSIBLE_VAULT;"
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://|[^/@\s]+@[^/:\s]+:[^/]")  # and git's user@host:path
_VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")


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


def open_source(source: t.Any, *, inline: str = INLINE, decrypt: Decrypt | None = None) -> Source:
    """Get hold of one layer of a policy: a path or a mapping, which is called ``inline``. Raises PolicyError.

    ``decrypt`` is given the content and path of a file that Ansible Vault encrypted.
    """
    if isinstance(source, t.Mapping):
        return Source(inline, document=read_inline(source, name=inline))
    if not isinstance(source, (str, os.PathLike)):
        raise refused("policy", f"is a path or a mapping, found a {type(source).__name__}")
    path = str(os.fspath(source))
    unlike = unlike_a_path(path)
    if unlike and not os.path.exists(path):
        raise refused("policy", unlike)
    content = _content(path)
    return Source(path, content=_decrypted(content, path, decrypt) if content.startswith(_VAULT) else content)


def unlike_a_path(text: str) -> str | None:
    """A sentence of its own for what people write in place of the path of a file, or None."""
    if not text.strip():
        return "the path of the policy is empty: give the path of a file or directory, or a mapping"
    if _URL.match(text):
        return f"cannot be a URL, found {found(text)}: fetch it first, in a task or the pipeline"
    if text.startswith("~"):
        return f"~ has no directory here, found {found(text)}: write the path in full"
    if "{{" in text:
        return f"the template in the path was not evaluated, found {found(text)}"
    return _with_variable(text)


def _with_variable(text: str) -> str | None:
    variable = _VARIABLE.search(text)
    if not variable:
        return None
    name = variable[1] or variable[2]
    return f"the environment variable {name} is not set or is not supported in this place, found {found(text)}"


def is_encrypted(path: str) -> bool:
    """Whether a policy file is one that Ansible Vault encrypted; what is no file is none."""
    try:
        return (read_regular(path, limit=len(_VAULT)) or b"").startswith(_VAULT)
    except (OSError, ValueError):
        return False


def _decrypted(content: bytes, path: str, decrypt: Decrypt | None) -> bytes:
    if decrypt is None:
        raise refused(path, "is encrypted by Ansible Vault: its password is not available here")
    try:
        return decrypt(content, path)
    except ValueError as error:
        raise refused(path, f"is encrypted by Ansible Vault and cannot be decrypted: {error}") from error


def _content(path: str) -> bytes:
    try:
        content = read_regular(path, limit=MAX_BYTES)
    except (OSError, ValueError) as error:
        raise refused(path, _unreadable(error)) from error
    if content is None:
        raise refused(path, "is not a regular file: a policy cannot be a pipe or a device")
    if len(content) > MAX_BYTES:
        raise refused(path, f"is larger than {MAX_BYTES // 1024 // 1024} MiB")
    return content


def read_regular(path: str, *, limit: int) -> bytes | None:
    """The content of a regular file, one byte beyond ``limit`` at most; None for anything else. Raises OSError.

    Reading a FIFO waits for a writer, reading /dev/zero has no end. /proc/kmsg calls itself a regular file, waits too,
    and what was read there is gone: like all files of the kernel's own it has no size, and what has none is empty.
    """
    if not stat.S_ISREG(os.stat(path).st_mode):  # to open some devices does something
        return None
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    with open(handle, "rb", closefd=True) as file:
        status = os.fstat(handle)  # what stands there now may be something else
        if not stat.S_ISREG(status.st_mode):
            return None
        size = min(status.st_size, limit + 1)
        return file.read(size) if size else b""


def _unreadable(error: OSError | ValueError) -> str:
    if isinstance(error, OSError):
        if error.errno == errno.ENOENT:
            return "the file does not exist"
        return f"cannot be read: {error.strerror}"
    return f"cannot be read: {error}"  # a NUL in the path


def refused(name: str, message: str) -> PolicyError:
    """A problem with a source as a whole."""
    return PolicyError([PolicyProblem(SourcePlace(name), "", message)])
