# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The collector of systems that only commands can look into: what macOS, FreeBSD and others share, and lsof.

By itself it is the collector of any Unix that has lsof. A system of its own says how sockets are listed and what
else is known of their owners.
"""

from __future__ import annotations

import os
import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils import _socket
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.commands import (
    _bsd_net,
    _listing,
    _lsof,
    _ps,
)
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _host_files, _tool
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common._budget import Budget
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common._snapshot import (
    Options,
    Privilege,
    Snapshot,
)
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux import _host_facts
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.owners import _exe

Found = t.TypeVar("Found")
Owners = t.Dict[int, _socket.Owner]

HOST = _host_files.Roots()


class CommandTables(t.NamedTuple):
    """``names``: what the source of the rows says of processes: name, uid, user."""

    rows: t.Sequence[_listing.Row]
    names: t.Mapping[int, _listing.ListedProcess]
    whole: bool  # every descriptor of every process was looked at


class UnixCollector:
    """One run. ``run`` and ``roots`` stand for the machine, ``euid`` for what it allows."""

    name = "lsof"
    platform = "other"
    one_network = False  # whether the system has but one network, so that all of them have been looked at

    def __init__(
        self,
        options: Options,
        *,
        run: t.Optional[_tool.Run] = None,
        roots: _host_files.Roots = HOST,
        euid: t.Optional[int] = None,
    ) -> None:
        self.options = options
        self.roots = roots
        self.budget = Budget(cpu=options.cpu_budget, wall=options.wall_limit)
        self.tools: _tool.Run = _tool.Tools(self.budget) if run is None else run
        self.root = (os.geteuid() if euid is None else euid) == 0
        self.euid = os.geteuid() if euid is None else euid
        self.gaps: t.List[_socket.Gap] = []
        self.sources: t.List[str] = []

    def collect(self) -> Snapshot:
        """Look at this host. What cannot be seen becomes a gap; nothing is raised for it."""
        host = self.host()
        seen = self.look()
        if self.options.namespaces == "all" and not self.one_network:
            self.gap("unsupported", "listeners", "this collector audits only the host's own network")
        wanted = self.options.owners != "none"
        owners = self.describe(seen) if wanted else {}
        people = _listing.OwnerTable(
            {pid: (own,) for pid, own in owners.items()},
            all_seen=seen.whole and self.options.owners == "all",
            denied=not seen.whole,
            wanted=wanted,
            activates=_listing.FIRST in owners and owners[_listing.FIRST].name in _listing.ACTIVATORS,
        )
        listeners = _listing.listeners(seen.rows, people, ephemeral=self.network(host))
        self.unseen_owners(listeners)
        return Snapshot(
            name=self.name,
            platform=self.platform,
            host=host,
            options=self.options,
            listeners=listeners,
            gaps=self.gaps,
            sources=sorted(self.sources),
            privilege=Privilege(self.euid, (), seen.whole if wanted else None),
            owners_complete=people.all_seen and wanted,
            cpu_used=self.budget.cpu_used,
            wall_used=self.budget.wall_used,
        )

    def host(self) -> t.Dict[str, t.Any]:
        return _host_facts.facts(self.roots)

    def look(self) -> CommandTables:
        """The sockets, by lsof: of every process as root, else of the user's own."""
        listing = self.attempt("listeners", lambda: _lsof.sockets(self.tools), missing="unsupported")
        if listing is None:
            return CommandTables((), {}, whole=False)
        self.used("lsof", listing.table)
        self.lsof_alone()
        return CommandTables(listing.table.rows, listing.processes, whole=self.root)

    def lsof_alone(self) -> None:
        """What lsof cannot show by itself: it goes from processes to their sockets, and never the other way."""
        if not self.root:
            self.gap("permission", "listeners", "lsof shows only the sockets of the same user: %s" % _socket.BECOME)
        detail = "lsof does not show sockets that no process holds, such as the kernel's own"
        self.gap("holders-only", "listeners", detail)

    def describe(self, seen: CommandTables) -> Owners:
        """The owners by pid: names by the listing, start and user by ps, executables by lsof."""
        pids = {row.pid for row in seen.rows if row.pid is not None}
        started = self.attempt("owners", lambda: _ps.processes(self.tools)) or {}
        owners = {
            pid: owner(pid, seen.names.get(pid), started.get(pid))
            for pid in pids
            if pid in seen.names or pid in started
        }
        return self.with_executables(owners)

    def with_executables(self, owners: Owners) -> Owners:
        """Add what they run, where lsof may say it, and whether that is the file of this path."""
        files = self.attempt("owners", lambda: _lsof.executables(self.tools, owners)) or {}
        questions = [_exe.Question(pid, found.path) for pid, found in sorted(files.items()) if pid in owners]

        def compare(question: _exe.Question, _roots: _host_files.Roots) -> _exe.ExeAnswer:
            return same_file(files[question.pid or 0])

        deadline = max(0.1, min(_exe.DEADLINE, self.budget.wall_left))
        answers, hung = _exe.ask(questions, self.roots, deadline=deadline, solve=compare)
        if hung:
            detail = "some executables could not be compared with the host's files: their file system does not answer"
            self.gap("exe-unanswered", "owners", detail)
        told = dict(owners)
        for question, answer in zip(questions, answers):
            told[question.pid or 0] = owners[question.pid or 0]._replace(
                exe=answer.exe, exe_deleted=answer.deleted, exe_on_host=answer.on_host
            )
        return told

    def network(self, host: t.Dict[str, t.Any]) -> t.Optional[_host_facts.Ephemeral]:
        """Addresses and ephemeral ports. A system of which neither is known has gaps that say so."""
        self.gap("unsupported", "addresses", "this collector does not know how to read the host's addresses")
        self.gap("ephemeral-unknown", "host", "this collector does not know how to read the ephemeral port range")
        return None

    def bsd_network(self, host: t.Dict[str, t.Any]) -> t.Optional[_host_facts.Ephemeral]:
        """Addresses and ephemeral ports of a BSD system."""
        unreadable: t.List[str] = []
        host["addresses"] = self.attempt("addresses", lambda: _bsd_net.addresses(self.tools, unreadable))
        self.unreadable("ifconfig", unreadable, affects="addresses")
        ephemeral = self.attempt("host", lambda: _bsd_net.ephemeral(self.tools))
        if ephemeral is not None:
            host["ephemeral_ports"] = {"first": ephemeral.first, "last": ephemeral.last, "reserved": []}
        return ephemeral

    def unseen_owners(self, listeners: t.Iterable[_socket.Listener]) -> None:
        """A gap for each listener whose owner could not be seen for want of privilege."""
        for item in listeners:
            if item.owner_status == "denied":
                detail = "the owner of %s port %d on %s could not be seen: %s" % (
                    item.protocol,
                    item.port,
                    item.address,
                    _socket.BECOME,
                )
                self.gap("permission", "owners", detail, protocol=item.protocol, family=item.family)

    def attempt(self, affects: str, ask: t.Callable[[], Found], *, missing: str = "tool-missing") -> t.Optional[Found]:
        """What a command answers, or None and a gap. ``missing``: its code where there is no such command."""
        try:
            return ask()
        except _tool.ToolError as error:
            self.gap(missing if error.code == "tool-missing" else error.code, affects, str(error))
            return None

    def used(self, source: str, table: _listing.SourceTable) -> None:
        """Note a source of sockets, and that some of it could not be understood."""
        self.sources.append(source)
        self.unreadable(source, table.unreadable, affects="listeners")

    def unreadable(self, source: str, lines: t.Sequence[str], *, affects: str) -> None:
        """A gap for lines of a source that could not be understood: each may have told of something."""
        if lines:
            found = (len(lines), source, lines[0][:200])
            self.gap("malformed", affects, "%d lines of %s are not understood, the first is: %s" % found)

    def gap(
        self, code: str, affects: str, detail: str, *, protocol: t.Optional[str] = None, family: t.Optional[str] = None
    ) -> None:
        self.gaps.append(_socket.Gap(code, affects, detail, protocol, family))


