# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why a module ended without an answer: the line of its output that tells.

What a host prints where Python could not start is by its shell, its loader, sudo or pyenv, and stands among what it
prints every time. Over SSH without pipelining there is a terminal on the host, and all of it arrives as stdout.
"""

from __future__ import annotations

import re
import signal
import typing as t

from ..._common._printable import LONGEST, printable

_LINES = 500  # of the output, from its end
_COLOURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07]*\x07")  # Python 3.13 colours a traceback on a terminal

# An exception as Python ends a traceback with it.
_EXCEPTION = re.compile(r"(?:[A-Za-z_]\w*\.)*[A-Z]\w*(?:Error|Exception|Interrupt|Exit|Warning)(?:: .*|:)?")
# The first of these that some line has tells, in the last line that has it.
_TELL = (
    _EXCEPTION,
    re.compile(
        r"(?:sudo|su|doas|dzdo|pbrun|pfexec|pkexec|run0|ksu|sesu|machinectl)(?:\[\d+\])?: .*"
        r"|Sorry, .*|.* is not in the sudoers file.*|.* is not allowed to (?:run|execute) .*|Authentication failure"
    ),
    re.compile(
        r".*(?:version [`'\"]?\w+_[\d.]+[`'\"]? not found|while loading shared libraries|symbol lookup error"
        r"|Symbol not found|Library not loaded|relocation error|wrong ELF class).*",
        re.IGNORECASE,
    ),
    re.compile(
        r".*(?:no space left on device|disk quota exceeded|read-only file system|input/output error|stale file handle"
        r"|cannot allocate memory|out of memory|resource temporarily unavailable|too many open files"
        r"|no child processes|cannot fork|text file busy).*",
        re.IGNORECASE,
    ),
    re.compile(
        r".*(?:command not found|: not found|no such file or directory|required file not found|bad interpreter"
        r"|cannot execute|exec format error|permission denied|operation not permitted|restricted|not recognized as"
        r"|account is (?:currently )?not available|account has expired|password has expired|access denied"
        r"|xcrun: error|xcode-select: ).*",
        re.IGNORECASE,
    ),
    re.compile(
        r"(?:.* )?(?:killed|segmentation fault|bus error|illegal instruction|aborted|terminated|bad system call"
        r"|floating point exception|trace/breakpoint trap|cpu time limit exceeded|file size limit exceeded)\b.*",
        re.IGNORECASE,
    ),
    re.compile(r"Fatal Python error: .*"),
)
# What is printed every time, or beside a cause: it is told of only where there is nothing else.
_BESIDE = re.compile(
    r"Shared connection to .* closed\.?|Connection to .* closed.*|debug\d: .*|OpenSSH_.*|Warning: Permanently added .*"
    r"|\*\* .*|.*warning: setlocale.*|perl: warning: .*|manpath: .*|ERROR: ld\.so: object .* ignored\."
    r"|sudo: (?:unable to resolve host|setrlimit).*|\[sudo\] .*|sudo: unable to send audit message.*"
    r"|Traceback \(most recent call last\):|File \".*\", line \d+.*|[\^~]+|<no Python frame>|Current thread 0x.*"
    r"|Python runtime state: .*|Extension modules: .*|Exception ignored .*|Note: .*|.*to be found at the same time\."
    r"|The [`'].*' command exists in these Python versions:|[{}].*|.*[{}]|Last login: .*",
    re.IGNORECASE,
)


def telling(rc: t.Any, stdout: str, stderr: str) -> str:
    """One sentence that names the cause, as far as the output of the module does."""
    lines = [*_lines(stdout), *_lines(stderr)]
    line = _line(lines) or ("its answer is incomplete" if any(line[:1] == "{" for line in lines) else "")
    return f"the module ended without an answer{_status(rc)}{': ' if line else ''}{line}"


def exception(text: t.Any) -> str:
    """The exception at the end of a traceback, without the way to it; empty where there is none."""
    found = [line for line in _lines(str(text or "")) if _EXCEPTION.fullmatch(line)]
    return found[-1] if found else ""


def shortened(text: str) -> str:
    """A long message of a connection on one line: how it begins, and how it ends, where the cause stands."""
    ends = text if len(text) <= 4 * LONGEST else f"{text[: 2 * LONGEST]} {text[-2 * LONGEST :]}"
    line = printable(ends).strip()
    if len(line) <= LONGEST:
        return line
    return f"{line[: LONGEST // 3]} … {line[-(LONGEST - LONGEST // 3 - 3) :]}"


def _lines(text: str) -> list[str]:
    lines = [_COLOURS.sub("", line[: 2 * LONGEST]).strip() for line in text.splitlines()[-_LINES:]]
    return [line for line in lines if line]


def _line(lines: t.Sequence[str]) -> str:
    worth = [line for line in lines if not _BESIDE.fullmatch(line)]
    for tell in _TELL:
        for line in reversed(worth):
            if tell.fullmatch(line):
                return line
    return worth[-1] if worth else ""


def _status(rc: t.Any) -> str:
    """A shell adds 128 to the number of the signal that ended a program (POSIX, 2.8.2), subprocess negates it."""
    if not isinstance(rc, int) or isinstance(rc, bool) or rc == 0:
        return ""
    number = -rc if rc < 0 else rc - 128
    try:
        return f", ended by {signal.Signals(number).name}"
    except ValueError:
        return f", exit status {rc}"
