# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The hosts of the fleet and what really listens on each; ``expected.py`` says what the audit has to make of it."""

from __future__ import annotations

import os
import pathlib
import shutil
import sys
import typing as t

from . import services
from .host import NOGROUP, Host
from .ready import Port

ANY4, ANY6 = "0.0.0.0", "::"
HOSTILE = "<script>alert(1)</script>"
PLAIN_USER = "auditor"
PLAIN_ACCOUNT = f"{PLAIN_USER}:*:4000:{NOGROUP}:reads what anybody may read:/run/auditor:/bin/sh"
Ports = t.Iterable[Port]


def tcp(port: int, address: str = ANY4, **options: t.Any) -> dict[str, t.Any]:
    """A TCP socket for ``Host.hold``."""
    return {"protocol": "tcp", "address": address, "port": port, "family": 6 if ":" in address else 4, **options}


def udp(port: int, address: str = ANY4, **options: t.Any) -> dict[str, t.Any]:
    """A UDP socket for ``Host.hold``."""
    return {**tcp(port, address, **options), "protocol": "udp"}


def web1(host: Host) -> Ports:
    """A web server as the policy wants it, in both families, with SO_REUSEPORT."""
    listen = ["80 reuseport", "[::]:80 ipv6only=on reuseport", "443", "[::]:443 ipv6only=on"]
    return services.nginx(host, listen)


def web2(host: Host) -> Ports:
    """A web server with company: 443 held by something else, ports nobody asked for."""
    host.hold(tcp(443), unit="update.service").wait()
    host.hold(tcp(81), tcp(603), tcp(1023), tcp(100, "127.0.0.1"), tcp(50123), name="backdoor").wait()
    return services.nginx(host, ["80"])


def db1(host: Host) -> Ports:
    """A database as the policy wants it; its cache answers on loopback only."""
    return [
        *services.postgres(host, [host.address, "127.0.0.1", "::1"]),
        *services.redis(host, ["127.0.0.1", "::1"]),
    ]


def db2(host: Host) -> Ports:
    """A database host without database, its cache on every address."""
    return services.redis(host, [ANY4, ANY6])


def cache1(host: Host) -> Ports:
    """memcached on UDP, the amplifier that the policy forbids."""
    return [*services.redis(host, [host.address]), *services.memcached(host, host.address, udp=True)]


def cache2(host: Host) -> Ports:
    """A second process on the socket of the first, memcached on every address and, waived, on UDP."""
    host.hold(tcp(6379, host.address), name="redis-server", children=["thief"], unit="redis.service").wait()
    return services.memcached(host, ANY4, udp=True)


def edge1(host: Host) -> Ports:
    """Bound to devices and families: the same port is wide or narrow by where it is bound."""
    host.plug("pub0", "45.77.0.10/24", port=141)
    host.hold(tcp(8443, device="pub0"), tcp(8444, device="eth0")).wait()
    host.hold(tcp(9090, ANY6, v6only=False), tcp(9091, ANY6, v6only=True)).wait()
    return services.dnsmasq(host, "eth0", [host.address, host.address6, host.link_local])


def edge2(host: Host) -> Ports:
    """Ephemeral and reserved ports, link-local and multicast addresses, a network that the policy calls public."""
    host.ip("address add 10.77.99.12/24 dev eth0")
    host.run(["sysctl", "-qw", "net.ipv4.ip_local_reserved_ports=40124"])
    host.hold(udp(40123), udp(40124), udp(40126, peer=[host.address, 9]), tcp(40125), tcp(50123)).wait()
    host.hold(tcp(8443, "10.77.99.12"), tcp(8082, host.link_local, scope="eth0"), udp(5353, "224.0.0.251")).wait()
    return ()


def app1(host: Host) -> Ports:
    """Units: the one that the policy names, and one whose process has moved to another since it opened its socket."""
    host.hold(tcp(9100), tcp(8085, mptcp=True), unit="exporter.service", user=65534).wait()
    moved = host.hold(tcp(9101), unit="batch.service", name="moved")
    moved.wait()
    moved.move("other.service")
    return ()


def app2(host: Host) -> Ports:
    """The right port of the wrong unit: another service, and a user's own unit of the same name."""
    manager = "user.slice/user-1000.slice/user@1000.service/app.slice/exporter.service"
    host.hold(tcp(9100, host.address), unit="other.service").wait()
    host.hold(tcp(9100, host.address6), tcp(9102, host.address6), unit=manager).wait()
    python = _copy_of_python(host.directory / "short-lived")
    host.hold(tcp(8085), python=python, unit="stream.service").wait()
    python.unlink()
    return ()


ACTIVATED = (
    {"socket": tcp(8086), "started": None},
    {"socket": tcp(8087), "started": "waiting.service"},
    {"socket": tcp(8088), "started": None},
)
_SOCKET_UNIT = "[Socket]\nListenStream=0.0.0.0:{port}\n"
_SERVICE_UNIT = "[Service]\nExecStart=/usr/sbin/nginx -g 'daemon off;'\nUser=www-data\n"


def app3(host: Host) -> Ports:
    """Socket activation: of a service that waits, of one that runs, and a socket of pid 1 that no unit explains."""
    for name, port in (("api", 8086), ("waiting", 8087)):
        host.write(f"/run/systemd/system/{name}.socket", _SOCKET_UNIT.format(port=port))
        host.write(f"/run/systemd/system/{name}.service", _SERVICE_UNIT)
    return ()


def hostile1(host: Host) -> Ports:
    """Names that attack reports, an executable that is not what it says, sockets whose holder cannot be seen."""
    python = _copy_of_python(host.directory / HOSTILE)
    host.hold(tcp(81), tcp(8081), python=python, name=HOSTILE).wait()
    host.hold(tcp(2022), python="/usr/sbin/sshd", bind=sys.executable).wait()
    host.hold_unseen(tcp(9999), tcp(6667)).wait()
    return ()


def plain1(host: Host) -> Ports:
    """Audited by a user without privilege: root's sockets, and one of the user's own."""
    host.run(["install", "-d", "-o", "4000", "/run/auditor"])
    host.hold(tcp(9100), unit="exporter.service").wait()
    host.hold(tcp(8085), tcp(9101), login=4000, unit="stream.service").wait()
    return ()


def spare(_host: Host) -> Ports:
    """Nothing but SSH."""
    return ()


def _copy_of_python(path: pathlib.Path) -> pathlib.Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return pathlib.Path(shutil.copy(os.path.realpath(sys.executable), path))
