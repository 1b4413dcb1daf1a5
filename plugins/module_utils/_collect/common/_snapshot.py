# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a collector returns, whatever the platform. Annotations are no text for the reason that _socket.py gives."""

import os
import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils import _socket
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _platforms

COLLECTION_VERSION = "0.1.0"  # of the collection; a test holds it to galaxy.yml
OWNERS = ("all", "first", "none")


class Options(t.NamedTuple):
    """``owners``: all | first | none. Limits in seconds. ``http_sys`` is for Windows alone."""

    owners: str = "all"
    cpu_budget: float = 5.0
    wall_limit: float = 20.0
    namespaces: str = "host"
    collector: str = "auto"
    http_sys: bool = False


def argument_spec() -> t.Dict[str, t.Any]:
    """The options as a module takes them."""
    defaults = Options()
    return {
        "owners": {"type": "str", "choices": list(OWNERS), "default": defaults.owners},
        "cpu_budget": {"type": "float", "default": defaults.cpu_budget},
        "wall_limit": {"type": "float", "default": defaults.wall_limit},
        "namespaces": {"type": "str", "choices": ["host", "all"], "default": defaults.namespaces},
        "collector": {"type": "str", "choices": list(_platforms.COLLECTORS), "default": defaults.collector},
        "http_sys": {"type": "bool", "default": defaults.http_sys},
    }


class Privilege(t.NamedTuple):
    """``all_processes``: whether the descriptors of every process could be read; None: they were not looked at."""

    euid: t.Optional[int]
    capabilities: t.Sequence[str] = ()
    all_processes: t.Optional[bool] = None


class Snapshot(t.NamedTuple):
    """One look at a host. ``host`` has the keys of the evidence's ``host`` less ``name`` and ``groups``."""

    name: str
    host: t.Mapping[str, t.Any]
    options: Options
    listeners: t.Sequence[_socket.Listener] = ()
    gaps: t.Sequence[_socket.Gap] = ()
    alternate_paths: t.Sequence[_socket.AlternatePath] = ()
    sources: t.Sequence[str] = ()
    privilege: Privilege = Privilege(None)
    owners_complete: bool = False
    cpu_used: float = 0.0
    wall_used: float = 0.0
    namespace: t.Optional[int] = None
    looked_at: t.Sequence[int] = ()
    left_out: t.Optional[int] = None
    platform: str = "other"

    def to_result(self) -> t.Dict[str, t.Any]:
        """The keys ``host``, ``collector`` and ``listeners`` as evidence holds them, in plain JSON types."""
        return {
            "host": dict(self.host),
            "collector": self._collector(),
            "listeners": [_socket.to_dict(listener) for listener in self.listeners],
        }

    def _collector(self) -> t.Dict[str, t.Any]:
        return {
            "name": self.name,
            "version": COLLECTION_VERSION,
            "platform": self.platform,
            "sources": sorted(self.sources),
            "options": dict(self.options._asdict()),
            "privilege": {
                "euid": self.privilege.euid,
                "capabilities": list(self.privilege.capabilities),
                "all_processes": self.privilege.all_processes,
            },
            "owners_complete": self.owners_complete,
            "alternate_paths": [_socket.to_dict(path) for path in self.alternate_paths],
            "gaps": [_socket.to_dict(gap) for gap in sorted(set(self.gaps), key=_gap_order)],
            "budget": {
                "cpu_limit": self.options.cpu_budget,
                "cpu_used": round(self.cpu_used, 3),
                "wall_limit": self.options.wall_limit,
                "wall_used": round(self.wall_used, 3),
            },
            "namespaces": {
                "scope": self.options.namespaces,
                "host": self.namespace,
                "looked_at": sorted(self.looked_at),
                "left_out": self.left_out,
            },
        }


def _gap_order(gap: _socket.Gap) -> t.Tuple[str, ...]:
    return (gap.affects, gap.code, gap.protocol or "", gap.family or "", gap.detail)


def unsupported(options: Options, host: t.Mapping[str, t.Any], *, platform: str) -> Snapshot:
    """The answer where a collector cannot run: no listeners, and a gap that says that any may be missing."""
    which = "" if options.collector == "auto" else " " + options.collector
    detail = "this module has no collector%s for the platform %s" % (which, platform)
    return Snapshot(
        name="none",
        platform=platform,
        host=host,
        options=options,
        gaps=[_socket.Gap("unsupported", "listeners", detail)],
        privilege=Privilege(os.geteuid() if hasattr(os, "geteuid") else None),
    )
