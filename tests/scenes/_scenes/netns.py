# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Network namespaces that a scene makes, with a listener in each that it asks for."""

from __future__ import annotations

import contextlib
import os
import pathlib
import signal
import subprocess
import sys
import typing as t

# Listens inside, says so, and stays.
LISTEN = """
import socket, sys
kept = []
for spec in sys.argv[1:]:
    kind, address, port = spec.split(",")
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    one = socket.socket(family, socket.SOCK_STREAM if kind == "tcp" else socket.SOCK_DGRAM)
    one.bind((address, int(port)))
    if kind == "tcp":
        one.listen()
    kept.append(one)
print("ready", flush=True)
sys.stdin.read()
"""


class Inside:
    """A process in a network namespace of its own."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.pid = process.pid
        self.number = os.stat(f"/proc/{self.pid}/ns/net").st_ino

    def end(self) -> None:
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()


@contextlib.contextmanager
def inside(*specs: str, before: t.Sequence[str] = ("unshare", "-n")) -> t.Iterator[Inside]:
    """``tcp,10.1.2.3,80`` and the like listen in a new namespace; ``before`` is the command that makes it."""
    command = [*before, sys.executable, "-c", LISTEN, *specs]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        made = Inside(process)
        try:
            yield made
        finally:
            made.end()


@contextlib.contextmanager
def named(name: str) -> t.Iterator[pathlib.Path]:
    """A namespace that ``ip netns`` keeps, and nobody is in."""
    subprocess.run(["ip", "netns", "add", name], check=True)
    try:
        yield pathlib.Path("/run/netns", name)
    finally:
        subprocess.run(["ip", "netns", "delete", name], check=False)
