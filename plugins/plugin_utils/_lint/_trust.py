# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whom a condition on the process lets by that its author did not think of.

An interpreter runs any program, and a relay hands on to any: ``exe`` of one says nothing of what listens. The path of
any other program says who wrote it, not who runs it. What everybody's listener satisfies is no condition at all.
"""

from __future__ import annotations

import fnmatch
import re
import typing as t

from .._policy._policy_model import ProcessPatterns

# Names of files, without versions; whatever runs what it is told to run, or hands connections on.
_INTERPRETERS = (
    *("python", "pypy", "perl", "ruby", "node", "nodejs", "deno", "bun", "php", "php-cgi", "php-fpm", "java", "lua"),
    *("sh", "bash", "dash", "ash", "zsh", "ksh", "mksh", "fish", "csh", "tcsh", "rbash", "busybox", "toybox", "pwsh"),
    *("luajit", "tclsh", "wish", "expect", "Rscript", "R", "julia", "octave", "guile", "racket", "sbcl", "raku"),
    *("dotnet", "mono", "mono-sgen", "erl", "beam.smp", "beam", "ghci", "ocaml", "awk", "gawk", "mawk", "jjs", "qjs"),
    *("ipython", "jruby", "uwsgi", "gdb", "gdbserver", "wine", "wine64", "osascript", "swift"),
)
_RELAYS = (
    *("socat", "nc", "ncat", "netcat", "nc.openbsd", "nc.traditional", "ssh", "autossh", "systemd-socket-proxyd"),
    *("systemd-socket-activate", "stunnel", "stunnel4", "xinetd", "inetd", "tcpsvd", "tcpserver", "rinetd", "redir"),
    *("chisel", "gost", "websocat", "slirp4netns", "pasta", "rootlessport", "docker-proxy", "openssl"),
)
_LOADERS = re.compile(r"ld(?:-linux|-musl)?[-.].*\.so.*|ld\.so.*")
_VERSION = re.compile(r"[-._]?[0-9][0-9._-]*[a-z]{0,3}\Z")
_NAMES = frozenset((*_INTERPRETERS, *_RELAYS))

# Where a glob is looked for: the usual places, and what stands for folders that any user can write to.
_FOLDERS = ("/usr/bin", "/bin", "/usr/sbin", "/sbin", "/usr/local/bin", "/usr/lib/jvm/x/bin")
_SAMPLES = tuple(
    f"{folder}/{name}"
    for folder in _FOLDERS
    for name in (*sorted(_NAMES), "python3", "python3.11", "perl5.36", "ruby3.1", "php8.2", "lua5.4", "ld-linux.so.2")
)
_ANYBODYS = ("/home/x/x", "/home/x/y/z", "/tmp/x", "/var/tmp/x", "/dev/shm/x", "/run/user/1000/x")  # noqa: S108
_SESSION = "session-1.scope"  # everybody who logs in has a unit of this name


def _is_anything(glob: str) -> bool:
    """Whether it matches whatever stands there."""
    return "*" in glob and set(glob) <= {"*", "?"}


def interprets(path: str) -> bool:
    """Whether a path or glob is one of an interpreter, relay or loader, or covers one."""
    name = path.rpartition("/")[2]
    if any(_is_named(stem) for stem in _stems(name)):
        return True
    return _is_glob(path) and any(fnmatch.fnmatchcase(sample, path) for sample in _SAMPLES)


def anybody_writes(path: str) -> bool:
    """Whether a path or glob covers files that any user can put there."""
    return any(fnmatch.fnmatchcase(sample, path) for sample in _ANYBODYS) or path.startswith(
        ("/home/", "/tmp/", "/var/tmp/", "/dev/shm/", "/run/user/")  # noqa: S108
    )


def _stems(name: str) -> tuple[str, ...]:
    """The name as it stands, and without its version or what a glob has in place of one: ``python3*``."""
    plain = re.sub(r"\[[^\]]*\]|[*?]", "", name)
    return name, plain, _VERSION.sub("", plain)


def _is_named(name: str) -> bool:
    return name in _NAMES or _LOADERS.fullmatch(name) is not None


def _is_glob(path: str) -> bool:
    return any(special in path for special in "*?[")


def effective(process: ProcessPatterns) -> dict[str, tuple[str, ...]]:
    """The conditions that leave anything out. ``container: "*"`` does: all that runs in none."""
    return {field: globs for field, globs in process.conditions if not any(_holds_all(field, glob) for glob in globs)}


def _holds_all(field: str, glob: str) -> bool:
    if field == "unit" and _is_glob(glob):
        return fnmatch.fnmatchcase(_SESSION, glob)
    return field != "container" and _is_anything(glob)


def doubts(process: ProcessPatterns) -> t.Iterator[tuple[str, str]]:
    """Code and message of what everybody can satisfy, or anybody who may run programs at all."""
    wanted = effective(process)
    if not wanted:
        yield (
            "any-process",
            "has a condition on the process that every process meets: remove process, or name the process",
        )
    elif set(wanted) == {"name"}:
        yield "name-only", "checks only the name of a process, which a process can choose itself: add exe or unit"
    elif set(wanted) <= {"name", "exe"}:
        yield from _of_anybody(wanted.get("exe", ()))


def _of_anybody(paths: t.Iterable[str]) -> t.Iterator[tuple[str, str]]:
    """Conditions on the path alone, which holds for whoever runs the file."""
    for path in paths:
        if interprets(path):
            verb = "trusts interpreters or relays with" if _is_glob(path) else "trusts the interpreter or relay"
            message = f"{verb} {path}, which can run or relay any program of any user: add unit or container"
            yield "bare-interpreter", message
        elif anybody_writes(path):
            yield "anybodys-file", f"trusts {path}, where any user can put a program: add unit or user"