def owner(
    pid: int, listed: t.Optional[_listing.ListedProcess], started: t.Optional[_ps.PsProcess], **more: t.Any
) -> _socket.Owner:
    """An owner by what the listing and ps say of it. The effective user of ps counts, as on Linux."""
    return _socket.Owner(
        pid=pid,
        name=(listed.name if listed is not None else None) or (started.name if started is not None else None),
        uid=started.uid if started is not None else listed.uid if listed is not None else None,
        user=listed.user if listed is not None and (started is None or listed.uid in (None, started.uid)) else None,
        started=started.started if started is not None else None,
        **more,
    )


def same_file(running: _lsof.Text) -> _exe.ExeAnswer:
    """Whether the path still names the file that runs, by device and inode. May hang on a dead mount."""
    path, deleted = running.path, None
    if path.endswith(" (deleted)"):
        path, deleted = path[: -len(" (deleted)")], True
    try:
        status = os.stat(path)
    except FileNotFoundError:
        return _exe.ExeAnswer(path, True, False)
    except OSError:
        return _exe.ExeAnswer(path, deleted, None)
    if running.device is None or running.inode is None:
        return _exe.ExeAnswer(path, deleted, None)
    same = (status.st_dev & 0xFFFFFFFF, status.st_ino) == (running.device & 0xFFFFFFFF, running.inode)
    return _exe.ExeAnswer(path, False if same else deleted, same)


def collect(options: Options) -> Snapshot:
    """Look at this host with lsof alone."""
    return UnixCollector(options).collect()
