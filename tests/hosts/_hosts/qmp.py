# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The monitor of an emulator: QEMU Machine Protocol over a socket.

https://www.qemu.org/docs/master/interop/qmp-spec.html
"""

from __future__ import annotations

import json
import pathlib
import socket
import time
import typing as t

_PATIENCE = 300  # seconds


class Monitor:
    """Commands to one emulator."""

    def __init__(self, path: pathlib.Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(_PATIENCE)
        _connect(self._socket, path)
        self._lines = self._socket.makefile("r")
        self._lines.readline()  # the greeting
        self.ask("qmp_capabilities")

    def ask(self, command: str, **arguments: t.Any) -> t.Any:
        """What a command returned. Raises RuntimeError with the emulator's words when it refused."""
        request = {"execute": command, "arguments": arguments}
        self._socket.sendall(json.dumps(request).encode())
        while True:
            answer = json.loads(self._lines.readline() or '{"error": "the emulator is gone"}')
            if "error" in answer:
                raise RuntimeError(f"{command}: {answer['error']}")
            if "return" in answer:  # and not an event
                return answer["return"]

    def wait(self, command: str, field: str, *, until: t.Container[str]) -> str:
        """Ask until a field of the answer has one of the values; returns it."""
        end = time.monotonic() + _PATIENCE
        while time.monotonic() < end:
            value = str(self.ask(command).get(field))
            if value in until:
                return value
            time.sleep(0.1)
        raise TimeoutError(f"{command}: {field} is still {value}")

    def close(self) -> None:
        self._lines.close()
        self._socket.close()


def _connect(connection: socket.socket, path: pathlib.Path) -> None:
    end = time.monotonic() + 30
    while True:
        try:
            return connection.connect(str(path))
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)
