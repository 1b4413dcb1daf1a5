# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Linux collector: one look at what listens on this host."""

from __future__ import annotations

import os
import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils import _socket
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _host_files
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common._budget import Budget
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common._snapshot import (
    Options,
    Privilege,
    Snapshot,
)
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux import (
    _host_facts,
    _listeners,
    _local_delivery,
    _portless_entries,
    _sources,
)
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux._namespace_view import NamespaceView
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.namespaces import _find
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.netlink import _wire
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.packet_filter import _published
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.procfs import _users
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.systemd import _cgroup

if t.TYPE_CHECKING:
    from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.namespaces import _all
    from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.owners import _holders
    from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.packet_filter import _nat

_STOPPED = {
    "budget": "the CPU budget was used up before every descriptor was read",
    "wall-limit": "the time limit was reached before every descriptor was read",
}


HOST = _host_files.Roots()


class Found(t.NamedTuple):
    """One network namespace: what was seen in it, its sockets in groups, and what makes listeners of them."""

    view: NamespaceView
    groups: t.List[_listeners.SocketGroup]
    context: _listeners.ListenerContext


def collect(options: Options, *, roots: _host_files.Roots = HOST, connect: _wire.Connect = _wire.connect) -> Snapshot:
    """Look at this host. What cannot be seen becomes a gap; nothing is raised for it."""
    return Collector(options, roots=roots, connect=connect).run()


