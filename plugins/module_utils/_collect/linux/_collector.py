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
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.namespaces import _find
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.netlink import _wire
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.packet_filter import _published
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.procfs import _users
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.systemd import _cgroup

if t.TYPE_CHECKING:
    from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.namespaces import _all, _visit
    from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.owners import _holders
    from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.packet_filter import _nat

_STOPPED = {
    "budget": "the CPU budget was used up before every descriptor was read",
    "wall-limit": "the time limit was reached before every descriptor was read",
}


HOST = _host_files.Roots()


class View(t.NamedTuple):
    """One network namespace: its sockets, and what else is known of it.

    ``after``: its sockets at the end; None when they were not asked for, or not the same could be seen.
    """

    dump: _sources.Dump
    context: _listeners.ListenerContext
    paths: t.Tuple[_portless_entries.AnyPath, ...] = ()
    published: t.Tuple[_nat.Published, ...] = ()
    after: t.Optional[t.Tuple[t.Any, ...]] = None

    @property
    def groups(self) -> t.List[_listeners.SocketGroup]:
        return _listeners.group(self.dump.sockets, self.after)


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
        dump = _sources.dump_all(self.roots.proc, connect=self.connect)
        self.gaps.extend(dump.gaps)
        paths, published = self._ways_in()
        insides = self._insides(namespace)
        sockets = [raw for each in (dump, *(inside.dump for inside in insides)) for raw in each.sockets]
        context = self._scene(sockets, namespace, dump)
        views = [View(dump, context, paths, published)]
        views += [View(each.dump, _within(context, each), each.paths, each.published) for each in insides]
        inodes = {raw.inode for raw in sockets} | {path.inode for view in views for path in view.paths}
        holders = self._find_holders(inodes, {raw.uid for raw in sockets})
        if holders is not None:
            views = self._with_owners(self._at_the_end(views, holders))
        listeners = self._built(views)
        self._host_facts(host, namespace, context.ephemeral)
        _add_insides(host, insides)
        return Snapshot(
            name="linux",
            platform="linux",
            host=host,
            options=self.options,
            listeners=sorted(listeners, key=lambda listener: listener.identity),
            gaps=self.gaps,
            alternate_paths=[path for view in views for path in _described(view)],
            sources=sorted({source for view in views for source in view.dump.sources}),
            privilege=self._privilege(holders),
            owners_complete=holders is not None and holders.complete and not holders.waiting,
            cpu_used=self.budget.cpu_used,
            wall_used=self.budget.wall_used,
            namespace=namespace,
            looked_at=tuple(inside.number for inside in insides if inside.number),
            left_out=self._left_out(namespace),
        )

    def _ways_in(self) -> t.Tuple[t.Tuple[_portless_entries.AnyPath, ...], t.Tuple[_nat.Published, ...]]:
        """Ways into the host's own namespace that have no port, and ports that have no socket."""
        found = _portless_entries.look(
            self.roots.proc, _sources.kernel_protocols(self.roots.proc), connect=self.connect
        )
        rules = _published.look(self.roots.proc, connect=self.connect)
        self.gaps.extend((*found.gaps, *rules.gaps))
        return (*found.paths, *rules.paths), rules.published

    def _insides(self, namespace: t.Optional[int]) -> t.List[_visit.NamespaceView]:
        """Other network namespaces, when they are asked for."""
        if self.options.namespaces != "all":
            return []
        from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.namespaces import _all

        self.others = _all.OtherNamespaces(self.roots, namespace, self.budget)
        self.gaps.extend(self.others.gaps)
        return self.others.insides

    def _left_out(self, namespace: t.Optional[int]) -> t.Optional[int]:
        return _find.others(self.roots, namespace) if self.others is None else self.others.left_out

    def _scene(
        self, sockets: t.Sequence[t.Any], namespace: t.Optional[int], dump: _sources.Dump
    ) -> _listeners.ListenerContext:
        return _listeners.ListenerContext(
            namespace=namespace,
            mptcp=dump.mptcp,
            devices={},
            places=self._places(sockets),
            users=_users.Users.load(self.roots),
            ephemeral=_host_facts.ephemeral(self.roots.proc),
            whole_host=_find.whole_host(self.roots.proc),
        )

    def _at_the_end(self, views: t.Sequence[View], holders: _holders.Holders) -> t.List[View]:
        """The same namespaces after the search for owners."""
        after = {views[0].context.namespace: self._again(views[0].dump)}
        if self.others is not None:
            after.update(self.others.again())
        return [
            view._replace(after=after.get(view.context.namespace), context=view.context._replace(holders=holders))
            for view in views
        ]

    def _built(self, views: t.Sequence[View]) -> t.List[_socket.Listener]:
        found: t.List[_socket.Listener] = []
        for position, view in enumerate(views):
            groups = view.groups
            context = view.context if position else self._with_devices(view.context, groups)
            built = [_listeners.build(item, context) for item in groups]
            self._unit_gap(groups, built, context)
            found += built
            found += [_without_socket(one, context.namespace) for one in view.published]
        return found

    def _places(self, sockets: t.Iterable[t.Any]) -> t.Dict[int, _cgroup.CgroupPlace]:
        ids = {raw.cgroup_id for raw in sockets if raw.cgroup_id not in (None, 0, _cgroup.ROOT_ID)}
        if not ids:
            return {}
        self.tree = _cgroup.Tree(self.roots)
        self.cgroup_paths = self.tree.paths(ids)
        whole = _cgroup.whole(self.roots.proc)
        return {number: _cgroup.place(path, whole=whole) for number, path in self.cgroup_paths.items()}

    def _find_holders(self, inodes: t.AbstractSet[int], creators: t.AbstractSet[int]) -> t.Optional[_holders.Holders]:
        if self.options.owners == "none":
            return None
        from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.owners import (
            _fd_walk,
            _search,
        )

        walk = _fd_walk.Walk(
            inodes,
            proc=self.roots.proc,
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

    def _with_devices(
        self, context: _listeners.ListenerContext, groups: t.Sequence[_listeners.SocketGroup]
    ) -> _listeners.ListenerContext:
        indexes = {item.key[4] for item in groups if item.key[4]}
        return context._replace(devices={index: _host_facts.device(index) for index in indexes if index})

    def _with_owners(self, views: t.Sequence[View]) -> t.List[View]:
        from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux import _attribution

        attribution = _attribution.Attribution(self.roots, self.budget, self.connect)
        found = attribution.add([(view.context, view.groups) for view in views], also=_holding(views))
        self.gaps.extend(found.gaps)
        return [view._replace(context=context) for view, context in zip(views, found.contexts)]

    def _host_facts(
        self, host: t.Dict[str, t.Any], namespace: t.Optional[int], ephemeral: t.Optional[_host_facts.Ephemeral]
    ) -> None:
        host["addresses"], gaps = _host_facts.addresses(namespace, connect=self.connect)
        self.gaps.extend(gaps)
        more, gaps = _local_delivery.delivery(namespace, host["addresses"], proc=self.roots.proc, connect=self.connect)
        host["local_delivery"] = [more]
        self.gaps.extend(gaps)
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
        for item, listener in zip(groups, listeners):
            told = any(
                context.places.get(raw.cgroup_id or 0, _listeners.MANAGER) != _listeners.MANAGER for raw in item.sockets
            )
            silent = not told and not listener.owners and listener.unit is None
            if silent and listener.owner_status != "kernel":
                detail = "neither the socket nor an owner shows the unit of some listeners"
                if context.holders is not None and context.holders.refused and os.geteuid() != 0:
                    detail = "%s: %s" % (detail, _socket.BECOME)
                self.gaps.append(_socket.Gap("unit-unknown", "units", detail))
                return

    def _privilege(self, holders: t.Optional[_holders.Holders]) -> Privilege:
        seen = None
        if holders is not None:
            seen = True if holders.complete else False if holders.denied or holders.hidden else None
        return Privilege(os.geteuid(), _host_facts.capabilities(self.roots.proc), seen)


def _add_insides(host: t.Dict[str, t.Any], insides: t.Sequence[_visit.NamespaceView]) -> None:
    """What is local in other namespaces, where it is known of the host's own; a gap has said why it is not."""
    if host["addresses"] is not None:
        host["addresses"] += [address for inside in insides for address in inside.addresses or ()]
    if host["local_delivery"] is not None:
        host["local_delivery"] += [inside.delivery for inside in insides if inside.delivery is not None]


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


def _name(proc: str, pid: int) -> str:
    text = _host_files.unicode_text((_host_files.read("%s/%d/comm" % (proc, pid)) or b"").rstrip(b"\n"))
    return "".join(letter if letter.isprintable() else "?" for letter in text) or "(ended)"


def _within(context: _listeners.ListenerContext, inside: _visit.NamespaceView) -> _listeners.ListenerContext:
    """What of the host is true in another namespace too, with what is that namespace's own."""
    return context._replace(
        namespace=inside.number,
        mptcp=inside.dump.mptcp,
        devices=inside.devices,
        ephemeral=inside.ephemeral,
        kernel=inside.kernel,
    )


def _holding(views: t.Iterable[View]) -> t.Set[int]:
    """Processes that hold a way in that is no listener."""
    return {
        pid
        for view in views
        if view.context.holders is not None
        for path in view.paths
        for pid in view.context.holders.pids.get(path.inode, ())
    }


def _described(view: View) -> t.List[_socket.AlternatePath]:
    context = view.context

    def owned(inode: int) -> t.Tuple[_socket.Owner, ...]:
        pids = context.holders.pids.get(inode, frozenset()) if context.holders is not None else frozenset()
        return tuple(context.owners[pid] for pid in sorted(pids) if pid in context.owners)

    return _portless_entries.described(view.paths, namespace=context.namespace, owned=owned)


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
