# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sockets, their holders and their units put together into listeners."""

from __future__ import annotations

import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils import _socket
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.netlink import _sock_diag
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.systemd import _cgroup

if t.TYPE_CHECKING:
    from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux import _host_facts
    from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.owners import _holders
    from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.procfs import _users
    from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.systemd import _socket_units

_LINK_LOCAL = ("fe8", "fe9", "fea", "feb", "ff02")
SOCKET_SUFFIX = ".socket"
# systemd's own: it makes sockets there for the services that it starts, so that this tells of none.
MANAGER = _cgroup.CgroupPlace("init.scope")
# pid 1 alone holds it, and no unit file tells for whom: systemd's own fields would say that it is for systemd.
WAITING = _socket.Owner(pid=1)

# protocol, family, port, address, interface
Key = t.Tuple[str, str, int, str, t.Optional[int]]


class SocketGroup(t.NamedTuple):
    """Sockets of one identity: REUSEPORT siblings, or one alone. ``change`` as in Listener."""

    key: Key
    sockets: t.Tuple[_sock_diag.RawSocket, ...]
    change: t.Optional[str] = None

    @property
    def inodes(self) -> t.Tuple[int, ...]:
        return tuple(sorted({raw.inode for raw in self.sockets if raw.inode}))


class Ownership(t.NamedTuple):
    """What was found out of owners of the sockets of one namespace.

    ``owners`` by pid, of processes that could be read. ``systemd``: pid 1 is systemd. By sockets, ``activations`` are
    what units start for them, and ``stand_ins`` are owners that services will be once they run. ``kernel``: what the
    kernel holds, by protocol and port.
    """

    holders: _holders.Holders
    owners: t.Mapping[int, _socket.Owner] = {}
    systemd: bool = False
    activations: t.Mapping[Key, _socket_units.Activation] = {}
    stand_ins: t.Mapping[Key, _socket.Owner] = {}
    kernel: t.Mapping[t.Tuple[str, int], str] = {}


class HostContext(t.NamedTuple):
    """What is the same in every namespace of a host.

    ``places`` by cgroup id, those that still exist. ``whole_host``: processes of the whole machine are seen.
    """

    places: t.Mapping[int, _cgroup.CgroupPlace]
    users: _users.Users
    whole_host: bool = True


class ListenerContext(t.NamedTuple):
    """Everything that was found out of one namespace beside the sockets themselves.

    ``ownership`` None: owners were not asked for.
    """

    host: HostContext
    namespace: t.Optional[int]
    mptcp: t.FrozenSet[int]
    devices: t.Mapping[int, str]
    ephemeral: t.Optional[_host_facts.Ephemeral]
    ownership: t.Optional[Ownership] = None


def group(
    before: t.Iterable[_sock_diag.RawSocket], after: t.Optional[t.Iterable[_sock_diag.RawSocket]] = None
) -> t.List[SocketGroup]:
    """Group sockets by identity, sorted. ``after``: the dump at the end; None: there was none."""
    first = _by_key(before)
    if after is None:
        return [SocketGroup(key, first[key]) for key in sorted(first, key=_order)]
    last = _by_key(after)
    groups = []
    for key in sorted(set(first) | set(last), key=_order):
        change = "gone" if key not in last else "new" if key not in first else None
        groups.append(SocketGroup(key, tuple(dict.fromkeys(first.get(key, ()) + last.get(key, ()))), change))
    return groups


def _by_key(sockets: t.Iterable[_sock_diag.RawSocket]) -> t.Dict[Key, t.Tuple[_sock_diag.RawSocket, ...]]:
    found: t.Dict[Key, t.List[_sock_diag.RawSocket]] = {}
    for raw in sockets:
        key = (raw.protocol, raw.family, raw.port, raw.address, raw.interface or None)
        found.setdefault(key, []).append(raw)
    return {key: tuple(sorted(raws, key=lambda raw: raw.inode)) for key, raws in found.items()}


