# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the raw answer of a Windows host to the observation that every collector gives. No I/O.

PowerShell on the host only gathers; what its answer means is decided here, from recorded answers too.
"""

from __future__ import annotations

import ipaddress
import typing as t

from ...module_utils._collect.commands import _listing
from ...module_utils._collect.common._snapshot import Options, Privilege, Snapshot
from ...module_utils._collect.linux._host_facts import Ephemeral
from ...module_utils._socket import Gap, Listener
from . import _http_sys
from ._raw_answer import Record, WindowsAnswer, number, text
from ._windows_owners import owners

_LAST_PORT = 65535
SYSTEM = 4  # process id of the kernel, which holds the ports of HTTP.sys and SMB

# Source of the answer to what is unknown without it: affects, protocol.
_NEEDED = {
    "tcp": ("listeners", "tcp"),
    "udp": ("listeners", "udp"),
    "processes": ("owners", None),
    "services": ("units", None),
    "users": ("owners", None),
    "addresses": ("addresses", None),
    "system": ("host", None),
    "machine_id": ("host", None),
}


_VALUES = frozenset({"machine_id"})  # of these, a single value is the answer
_BY_PID = frozenset({"processes", "services", "users"})


def observation(result: Record, options: Options) -> dict[str, t.Any]:
    """``host``, ``collector`` and ``listeners`` of what ``win_listening_sockets_info`` returned."""
    return _Shaper(WindowsAnswer(result), options).snapshot().to_result()


class _Shaper:
    def __init__(self, answer: WindowsAnswer, options: Options) -> None:
        self._answer = answer
        self._options = options
        self._gaps = _failures(answer)

    def snapshot(self) -> Snapshot:
        elevated = self._answer.value("elevated") is True
        ephemeral = self._ephemeral()
        wanted = self._options.owners != "none"
        if self._options.namespaces == "all":
            detail = "this collector audits only the host's own network compartment"
            self._gaps.append(Gap("unsupported", "listeners", detail))
        if wanted:
            self._owner_gaps()
        people = _listing.OwnerTable(owners(self._answer), denied=not elevated, wanted=wanted)
        listeners = _listing.listeners(self._rows(), people, ephemeral=ephemeral)
        return Snapshot(
            name="windows",
            platform="windows",
            host=self._host(ephemeral),
            options=self._options,
            listeners=[_own_services(listener) for listener in listeners],
            gaps=self._gaps,
            sources=[source for source in ("tcp", "udp") if self._answer.failure(source) is None],
            privilege=Privilege(None, ("Administrator",) if elevated else ()),
        )

    def _owner_gaps(self) -> None:
        detail = "Windows names only one process for each socket and does not show other owners"
        self._gaps.append(Gap("one-owner", "owners", detail))
        if not self._options.http_sys:
            return
        failure = self._answer.failure("http_sys")
        if failure is None and text(self._answer.value("http_sys")) is None:
            failure = "it returned no text"
        if failure is not None:
            self._gaps.append(Gap("source-failed", "owners", f"http_sys: {failure}"))

    def _rows(self) -> list[_listing.Row]:
        behind = _http_sys.processes(text(self._answer.value("http_sys")) or "")
        found: list[_listing.Row] = []
        for protocol in ("tcp", "udp"):
            for raw in self._answer.rows(protocol):
                try:
                    row = _row(protocol, raw)
                except ValueError as error:
                    self._gaps.append(Gap("malformed", "listeners", str(error), protocol))
                    continue
                workers = behind.get(row.port) if row.pid == SYSTEM and protocol == "tcp" else None
                found += [row._replace(pid=pid) for pid in sorted(workers)] if workers else [row]
        return found

    def _ephemeral(self) -> Ephemeral | None:
        """The range that most settings have in common; a setting without numbers (Automatic) has none."""
        ranges = [
            (start, count)
            for row in self._answer.rows("dynamic_ports")
            if (start := number(row.get("start"))) and (count := number(row.get("count")))
        ]
        sane = all(0 < start <= start + count - 1 <= _LAST_PORT for start, count in ranges)
        if len(set(ranges)) != 1 or not sane or self._answer.dropped("dynamic_ports"):
            detail = self._answer.failure("dynamic_ports") or "the settings contain no dynamic port range or several"
            self._gaps.append(Gap("ephemeral-unknown", "host", detail))
            return None
        start, count = ranges[0]
        return Ephemeral(start, start + count - 1, ())

    def _host(self, ephemeral: Ephemeral | None) -> dict[str, t.Any]:
        system = next(iter(self._answer.rows("system")), {})
        version, caption = text(system.get("version")), text(system.get("caption"))
        return {
            "hostname": text(system.get("hostname")),
            "machine_id": text(self._answer.value("machine_id")),
            # Windows numbers no boots: when it booted tells one from another.
            "boot_id": text(system.get("booted")),
            "os": {"id": "windows", "version": version, "name": caption},
            "kernel": version,
            "python": None,
            "addresses": self._addresses(),
            "local_delivery": None,
            "ephemeral_ports": ephemeral and {"first": ephemeral.first, "last": ephemeral.last, "reserved": []},
            "clock": text(self._answer.value("clock")),
        }

    def _addresses(self) -> list[dict[str, t.Any]] | None:
        if self._answer.failure("addresses") is not None:
            return None
        found = []
        for row in self._answer.rows("addresses"):
            address = str(row.get("address")).partition("%")[0]
            try:
                ipaddress.ip_address(address)
            except ValueError:
                self._gaps.append(Gap("malformed", "addresses", f"{address!r} is not an address"))
                continue
            length, device = number(row.get("prefix_length")), text(row.get("device"))
            found.append({"address": address, "prefix_length": length, "device": device, "namespace": None})
        return sorted(found, key=lambda own: (str(own["device"]), str(own["address"])))


def _failures(answer: WindowsAnswer) -> list[Gap]:
    """A gap for each source that gave nothing."""
    gaps = []
    for source, (affects, protocol) in _NEEDED.items():
        failure = answer.failure(source)
        if failure is not None:
            gaps.append(Gap("source-failed", affects, f"{source}: {failure}", protocol))
        dropped = 0 if source in _VALUES else answer.dropped(source) + _nameless(answer, source)
        if dropped:
            gaps.append(Gap("malformed", affects, f"{source}: {dropped} rows are not understood", protocol))
    return gaps


def _nameless(answer: WindowsAnswer, source: str) -> int:
    """Rows about processes that do not say which."""
    return sum(number(row.get("pid")) is None for row in answer.rows(source)) if source in _BY_PID else 0


def _row(protocol: str, raw: Record) -> _listing.Row:
    """A row of a table. Windows lists both families of a socket that takes both: neither says so."""
    address, port, pid = str(raw.get("address")), number(raw.get("port")), number(raw.get("pid"))
    if port is None or not 0 <= port <= _LAST_PORT:
        raise ValueError(f"{protocol} {address}: {raw.get('port')!r} is not a port")
    family = "ipv6" if ":" in address else "ipv4"
    found = _listing.bound(address, port, family=family)
    return _listing.Row(protocol, family, found.address, found.port, scope=found.scope, pid=pid or None)


def _own_services(listener: Listener) -> Listener:
    """Of a process that runs several services, nobody can tell which one's socket it is: no unit, and all of them.

    Each stays an owner of its own, so that a condition on the unit holds only when every one is approved.
    """
    if listener.unit_conflict is None:
        return listener
    return listener._replace(unit=None, unit_source=None, unit_conflict=None)
