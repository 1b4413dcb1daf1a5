# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What really listens on each host, as its evidence has to tell: every listener, nothing else."""

from __future__ import annotations

import typing as t

PYTHON = "python3"
NGINX = ("nginx", "nginx", "nginx")  # the master and two workers


class Seen(t.NamedTuple):
    """One listener. ``owners`` are names of processes, sorted."""

    protocol: str
    address: str
    port: int
    owners: tuple[str | None, ...]
    unit: str | None = None
    device: str | None = None
    dual_stack: bool = False
    sockets: int = 1
    status: str = "known"
    ephemeral: bool = False
    mptcp: bool = False


def ssh(*addresses: str, port: int = 22) -> list[Seen]:
    return [Seen("tcp", address, port, ("sshd",), "ssh.service") for address in addresses or ("0.0.0.0", "::")]


def both(address: str, port: int, owner: str, unit: str, device: str | None = None) -> list[Seen]:
    """TCP and UDP."""
    return [Seen(protocol, address, port, (owner,), unit, device) for protocol in ("tcp", "udp")]


LISTENERS: dict[str, list[Seen]] = {
    "web1": [
        *ssh(),
        Seen("tcp", "0.0.0.0", 80, NGINX, "nginx.service", sockets=2),
        Seen("tcp", "::", 80, NGINX, "nginx.service", sockets=2),
        Seen("tcp", "0.0.0.0", 443, NGINX, "nginx.service"),
        Seen("tcp", "::", 443, NGINX, "nginx.service"),
    ],
    "web2": [
        *ssh(),
        Seen("tcp", "0.0.0.0", 80, NGINX, "nginx.service"),
        Seen("tcp", "0.0.0.0", 443, (PYTHON,), "update.service"),
        Seen("tcp", "0.0.0.0", 81, ("backdoor",)),
        Seen("tcp", "127.0.0.1", 100, ("backdoor",)),
        Seen("tcp", "0.0.0.0", 603, ("backdoor",)),
        Seen("tcp", "0.0.0.0", 1023, ("backdoor",)),
        Seen("tcp", "0.0.0.0", 50123, ("backdoor",), ephemeral=True),
    ],
    "db1": [
        *ssh(),
        *(
            Seen("tcp", address, 5432, ("postgres",), "postgresql@15-main.service")
            for address in ("10.77.0.21", "127.0.0.1", "::1")
        ),
        *(Seen("tcp", address, 6379, ("redis-server",), "redis.service") for address in ("127.0.0.1", "::1")),
    ],
    "db2": [
        *ssh(),
        *(Seen("tcp", address, 6379, ("redis-server",), "redis.service") for address in ("0.0.0.0", "::")),
    ],
    "cache1": [
        *ssh(),
        Seen("tcp", "10.77.0.31", 6379, ("redis-server",), "redis.service"),
        *both("10.77.0.31", 11211, "memcached", "memcached.service"),
    ],
    "cache2": [
        *ssh(),
        Seen("tcp", "10.77.0.32", 6379, ("redis-server", "thief"), "redis.service"),
        *both("0.0.0.0", 11211, "memcached", "memcached.service"),
    ],
    "edge1": [
        *ssh("10.77.0.41", "fd77::41", port=2222),
        *both("10.77.0.41", 53, "dnsmasq", "dnsmasq.service"),
        *both("fd77::41", 53, "dnsmasq", "dnsmasq.service"),
        *both("fe80::77ff:fe00:41", 53, "dnsmasq", "dnsmasq.service", device="eth0"),
        Seen("tcp", "0.0.0.0", 8443, (PYTHON,), device="pub0"),
        Seen("tcp", "0.0.0.0", 8444, (PYTHON,), device="eth0"),
        Seen("tcp", "::", 9090, (PYTHON,), dual_stack=True),
        Seen("tcp", "::", 9091, (PYTHON,)),
    ],
    "edge2": [
        *ssh("10.77.0.42", "fd77::42"),
        Seen("tcp", "10.77.99.12", 8443, (PYTHON,)),
        Seen("tcp", "fe80::77ff:fe00:42", 8082, (PYTHON,), device="eth0"),
        Seen("udp", "224.0.0.251", 5353, (PYTHON,)),
        Seen("udp", "0.0.0.0", 40123, (PYTHON,), ephemeral=True),
        Seen("udp", "0.0.0.0", 40124, (PYTHON,)),
        Seen("tcp", "0.0.0.0", 40125, (PYTHON,), ephemeral=True),
        Seen("tcp", "0.0.0.0", 50123, (PYTHON,), ephemeral=True),
    ],
    "app1": [
        *ssh(),
        Seen("tcp", "0.0.0.0", 8085, (PYTHON,), "exporter.service", mptcp=True),
        Seen("tcp", "0.0.0.0", 9100, (PYTHON,), "exporter.service"),
        Seen("tcp", "0.0.0.0", 9101, ("moved",), "batch.service"),
    ],
    "app2": [
        *ssh(),
        Seen("tcp", "0.0.0.0", 8085, ("short-lived",), "stream.service"),
        Seen("tcp", "10.77.0.52", 9100, (PYTHON,), "other.service"),
        Seen("tcp", "fd77::52", 9100, (PYTHON,), "user@1000.service"),
        Seen("tcp", "fd77::52", 9102, (PYTHON,), "user@1000.service"),
    ],
    "app3": [
        *ssh(),
        Seen("tcp", "0.0.0.0", 8086, ("nginx",), "api.service"),  # what its unit will start
        Seen("tcp", "0.0.0.0", 8087, ("started",), "waiting.service"),
        Seen("tcp", "0.0.0.0", 8088, (None,)),  # systemd holds it, and no unit file tells for whom
    ],
    "hostile1": [
        *ssh(),
        Seen("tcp", "0.0.0.0", 81, ("<script>alert(1",)),
        Seen("tcp", "0.0.0.0", 8081, ("<script>alert(1",)),
        Seen("tcp", "0.0.0.0", 2022, ("sshd",)),
        Seen("tcp", "0.0.0.0", 6667, (), status="other_namespace"),
        Seen("tcp", "0.0.0.0", 9999, (), status="other_namespace"),
    ],
    "plain1": [
        *(Seen("tcp", address, 22, (), "ssh.service", status="denied") for address in ("0.0.0.0", "::")),
        Seen("tcp", "0.0.0.0", 9100, (), "exporter.service", status="denied"),
        Seen("tcp", "0.0.0.0", 8085, (PYTHON,), "stream.service"),
        Seen("tcp", "0.0.0.0", 9101, (PYTHON,), "stream.service"),
    ],
}