class Collector:
    """One run. ``roots`` and ``connect`` stand for the machine."""

    def __init__(self, options: Options, *, roots: _host_files.Roots, connect: _wire.Connect) -> None:
        self.options = options
        self.roots = roots
        self.connect = connect
        self.budget = Budget(cpu=options.cpu_budget, wall=options.wall_limit)
        self.gaps: t.List[_socket.Gap] = []
        self.tree: t.Optional[_cgroup.Tree] = None
        self.cgroup_paths: t.Dict[int, str] = {}
        self.others: t.Optional[_all.OtherNamespaces] = None

    def run(self) -> Snapshot:
        namespace = _find.own(self.roots.proc)
        host = _host_facts.facts(self.roots)
        views = [self._own_view(namespace), *self._other_views(namespace)]
        sockets = [raw for view in views for raw in view.dump.sockets]
        shared = self._shared(sockets)
        inodes = {raw.inode for raw in sockets} | {path.inode for view in views for path in view.paths}
        holders = self._find_holders(inodes, {raw.uid for raw in sockets})
        found = self._found(views, shared, holders)
        listeners = self._built(found)
        self._add_facts(host, views)
        return Snapshot(
            name="linux",
            platform="linux",
            host=host,
            options=self.options,
            listeners=sorted(listeners, key=lambda listener: listener.identity),
            gaps=self.gaps,
            alternate_paths=[path for one in found for path in _described(one)],
            sources=sorted({source for view in views for source in view.dump.sources}),
            privilege=self._privilege(holders),
            owners_complete=holders is not None and holders.complete and not holders.waiting,
            cpu_used=self.budget.cpu_used,
            wall_used=self.budget.wall_used,
            namespace=namespace,
            looked_at=tuple(view.number for view in views[1:] if view.number),
            left_out=self._left_out(namespace),
        )

    def _own_view(self, namespace: t.Optional[int]) -> NamespaceView:
        """The host's own namespace."""
        dump = _sources.dump_all(self.roots.proc, connect=self.connect)
        entries = _portless_entries.look(
            self.roots.proc, _sources.kernel_protocols(self.roots.proc), connect=self.connect
        )
        rules = _published.look(self.roots.proc, connect=self.connect)
        gaps = (*entries.gaps, *rules.gaps)
        self.gaps.extend((*dump.gaps, *gaps))
        return NamespaceView(
            namespace,
            dump,
            (*entries.paths, *rules.paths),
            rules.published,
            devices=None,
            ephemeral=_host_facts.ephemeral(self.roots.proc),
            kernel=None,
            gaps=gaps,
        )

    def _other_views(self, namespace: t.Optional[int]) -> t.List[NamespaceView]:
        """Other network namespaces, when they are asked for."""
        if self.options.namespaces != "all":
            return []
        from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.namespaces import _all

        self.others = _all.OtherNamespaces(self.roots, namespace, self.budget)
        self.gaps.extend(self.others.gaps)
        return self.others.insides

    def _left_out(self, namespace: t.Optional[int]) -> t.Optional[int]:
        return _find.others(self.roots, namespace) if self.others is None else self.others.left_out

    def _shared(self, sockets: t.Sequence[t.Any]) -> _listeners.HostContext:
        return _listeners.HostContext(
            places=self._places(sockets),
            users=_users.Users.load(self.roots),
            whole_host=_find.whole_host(self.roots.proc),
        )

    def _found(
        self,
        views: t.Sequence[NamespaceView],
        shared: _listeners.HostContext,
        holders: t.Optional[_holders.Holders],
    ) -> t.List[Found]:
        """Everything that was found out, for each namespace."""
        after = {} if holders is None else self._at_the_end(views)
        groups = [_listeners.group(view.dump.sockets, after.get(view.number)) for view in views]
        known = self._ownership(views, groups, shared, holders)
        return [
            Found(view, items, self._context(view, items, shared, owned))
            for view, items, owned in zip(views, groups, known)
        ]

    def _context(
        self,
        view: NamespaceView,
        groups: t.Sequence[_listeners.SocketGroup],
        shared: _listeners.HostContext,
        owned: t.Optional[_listeners.Ownership],
    ) -> _listeners.ListenerContext:
        return _listeners.ListenerContext(
            host=shared,
            namespace=view.number,
            mptcp=view.dump.mptcp,
            devices=_devices(groups) if view.devices is None else view.devices,
            ephemeral=view.ephemeral,
            ownership=owned,
        )

    def _at_the_end(self, views: t.Sequence[NamespaceView]) -> t.Dict[t.Optional[int], t.Optional[t.Tuple[t.Any, ...]]]:
        """The sockets of each namespace after the search for owners.

        None where they were not asked for, or not the same could be seen.
        """
        after = {views[0].number: self._again(views[0].dump)}
        if self.others is not None:
            after.update(self.others.again())
        return after

    def _built(self, found: t.Sequence[Found]) -> t.List[_socket.Listener]:
        listeners: t.List[_socket.Listener] = []
        for view, groups, context in found:
            built = [_listeners.build(item, context) for item in groups]
            self._unit_gap(groups, built, context)
            listeners += built
            listeners += [_without_socket(one, context.namespace) for one in view.published]
        return listeners

    def _places(self, sockets: t.Iterable[t.Any]) -> t.Dict[int, _cgroup.CgroupPlace]:
        ids = {raw.cgroup_id for raw in sockets if raw.cgroup_id not in (None, 0, _cgroup.ROOT_ID)}
        if not ids:
            return {}
        self.tree = _cgroup.Tree(self.roots)
        self.cgroup_paths = self.tree.paths(ids)
        reader = _cgroup.reader(self.roots.proc, fs=self.roots.fs)
        return {number: _cgroup.place(path, reader) for number, path in self.cgroup_paths.items()}

    def _find_holders(self, inodes: t.AbstractSet[int], creators: t.AbstractSet[int]) -> t.Optional[_holders.Holders]:
        if self.options.owners == "none":
            return None
        from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.owners import (
            _fd_walk,
            _search,
        )

        walk = _fd_walk.Walk(
            inodes,
            roots=self.roots,
            budget=self.budget,
            first=self.options.owners == "first",
            preferred=self._likely(),
            creators=creators,
        )
        holders = _search.search(walk)
        self._owner_gaps(holders)
        return holders

    def _likely(self) -> t.List[int]:
        """Processes in the cgroups that the sockets were made in."""
        if self.tree is None:
            return []
        return [pid for path in self.cgroup_paths.values() for pid in self.tree.processes(path)]

    def _owner_gaps(self, holders: _holders.Holders) -> None:
        if holders.stopped in _STOPPED:
            self.gaps.append(_socket.Gap(holders.stopped or "", "owners", _STOPPED[holders.stopped or ""]))
        if holders.waiting:
            self.gaps.append(_socket.Gap("hidden-accept", "owners", _hidden(holders.waiting, self.roots.proc)))
        if holders.unsettled:
            self.gaps.append(_socket.Gap("unsettled", "owners", _unsettled(holders, self.roots.proc)))
        if not holders.refused:
            return
        from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.owners import _unreadable

        self.gaps.append(_unreadable.gap(self.roots.proc, holders))

    def _again(self, dump: _sources.Dump) -> t.Optional[t.Tuple[t.Any, ...]]:
        """The sockets at the end of the walk; None when not the same could be seen, which is no change of theirs."""
        after = _sources.dump_all(self.roots.proc, connect=self.connect)
        if after.gaps != dump.gaps:
            self.gaps.extend(after.gaps)
            return None
        return after.sockets

    def _ownership(
        self,
        views: t.Sequence[NamespaceView],
        groups: t.Sequence[t.Sequence[_listeners.SocketGroup]],
        shared: _listeners.HostContext,
        holders: t.Optional[_holders.Holders],
    ) -> t.Sequence[t.Optional[_listeners.Ownership]]:
        if holders is None:
            return [None] * len(views)
        from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux import _attribution

        sockets = [_attribution.NamespaceSockets(items, view.kernel) for view, items in zip(views, groups)]
        attribution = _attribution.Attribution(self.roots, self.budget, self.connect, host=shared)
        found = attribution.find(sockets, holders, also=_holding(views, holders))
        self.gaps.extend(found.gaps)
        return found.known

    def _add_facts(self, host: t.Dict[str, t.Any], views: t.Sequence[NamespaceView]) -> None:
        own, *others = views
        addresses, gaps = _host_facts.addresses(own.number, connect=self.connect)
        self.gaps.extend(gaps)
        delivery, gaps = _local_delivery.delivery(own.number, addresses, proc=self.roots.proc, connect=self.connect)
        self.gaps.extend(gaps)
        # Of other namespaces too, where it is known of the host's own; a gap has said why it is not.
        more = [address for view in others for address in view.addresses or ()]
        host["addresses"] = None if addresses is None else addresses + more
        host["local_delivery"] = [delivery, *(view.delivery for view in others if view.delivery is not None)]
        self._ephemeral_ports(host, own.ephemeral)

    def _ephemeral_ports(self, host: t.Dict[str, t.Any], ephemeral: t.Optional[_host_facts.Ephemeral]) -> None:
        if ephemeral is None:
            detail = "net.ipv4.ip_local_port_range could not be read"
            self.gaps.append(_socket.Gap("ephemeral-unknown", "host", detail))
        else:
            host["ephemeral_ports"] = {
                "first": ephemeral.first,
                "last": ephemeral.last,
                "reserved": list(ephemeral.reserved),
            }

    def _unit_gap(
        self,
        groups: t.Sequence[_listeners.SocketGroup],
        listeners: t.Sequence[_socket.Listener],
        context: _listeners.ListenerContext,
    ) -> None:
        """A unit is unknown, and not just absent, when neither the socket nor an owner could tell of a cgroup."""
        silent = []
        for item, listener in zip(groups, listeners):
            told = any(
                context.host.places.get(raw.cgroup_id or 0, _listeners.MANAGER) != _listeners.MANAGER
                for raw in item.sockets
            )
            if not told and not listener.owners and listener.unit is None and listener.owner_status != "kernel":
                silent.append("%d/%s" % (listener.port, listener.protocol))
        if not silent:
            return
        detail = "neither the socket nor an owner shows the unit of %s" % _some(silent)
        if context.ownership is not None and context.ownership.holders.refused and os.geteuid() != 0:
            detail = "%s: %s" % (detail, _socket.BECOME)
        self.gaps.append(_socket.Gap("unit-unknown", "units", detail))

    def _privilege(self, holders: t.Optional[_holders.Holders]) -> Privilege:
        seen = None
        if holders is not None:
            seen = True if holders.complete else False if holders.denied or holders.hidden else None
        return Privilege(os.geteuid(), _host_facts.capabilities(self.roots.proc), seen)


