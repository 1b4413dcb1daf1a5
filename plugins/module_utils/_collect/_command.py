# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs of the host that print what the kernel tells nobody else: found, run, and left when they hang."""

from __future__ import annotations

import os
import subprocess
import typing as t

PLACES = ("/usr/sbin", "/sbin", "/usr/bin", "/bin", "/usr/local/sbin")
DEADLINE = 5.0  # seconds
_LIMIT = 1 << 26  # bytes of output


class Failed(Exception):
    """It is not there, does not end, or says that it failed."""


def find(program: str) -> t.Optional[str]:
    """Where it is. What PATH says is not asked: it is the user's."""
    paths = (os.path.join(place, program) for place in PLACES)
    return next((path for path in paths if os.access(path, os.X_OK)), None)


def run(command: t.Sequence[str], *, deadline: float = DEADLINE) -> bytes:
    """What it prints. Raises Failed. The environment is empty but for the language of messages."""
    path = find(command[0])
    if path is None:
        raise Failed("the host has no %s" % command[0])
    process = subprocess.Popen(  # noqa: S603 - the programs are named in this room
        [path, *command[1:]],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"LC_ALL": "C", "PATH": ":".join(PLACES)},
    )
    try:
        output = process.communicate(timeout=deadline)[0]
    except subprocess.TimeoutExpired:
        process.kill()  # and not waited for: what hangs in the kernel ends when it can
        raise Failed("%s did not end in %.0f seconds" % (command[0], deadline)) from None
    if process.returncode:
        raise Failed("%s ended with %d" % (command[0], process.returncode))
    if len(output) > _LIMIT:
        raise Failed("%s printed more than %d bytes" % (command[0], _LIMIT))
    return output
