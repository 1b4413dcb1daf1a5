# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The collector of FreeBSD: sockstat for sockets and owners, procstat for executables, ps and jls for jails."""

from __future__ import annotations

import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils import _socket
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.commands import _ps, _unix
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.commands.freebsd import _libxo, _sockstat
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux import _host_facts
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.procfs import _users

if t.TYPE_CHECKING:
    from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common._snapshot import (
        Options,
        Snapshot,
    )

_HOST_JAIL = 0


class FreeBSDCollector(_unix.UnixCollector):
    """One run on FreeBSD."""

    name = "freebsd"
    platform = "freebsd"

    def look(self) -> _unix.CommandTables:
        """The sockets, by sockstat. Without root, those of other users unless the host hides them (security(7))."""
        listing = self.attempt("listeners", lambda: _sockstat.sockets(self.tools))
        if listing is None:
            return _unix.CommandTables((), {}, whole=False)
        self.used("sockstat", listing.table)
        if not self.root and self._hides():
            detail = "security.bsd.see_other_uids hides the sockets of other users: %s" % _socket.BECOME
            self.gap("permission", "listeners", detail)
        users = _users.Users.load(self.roots)
        names = {pid: process._replace(uid=users.uid(process.user)) for pid, process in listing.processes.items()}
        return _unix.CommandTables(listing.table.rows, names, whole=self.root)

    def describe(self, seen: _unix.CommandTables) -> _unix.Owners:
        """Full names and jails by ps: sockstat's table cuts a name after ten characters."""
        pids = {row.pid for row in seen.rows if row.pid is not None}
        started = self.attempt("owners", lambda: _ps.processes(self.tools, jails=True)) or {}
        paths = self.attempt("owners", self._executables) or {}
        jails = self._jails({process.jid for pid, process in started.items() if pid in pids})
        owners = {}
        for pid in pids:
            process = started.get(pid)
            listed = seen.names.get(pid)
            if listed is not None and process is not None and process.name:
                listed = listed._replace(name=process.name)
            path = paths.get(pid)
            owners[pid] = _unix.owner(
                pid,
                listed,
                process,
                exe=path,
                # The kernel itself translates the running file into a path of the host (vn_fullpath(9)), and gives
                # none when that file has been replaced.
                exe_deleted=False if path else None,
                exe_on_host=True if path else None,
                container=jails.get(process.jid) if process is not None and process.jid is not None else None,
            )
        return owners

    def network(self, host: t.Dict[str, t.Any]) -> t.Optional[_host_facts.Ephemeral]:
        return self.bsd_network(host)

    def _hides(self) -> bool:
        """Whether sockets of other users are hidden; when that cannot be found out, they may be."""
        answer = self.attempt("owners", lambda: self.tools("sysctl", "-n", "security.bsd.see_other_uids"))
        return answer is None or answer.stdout.strip() != "1"

    def _executables(self) -> t.Dict[int, str]:
        answer = self.tools("procstat", "--libxo", "json", "-a", "-b")
        found = _libxo.numbers("procstat", answer, "process_id", "pathname")
        return {pid: path for pid, path in found.items() if path.startswith("/")}

    def _jails(self, wanted: t.Iterable[t.Optional[int]]) -> t.Dict[int, str]:
        """Names of jails by id; a jail whose name is unknown is named by its id."""
        ids = {jid for jid in wanted if jid}
        if not ids:
            return {}
        found = self.attempt(
            "owners", lambda: _libxo.numbers("jls", self.tools("jls", "--libxo", "json", "jid", "name"), "jid", "name")
        )
        names = found or {}
        return {jid: names.get(jid, str(jid)) for jid in ids if jid != _HOST_JAIL}


def collect(options: Options) -> Snapshot:
    """Look at this host."""
    return FreeBSDCollector(options).collect()