def _order(key: Key) -> t.Tuple[t.Any, ...]:
    return (*key[:4], key[4] or 0)


def pids(item: SocketGroup, holders: _holders.Holders) -> t.Set[int]:
    """Processes that hold any of its sockets."""
    return set().union(*(holders.pids.get(inode, frozenset()) for inode in item.inodes))


def activator_only(holding: t.AbstractSet[int], *, systemd: bool) -> bool:
    """Whether of the processes that hold a socket systemd is the only one: the service has not started."""
    return systemd and holding == {1}


def build(item: SocketGroup, context: ListenerContext) -> _socket.Listener:
    """The listener of one group."""
    protocol, family, port, address, interface = item.key
    owners = owners_of(item, context.ownership)
    status = owner_status(item, owners, context)
    uid = context.host.users.known(_agreed([raw.uid for raw in item.sockets]))
    # A socket of the kernel was made in the cgroup of whoever asked the kernel to start a server.
    unit, source, conflict = (None, None, None) if status == "kernel" else _unit(item, owners, context)
    activation = _activation(item, context)
    container, engine, container_source = _container(item, owners, context)
    return _socket.Listener(
        protocol=protocol,
        family=family,
        address=address,
        port=port,
        state=item.sockets[0].state,
        mptcp=any(inode in context.mptcp for inode in item.inodes),
        dual_stack=dual_stack(item.sockets),
        device=context.devices.get(interface) if interface else None,
        scope_id=interface if family == "ipv6" and address.startswith(_LINK_LOCAL) else None,
        namespace=context.namespace,
        transparent=_any([raw.transparent for raw in item.sockets]),
        uid=uid,
        user=context.host.users.name(uid),
        inodes=item.inodes,
        sockets=len(item.sockets),
        owners=owners,
        owners_complete=complete(item, status, context.ownership),
        owner_status=status,
        unit=unit,
        unit_source=source,
        unit_conflict=conflict,
        socket_unit=activation.socket_unit if activation is not None else _socket_unit(item, context),
        container=container,
        engine=engine,
        container_source=container_source,
        ephemeral=None if context.ephemeral is None else port in context.ephemeral,
        change=item.change,
    )


def owners_of(item: SocketGroup, known: t.Optional[Ownership]) -> t.Tuple[_socket.Owner, ...]:
    """Its owners. systemd beside another holder is what activates it, and no owner; alone it stands for the service."""
    if known is None:
        return ()
    holding = pids(item, known.holders)
    if activator_only(holding, systemd=known.systemd):
        return (known.stand_ins.get(item.key, WAITING),)
    if known.systemd and len(holding) > 1:
        holding.discard(1)
    found = [known.owners[pid] for pid in holding if pid in known.owners]
    return tuple(sorted(found, key=_owner_order))


def _owner_order(owner: _socket.Owner) -> t.Tuple[t.Any, ...]:
    uid = -1 if owner.uid is None else owner.uid
    return (owner.exe or "", owner.name or "", uid, owner.unit or "", owner.pid or 0)


def owner_status(item: SocketGroup, owners: t.Sequence[_socket.Owner], context: ListenerContext) -> str:
    """Why the owners are what they are: a word of ``OWNER_STATUS``."""
    if context.ownership is None:
        return "not_collected"
    if owners:
        return "known"
    holders = context.ownership.holders
    if item.change == "gone" or pids(item, holders):
        return "gone"  # the socket, or the process that held it
    protocol, _family, port, _address, _interface = item.key
    if (protocol, port) in context.ownership.kernel:
        return "kernel"
    if holders.stopped or holders.unsettled or not any(inode in holders.pids for inode in item.inodes):
        return "unfinished"
    if holders.denied or holders.hidden:
        return "denied"
    return "unattributed" if context.host.whole_host else "other_namespace"


