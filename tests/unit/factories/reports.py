# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Short ways to make listeners, verdicts, evidence and hosts for the report's tests."""

from __future__ import annotations

import dataclasses
import hashlib
import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils._socket import Listener, Owner
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.files._file_names import file_name
from ansible_collections.fleetports.compliance.plugins.plugin_utils._judge._judgement import (
    Finding,
    HostResult,
    JudgedListener,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._registry._registry_entry import RegistryStatus
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.model._inputs import HostReport
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.text._order import worst

HOST_NAMESPACE = 4026531840

# (port, protocol) -> status, name: as IANA's registry of mid-2026 has them
_REGISTRY = {
    (22, "tcp"): ("assigned", "ssh"),
    (25, "tcp"): ("assigned", "smtp"),
    (68, "udp"): ("assigned", "bootpc"),
    (80, "tcp"): ("assigned", "http"),
    (81, "tcp"): ("unassigned", None),
    (323, "udp"): ("reserved", None),
    (443, "tcp"): ("assigned", "https"),
    (5432, "tcp"): ("assigned", "postgresql"),
    (6379, "tcp"): ("assigned", "redis"),
    (8081, "tcp"): ("assigned", "sunproxyadmin"),
    (8404, "tcp"): ("assigned", "svcloud"),
    (9090, "tcp"): ("assigned", "websm"),
    (9100, "tcp"): ("assigned", "hp-pdl-datastr"),
    (9121, "tcp"): ("unassigned", None),
    (9187, "tcp"): ("unassigned", None),
    (31337, "tcp"): ("assigned", "eldim"),
    (11211, "udp"): ("assigned", "memcache"),
}


def registry(port: int, protocol: str) -> RegistryStatus:
    where = "system" if port < 1024 else "user" if port < 49152 else "dynamic"
    status, name = _REGISTRY.get((port, protocol), ("dynamic" if where == "dynamic" else "unassigned", None))
    return RegistryStatus(port, protocol, status, where, name)


def owner(name: str, exe: str | None = None, **fields: t.Any) -> Owner:
    values = {"pid": 812, "uid": 0, "user": "root", "exe_deleted": False, "exe_on_host": True, **fields}
    return Owner(name=name, exe=exe or f"/usr/sbin/{name}", **values)


def listener(port: int, address: str = "0.0.0.0", *owners: Owner, protocol: str = "tcp", **fields: t.Any) -> Listener:
    values: dict[str, t.Any] = {
        "protocol": protocol,
        "family": "ipv6" if ":" in address else "ipv4",
        "address": address,
        "port": port,
        "state": "listen" if protocol == "tcp" else "unconnected",
        "namespace": HOST_NAMESPACE,
        "owners": owners,
        "owners_complete": True,
        "owner_status": "known" if owners else "unattributed",
        "inodes": (10000 + port,),
        "unit": owners[0].unit if owners else None,
    }
    return Listener(**{**values, **fields})


def passed(
    seen: Listener, *, rule: str | None = None, basis: str = "port+owner", reach: str = "private"
) -> JudgedListener:
    """A listener that a rule lets pass; with no rule, one that the defaults ignore."""
    return JudgedListener(
        listener=seen,
        registry=registry(seen.port, seen.protocol),
        reach=reach,
        verdict="pass",
        basis=basis if rule else "default",
        rule=rule,
    )


def found(
    seen: Listener, code: str, verdict: str, message: str, *, reach: str = "private", **fields: t.Any
) -> JudgedListener:
    """A listener with one finding, which carries the listener's own fields as the judge fills them in."""
    status = registry(seen.port, seen.protocol)
    values: dict[str, t.Any] = {
        "severity": "medium",
        "protocol": seen.protocol,
        "family": seen.family,
        "address": seen.address,
        "port": seen.port,
        "device": seen.device,
        "namespace": seen.namespace,
        "owner": seen.owners[0].name if seen.owners else None,
        "unit": seen.unit,
        "registry": status.status,
        "reach": reach,
    }
    finding = Finding(code=code, verdict=verdict, message=message, **{**values, **fields})
    return JudgedListener(seen, status, reach, verdict, rule=finding.rule, findings=(finding,))


def gap(
    code: str, affects: str, detail: str, protocol: str | None = None, family: str | None = None
) -> dict[str, t.Any]:
    return {"code": code, "affects": affects, "detail": detail, "protocol": protocol, "family": family}


def document(
    name: str, *, policy: str, gaps: t.Sequence[t.Mapping[str, t.Any]] = (), **fields: t.Any
) -> dict[str, t.Any]:
    """Evidence of a host, less its listeners; ``privileged``, ``left_out`` and ``os`` are the fields to choose."""
    privileged = fields.get("privileged", True)
    return {
        "evidence_version": 1,
        "run": {"id": "20261122T225907Z-3f9a1c", "policy": policy, "as_of": "2026-11-22T22:59:09Z"},
        "host": {
            "name": name,
            "groups": [],
            "hostname": name.partition(".")[0],
            "machine_id": None,
            "boot_id": None,
            "os": {"id": "debian", "version": "12", "name": fields.get("os", "Debian GNU/Linux 12 (bookworm)")},
            "kernel": "6.1.0-28-amd64",
            "python": "3.11.2",
            "addresses": [],
            "ephemeral_ports": {"first": 32768, "last": 60999, "reserved": []},
            "clock": "2026-11-22T22:59:09Z",
        },
        "collected": {
            "started": "2026-11-22T22:59:09Z",
            "ended": "2026-11-22T22:59:10Z",
            "duration": 0.41,
            "clock_offset": fields.get("clock_offset", 0.0),
        },
        "collector": {
            "name": "linux",
            "version": "0.1.0",
            "platform": "linux",
            "sources": ["netlink", "proc"],
            "options": {"owners": "all"},
            "privilege": {"euid": 0 if privileged else 1000, "capabilities": [], "all_processes": privileged},
            "owners_complete": privileged,
            "gaps": list(gaps),
            "budget": {"cpu_limit": 5.0, "cpu_used": 0.1, "wall_limit": 20.0, "wall_used": 0.2},
            "namespaces": {
                "scope": "host",
                "host": HOST_NAMESPACE,
                "looked_at": [],
                "left_out": fields.get("left_out", 0),
            },
        },
        "listeners": [],
    }


def host(
    name: str,
    *judged: JudgedListener,
    groups: t.Sequence[str] = (),
    findings: t.Sequence[Finding] = (),
    evidence: t.Mapping[str, t.Any] | None = None,
    reason: str | None = None,
) -> HostReport:
    """A host whose verdict is its worst finding, each finding bound to it as the judge does."""
    listeners = tuple(_bound(one, name) for one in judged)
    own = tuple(_replaced(finding, host=name) for finding in findings)
    everything = (*own, *(finding for one in listeners for finding in one.findings))
    verdict = worst((finding.verdict for finding in everything), default="pass")
    result = HostResult(name, verdict, listeners, everything)
    file = (f"evidence/{file_name(name)}", hashlib.sha256(ascii(name).encode()).hexdigest()) if evidence else None
    return HostReport(name, ("all", *groups), result, evidence, reason, file)


def _bound(judged: JudgedListener, name: str) -> JudgedListener:
    return _replaced(judged, findings=tuple(_replaced(finding, host=name) for finding in judged.findings))


def _replaced(record: t.Any, **fields: t.Any) -> t.Any:
    return dataclasses.replace(record, **fields)