def _hidden(waiting: t.Sequence[_holders.Waiting], proc: str) -> str:
    what = " and ".join(sorted({one.kind or "connections or datagrams" for one in waiting}))
    detail = "%s may accept %s of any listener through a socket without a descriptor: find out what it waits for"
    return detail % (_named((one.pid for one in waiting), proc), what)


def _unsettled(holders: _holders.Holders, proc: str) -> str:
    if holders.moving:
        detail = "the descriptors of %s changed in every attempt to read them: audit the host again"
        return detail % _named(holders.moving, proc)
    if holders.ended:
        detail = "owners of listeners ended before the collector could describe them, %d of them in the last attempt"
        return (detail + ": audit the host again") % holders.ended
    return "processes started and ended faster than the collector could read them: audit the host again"


def _named(pids: t.Iterable[int], proc: str) -> str:
    """The first of them, with the names that they give themselves, and how many more there are."""
    found = sorted(set(pids))
    named = ", ".join("pid %d %s" % (pid, _name(proc, pid)) for pid in found[:3])
    return named + (" and %d more" % (len(found) - 3) if len(found) > 3 else "")


def _some(places: t.Iterable[str]) -> str:
    """The first of them, each once, and how many more there are."""
    found = sorted(set(places))
    return ", ".join(found[:3]) + (" and %d more" % (len(found) - 3) if len(found) > 3 else "")


def _name(proc: str, pid: int) -> str:
    text = _host_files.unicode_text((_host_files.read("%s/%d/comm" % (proc, pid)) or b"").rstrip(b"\n"))
    return "".join(letter if letter.isprintable() else "?" for letter in text) or "(ended)"


def _devices(groups: t.Sequence[_listeners.SocketGroup]) -> t.Dict[int, str]:
    indexes = {raw.interface for item in groups for raw in item.sockets if raw.interface}
    return {index: _host_facts.device(index) for index in indexes}


def _holding(views: t.Iterable[NamespaceView], holders: _holders.Holders) -> t.Set[int]:
    """Processes that hold a way in that is no listener."""
    return {pid for view in views for path in view.paths for pid in holders.pids.get(path.inode, ())}


def _described(found: Found) -> t.List[_socket.AlternatePath]:
    known = found.context.ownership

    def owned(inode: int) -> t.Tuple[_socket.Owner, ...]:
        if known is None:
            return ()
        return tuple(known.owners[pid] for pid in sorted(known.holders.pids.get(inode, ())) if pid in known.owners)

    return _portless_entries.described(found.view.paths, namespace=found.view.number, owned=owned)


def _without_socket(one: _nat.Published, namespace: t.Optional[int]) -> _socket.Listener:
    """The kernel holds it: its own rules say so. Whose service takes the traffic in the end is not seen."""
    return _socket.Listener(
        protocol=one.protocol,
        family=one.family,
        address=one.address,
        port=one.port,
        state="published",
        dual_stack=False,
        transparent=one.network,
        device=one.device,
        namespace=namespace,
        sockets=0,
        owner_status="kernel",
        ephemeral=False,
        published_by=one.by,
        published_to=one.to,
    )
