# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a host answers, and the evidence that is made of it."""

from __future__ import annotations

import datetime
import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils._socket import Listener, to_dict
from ansible_collections.fleetports.compliance.plugins.plugin_utils._common._clock import iso
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.document._evidence_document import (
    assemble,
    nothing_seen,
)

from .listeners import NAMESPACE

RUN_ID = "20261122T000000Z-abcdef"
STARTED = datetime.datetime(2026, 11, 22, tzinfo=datetime.UTC)


def gap(
    affects: str,
    *,
    code: str = "permission",
    detail: str = "not permitted",
    protocol: str | None = None,
    family: str | None = None,
) -> dict[str, t.Any]:
    """A gap as evidence has it."""
    return {"code": code, "affects": affects, "detail": detail, "protocol": protocol, "family": family}


def address(text: str, *, device: str = "eth0", namespace: int | None = NAMESPACE) -> dict[str, t.Any]:
    """An address of a host as evidence has it."""
    return {"address": text, "prefix_length": 24, "device": device, "namespace": namespace}


def observation(
    *listeners: Listener, host: t.Mapping[str, t.Any] | None = None, **collector: t.Any
) -> dict[str, t.Any]:
    """What a collector answers that saw these listeners; ``host`` and ``collector`` are facts to add."""
    seen = nothing_seen("", "")
    return {
        "host": dict(host or {}),
        "collector": {**seen["collector"], "gaps": [], "sources": ["sock_diag"], **collector},
        "listeners": to_dict(listeners),
    }


def evidence_of(
    seen: t.Mapping[str, t.Any],
    name: str = "web1",
    *,
    groups: t.Iterable[str] = ("all",),
    started: datetime.datetime = STARTED,
    **run: t.Any,
) -> dict[str, t.Any]:
    """The evidence of a host that answered this; ``run`` is what it is bound to: ``id``, ``policy``, ``as_of``."""
    binding = {"id": RUN_ID, "policy": None, "as_of": iso(started), **run}
    return assemble(seen, name=name, groups=groups, run=binding, started=started, ended=started)


def document(
    name: str, *, policy: str, gaps: t.Sequence[t.Mapping[str, t.Any]] = (), **fields: t.Any
) -> dict[str, t.Any]:
    """Evidence of a Debian host with every field, less its listeners.

    ``privileged``, ``left_out``, ``os`` and ``clock_offset`` are the fields to choose.
    """
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
            "platform": fields.get("platform", "linux"),
            "sources": ["netlink", "proc"],
            "options": {"owners": "all"},
            "privilege": {"euid": 0 if privileged else 1000, "capabilities": [], "all_processes": privileged},
            "owners_complete": privileged,
            "gaps": list(gaps),
            "budget": {"cpu_limit": 5.0, "cpu_used": 0.1, "wall_limit": 20.0, "wall_used": 0.2},
            "namespaces": {
                "scope": "host",
                "host": NAMESPACE,
                "looked_at": [],
                "left_out": fields.get("left_out", 0),
            },
        },
        "listeners": [],
    }
