# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The evidence document of one host: what the module returned, bound to its host and run."""

from __future__ import annotations

import datetime
import typing as t

from ..._common._clock import iso, parse_iso

EVIDENCE_VERSION = 1

_HOST_FIELDS = (
    "hostname",
    "machine_id",
    "boot_id",
    "os",
    "kernel",
    "python",
    "addresses",
    "local_delivery",
    "ephemeral_ports",
    "clock",
)
_NO_COLLECTOR: t.Mapping[str, t.Any] = {
    "name": "none",
    "version": "0",
    "platform": "other",
    "sources": [],
    "options": {},
    "privilege": {"euid": None, "capabilities": [], "all_processes": None},
    "owners_complete": False,
    "alternate_paths": [],
    "budget": {"cpu_limit": 0.0, "cpu_used": 0.0, "wall_limit": 0.0, "wall_used": 0.0},
    "namespaces": {"scope": "host", "host": None, "looked_at": [], "left_out": None},
}


def assemble(
    observation: t.Mapping[str, t.Any],
    *,
    name: str,
    groups: t.Iterable[str],
    run: t.Mapping[str, t.Any],
    started: datetime.datetime,
    ended: datetime.datetime,
) -> dict[str, t.Any]:
    """Build the document from what the module returned (``host``, ``collector``, ``listeners``).

    ``run`` is ``{id, policy, as_of}``; ``started`` and ``ended`` are the controller's clock around the collection.
    """
    seen = observation["host"]
    return {
        "evidence_version": EVIDENCE_VERSION,
        "run": dict(run),
        "host": {
            "name": name,
            "groups": sorted(groups),
            **{field: seen.get(field) for field in _HOST_FIELDS},
        },
        "collected": {
            "started": iso(started),
            "ended": iso(ended),
            "duration": max(0.0, round((ended - started).total_seconds(), 3)),  # a clock may be set back meanwhile
            "clock_offset": _offset(seen.get("clock"), started, ended),
        },
        "collector": observation["collector"],
        "listeners": observation["listeners"],
    }


def nothing_seen(code: str, detail: str, *, platform: str = "other") -> dict[str, t.Any]:
    """The observation of a host on which no collector could run: no listeners, and the gap that says why."""
    gap = {"code": code, "affects": "listeners", "detail": detail, "protocol": None, "family": None}
    return {"host": {}, "collector": {**_NO_COLLECTOR, "platform": platform, "gaps": [gap]}, "listeners": []}


def _offset(clock: str | None, started: datetime.datetime, ended: datetime.datetime) -> float | None:
    """Seconds the host's clock is ahead, against the middle of the collection; 0 where it fell inside it."""
    if clock is None:
        return None
    try:
        host = parse_iso(clock)
    except (ValueError, OverflowError):  # a host says what it likes
        return None
    if started.replace(microsecond=0) <= host <= ended:
        return 0.0
    return round((host - started).total_seconds(), 1)
