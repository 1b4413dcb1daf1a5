# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host in a host: processes, sockets and mounts of its own. Nothing runs in there that could not be read."""

from __future__ import annotations

import contextlib
import subprocess
import typing as t

from .stage import PYTHON, Actor, Stage

Collect = t.Callable[..., dict[str, t.Any]]
OPTIONS = ("--fork", "--pid", "--kill-child", "--net", "--mount", "--mount-proc")
# pid 1 has to reap what is left to it.
INIT = """
import os, signal, subprocess, sys
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
subprocess.call(["ip", "link", "set", "lo", "up"])
print("ready", flush=True)
sys.stdin.read()
"""


def entering(unshare: int) -> tuple[str, ...]:
    """The command that goes where the child of ``unshare`` is, which has OPTIONS."""
    with open("/proc/%d/task/%d/children" % (unshare, unshare), encoding="ascii") as file:
        (first,) = file.read().split()
    return ("nsenter", "-t", first, "--pid", "--net", "--mount")


class Room:
    """``enter`` is the command that what follows is run by."""

    def __init__(self, stage: Stage, collect: Collect, *, enter: tuple[str, ...]) -> None:
        self.enter = enter
        self._stage = stage
        self._collect = collect

    @classmethod
    @contextlib.contextmanager
    def made(cls, stage: Stage, collect: Collect, *, init: tuple[str, ...] = ()) -> t.Iterator[Room]:
        """A room, as long as the block runs. ``init``: the command that its pid 1 is run by."""
        command = ["unshare", *OPTIONS, *init, PYTHON, "-c", INIT]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            yield cls(stage, collect, enter=entering(process.pid))
            process.kill()

    def run(self, *command: str, check: bool = True) -> str:
        """Run a command in here, as root; returns what it prints."""
        return subprocess.run([*self.enter, *command], check=check, capture_output=True, text=True).stdout

    def playing(self, way: str, *arguments: str, **how: t.Any) -> contextlib.AbstractContextManager[Actor]:
        """As ``Stage.playing``, in here."""
        return self._stage.playing(way, *arguments, room=self.enter, **how)

    def collect(self, *through: str, **options: t.Any) -> dict[str, t.Any]:
        """As the fixture ``collect``, in here."""
        return self._collect(*self.enter, *through, **options)