def complete(item: SocketGroup, status: str, known: t.Optional[Ownership]) -> bool:
    """Whether nobody else can hold it: everything was read, and each of its sockets has a holder."""
    if known is None or not known.holders.complete or known.holders.taken(item.sockets[0].protocol):
        return False
    if status == "kernel":
        return True
    held = all(known.holders.pids.get(inode) for inode in item.inodes) and bool(item.inodes)
    return status == "known" and held and all(pid in known.owners for pid in pids(item, known.holders))


def dual_stack(sockets: t.Sequence[_sock_diag.RawSocket]) -> t.Optional[bool]:
    """Whether IPv4 comes in through an IPv6 socket: only the wildcard address can take both (ipv6(7), IPV6_V6ONLY)."""
    if sockets[0].family != "ipv6" or sockets[0].address != "::":
        return False
    return _any([None if raw.v6only is None else not raw.v6only for raw in sockets])


def _any(values: t.Sequence[t.Optional[bool]]) -> t.Optional[bool]:
    if any(values):
        return True
    return None if None in values else False


def _agreed(values: t.Sequence[int]) -> t.Optional[int]:
    return values[0] if len(set(values)) == 1 else None


def socket_places(item: SocketGroup, places: t.Mapping[int, _cgroup.CgroupPlace]) -> t.List[_cgroup.CgroupPlace]:
    """Places that the sockets' own cgroups name, of those by cgroup id."""
    found = {places.get(raw.cgroup_id or 0, _cgroup.NOWHERE) for raw in item.sockets}
    return sorted(
        (place for place in found if place.named), key=lambda place: (place.unit or "", place.container or "")
    )


def _activation(item: SocketGroup, context: ListenerContext) -> t.Optional[_socket_units.Activation]:
    return None if context.ownership is None else context.ownership.activations.get(item.key)


def _socket_unit(item: SocketGroup, context: ListenerContext) -> t.Optional[str]:
    for place in socket_places(item, context.host.places):
        if place.unit is not None and place.unit.endswith(SOCKET_SUFFIX):
            return place.unit
    return None


def _unit(
    item: SocketGroup, owners: t.Sequence[_socket.Owner], context: ListenerContext
) -> t.Tuple[t.Optional[str], t.Optional[str], t.Optional[str]]:
    """Unit, where that is known from, and a unit that contradicts it."""
    activation = _activation(item, context)
    places = [place for place in socket_places(item, context.host.places) if place != MANAGER]
    of_socket = [place.unit for place in places if place.unit is not None]
    of_socket = [unit for unit in of_socket if not unit.endswith(SOCKET_SUFFIX)]
    of_owners = sorted({owner.unit for owner in owners if owner.unit is not None})
    said = [(activation.service, "socket_unit")] if activation is not None else []
    said += [(unit, "socket") for unit in of_socket] + [(unit, "process") for unit in of_owners]
    if not said:
        return None, None, None
    unit, source = said[0]
    conflicts = [other for other, _source in said if not _same(unit, other)]
    return unit, source, conflicts[0] if conflicts else None


def _same(unit: str, other: str) -> bool:
    """Equal, or the one the template of the other: ``Accept=yes`` starts an instance for each connection."""
    if unit == other:
        return True
    prefix, at, rest = unit.partition("@.")
    return bool(at) and other.startswith(prefix + "@") and other.endswith("." + rest)


def _container(
    item: SocketGroup, owners: t.Sequence[_socket.Owner], context: ListenerContext
) -> t.Tuple[t.Optional[str], t.Optional[str], t.Optional[str]]:
    """Container, engine and where they are known from: the sockets' own cgroups, else that of every owner.

    One that only some of the owners are in is not the listener's.
    """
    for place in socket_places(item, context.host.places):
        if place.container is not None:
            return place.container, place.engine, "socket"
    found = {(owner.container, owner.engine) for owner in owners}
    container, engine = found.pop() if len(found) == 1 else (None, None)
    return container, engine, None if container is None else "process"
