# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds a few sockets for as long as it lives: TCP over IPv4, dual stack, IPv6 alone, REUSEPORT twice, UDP.

Writes their ports as JSON to the file given, then waits for the seconds given.
"""

from __future__ import annotations

import json
import os
import pathlib
import socket
import sys
import time


def stream(family: int, address: str, port: int = 0, **options: int) -> socket.socket:
    one = socket.socket(family, socket.SOCK_STREAM)
    if "v6only" in options:
        one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, options["v6only"])
    if "reuse" in options:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    one.bind((address, port))
    one.listen()
    return one


def main() -> None:
    shared = stream(socket.AF_INET, "127.0.0.1", reuse=1)
    held = {
        "loopback": stream(socket.AF_INET, "127.0.0.1"),
        "dual": stream(socket.AF_INET6, "::", v6only=0),
        "six": stream(socket.AF_INET6, "::", v6only=1),
        "shared": shared,
        "shared_again": stream(socket.AF_INET, "127.0.0.1", shared.getsockname()[1], reuse=1),
        "udp": socket.socket(socket.AF_INET, socket.SOCK_DGRAM),
    }
    held["udp"].bind(("127.0.0.1", 0))
    ports: dict[str, object] = {name: one.getsockname()[1] for name, one in held.items()}
    ports["pid"] = os.getpid()
    ports["exe"] = str(pathlib.Path("/proc/self/exe").resolve())
    path = pathlib.Path(sys.argv[1])
    path.with_suffix(".part").write_text(json.dumps(ports))
    path.with_suffix(".part").rename(path)
    time.sleep(float(sys.argv[2]))


if __name__ == "__main__":
    main()
