# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands of the host, for systems whose sockets only a command can list: found by absolute path, run without a
shell, in the C locale, with a deadline. What they cannot answer is a :class:`ToolError`, and becomes a gap.
"""

from __future__ import annotations

import os
import selectors
import signal
import stat
import subprocess
import time
import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _host_files

if t.TYPE_CHECKING:
    from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common._budget import Budget

# The system's own first. PATH is not asked: as root it must not decide what is run.
FOLDERS = ("/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/local/sbin", "/usr/local/bin")
ENVIRONMENT = {"LC_ALL": "C", "LANG": "C", "TZ": "UTC0", "PATH": ":".join(FOLDERS)}
DEADLINE = 10.0  # seconds for one command, within what the wall limit leaves
LARGEST = 1 << 26  # bytes that one command may print: iptables-save needs 6 MiB for 5,000 services of a cluster

_UTF16_BOM = (b"\xff\xfe", b"\xfe\xff")
_UTF8_BOM = b"\xef\xbb\xbf"

DIGITS = 18  # of 64 bits; int() of thousands raises


class ToolError(Exception):
    """A command gave no answer. ``code`` is the gap's: tool-missing, tool-deadline or tool-failed."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


class ToolAnswer(t.NamedTuple):
    """``status`` is the exit status; below 0 it is the signal that ended the command."""

    stdout: str
    stderr: str = ""
    status: int = 0


Run = t.Callable[..., ToolAnswer]  # run(name, *arguments)


class Tools:
    """Runs commands within the time that is left. Stands for the machine: tests put recorded answers in its place."""

    def __init__(self, budget: Budget, *, folders: t.Sequence[str] = FOLDERS) -> None:
        self._budget = budget
        self._folders = folders

    def __call__(self, name: str, *arguments: str) -> ToolAnswer:
        """Run ``name``. Raises ToolError when it is not there, cannot be started or does not end in time."""
        path = find(name, self._folders)
        if path is None:
            raise ToolError("tool-missing", "%s: the host has no such command" % name)
        limit = min(DEADLINE, self._budget.wall_left)
        if limit <= 0:
            raise ToolError("tool-deadline", "%s: the time limit left no time to run it" % name)
        return _run([path, *arguments], limit)


def find(name: str, folders: t.Sequence[str] = FOLDERS) -> t.Optional[str]:
    """The path of a command. Root runs only what nobody else can write."""
    for folder in folders:
        path = folder + "/" + name
        if os.access(path, os.X_OK) and (os.geteuid() != 0 or (_only_roots(folder) and _only_roots(path))):
            return path
    return None


def _only_roots(path: str) -> bool:
    """Homebrew's /usr/local belongs to a user, who would choose what root runs."""
    try:
        status = os.stat(path)
    except OSError:
        return False  # it was there a moment ago
    return status.st_uid == 0 and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _run(command: t.Sequence[str], limit: float) -> ToolAnswer:
    try:
        # AnsibleModule.run_command() has no deadline.
        process = subprocess.Popen(  # noqa: S603 # pylint: disable=ansible-bad-function
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd="/",
            env=ENVIRONMENT,
            start_new_session=True,
        )
    except OSError as error:
        raise ToolError("tool-failed", "%s cannot be started: %s" % (command[0], error)) from error
    try:
        stdout, stderr = _output(process, limit)
    except subprocess.TimeoutExpired:
        _end(process)
        raise ToolError("tool-deadline", "%s did not end within %.0f s" % (command[0], max(limit, 1))) from None
    except _TooMuch:
        _end(process)
        raise ToolError("tool-failed", "%s printed more than %d MiB" % (command[0], LARGEST >> 20)) from None
    return ToolAnswer(text(stdout), text(stderr), process.returncode)


class _TooMuch(Exception):
    """A command printed more than there is room for."""


def _output(process: subprocess.Popen[bytes], limit: float) -> t.Tuple[bytes, bytes]:
    """What a command prints until it ends. Raises _TooMuch, and TimeoutExpired as communicate() does.

    communicate() keeps whatever comes: a ruleset of any size would take the memory of the host.
    """
    end = time.monotonic() + limit
    chunks: t.Dict[t.Any, t.List[bytes]] = {process.stdout: [], process.stderr: []}
    size = 0
    with selectors.DefaultSelector() as waiting:
        for pipe in chunks:
            waiting.register(pipe, selectors.EVENT_READ)
        while waiting.get_map():
            ready = waiting.select(max(0.0, end - time.monotonic()))
            if not ready:
                raise subprocess.TimeoutExpired(process.args, limit)
            for key, _events in ready:
                chunk = os.read(key.fd, 1 << 16)
                if not chunk:
                    waiting.unregister(key.fileobj)
                    t.cast("t.IO[bytes]", key.fileobj).close()
                chunks[key.fileobj].append(chunk)
                size += len(chunk)
                if size > LARGEST:
                    raise _TooMuch
    process.wait(timeout=max(0.0, end - time.monotonic()))
    return b"".join(chunks[process.stdout]), b"".join(chunks[process.stderr])


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill the command and its children. One that hangs inside the kernel is left behind: nothing may wait for it."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=1)
    except (OSError, subprocess.TimeoutExpired):
        pass
    for pipe in (process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()


def text(raw: bytes) -> str:
    """What a command wrote, as text with plain line ends: UTF-16 and byte order marks are undone."""
    if raw[:2] in _UTF16_BOM:
        decoded = raw.decode("utf-16", "backslashreplace")
    elif raw[1:32:2] and not any(raw[1:32:2]) and any(raw[0:32:2]):
        decoded = raw.decode("utf-16-le", "backslashreplace")
    else:
        decoded = _host_files.unicode_text(raw[len(_UTF8_BOM) :] if raw.startswith(_UTF8_BOM) else raw)
    return decoded.replace("\r\n", "\n")


def number(word: str) -> t.Optional[int]:
    """A number of a process or the like that a command printed; None for anything else, and for what none can have."""
    return int(word) if word.isascii() and word.isdigit() and len(word) <= DIGITS else None


def complaints(answer: ToolAnswer) -> t.List[str]:
    """What a command complained of, a line each."""
    return [line.strip() for line in answer.stderr.splitlines() if line.strip()]


def worded(name: str, answer: ToolAnswer) -> str:
    """Why a command that ran is not believed, in words: the first thing it complained of."""
    complaint = next(iter(complaints(answer)), "it printed no error")
    return "%s ended with status %d: %s" % (name, answer.status, complaint[:200])
