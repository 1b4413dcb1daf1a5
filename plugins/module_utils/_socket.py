# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one record that every source of listeners produces.

Targets and controller share it: a collector fills it in, the evidence stores it as JSON, the judge reads it
back. Unknown is ``None`` and always has a reason beside it (``owner_status``, a :class:`Gap`), never ``0`` or ``""``.
Runs on targets: Python 3.8+, standard library only.

Without "from __future__ import annotations": typing.NamedTuple compiles every annotation that is text, and a host makes
these classes for each look at it.
"""

import typing as t

# Gaps end with it where only root is missing: reports fold those of a host, and of a fleet, into one line.
BECOME = "run with --become"

PROTOCOLS = ("tcp", "udp", "udplite", "sctp", "dccp")
UDP = ("udp", "udplite")  # without connections: a bound socket listens

# Why the owners of a listener are what they are.
OWNER_STATUS = (
    "known",  # every owner that the walk could find is listed
    "denied",  # descriptors of some processes could not be read
    "kernel",  # the kernel itself holds it, confirmed by something else
    "other_namespace",  # held by a process of another pid namespace
    "gone",  # closed while the collector looked for its owner
    "unattributed",  # everything readable was searched, nobody holds it
    "not_collected",  # owners were not asked for
    "unfinished",  # the budget ended before it was found
)

# Codes of gaps of ``listeners`` that hide published ports alone: rules that may be there and were not seen, or not
# understood. Every socket was seen.
PUBLISHED_GAPS = ("published-unseen", "rules-unread")


# How much an owner's cgroup told of unit and container.
OWNER_CGROUP = (
    "read",  # what it does not name is not there: the process is in no unit, in no container
    "outside",  # it lies outside of the collector's cgroup namespace, which hides its name
    "deleted",  # it has been removed since
    "unrecognised",  # no unit, and named as no engine known to the collector names containers
    "split",  # two hierarchies, or two threads, name different ones
    "unreadable",
    "planned",  # there is no process yet: a unit file tells the unit
)
PLANNED = "planned"


class Owner(t.NamedTuple):
    """A process that holds a listener, or the unit that will (``pid`` is None, socket activation).

    Sources: ``/proc/<pid>/{comm,exe,status,stat,cgroup}``. ``started`` is UTC, ISO 8601, seconds. ``uid`` is the
    effective uid as the collector's user namespace sees it; ``user`` is its name in the host's ``/etc/passwd``.
    ``exe_on_host`` is true when ``/proc/<pid>/exe`` and that path on the host are the same file. ``exe_alias`` is
    another path of that file, by which the process was started. ``cgroup`` is one of ``OWNER_CGROUP``, None where there
    are no cgroups.
    """

    pid: t.Optional[int] = None
    name: t.Optional[str] = None
    exe: t.Optional[str] = None
    exe_deleted: t.Optional[bool] = None
    exe_on_host: t.Optional[bool] = None
    uid: t.Optional[int] = None
    user: t.Optional[str] = None
    unit: t.Optional[str] = None
    container: t.Optional[str] = None
    engine: t.Optional[str] = None
    cgroup: t.Optional[str] = None
    started: t.Optional[str] = None
    exe_alias: t.Optional[str] = None


class Listener(t.NamedTuple):
    """A socket that takes unsolicited traffic; REUSEPORT siblings are one listener with ``sockets: n``.

    ``address`` is text without scope. ``dual_stack`` is None where it cannot be known. ``uid`` is the creator's
    and survives setuid. ``namespace`` is the inode number of its network namespace. ``ephemeral``: the port lies
    in the host's own ephemeral range (design: within 32768-65535, less the reserved ports).
    ``unit_source`` is ``socket`` (the socket's cgroup id), ``process`` (the owner's cgroup), ``socket_unit``
    (a systemd .socket unit names what it starts) or None. ``container_source`` is ``socket``, ``process`` (every owner
    is in it) or None.
    """

    protocol: str
    family: str  # ipv4 | ipv6
    address: str
    port: int
    state: str  # listen | unconnected | published (by rules of a packet filter, without a socket)
    mptcp: bool = False
    dual_stack: t.Optional[bool] = None
    device: t.Optional[str] = None
    scope_id: t.Optional[int] = None
    namespace: t.Optional[int] = None
    transparent: t.Optional[bool] = None
    uid: t.Optional[int] = None
    user: t.Optional[str] = None
    inodes: t.Tuple[int, ...] = ()
    sockets: int = 1
    owners: t.Tuple[Owner, ...] = ()
    owners_complete: bool = False
    owner_status: str = "not_collected"
    unit: t.Optional[str] = None
    unit_source: t.Optional[str] = None
    unit_conflict: t.Optional[str] = None  # the owner's unit, where it disagrees with the socket's
    socket_unit: t.Optional[str] = None  # the .socket unit that holds it for another
    container: t.Optional[str] = None
    engine: t.Optional[str] = None  # docker | podman | containerd | cri-o | kubernetes | lxc | nspawn | buildkit
    container_source: t.Optional[str] = None
    ephemeral: t.Optional[bool] = None
    published_by: t.Optional[str] = None  # nftables | iptables | ipvs
    published_to: t.Tuple[str, ...] = ()  # where its traffic goes: "10.0.0.2:80"
    change: t.Optional[str] = None  # "gone" | "new": it changed while the collector looked

    @property
    def identity(self) -> t.Tuple[t.Any, ...]:
        """What makes two observations the same listener; sorts a list of them."""
        return (
            self.namespace or 0,
            self.protocol,
            self.family,
            self.port,
            self.address,
            self.device or "",
        )


class AlternatePath(t.NamedTuple):
    """A way for traffic into the host that has no port, and so no verdict of a port policy.

    ``kind``: ``raw``, ``packet``, ``xdp``, ``vsock`` (sockets), ``sk_lookup`` (a BPF program), and rules of a packet
    filter: ``tproxy``; ``dnat``, for more ports than can be listed; ``forward`` and ``copy``, to another device or
    host; ``queue``, to a program. ``count``: how many of the same detail and owners. ``namespace`` as in Listener.
    ``protocols`` and ``ports`` (``3000``, ``1-2000``) of what a rule takes; empty: all, or that is no matter of ports.
    """

    kind: str
    detail: str
    count: int  # type: ignore[assignment]  # hides tuple.count(): nobody counts values of a record
    namespace: t.Optional[int]
    owners: t.Tuple[Owner, ...] = ()
    protocols: t.Tuple[str, ...] = ()
    ports: t.Tuple[str, ...] = ()


class Gap(t.NamedTuple):
    """Something that could not be seen. ``affects`` says what is unknown because of it.

    ``listeners``: sockets of ``protocol``/``family`` (None: all) may be missing from the list;
    ``owners``: some owners or fields of owners are unknown; ``units``; ``addresses``: the host's own addresses;
    ``paths``: ways in without a port may be missing; ``host``: a fact about the host.
    """

    code: str  # short and stable: "dump-refused", "permission", "budget", "wall-limit", "unsupported" ...
    affects: str
    detail: str
    protocol: t.Optional[str] = None
    family: t.Optional[str] = None


def to_dict(record: t.Any) -> t.Any:
    """Turn a record into plain JSON types: records become dicts, other tuples become lists."""
    if not isinstance(record, (tuple, list)):
        return record
    names = getattr(record, "_fields", None)
    if names is None:
        return [to_dict(item) for item in record]
    return {name: to_dict(value) if isinstance(value, (tuple, list)) else value for name, value in zip(names, record)}


def path_from_dict(raw: t.Mapping[str, t.Any]) -> AlternatePath:
    """Read an alternate path back from evidence. Raises TypeError or KeyError on a shape that is not one."""
    values = dict(raw)
    values["owners"] = tuple(Owner(**owner) for owner in raw["owners"])
    for name in ("protocols", "ports"):
        values[name] = tuple(raw.get(name, ()))
    return AlternatePath(**values)


def listener_from_dict(raw: t.Mapping[str, t.Any]) -> Listener:
    """Read a listener back from evidence. Raises TypeError or KeyError on a shape that is not one."""
    values = dict(raw)
    values["owners"] = tuple(Owner(**owner) for owner in raw["owners"])
    values["inodes"] = tuple(raw["inodes"])
    values["published_to"] = tuple(raw.get("published_to", ()))
    return Listener(**values)
