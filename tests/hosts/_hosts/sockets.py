# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ``ss`` shows of a machine, and how to connect to it from itself."""

from __future__ import annotations

import collections
import ipaddress
import re
import typing as t

from .expected import Activated
from .shell import Shell

_SHOW = "ss -H -lntudSpM"
_LINE = re.compile(r"^(\w+) +\w+ +\d+ +\d+ +(\S+):(\d+) +\S+(.*)$")
_PID = re.compile(r"pid=(\d+)")
Place = tuple[str, str, int]  # protocol, address, port


class Sockets:
    """``holders``: the processes that hold the sockets of each place, systemd's own left out."""

    def __init__(self, shell: Shell) -> None:
        self.holders: dict[Place, set[int]] = collections.defaultdict(set)
        for line in shell.run(_SHOW).splitlines():
            match = _LINE.match(line)
            assert match, line
            protocol, address, port, rest = match.groups()
            # systemd keeps a copy of what it hands over.
            pids = {int(pid) for pid in _PID.findall(rest)} - {1}
            self.holders[_protocol(protocol), _address(address), int(port)] |= pids


def _protocol(name: str) -> str:
    """In the words of the evidence: MPTCP is TCP there."""
    return {"mptcp": "tcp"}.get(name, name)


def _address(text: str) -> str:
    address = text.partition("%")[0].strip("[]")
    return "::" if address == "*" else str(ipaddress.ip_address(address))


_CLIENT = """
import socket, time

KINDS = {{"tcp": (socket.SOCK_STREAM, 0), "udp": (socket.SOCK_DGRAM, 0), "sctp": (socket.SOCK_STREAM, 132)}}
for protocol, address, port in {places}:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    client = socket.socket(family, *KINDS[protocol])
    client.connect((address, port))
    if protocol == "udp":
        client.send(b"x")
    client.close()
"""


def connect(activated: t.Iterable[Activated]) -> str:
    """A script that connects to each of them once, and waits until what systemd starts has started."""
    places = [(item.protocol, {"::": "::1"}.get(item.address, item.address), item.port) for item in activated]
    client = _CLIENT.format(places=places)
    # A foreign address is the machine's own for as long as that takes.
    return f"""
ip address add 192.0.2.1/32 dev lo
python3 - <<'EOF'
{client}
EOF
ip address del 192.0.2.1/32 dev lo
sleep 1
until [ -z "$(systemctl list-jobs --no-legend)" ]; do sleep 1; done
"""
