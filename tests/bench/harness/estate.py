# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run over the estate of an organisation, made up: what makes a report large, the same every time for the same seed.

Where ``fleet_evidence`` repeats itself, this does not: hosts of twelve roles at six sites in three environments,
thousands of applications of twenty teams on ports of their own, ports that somebody or chance chose, hosts that did not
answer, gaps, and names of processes that were chosen to do harm. About a third of the hosts fail.
"""

from __future__ import annotations

import json
import pathlib
import random
import typing as t

from . import fleet_evidence
from .fleet_evidence import RUN, Service

SITES = ("ams2", "fra1", "gru1", "iad1", "sin1", "syd1")
ROLES = ("api", "batch", "build", "cache", "db", "dns", "edge", "mail", "monitor", "queue", "search", "web")
STAGES = ("prod", "prod", "prod", "stage", "dev")
TEAMS = (
    *("team-atlas", "team-birch", "team-cedar", "team-delta", "team-ember", "team-fjord", "team-grove", "team-heron"),
    *("team-iris", "team-juno", "team-kite", "team-lotus", "team-maple", "team-north", "team-opal", "team-pine"),
    *("team-quartz", "team-river", "team-slate", "team-tide"),
)
HOSTILE = (
    *("</script><img src=x onerror=alert(1)>", "\x1b[31mred\x07", "caf\udce9"),
    *("=cmd|' /C calc'!A0", "\u202egnp.exe"),
)
_OWN = "own"  # stands for the address of the host itself
UNREACHED = 50  # one host in so many gives no evidence
APPROVED, APPLICATIONS = 140, 150  # of each team; the others nobody approved
_UNREACHABLE = (
    "unreachable: Failed to connect to the host via ssh: Connection timed out",
    "unreachable: Failed to connect to the host via ssh: No route to host",
    "failed: MODULE FAILURE: /bin/sh: 1: /usr/bin/python3: not found",
)
_GAPS = (
    {"code": "permission", "affects": "owners", "detail": "descriptors of some processes could not be read"},
    {"code": "budget", "affects": "owners", "detail": "the CPU budget ended before every process was read"},
    {"code": "dump-refused", "affects": "listeners", "detail": "the kernel refused its list", "protocol": "sctp"},
)
_EVERYWHERE = (
    Service("sshd", "/usr/sbin/sshd", "root", "tcp", (22,)),
    Service("node_exporter", "/usr/bin/prometheus-node-exporter", "prometheus", "tcp", (9100,)),
    Service("chronyd", "/usr/sbin/chronyd", "_chrony", "udp", (323,), "127.0.0.1"),
    Service("master", "/usr/lib/postfix/sbin/master", "root", "tcp", (25,), "127.0.0.1"),
    Service("snmpd", "/usr/sbin/snmpd", "Debian-snmp", "udp", (161,)),
    Service("systemd-resolve", "/usr/lib/systemd/systemd-resolved", "systemd-resolve", "udp", (53,), "127.0.0.53"),
)
_OF_ROLE = {
    "api": (Service("envoy", "/usr/bin/envoy", "envoy", "tcp", (8443, 9901)),),
    "batch": (Service("airflow", "/opt/airflow/bin/python3", "airflow", "tcp", (8793,)),),
    "build": (Service("dockerd", "/usr/bin/dockerd", "root", "tcp", (2375,)),),
    "cache": (Service("redis-server", "/usr/bin/redis-server", "redis", "tcp", (6379, 16379), _OWN),),
    "db": (Service("postgres", "/usr/lib/postgresql/15/bin/postgres", "postgres", "tcp", (5432,), _OWN),),
    "dns": (Service("named", "/usr/sbin/named", "bind", "tcp", (53, 953)),),
    "edge": (Service("haproxy", "/usr/sbin/haproxy", "haproxy", "tcp", (80, 443, 8404)),),
    "mail": (Service("dovecot", "/usr/sbin/dovecot", "root", "tcp", (143, 993)),),
    "monitor": (Service("prometheus", "/usr/bin/prometheus", "prometheus", "tcp", (9090, 9093)),),
    "queue": (Service("beam.smp", "/usr/lib/erlang/erts-13/bin/beam.smp", "rabbitmq", "tcp", (4369, 5672, 25672)),),
    "search": (Service("java", "/usr/share/elasticsearch/jdk/bin/java", "elastic", "tcp", (9200, 9300), _OWN),),
    "web": (Service("nginx", "/usr/sbin/nginx", "root", "tcp", (80, 443)),),
}  # fmt: skip


class Host(t.NamedTuple):
    name: str
    groups: tuple[str, ...]
    team: int
    address: str


def policy() -> dict[str, t.Any]:
    """What the organisation approved: what is everywhere, what the roles are for, and most of the applications."""
    return {
        "version": 1,
        "name": "estate",
        "defaults": {"ephemeral_udp": "ignore"},
        "rules": [
            *(_rule(service.name, service.protocol, list(service.ports)) for service in _EVERYWHERE),
            *(
                {
                    **_rule(f"{role}-{service.name}", service.protocol, list(service.ports)),
                    "applies_to": {"groups": [role]},
                }
                for role, services in _OF_ROLE.items()
                for service in services
                if role != "build"
            ),
            *(_applications(team) for team in range(len(TEAMS))),
        ],
        "waivers": [
            {
                "id": "docker-api-of-builders",
                "match": {"protocol": "tcp", "port": 2375},
                "applies_to": {"groups": ["build"]},
                "justification": "moves behind TLS in the next quarter",
                "approved_by": "security",
                "approved_on": "2025-11-03",
                "expires": "2026-06-30",
            }
        ],
    }


def _applications(team: int) -> dict[str, t.Any]:
    first = _first_port(team)
    return _rule(f"applications-of-{TEAMS[team]}", "tcp", f"{first}-{first + APPROVED - 1}")


def _first_port(team: int) -> int:
    return 10_000 + APPLICATIONS * team


def _rule(name: str, protocol: str, port: t.Any) -> dict[str, t.Any]:
    return {
        "id": name,
        "protocol": protocol,
        "port": port,
        "owner": "platform",
        "justification": f"{name} is part of the platform",
        "approved_by": "security",
        "approved_on": "2025-11-03",
        "controls": [{"framework": "cis-debian-12", "version": "1.1.0", "id": "2.1.22"}],
    }


def hosts(count: int) -> list[Host]:
    """The inventory: names tell site, role and stage, as those of large estates do."""
    found = []
    for number in range(count):
        site, role, stage = SITES[number % 6], ROLES[number // 6 % 12], STAGES[number // 72 % 5]
        team = number * 7 % len(TEAMS)
        address = f"10.{number % 6}.{number >> 8}.{number & 255}"
        name = f"{site}-{role}-{number:05}.{stage}.example.net"
        found.append(Host(name, ("all", site, role, stage, TEAMS[team]), team, address))
    return found


def write(directory: pathlib.Path, *, count: int, listeners: int, policy_json: str, sha256: str, seed: int = 11) -> str:
    """Write the run into a directory, a host in fifty without evidence; returns the path of the run."""
    run = directory / RUN
    for folder in ("evidence", "policies", "failures"):
        (run / folder).mkdir(parents=True)
    (run / "policies" / f"{sha256}.json").write_text(policy_json)
    estate = hosts(count)
    for number, host in enumerate(estate):
        chance = random.Random(seed * 1_000_003 + number)  # noqa: S311 - made up, not secret
        if number % UNREACHED == UNREACHED - 1:
            note = {"host": host.name, "run": RUN, "kind": "", "message": ""}
            note["kind"], _, note["message"] = chance.choice(_UNREACHABLE).partition(": ")
            (run / "failures" / f"{host.name}.json").write_text(json.dumps(note))
            continue
        document = evidence(host, count=listeners, chance=chance, sha256=sha256)
        (run / "evidence" / f"{host.name}.json").write_text(json.dumps(document) + "\n")
    record = fleet_evidence.record({host.name: list(host.groups) for host in estate})
    (run / "run.json").write_text(json.dumps(record))
    fleet_evidence.seal(run)
    return str(run)


def evidence(host: Host, *, count: int, chance: random.Random, sha256: str) -> dict[str, t.Any]:
    """The evidence of one host, in the shape that the collector gives it."""
    seen = [fleet_evidence.listener(service, port, chance) for service, port in _services(host, count, chance)]
    for raw in seen:
        raw["ephemeral"] = raw["port"] >= 32768
        if raw["address"] == _OWN:
            raw["address"] = host.address
        if raw["address"] == "0.0.0.0" and raw["port"] < 32768 and chance.random() < 0.4:
            raw.update(family="ipv6", address="::", dual_stack=True)
    document = fleet_evidence.host(host.name, host.groups, seen, chance=chance, sha256=sha256)
    document["host"]["addresses"][1]["address"] = host.address
    if chance.random() < 0.03:
        document["collector"]["gaps"] = [{"protocol": None, "family": None, **chance.choice(_GAPS)}]
    return document


def _services(host: Host, count: int, chance: random.Random) -> list[tuple[Service, int]]:
    """So many: what every host has, its role's, its team's applications, what nobody approved, and chance's."""
    found = [(service, port) for service in (*_EVERYWHERE, *_OF_ROLE[host.groups[2]]) for port in service.ports]
    found += [_application(host.team, number) for number in chance.sample(range(APPROVED), 26)]
    if chance.random() < 0.1:
        found.append(_application(host.team, chance.randrange(APPROVED, APPLICATIONS)))
    if chance.random() < 0.3:
        found.append(_by_hand(chance))
    if chance.random() < 0.01:
        name = chance.choice(HOSTILE)
        found.append((Service(name, f"/tmp/{name}", "app", "tcp", ()), chance.choice((81, 4444, 31337))))  # noqa: S108
    resolver = Service("unbound", "/usr/sbin/unbound", "unbound", "udp", ())
    found += [(resolver, port) for port in chance.sample(range(33000, 60000), max(0, count - len(found)))]
    return found[:count]


def _application(team: int, number: int) -> tuple[Service, int]:
    name = f"{TEAMS[team][5:]}-svc-{number:03}"
    address = "127.0.0.1" if number % 5 == 4 else "0.0.0.0"
    service = Service(name, f"/opt/{TEAMS[team]}/{name}/bin/server", f"app{team:02}", "tcp", (), address)
    return service, _first_port(team) + number


def _by_hand(chance: random.Random) -> tuple[Service, int]:
    """What somebody started, on a port of their own choice: mostly one that others choose too."""
    name = chance.choice(("python3", "java", "node", "socat", "nc", "ruby"))
    port = (
        chance.randrange(1024, 9000) if chance.random() < 0.5 else chance.choice((3000, 4000, 5000, 8000, 8081, 8888))
    )
    return Service(name, f"/usr/bin/{name}", f"user{chance.randrange(40):02}", "tcp", ()), port
