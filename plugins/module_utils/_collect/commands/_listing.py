# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of listing commands, and the listeners that they add up to.

A command prints one row for each descriptor, or for each socket; several rows are one listener. What the rows do not
tell (bound device, transparency, the creator, whether it changed meanwhile) stays unknown.
"""

from __future__ import annotations

import re
import socket
import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils import _socket
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _tool

if t.TYPE_CHECKING:
    from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux import _host_facts

WILDCARD = {"ipv4": "0.0.0.0", "ipv6": "::"}
# The first process, where it is one of these, holds the sockets of services that it starts on demand. In a container it
# may be the service itself.
ACTIVATORS = ("launchd", "systemd")
FIRST = 1

_FAMILY = {"ipv4": socket.AF_INET, "ipv6": socket.AF_INET6}


class Row(t.NamedTuple):
    """One row. ``pid`` None: it names no process. ``handle`` tells sockets of one port apart, where the source can.

    ``unseen``: a process that another source names as a holder, and this one does not.
    """

    protocol: str
    family: str
    address: str
    port: int
    scope: t.Optional[int] = None
    dual_stack: t.Optional[bool] = None
    pid: t.Optional[int] = None
    handle: t.Optional[str] = None
    inode: t.Optional[int] = None
    unseen: t.Optional[int] = None

    @property
    def key(self) -> t.Tuple[t.Any, ...]:
        """What makes rows one listener."""
        return (self.protocol, self.family, self.port, self.address, self.scope or 0)


class SourceTable(t.NamedTuple):
    """What a source shows: its rows, and how many lines of it could not be understood."""

    rows: t.Sequence[Row]
    unreadable: t.Sequence[str] = ()


class ListedProcess(t.NamedTuple):
    """What a listing says of a process that holds a socket."""

    name: t.Optional[str]
    uid: t.Optional[int] = None
    user: t.Optional[str] = None


class Listing(t.NamedTuple):
    """A table, and the processes in it by pid."""

    table: SourceTable
    processes: t.Mapping[int, ListedProcess]


Item = t.TypeVar("Item")


def table(items: t.Iterable[Item], read: t.Callable[[Item], t.Optional[Row]]) -> SourceTable:
    """Read each item: a row, None for what is no listener, ValueError for what cannot be understood."""
    rows: t.List[Row] = []
    unreadable: t.List[str] = []
    for item in items:
        try:
            row = read(item)
        except ValueError as error:
            unreadable.append(str(error))
        else:
            rows += [] if row is None else [row]
    return SourceTable(rows, unreadable)


def with_complaints(table: SourceTable, answer: _tool.ToolAnswer) -> SourceTable:
    """The table, with what the command complained of: it goes on, and what it leaves out then is in no row."""
    return table._replace(unreadable=[*table.unreadable, *_tool.complaints(answer)])


class OwnerTable(t.NamedTuple):
    """Owners by pid: one, or one for each service that a process runs.

    ``activates``: the first process holds sockets for others.

    ``all_seen``: nobody else can hold a socket of which an owner was found. ``denied``: somebody may hold one of which
    none was found. ``wanted``: owners were asked for.
    """

    owners: t.Mapping[int, t.Sequence[_socket.Owner]]
    all_seen: bool = False
    denied: bool = True
    wanted: bool = True
    activates: bool = False


class Endpoint(t.NamedTuple):
    address: str
    port: int
    scope: t.Optional[int]


def endpoint(text: str, *, family: str, separator: str = ":") -> t.Optional[Endpoint]:
    """Part ``address<separator>port`` of a row; None when it is bound to no port. Raises ValueError on what is none."""
    host, found, port = text.rpartition(separator)
    if not found:
        raise ValueError("%r has no port" % text)
    if port == "*":
        return None
    if not (port.isascii() and port.isdigit() and len(port) <= 5 and int(port) <= 65535):
        raise ValueError("%r is not a port" % port)
    return bound(host, int(port), family=family)


def bound(address: str, port: int, *, family: str) -> Endpoint:
    """The endpoint at an address as systems print it. Raises ValueError on what is no address.

    Scopes: ``fe80::1%lo0``, and the index that BSD kernels keep in the second group of a link-local address
    (``fe80:5::1``, in6_clearscope() of netinet6/scope6.c). Systems print ``*`` for the wildcard of either family.
    """
    host, _percent, zone = address.strip("[]").partition("%")
    if host == "*":
        return Endpoint(WILDCARD[family], port, None)
    if family == "ipv6" and "." in host and ":" not in host:
        host = "::ffff:" + host  # an IPv6 socket bound to a mapped address
    raw = _packed(host, family)
    scope = _index(zone) if zone else None
    if raw[:2] == b"\xff\x02" or (raw[0] == 0xFE and raw[1] & 0xC0 == 0x80):
        scope = int.from_bytes(raw[2:4], "big") or scope
        raw = raw[:2] + b"\0\0" + raw[4:]
    return Endpoint(socket.inet_ntop(_FAMILY[family], raw), port, scope)


# How BSD systems name a protocol and the families that a socket takes.
KIND = re.compile(r"(tcp|udp|udplite|sctp)(4|6|46)\Z")


def of_kind(kind: t.Match[str], local: str, *, separator: str = ":") -> t.Optional[Row]:
    """The row of a socket of a kind (``tcp46``) at its local end; None: it is bound to no port. Raises ValueError."""
    protocol, versions = kind.group(1, 2)
    family = "ipv4" if versions == "4" else "ipv6"
    found = endpoint(local, family=family, separator=separator)
    if found is None:
        return None
    return Row(protocol, family, found.address, found.port, scope=found.scope, dual_stack=versions == "46")


def _packed(host: str, family: str) -> bytes:
    try:
        return socket.inet_pton(_FAMILY[family], host)
    except (OSError, ValueError) as error:
        raise ValueError("%r is not an %s address" % (host, family)) from error


def _index(zone: str) -> t.Optional[int]:
    if zone.isascii() and zone.isdigit():
        return int(zone) if len(zone) <= 10 else None
    try:
        return socket.if_nametoindex(zone)
    except (OSError, ValueError):
        return None


def listeners(
    rows: t.Iterable[Row], people: OwnerTable, *, ephemeral: t.Optional[_host_facts.Ephemeral]
) -> t.List[_socket.Listener]:
    """The listeners of the rows, sorted by identity."""
    groups: t.Dict[t.Tuple[t.Any, ...], t.List[Row]] = {}
    for row in rows:
        groups.setdefault(row.key, []).append(row)
    found = [_build(group, people, ephemeral) for _key, group in sorted(groups.items())]
    return sorted(found, key=lambda listener: listener.identity)


def _build(
    group: t.Sequence[Row], people: OwnerTable, ephemeral: t.Optional[_host_facts.Ephemeral]
) -> _socket.Listener:
    first = group[0]
    pids = _holders(group, people)
    owners = _owners(pids, people)
    units = sorted({owner.unit for owner in owners if owner.unit is not None})
    containers = sorted({owner.container for owner in owners if owner.container is not None})
    described = bool(pids) and all(pid in people.owners for pid in pids)
    # One socket of several of which nobody is named, or a process that one source names alone: somebody else holds it.
    whole = described and all(row.pid is not None and row.unseen is None for row in group)
    return _socket.Listener(
        protocol=first.protocol,
        family=first.family,
        address=first.address,
        port=first.port,
        state="unconnected" if first.protocol in _socket.UDP else "listen",
        dual_stack=_dual_stack(group),
        scope_id=first.scope,
        inodes=tuple(sorted({row.inode for row in group if row.inode})),
        sockets=len({row.handle for row in group if row.handle is not None}) or 1,
        owners=owners,
        owners_complete=people.wanted and people.all_seen and whole,
        owner_status=_status(pids, owners, people),
        unit=units[0] if units else None,
        unit_source="process" if units else None,
        unit_conflict=units[1] if len(units) > 1 else None,
        container=containers[0] if containers else None,
        ephemeral=None if ephemeral is None else first.port in ephemeral,
    )


def _holders(group: t.Iterable[Row], people: OwnerTable) -> t.Set[int]:
    """Processes that hold it. Beside another, the one that activates is no owner."""
    pids = {row.pid for row in group if row.pid is not None}
    return pids - {FIRST} if people.activates and len(pids) > 1 else pids


def _owners(pids: t.Iterable[int], people: OwnerTable) -> t.Tuple[_socket.Owner, ...]:
    if not people.wanted:
        return ()
    if people.activates and set(pids) == {FIRST}:
        return (_socket.Owner(pid=FIRST),)  # it waits for a service that is not known: its own fields say nothing
    found = [one for pid in pids for one in people.owners.get(pid, ())]
    return tuple(sorted(found, key=owner_order))


def owner_order(owner: _socket.Owner) -> t.Tuple[t.Any, ...]:
    """Two looks at the same state give the same order, but for pids."""
    uid = -1 if owner.uid is None else owner.uid
    return (owner.exe or "", owner.name or "", uid, owner.unit or "", owner.pid or 0)


def _status(pids: t.Collection[int], owners: t.Collection[_socket.Owner], people: OwnerTable) -> str:
    if not people.wanted:
        return "not_collected"
    if owners:
        return "known"
    if pids:
        return "gone"
    return "denied" if people.denied else "unattributed"


def _dual_stack(group: t.Sequence[Row]) -> t.Optional[bool]:
    """Only the IPv6 wildcard can take both families (ipv6(4), IPV6_V6ONLY)."""
    if group[0].family != "ipv6" or group[0].address != "::":
        return False
    said = {row.dual_stack for row in group}
    return True if True in said else None if None in said else False
