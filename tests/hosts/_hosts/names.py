# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of what differs from run to run: ports that the kernel chose, identifiers of containers."""

from __future__ import annotations

import re
import typing as t

from .shell import Shell

# Services that listen on ports of the kernel's choice, beside one of their own or none.
_CHOSEN = {"rpc.mountd": "mountd", "rpc.statd": "statd", "avahi-daemon": "avahi", "containerd": "containerd"}
_FIXED = {5353}
_SOCKETS = "ss -H -lntup"
_PROGRAMS = "rpcinfo | awk '$5 == \"nlockmgr\" { print $3, $4 }' | sort -u"
_CONTAINERS = """
docker ps --no-trunc --format '{{.ID}} {{.Names}}'
docker --host unix:///run/docker-rules.sock ps --no-trunc --format '{{.ID}} {{.Names}}'
podman ps --no-trunc --format '{{.ID}} {{.Names}}'
"""
_SOCKET = re.compile(r'^(\w+) .*[:](\d+) +\S+ +users:\(\("([^"]+)"')

Place = tuple[str, bool, int]  # protocol, whether it is IPv6, port


class Names:
    """What ``ss``, ``rpcinfo`` and the engines call things on a machine, at the time of asking."""

    def __init__(self, shell: Shell) -> None:
        self._ports = {**_ports_of_processes(shell), **_ports_of_programs(shell)}
        self._containers = dict(line.split() for line in shell.run(_CONTAINERS).splitlines())

    def port(self, protocol: str, address: str, port: int) -> int | str:
        """The name of a port, or its number where it has none."""
        return self._ports.get((protocol, ":" in address, port), port)

    def replaced(self, text: str | None) -> t.Any:
        """A text with names of containers in the place of their identifiers."""
        for identifier, name in self._containers.items() if text else ():
            text = t.cast("str", text).replace(identifier, name)
        return text


def _ports_of_processes(shell: Shell) -> dict[Place, str]:
    found = {}
    for line in shell.run(_SOCKETS).splitlines():
        match = _SOCKET.match(line)
        if match and match[3] in _CHOSEN and int(match[2]) not in _FIXED:
            found[match[1], "[" in line, int(match[2])] = _CHOSEN[match[3]]
    return found


def _ports_of_programs(shell: Shell) -> dict[Place, str]:
    """Of the lock manager, whose sockets have no process. The last two parts of an address are its port."""
    found = {}
    for line in shell.run(_PROGRAMS).splitlines():
        protocol, address = line.split()
        high, low = address.rsplit(".", 2)[1:]
        found[protocol[:3], protocol.endswith("6"), int(high) * 256 + int(low)] = "lockd"
    return found
