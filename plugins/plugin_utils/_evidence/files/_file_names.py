# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""File names for inventory names: safe on every file system, never two hosts in one file."""

from __future__ import annotations

import hashlib
import re

_PLAIN = re.compile(r"[a-z0-9_][a-z0-9._-]{0,149}")
# Devices on Windows, whatever comes behind a dot ("Naming Files, Paths, and Namespaces").
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.DOTALL)
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")
_KEPT = 100


def file_name(host: str) -> str:
    """The evidence file of an inventory name.

    Plain lower-case names stay as they are. Anything else (a path, unicode, 300 characters, capitals that a
    case-insensitive file system would merge, ``nul`` and its like, which Windows cannot unpack) keeps a readable part
    and gets a hash behind ``~``, which plain names cannot hold. The document inside carries the exact name, so nothing
    has to be decoded.
    """
    if _PLAIN.fullmatch(host) and not _RESERVED.fullmatch(host):
        return f"{host}.json"
    readable = _UNSAFE.sub("_", host)[:_KEPT].lstrip(".-")
    if _RESERVED.fullmatch(readable.lower()):
        readable = f"_{readable}"
    digest = hashlib.sha256(host.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"{readable}~{digest}.json"
