# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The collector of macOS: netstat for every socket, lsof for their owners, launchctl for their jobs.

lsof without root shows the caller's own sockets only; netstat shows all, and on most releases a process for each.
"""

from __future__ import annotations

import plistlib
import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils import _socket
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.commands import _listing, _lsof, _unix
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.commands.macos import _launchctl, _netstat
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _host_files
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux import _host_facts

if t.TYPE_CHECKING:
    from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common._snapshot import (
        Options,
        Snapshot,
    )

_MAPPED = "::ffff:"
_VERSION = "/System/Library/CoreServices/SystemVersion.plist"


class DarwinCollector(_unix.UnixCollector):
    """One run on macOS."""

    name = "darwin"
    platform = "darwin"
    one_network = True

    def host(self) -> t.Dict[str, t.Any]:
        found = super().host()
        found["os"] = self._os()
        return found

    def look(self) -> _unix.CommandTables:
        """What either command shows. Without netstat, listeners of other users may be missing; without lsof, owners."""
        table = self.attempt("owners", lambda: _netstat.sockets(self.tools))
        listing = self.attempt("listeners" if table is None else "owners", lambda: _lsof.sockets(self.tools))
        rows: t.List[_listing.Row] = []
        if table is not None:
            self.used("netstat", table)
            rows += table.rows
        else:
            self.lsof_alone()
        if listing is None:
            return _unix.CommandTables(rows, {}, whole=False)
        self.used("lsof", listing.table)
        return _unix.CommandTables(merged(rows, listing.table.rows), listing.processes, whole=self.root)

    def describe(self, seen: _unix.CommandTables) -> _unix.Owners:
        """launchd's jobs stand for units, as far as the system's own."""
        owners = super().describe(seen)
        if self.root:
            labels = self.attempt("units", lambda: _launchctl.labels(self.tools)) or {}
            owners = {pid: own._replace(unit=labels.get(pid)) for pid, own in owners.items()}
        else:
            self.gap("unit-unknown", "units", "launchctl shows only the jobs of the same user: %s" % _socket.BECOME)
        for row in {row.key: row for row in seen.rows if self.root and row.unseen is not None}.values():
            detail = "netstat names process %d as an owner of %s port %d on %s, but lsof does not show it"
            said = (row.unseen, row.protocol, row.port, row.address)
            self.gap("holders-differ", "owners", detail % said, protocol=row.protocol, family=row.family)
        if any(row.pid == _listing.FIRST for row in seen.rows):
            detail = "launchd holds sockets of services that it starts on demand and does not show which services"
            self.gap("socket-unit-unknown", "owners", detail)
        return owners

    def network(self, host: t.Dict[str, t.Any]) -> t.Optional[_host_facts.Ephemeral]:
        return self.bsd_network(host)

    def _os(self) -> t.Optional[t.Dict[str, t.Optional[str]]]:
        raw = _host_files.read(self.roots.path(_VERSION))
        try:
            values = plistlib.loads(raw or b"")
            version = str(values["ProductVersion"])
            return {"id": "macos", "version": version, "name": "%s %s" % (values["ProductName"], version)}
        except (plistlib.InvalidFileException, KeyError, TypeError, ValueError):
            return None


def merged(shown: t.Sequence[_listing.Row], held: t.Sequence[_listing.Row]) -> t.List[_listing.Row]:
    """The rows of both: lsof's have the owners, netstat's know which families a wildcard takes.

    A process that netstat names counts where lsof saw nobody: of several holders it knows one. Where lsof did not see
    that one, it may be gone, or be one that lsof could not look into: nobody knows whether all holders are known.
    """
    told = {_one(row): row.dual_stack for row in shown}
    holders: t.Dict[t.Tuple[t.Any, ...], t.Set[t.Optional[int]]] = {}
    for row in held:
        holders.setdefault(_one(row), set()).add(row.pid)
    unseen = {_one(row): row.pid for row in shown if row.pid and row.pid not in holders.get(_one(row), {row.pid})}
    return [
        *(row._replace(dual_stack=told.get(_one(row)), unseen=unseen.get(_one(row))) for row in held),
        *(row._replace(unseen=row.pid) for row in shown if _one(row) not in holders),
    ]


def _one(row: _listing.Row) -> t.Tuple[t.Any, ...]:
    """What makes rows of both one listener: IPv6 bound to a mapped address is IPv6 to lsof and IPv4 to netstat."""
    if row.family != "ipv6" or not row.address.startswith(_MAPPED):
        return row.key
    return row._replace(family="ipv4", address=row.address[len(_MAPPED) :]).key


def collect(options: Options) -> Snapshot:
    """Look at this host."""
    return DarwinCollector(options).collect()
