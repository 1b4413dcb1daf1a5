# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Wait until a port is open, by the kernel's own list of the host's sockets."""

from __future__ import annotations

import pathlib
import time
import typing as t

from .host import Host

_PATIENCE = 20.0  # seconds
_LISTEN, _UNCONNECTED = "0A", "07"  # include/net/tcp_states.h


class Port(t.NamedTuple):
    """So many sockets of this protocol and port, over both families."""

    protocol: str
    port: int
    sockets: int = 1


def wait(host: Host, ports: t.Iterable[Port]) -> None:
    """Wait for all of them. Raises TimeoutError naming the one that did not open."""
    deadline = time.monotonic() + _PATIENCE
    for port in ports:
        while _count(host, port) < port.sockets:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{host.name}: {port.sockets} sockets on {port.port}/{port.protocol} did not open")
            time.sleep(0.02)


def _count(host: Host, port: Port) -> int:
    state = _LISTEN if port.protocol == "tcp" else _UNCONNECTED
    found = 0
    for suffix in ("", "6"):
        for line in pathlib.Path(f"/proc/{host.pid}/net/{port.protocol}{suffix}").read_text().splitlines()[1:]:
            fields = line.split()
            found += int(fields[1].rpartition(":")[2], 16) == port.port and fields[3] == state
    return found
