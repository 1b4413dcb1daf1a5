# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fleet of twelve hosts as an audit would see it, with one of everything that a report has to show.

The tests of every format use it, so does the picture in the README.
"""

from __future__ import annotations

import datetime
import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils._socket import Owner
from ansible_collections.fleetports.compliance.plugins.plugin_utils._judge._judgement import Finding, JudgedListener
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._policy_model import (
    AppliesTo,
    Approval,
    Control,
    Policy,
    PortItem,
    Rule,
    SourcePlace,
    Waiver,
    WaiverMatch,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report._build_report import ReportModel, build
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.model._inputs import HostReport, RunInfo
from ansible_collections.fleetports.compliance.tests.unit.factories.evidence import document, gap
from ansible_collections.fleetports.compliance.tests.unit.factories.listeners import listener, owner_named, unowned
from ansible_collections.fleetports.compliance.tests.unit.factories.reports import found, host, passed

HOSTILE_NAME = "<script>alert(1)</script>"[:15]  # the kernel keeps 15 bytes of it
HOSTILE_EXE = "/tmp/<script>alert(1)</script>"  # noqa: S108 (where such things live)
FILE = "policy/production.yml"
SHA256 = "7d0f3c1be5a94c0e8f1b2a6d9c4e7f305182b3c4d5e6f708192a3b4c5d6e7f80"
CIS = (("cis-debian-12", "1.1.0", "2.1.22"),)
CONTROLS = (Control("cis-debian-12", "1.1.0", "2.1.22"), Control("pci-dss", "4.0.1", "2.2.5"))

SSHD = owner_named("sshd", unit="ssh.service")
NGINX = owner_named("nginx", unit="nginx.service")
NODE = owner_named(
    "node_exporter",
    "/usr/bin/prometheus-node-exporter",
    user="prometheus",
    uid=112,
    unit="prometheus-node-exporter.service",
)
POSTGRES = owner_named(
    "postgres", "/usr/lib/postgresql/15/bin/postgres", user="postgres", uid=109, unit="postgresql@15-main.service"
)
REDIS = owner_named("redis-server", "/usr/bin/redis-check-rdb", user="redis", uid=110, unit="redis-server.service")
HAPROXY = owner_named("haproxy", "/usr/sbin/haproxy", user="haproxy", uid=115, unit="haproxy.service")
JAVA = owner_named("java", "/usr/lib/jvm/java-17-openjdk-amd64/bin/java", user="app", uid=1001, unit="orders.service")
CHRONY = owner_named("chronyd", user="_chrony", uid=105, unit="chrony.service")
EXIM = owner_named("exim4", user="Debian-exim", uid=107, unit="exim4.service")
PYTHON = owner_named("python3", "/usr/bin/python3.11", user="deploy", uid=1000, unit=None)
HOSTILE = owner_named(HOSTILE_NAME, HOSTILE_EXE, user="www-data", uid=33, exe_deleted=True, unit="apache2.service")

RUN_ID = "20261122T225907Z-3f9a1c"


def _rule(
    ident: str, line: int, ports: t.Sequence[tuple[str, int]], *, why: str, ticket: str | None = None, **fields: t.Any
) -> Rule:
    approval = Approval(
        owner=fields.pop("owner", "platform"),
        justification=why,
        ticket=ticket,
        approved_by="security",
        approved_on=datetime.date(2026, 1, 5),
        review_by=fields.pop("review_by", datetime.date(2027, 1, 5)),
    )
    items = tuple(PortItem(protocol, port, port, str(port)) for protocol, port in ports)
    return Rule(ident, SourcePlace(FILE, line, 5), items, approval=approval, **fields)


def _waiver(ident: str, line: int, port: int, *, hosts: tuple[str, ...], expires: datetime.date, why: str) -> Waiver:
    match = WaiverMatch(ports=(PortItem("tcp", port, port, str(port)),))
    return Waiver(
        ident, SourcePlace(FILE, line, 5), match, AppliesTo(hosts=hosts), expires, why, "security", ticket="CHG-4410"
    )


POLICY = Policy(
    name="production",
    sha256=SHA256,
    sources=(FILE,),
    rules=(
        _rule("ssh", 14, [("tcp", 22)], why="administration", ticket="CHG-1", reach="private", controls=CONTROLS),
        _rule("web", 22, [("tcp", 80), ("tcp", 443)], why="public web site", ticket="CHG-7", owner="web"),
        _rule(
            "orders-app", 31, [("tcp", 8081)], why="orders behind the load balancer", ticket="CHG-52", owner="orders"
        ),
        _rule(
            "postgres",
            40,
            [("tcp", 5432)],
            why="orders database",
            ticket="CHG-12",
            owner="data",
            expect="required",
            controls=CONTROLS[:1],
        ),
        _rule("redis", 49, [("tcp", 6379)], why="session cache", ticket="CHG-13", owner="web"),
        _rule("metrics-node", 58, [("tcp", 9100)], why="monitoring", ticket="CHG-20", expect="required"),
        _rule(
            "metrics-postgres",
            66,
            [("tcp", 9187)],
            why="monitoring; the port is unassigned, kept by custom",
            ticket="CHG-21",
            owner="data",
        ),
        _rule(
            "haproxy-stats",
            74,
            [("tcp", 8404)],
            why="load balancer statistics",
            owner="web",
            review_by=datetime.date(2026, 11, 1),
        ),
        _rule("no-memcached-udp", 82, [("udp", 11211)], why="amplification attacks", expect="forbidden"),
        _rule(
            "ftp-archive",
            88,
            [("tcp", 21)],
            why="archive, until the move",
            owner="data",
            review_by=datetime.date(2026, 12, 1),
            controls=CONTROLS[1:],
        ),
    ),
    waivers=(
        _waiver(
            "W-1",
            101,
            6379,
            hosts=("cache1",),
            expires=datetime.date(2026, 12, 10),
            why="clients move to TLS in December",
        ),
        _waiver(
            "W-2", 108, 9090, hosts=("mon1",), expires=datetime.date(2026, 10, 31), why="console during the upgrade"
        ),
        _waiver("W-3", 115, 8081, hosts=("build1",), expires=datetime.date(2027, 3, 31), why="load tests"),
    ),
)


def _base() -> list[JudgedListener]:
    """What every Debian host of this fleet runs."""
    return [
        passed(listener(22, SSHD), rule="ssh"),
        passed(listener(22, SSHD, address="::", dual_stack=False), rule="ssh"),
        passed(listener(9100, NODE, address="::", dual_stack=True), rule="metrics-node"),
        passed(listener(323, CHRONY, address="127.0.0.1", protocol="udp"), reach="host"),
        passed(listener(25, EXIM, address="127.0.0.1"), reach="host"),
    ]


def _web(*extra: JudgedListener) -> list[JudgedListener]:
    pair = [
        passed(listener(port, NGINX, address=address), rule="web", reach="public")
        for port in (80, 443)
        for address in ("0.0.0.0", "::")
    ]
    return [*_base(), *pair, *extra]


def _orders(process: Owner, basis: str = "port+unit") -> JudgedListener:
    return passed(listener(8081, process, address="::", dual_stack=True), rule="orders-app", basis=basis)


def _unassigned(address: str, process: Owner, reach: str = "private") -> JudgedListener:
    message = f"81/tcp is unassigned by IANA and no rule approves it; held by {process.name} ({process.exe})"
    where = {
        "severity": "high",
        "expected": "no listener",
        "found": process.exe,
        "place": SourcePlace(FILE, 4, 3),
        "controls": CIS,
    }
    return found(listener(81, process, address=address), "unassigned-port", "fail", message, reach=reach, **where)


def _evidence(name: str, **fields: t.Any) -> dict[str, t.Any]:
    return document(name, policy=SHA256, **fields)


def _web_hosts() -> list[HostReport]:
    stolen = found(
        listener(8081, owner_named("socat", "/usr/bin/socat", user="deploy", uid=1000), address="::", dual_stack=True),
        "wrong-owner",
        "fail",
        "8081/tcp is approved for unit orders.service, but socat (/usr/bin/socat) of user deploy holds it",
        severity="high",
        rule="orders-app",
        place=SourcePlace(FILE, 31, 5),
        expected="unit orders.service",
        found="/usr/bin/socat, no unit",
    )
    return [
        host(
            "web1",
            *_web(_orders(JAVA), _unassigned("0.0.0.0", PYTHON), _unassigned("::", PYTHON)),
            groups=("web",),
            evidence=_evidence("web1"),
        ),
        host("web2", *_web(_orders(JAVA), _unassigned("0.0.0.0", PYTHON)), groups=("web",), evidence=_evidence("web2")),
        host(
            "web3",
            *_web(stolen, _unassigned("0.0.0.0", HOSTILE, "public")),
            groups=("web",),
            evidence=_evidence("web3"),
        ),
        host("edge1", *_web(), groups=("web", "dmz"), evidence=_evidence("edge1")),
    ]


def _db_hosts() -> list[HostReport]:
    wide = found(
        listener(5432, POSTGRES),
        "excess-reach",
        "fail",
        "5432/tcp is approved up to reach private, but its address 0.0.0.0 reaches public (203.0.113.20 on eth1)",
        severity="critical",
        reach="public",
        rule="postgres",
        place=SourcePlace(FILE, 40, 5),
        expected="private",
        found="public",
        controls=CIS,
    )
    missing = Finding(
        code="missing-listener",
        verdict="fail",
        severity="high",
        message="5432/tcp is required by rule postgres, and nothing listens there",
        protocol="tcp",
        port=5432,
        port_label="5432",
        rule="postgres",
        place=SourcePlace(FILE, 40, 5),
        expected="a listener on 5432/tcp",
        found="none",
    )
    exporter = passed(
        listener(9187, owner_named("postgres_export", "/usr/bin/prometheus-postgres-exporter"), address="::"),
        rule="metrics-postgres",
        basis="port",
    )
    return [
        host("db1", *_base(), wide, exporter, groups=("db",), evidence=_evidence("db1")),
        host("db2", *_base(), exporter, findings=[missing], groups=("db",), evidence=_evidence("db2")),
    ]


def _ephemeral(port: int, process: Owner) -> JudgedListener:
    message = f"{port}/udp is unconnected UDP in the host's ephemeral range"
    return found(
        listener(port, process, protocol="udp", ephemeral=True),
        "ephemeral-udp",
        "warn",
        message,
        severity="low",
    )


def _other_hosts() -> list[HostReport]:
    avahi = owner_named("avahi-daemon", user="avahi", uid=108, unit="avahi-daemon.service")
    waived = {
        "waiver": "W-1",
        "before_waiver": "fail",
        "rule": "redis",
        "place": SourcePlace(FILE, 49, 5),
        "reach": "public",
    }
    redis = found(
        listener(6379, REDIS),
        "excess-reach",
        "waived",
        "6379/tcp reaches public, approved up to private",
        **waived,
    )
    cockpit = found(
        listener(
            9090,
            owner_named("systemd", "/usr/lib/systemd/systemd", unit="cockpit.service"),
            address="::",
            socket_unit="cockpit.socket",
            dual_stack=True,
        ),
        "unlisted-listener",
        "warn",
        "9090/tcp (IANA: websm) is approved by no rule",
        place=SourcePlace(FILE, 3, 3),
    )
    namespaces = _evidence("build1", left_out=6, os="Ubuntu 24.04.1 LTS", clock_offset=94.0)
    return [
        host(
            "lb1",
            *_web(passed(listener(8404, HAPROXY, address="10.0.0.5"), rule="haproxy-stats")),
            groups=("lb",),
            evidence=_evidence("lb1"),
        ),
        host("cache1", *_base(), redis, groups=("cache",), evidence=_evidence("cache1")),
        host("mon1", *_base(), cockpit, groups=("monitoring",), evidence=_evidence("mon1")),
        host(
            "build1",
            *_base(),
            *(_ephemeral(port, avahi) for port in (37012, 41877, 52210)),
            groups=("build",),
            evidence=namespaces,
        ),
    ]


def _unseen_hosts() -> list[HostReport]:
    """One without privilege, one that did not answer."""
    gaps = [
        gap("owners", code="permission", detail="the descriptors of 143 of 151 processes cannot be read as uid 1000"),
        gap("units", code="permission", detail="cgroups of other users are not visible"),
    ]
    unknown = found(
        unowned("denied", 443),
        "unverified-owner",
        "unverified",
        "443/tcp is approved for /usr/sbin/nginx, but who holds it cannot be seen",
        rule="web",
        place=SourcePlace(FILE, 22, 5),
        expected="exe /usr/sbin/nginx",
        found="unknown",
    )
    hidden = unowned("denied", unit="ssh.service")
    evidence = _evidence("dev1", gaps=gaps, privileged=False)
    reason = "Failed to connect to the host via ssh: ssh: connect to host legacy1 port 22: Connection timed out\r\n"
    missed = Finding("not-assessed", "unverified", "high", f"legacy1 was not assessed: {reason.strip()}")
    return [
        host("dev1", passed(hidden, rule="ssh", basis="port+unit"), unknown, groups=("dev",), evidence=evidence),
        host("legacy1", findings=[missed], groups=("legacy",), reason=reason),
    ]


def hosts() -> list[HostReport]:
    return [*_web_hosts(), *_db_hosts(), *_other_hosts(), *_unseen_hosts()]


def policy_findings() -> list[Finding]:
    return [
        Finding(
            "expired-waiver",
            "warn",
            "medium",
            "waiver W-2 expired on 2026-10-31",
            waiver="W-2",
            place=SourcePlace(FILE, 108, 5),
        ),
        Finding(
            "expiring-waiver",
            "warn",
            "low",
            "waiver W-1 ends on 2026-12-10, in 18 days",
            waiver="W-1",
            place=SourcePlace(FILE, 101, 5),
        ),
        Finding(
            "unknown-target",
            "warn",
            "high",
            "rule ftp-archive: the inventory has no group 'archve'",
            rule="ftp-archive",
            place=SourcePlace(FILE, 92, 18),
        ),
    ]


def run(**fields: t.Any) -> RunInfo:
    values: dict[str, t.Any] = {
        "id": RUN_ID,
        "started": "2026-11-22T22:59:07Z",
        "ended": "2026-11-22T22:59:31Z",
        "user": "mira",
        "controller": "ops1.example.net",
        "ansible_version": "2.19.14",
        "collection_version": "0.1.0",
        "limit": "all:!lab",
        "left_out": ("lab1", "lab2"),
        "gate": (),
        "policies": (POLICY,),
        "registry_snapshot": "2026-06-30",
        "registry_rows": 14852,
    }
    return RunInfo(**{**values, **fields})


def model(**fields: t.Any) -> ReportModel:
    """The sample's report; ``fields`` replace those of its run."""
    return build(run(**fields), hosts(), policy_findings())


def report_of(*reported: HostReport, policy: t.Sequence[Finding] = (), **fields: t.Any) -> ReportModel:
    """A report of other hosts and findings on the policy, of a run that was meant for all of the inventory."""
    return build(run(**{"left_out": (), **fields}), reported, policy)
