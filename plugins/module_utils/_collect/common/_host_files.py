# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading small files of /proc, /sys and /etc below roots that tests can replace."""

from __future__ import annotations

import errno
import os
import typing as t


class Roots(t.NamedTuple):
    """Where the collector looks: the proc file system and the root of everything else."""

    proc: str = "/proc"
    fs: str = "/"

    def path(self, absolute: str) -> str:
        """A path of the host (``/etc/passwd``) below the root in use."""
        return self.fs.rstrip("/") + absolute


def read(path: str, *, limit: int = 1 << 20) -> t.Optional[bytes]:
    """The content of a file, or None when it cannot be read.

    Plain system calls: a file object costs three times as much, and hundreds of these are read.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        return _read_all(descriptor, limit)
    except OSError:
        return None
    finally:
        os.close(descriptor)


def _read_all(descriptor: int, limit: int) -> bytes:
    data = os.read(descriptor, 4096)
    if not data:
        return data
    chunks = [data]
    size = len(data)
    while size < limit:
        # seq_file may return less than asked in the middle: only an empty read is the end.
        data = os.read(descriptor, 65536)
        if not data:
            break
        chunks.append(data)
        size += len(data)
    return b"".join(chunks)


def whole(path: str, *, limit: int) -> bytes:
    """The whole content of a file that may be there and not be readable. Raises OSError, for one that is longer too."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        data = _read_all(descriptor, limit)
    finally:
        os.close(descriptor)
    if len(data) >= limit:
        raise OSError(errno.EFBIG, "longer than %d bytes" % limit)
    return data


def readlink(path: str) -> t.Optional[str]:
    """Where a symbolic link points, or None when that cannot be read."""
    try:
        return os.readlink(path)
    except OSError:
        return None


def unicode_text(text: t.Union[bytes, str]) -> str:
    """Text of a host as valid Unicode: bytes that are not UTF-8 show as ``\\xff``.

    Paths and names are bytes to the kernel; JSON can hold only text, and a lone surrogate breaks its readers.
    """
    raw = text if isinstance(text, bytes) else _encoded(text)
    return raw.decode("utf-8", "backslashreplace")


def _encoded(text: str) -> bytes:
    """The bytes that the host has: os.readlink() and its like decode as the locale wants, latin-1 in some."""
    try:
        return os.fsencode(text)
    except UnicodeEncodeError:
        return text.encode("utf-8", "backslashreplace")  # it comes from elsewhere, and the locale lacks it
