# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run over a large fleet, made up: evidence as the collector gives it, the same every time for the same seed.

Hosts are of a few kinds (web, db, batch, edge), each with the services of its kind, those that every host has, ports
that chance gave, and now and then something that only this host has.
"""

from __future__ import annotations

import hashlib
import json
import pathlib
import random
import typing as t

RUN = "20260105T020000Z-be9c40"
STARTED = "2026-01-05T02:00:00Z"
KINDS = ("web", "db", "batch", "edge")
_NAMESPACE = 4026531840


class Service(t.NamedTuple):
    name: str
    exe: str
    user: str
    protocol: str
    ports: tuple[int, ...]
    address: str = "0.0.0.0"


_COMMON = (
    Service("sshd", "/usr/sbin/sshd", "root", "tcp", (22,)),
    Service("node_exporter", "/usr/bin/prometheus-node-exporter", "prometheus", "tcp", (9100,)),
    Service("chronyd", "/usr/sbin/chronyd", "_chrony", "udp", (323,), "127.0.0.1"),
    Service("master", "/usr/lib/postfix/sbin/master", "root", "tcp", (25,), "127.0.0.1"),
    Service("rpcbind", "/sbin/rpcbind", "_rpc", "tcp", (111,)),
    Service("snmpd", "/usr/sbin/snmpd", "Debian-snmp", "udp", (161,)),
)
_OF_KIND = {
    "web": (
        Service("nginx", "/usr/sbin/nginx", "root", "tcp", (80, 443)),
        Service("php-fpm8.2", "/usr/sbin/php-fpm8.2", "root", "tcp", tuple(range(9000, 9008)), "10.1.2.3"),
    ),
    "db": (
        Service("postgres", "/usr/lib/postgresql/15/bin/postgres", "postgres", "tcp", (5432,), "10.1.2.3"),
        Service("redis-server", "/usr/bin/redis-check-rdb", "redis", "tcp", (6379,), "127.0.0.1"),
    ),
    "batch": (Service("java", "/usr/lib/jvm/java-17/bin/java", "batch", "tcp", tuple(range(8080, 8090))),),
    "edge": (
        Service("haproxy", "/usr/sbin/haproxy", "haproxy", "tcp", (80, 443, 8404)),
        Service("named", "/usr/sbin/named", "bind", "udp", (53,)),
    ),
}


def write(directory: pathlib.Path, *, hosts: int, listeners: int, policy_json: str, sha256: str, seed: int = 7) -> str:
    """Write the run into a directory; returns the path of its directory."""
    run = directory / RUN
    (run / "evidence").mkdir(parents=True)
    (run / "policies").mkdir()
    (run / "policies" / f"{sha256}.json").write_text(policy_json)
    names = [f"{KINDS[number % 4]}{number:05}" for number in range(hosts)]
    for number, name in enumerate(names):
        chance = random.Random(seed * 1_000_003 + number)  # noqa: S311 - made up, not secret
        seen = _listeners(KINDS[number % 4], count=listeners, chance=chance)
        document = host(name, groups(number), seen, chance=chance, sha256=sha256)
        (run / "evidence" / f"{name}.json").write_text(json.dumps(document) + "\n")
    (run / "run.json").write_text(json.dumps(record({name: groups(number) for number, name in enumerate(names)})))
    seal(run)
    return str(run)


def seal(run: pathlib.Path) -> None:
    """What a finished run has, and is held to: the sums of its files."""
    files = sorted(path for path in run.rglob("*") if path.is_file())
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(run)}\n" for path in files]
    (run / "SHA256SUMS").write_text("".join(lines))


def groups(number: int) -> list[str]:
    """The inventory groups of a host: its kind, and a data centre."""
    return [KINDS[number % 4], "all", f"dc{number // 4 % 3}"]


def host(
    name: str, member: t.Sequence[str], listeners: list[dict[str, t.Any]], *, chance: random.Random, sha256: str
) -> dict[str, t.Any]:
    """The evidence document of one host, a member of these groups, with what listens there."""
    return {
        "evidence_version": 1,
        "run": {"id": RUN, "policy": sha256, "as_of": STARTED},
        "host": {
            "name": name,
            "groups": sorted(member),
            "hostname": name,
            "machine_id": f"{chance.getrandbits(128):032x}",
            "boot_id": f"{chance.getrandbits(128):032x}",
            "os": {"id": "debian", "version": "12", "name": "Debian GNU/Linux 12 (bookworm)"},
            "kernel": "6.1.0-28-amd64",
            "python": "3.11.2",
            "addresses": [
                {"address": "127.0.0.1", "prefix_length": 8, "device": "lo", "namespace": _NAMESPACE},
                {"address": "10.1.2.3", "prefix_length": 16, "device": "eth0", "namespace": _NAMESPACE},
            ],
            "ephemeral_ports": {"first": 32768, "last": 60999, "reserved": []},
            "clock": STARTED,
        },
        "collected": {"started": STARTED, "ended": STARTED, "duration": 0.4, "clock_offset": 0.0},
        "collector": _collector(),
        "listeners": listeners,
    }


def _collector() -> dict[str, t.Any]:
    return {
        "name": "linux",
        "version": "0.1.0",
        "platform": "linux",
        "sources": ["sock_diag", "proc"],
        "options": {"owners": "all", "namespaces": "host"},
        "privilege": {"euid": 0, "capabilities": [], "all_processes": True},
        "owners_complete": True,
        "alternate_paths": [],
        "gaps": [],
        "budget": {"cpu_limit": 5.0, "cpu_used": 0.2, "wall_limit": 20.0, "wall_used": 0.3},
        "namespaces": {"scope": "host", "host": _NAMESPACE, "looked_at": [], "left_out": 0},
    }


def _listeners(kind: str, *, count: int, chance: random.Random) -> list[dict[str, t.Any]]:
    services = [*_COMMON, *_OF_KIND[kind]]
    if chance.random() < 0.02:  # an outlier: what nobody else of its kind has
        services.append(Service("python3", "/usr/bin/python3.11", "app", "tcp", (chance.choice((81, 8081, 31337)),)))
    found = [listener(service, port, chance) for service in services for port in service.ports]
    client = Service("resolver", "/usr/sbin/unbound", "unbound", "udp", ())
    ports = iter(chance.sample(range(33000, 60000), max(0, count - len(found))))
    found += [listener(client, port, chance) for port in ports]
    return sorted(found[:count], key=lambda raw: (raw["protocol"], raw["port"]))


def listener(service: Service, port: int, chance: random.Random) -> dict[str, t.Any]:
    """One listener, in the shape of evidence."""
    unit = f"{service.name}.service"
    owner = {
        "pid": chance.randrange(300, 4_000_000),
        "name": service.name[:15],
        "exe": service.exe,
        "exe_deleted": False,
        "exe_on_host": True,
        "uid": 0 if service.user == "root" else 100,
        "user": service.user,
        "unit": unit,
        "container": None,
        "engine": None,
        "started": STARTED,
    }
    return {
        "protocol": service.protocol,
        "family": "ipv4",
        "address": service.address,
        "port": port,
        "state": "listen" if service.protocol == "tcp" else "unconnected",
        "mptcp": False,
        "dual_stack": None,
        "device": None,
        "scope_id": None,
        "namespace": _NAMESPACE,
        "transparent": False,
        "uid": owner["uid"],
        "user": service.user,
        "inodes": [chance.randrange(10_000, 9_000_000)],
        "sockets": 1,
        "owners": [owner],
        "owners_complete": True,
        "owner_status": "known",
        "unit": unit,
        "unit_source": "socket",
        "unit_conflict": None,
        "socket_unit": None,
        "container": None,
        "engine": None,
        "ephemeral": 32768 <= port <= 60999,
        "published_by": None,
        "published_to": [],
        "change": None,
    }


def record(inventory: t.Mapping[str, list[str]]) -> dict[str, t.Any]:
    """The run's own record, ``run.json``, of groups by host."""
    return {
        "run_version": 1,
        "id": RUN,
        "started": STARTED,
        "ended": STARTED,
        "user": "bench",
        "controller": "bench",
        "ansible_version": "2.19.0",
        "collection_version": "0.1.0",
        "limit": None,
        "expected": sorted(inventory),
        "inventory": inventory,
        "options": {},
        "policies": [],
        "left_out": 0,
    }
