# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host with every kind of listener that this kernel has: run alone, it opens them all and says which ports they have.

``sockets.py DEVICE LINK_LOCAL``: a device that has that link-local address. Ends when its standard input does.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import typing as t

IPPROTO_MPTCP, IPPROTO_UDPLITE = 262, 136
DEVICE = (socket.SOL_SOCKET, socket.SO_BINDTODEVICE)
REUSEPORT = (socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
ONLY6, BOTH = ((socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, value) for value in (1, 0))
TRANSPARENT = (socket.SOL_IP, 19, 1)
V4, V6 = socket.AF_INET, socket.AF_INET6
TCP, UDP = socket.SOCK_STREAM, socket.SOCK_DGRAM


def plans(device: str, link_local: str) -> dict[str, tuple[t.Any, ...]]:
    """Family, type, protocol, address and options by the name of each kind."""
    bound = (*DEVICE, device.encode())
    scope = socket.if_nametoindex(device)
    return {
        "tcp": (V4, TCP, 0, ("127.0.0.1",)),
        "tcp wildcard": (V4, TCP, 0, ("0.0.0.0",)),
        "tcp reuseport": (V4, TCP, 0, ("0.0.0.0",), REUSEPORT),
        "tcp device": (V4, TCP, 0, ("0.0.0.0",), bound),
        "tcp transparent": (V4, TCP, 0, ("192.0.2.77",), TRANSPARENT),
        "tcp6": (V6, TCP, 0, ("::1",), ONLY6),
        "tcp6 v6only": (V6, TCP, 0, ("::",), ONLY6),
        "tcp6 dual": (V6, TCP, 0, ("::",), BOTH),
        "tcp6 mapped": (V6, TCP, 0, ("::ffff:127.0.0.1",), BOTH),
        "tcp6 scope": (V6, TCP, 0, (link_local, 0, scope), ONLY6),
        "mptcp": (V4, TCP, IPPROTO_MPTCP, ("127.0.0.1",)),
        "mptcp6": (V6, TCP, IPPROTO_MPTCP, ("::1",), ONLY6),
        "udp": (V4, UDP, 0, ("127.0.0.1",)),
        "udp wildcard": (V4, UDP, 0, ("0.0.0.0",)),
        "udp reuseport": (V4, UDP, 0, ("0.0.0.0",), REUSEPORT),
        "udp device": (V4, UDP, 0, ("0.0.0.0",), bound),
        "udp multicast": (V4, UDP, 0, ("224.0.0.251",)),
        "udp6 v6only": (V6, UDP, 0, ("::",), ONLY6),
        "udp6 dual": (V6, UDP, 0, ("::",), BOTH),
        "udp6 scope": (V6, UDP, 0, (link_local, 0, scope), ONLY6),
        "udplite": (V4, UDP, IPPROTO_UDPLITE, ("127.0.0.1",)),
    }


def opened(port: int, family: int, kind: int, protocol: int, address: tuple[t.Any, ...], *options: t.Any) -> t.Any:
    one = socket.socket(family, kind, protocol)
    for option in options:
        one.setsockopt(*option)
    place = (*address[:1], port, *address[1:])
    one.bind(place)
    if kind == TCP:
        one.listen(7)
    return one


def main() -> None:
    kept, ports = [], {}
    for port, (name, plan) in enumerate(plans(*sys.argv[1:]).items(), 20001):
        try:
            kept += [opened(port, *plan) for _each in range(3 if "reuseport" in name else 1)]
        except OSError as error:
            if plan[2] not in (IPPROTO_UDPLITE, IPPROTO_MPTCP):
                raise OSError("%s: %s" % (name, error)) from error
            continue  # this kernel does not have the protocol
        ports[name] = port
    # None of these takes traffic that it did not ask for.
    connected = socket.socket(V4, UDP)
    connected.connect(("127.0.0.1", 9))
    client = socket.create_connection(("127.0.0.1", ports["tcp"]))
    bound = socket.socket(V4, TCP)
    bound.bind(("127.0.0.1", 20100))
    print(json.dumps({"pid": os.getpid(), "ports": ports}), flush=True)
    sys.stdin.read()
    del kept, client, bound, connected


if __name__ == "__main__":
    main()
