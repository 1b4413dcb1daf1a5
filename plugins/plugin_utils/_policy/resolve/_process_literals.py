# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Conditions on a process that could never be true. In a rule that forbids, such a one would pass everything."""

from __future__ import annotations

import fnmatch
import posixpath
import re
import typing as t

from .._message_words import found, listing
from .._user_manager import is_user_manager
from ._patterns import glob_problem

_COMM = 15  # TASK_COMM_LEN is 16 with the final NUL: include/linux/sched.h
_LAST_UID = 2**32 - 2  # (uid_t) -1 means no change: setuid(2)
_GLOB = frozenset("*?[")
_SETS = re.compile(r"\[.[^\]]*\]")
_ARGUMENTS = re.compile(r"\S\s+-{1,2}\w")
_KINDS = ("service", "socket", "scope", "mount", "swap")  # units that processes run in: see _cgroup in module_utils
_OTHERS = ("timer", "target", "path", "device", "automount", "slice", "snapshot")
_FULL_ID = 64


def process_problem(field: str, glob: str) -> str | None:
    """The message about a condition that can never be true, or None."""
    if field == "exe" and glob.startswith(("~", "$", "%")):
        return f"write the full path of an executable, found {found(glob)}"
    return glob_problem(glob) or _list_problem(field, glob) or _LITERALS.get(field, _sound)(glob)


def _list_problem(field: str, glob: str) -> str | None:
    """Several texts in one. What really has a comma in it can be written with ``?``."""
    parts = [part.strip() for part in glob.split(",")]
    if len(parts) < 2 or "[" in glob:
        return None
    meant = listing([part for part in parts if part])
    return f"one {field} must be one text, found {found(glob)}, did you mean {meant}?"


def _is_glob(text: str) -> bool:
    return not _GLOB.isdisjoint(text)


def _name(glob: str) -> str | None:
    if glob.startswith("/"):
        return f"a path is not the name of a process, found {found(glob)}, did you mean exe: {glob}?"
    least = len(_SETS.sub("x", glob).replace("*", "").encode())
    if least <= _COMM:
        return None
    if _is_glob(glob):
        return f"the kernel keeps {_COMM} bytes of a name, found {found(glob)}, which needs {least}; or use exe"
    short = glob.encode()[:_COMM].decode(errors="ignore")
    return f"the kernel keeps {_COMM} bytes of a name, found {found(glob)}, did you mean {short}, or exe?"


def _exe(glob: str) -> str | None:
    if re.match(r"[A-Za-z]:\\|\\\\", glob):
        return f"a condition on exe is never true on Windows, found {found(glob)}: see docs/platforms/windows.md"
    if _ARGUMENTS.search(glob):
        return f"command lines are not supported, found {found(glob)}: write only the path of the executable"
    if not fnmatch.fnmatchcase("/", _first(glob)):
        return f"the path of an executable starts with a slash, found {found(glob)}, did you mean */{glob}?"
    return _path_problem(glob)


def _first(glob: str) -> str:
    """The first element of a glob: a character, or a set of them."""
    return glob[: glob.index("]", 2) + 1] if glob.startswith("[") else glob[:1]


def _path_problem(path: str) -> str | None:
    """The kernel tells the path of the file itself (d_path()): no links, no dots, no second slash."""
    if path.endswith(" (deleted)"):
        return f"a deleted file never matches, found {found(path)}"
    if path.endswith("/"):
        return f"names a folder, found {found(path)}, did you mean {path}*?"
    parts = path.split("/")[1:]
    if {"", ".", ".."}.isdisjoint(parts):
        return None
    plain = posixpath.normpath("/" + path.lstrip("/"))
    meant = "" if _is_glob(path) else f", did you mean {plain}?"
    return f"the kernel reports a path without ., .. and empty parts, found {found(path)}{meant}"


def _user(glob: str) -> str | None:
    if glob.isascii() and glob.isdigit() and (len(glob) > len(str(_LAST_UID)) or int(glob) > _LAST_UID):
        return f"a uid must be a number up to {_LAST_UID}, found {found(glob)}"
    uid = re.fullmatch(r"(?:uid|UID)\s*[=: ]\s*([0-9]+)|#([0-9]+)", glob)
    if uid:
        return f'write a uid as digits in quotes, found {found(glob)}, did you mean "{uid[1] or uid[2]}"?'
    if ":" in glob:
        return f"write the user without a group, found {found(glob)}, did you mean {glob.partition(':')[0]}?"
    if glob != "root" and glob.lower() == "root":
        return f"case matters, found {found(glob)}, did you mean root?"
    return None


def _unit(glob: str) -> str | None:
    if "/" in glob:
        return (
            f"write the name of the unit without a path, found {found(glob)}, did you mean {glob.rpartition('/')[2]}?"
        )
    if is_user_manager(glob) or glob == "user@*":
        return f"units of a user's service manager never match, found {found(glob)}: use user and exe instead"
    if _is_glob(glob):
        return None
    stem, _dot, kind = glob.rpartition(".")
    if not stem:
        return f"the name of a unit needs a suffix, found {found(glob)}, did you mean {glob}.service?"
    if kind in _OTHERS and "." not in stem:  # jobs of launchd have names such as com.example.timer
        return f"no process runs in a {kind}, found {found(glob)}, did you mean {stem}.service?"
    if stem.endswith("@") and kind in _KINDS:
        return f"names a template, found {found(glob)}, did you mean {stem}*.{kind}?"
    return None


def _container(glob: str) -> str | None:
    if "/" in glob or ":" in glob:
        return f"write the id of the container, not its image or engine, found {found(glob)}"
    scope = re.fullmatch(r"(?:docker|libpod|crio|cri-containerd|nerdctl)-([0-9a-f]{64})(?:\.scope)?", glob)
    if scope:
        return f"write only the id, found {found(glob)}, did you mean {scope[1]}?"
    if re.fullmatch(r"[0-9A-Fa-f]+", glob) and glob != glob.lower() and len(glob) in (12, _FULL_ID):
        return (
            f"write ids in lower case, found {found(glob)}, did you mean {glob.lower()}{'*' * (len(glob) < _FULL_ID)}?"
        )
    if re.fullmatch(r"[0-9a-f]{12}", glob):
        return f"an id has {_FULL_ID} characters, found the short form {found(glob)}, did you mean {glob}*?"
    return None


def _sound(_glob: str) -> None:
    """What a field without a check of its own says of a glob."""


_LITERALS: t.Mapping[str, t.Callable[[str], str | None]] = {
    "name": _name,
    "exe": _exe,
    "user": _user,
    "unit": _unit,
    "container": _container,
}
