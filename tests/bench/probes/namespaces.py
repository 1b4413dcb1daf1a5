# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What other network namespaces cost: prints the least CPU seconds of a collection without and with them, as JSON.

Arguments: how many namespaces to make, each with a TCP and a UDP listener, and how often to collect. The time of
children that were waited for is included.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import socket
import sys

from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _snapshot
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux import _collector

NEWNET = 0x40000000


def make() -> int:
    """A process that listens in a network namespace of its own; its pid, once it does."""
    reader, writer = os.pipe()
    child = os.fork()
    if child:
        os.close(writer)
        if os.read(reader, 1) != b"x":
            raise RuntimeError("a namespace could not be made")
        os.close(reader)
        return child
    if ctypes.CDLL(None).unshare(NEWNET):
        os._exit(1)
    kept = [socket.create_server(("0.0.0.0", 8080)), socket.socket(socket.AF_INET, socket.SOCK_DGRAM)]
    kept[1].bind(("0.0.0.0", 5353))
    os.write(writer, b"x")
    signal.pause()
    os._exit(0)


def used() -> float:
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in both)


def main(namespaces: int, rounds: int) -> None:
    children = [make() for _ in range(namespaces)]
    least = {"host": 1e9, "all": 1e9}
    for _ in range(rounds):
        for scope, before in least.items():
            started = used()
            found = _collector.collect(_snapshot.Options(namespaces=scope, cpu_budget=600.0, wall_limit=600.0))
            least[scope] = min(before, used() - started)
            inside = {one.namespace for one in found.listeners} - {found.namespace}
            if len(inside) != (namespaces if scope == "all" else 0):
                raise RuntimeError(f"listeners of {len(inside)} namespaces, {namespaces} were made")
    for child in children:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    print(json.dumps(least))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
