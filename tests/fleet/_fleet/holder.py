# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds sockets as a JSON description on the command line says, until killed. Runs inside a host.

``{"sockets": [...], "name": comm, "children": [comm, ...], "user": uid}``; each child inherits every socket, so
that several processes hold it. A socket is ``{"protocol": "tcp"|"udp", "family": 4|6, "address", "port",
"v6only", "device", "reuseport", "mptcp", "scope", "peer": [address, port]}``.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import socket
import sys
import typing as t

PR_SET_NAME = 15  # linux/prctl.h
PR_SET_PDEATHSIG = 1
IPPROTO_MPTCP = 262


def call_me(name: str) -> None:
    ctypes.CDLL(None).prctl(PR_SET_NAME, name.encode(), 0, 0, 0)


def opened(spec: t.Mapping[str, t.Any]) -> socket.socket:
    family = socket.AF_INET6 if spec.get("family", 4) == 6 else socket.AF_INET
    kind = socket.SOCK_DGRAM if spec["protocol"] == "udp" else socket.SOCK_STREAM
    made = socket.socket(family, kind, IPPROTO_MPTCP if spec.get("mptcp") else 0)
    if family == socket.AF_INET6:
        made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, int(spec.get("v6only", True)))
    if spec.get("reuseport"):
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    if spec.get("device"):
        made.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, spec["device"].encode())
    made.bind(_address(family, spec))
    if spec.get("peer"):
        made.connect(tuple(spec["peer"]))
    elif kind == socket.SOCK_STREAM:
        made.listen(8)
    return made


def _address(family: int, spec: t.Mapping[str, t.Any]) -> tuple[t.Any, ...]:
    address = (spec["address"], spec["port"])
    if family == socket.AF_INET:
        return address
    return (*address, 0, socket.if_nametoindex(spec["scope"]) if spec.get("scope") else 0)


def main() -> None:
    work = json.loads(sys.argv[1])
    _held = [opened(spec) for spec in work["sockets"]]  # a socket that nobody refers to is closed
    for name in work.get("children", ()):
        if os.fork() == 0:
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
            call_me(name)
            signal.pause()
    if work.get("user"):
        os.setuid(work["user"])
    if work.get("name"):
        call_me(work["name"])
    print("ready", os.getpid(), flush=True)
    signal.pause()


if __name__ == "__main__":
    main()
