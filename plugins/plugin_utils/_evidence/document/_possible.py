# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether what a document of the right shape says can be: no host has an address ``x/999``, and no clock shows day 99.

No collector answers so. Whoever does is broken or lies, and nothing else that it says proves anything. A fleet repeats
itself: what a listener says of itself in words is looked at once for each combination.
"""

from __future__ import annotations

import functools
import re
import socket
import typing as t

from ....module_utils._socket import PROTOCOLS, PUBLISHED_GAPS, UDP
from ..._common._clock import parse_iso

Record = t.Mapping[str, t.Any]

_PORTS = 1 << 16
_LONGEST = 1e9  # seconds of a budget: 30 years
_FAMILIES = {"ipv4": (socket.AF_INET, 32), "ipv6": (socket.AF_INET6, 128)}
_RESERVED = re.compile(r"\d{1,5}(-\d{1,5})?", re.ASCII)


def impossible(document: Record) -> str | None:
    """The first thing that cannot be, with its place: ``host.addresses[0].address is not an address: 'x'``; or None.

    ``document`` is evidence, or the answer of a collector, and has the shape of it.
    """
    checks: list[tuple[str, t.Callable[[t.Any], str | None]]] = [
        ("collected", _collected),
        ("host", _host),
        ("collector", _collector),
    ]
    for name, check in checks:
        found = check(document[name]) if name in document else None
        if found:
            return f"{name}.{found}"
    return next(
        (f"listeners[{at}].{found}" for at, one in enumerate(document["listeners"]) if (found := _odd(one))), None
    )


def _collected(collected: Record) -> str | None:
    for name in ("started", "ended"):
        if not _is_time(collected[name]):
            return f"{name} is not a time: {collected[name]!r}"
    return "duration is negative" if collected["duration"] < 0 else None


def _host(host: Record) -> str | None:
    clock = host.get("clock")
    if clock is not None and not _is_time(clock):
        return f"clock is not a time: {clock!r}"
    for at, one in enumerate(host.get("addresses") or ()):
        found = _own_address(one["address"], one["prefix_length"])
        if found:
            return f"addresses[{at}].{found}"
    for at, one in enumerate(host.get("local_delivery") or ()):
        wrong = next((own["network"] for own in one["networks"] if not _is_network(own["network"])), None)
        if wrong is not None:
            return f"local_delivery[{at}] has an entry that is not a network: {wrong!r}"
    return _ephemeral(host.get("ephemeral_ports") or {})


def _ephemeral(ports: Record) -> str | None:
    for name in ("first", "last"):
        if not 0 <= ports.get(name, 0) < _PORTS:
            return f"ephemeral_ports.{name} is not a port: {ports[name]}"
    wrong = next((one for one in ports.get("reserved", ()) if not _RESERVED.fullmatch(one)), None)
    return None if wrong is None else f"ephemeral_ports.reserved has an entry that is not a port: {wrong!r}"


def _collector(collector: Record) -> str | None:
    gaps = collector["gaps"]
    for name, seconds in collector["budget"].items():
        if not 0 <= seconds <= _LONGEST:
            return f"budget.{name} is not a number of seconds: {seconds}"
    for at, gap in enumerate(gaps):
        if gap["protocol"] not in (None, *PROTOCOLS) and gap["affects"] == "listeners":
            return f"gaps[{at}].protocol is not a protocol with listeners: {gap['protocol']!r}"
    return _sources(collector["sources"], gaps) or _counts(collector) or _contradiction(collector)


def _sources(sources: t.Sequence[str], gaps: t.Iterable[Record]) -> str | None:
    """A host of which nothing was asked shows no listener, and looks as if it had none."""
    if len(set(sources)) < len(sources) or "" in sources:
        return "sources has a duplicate or an empty entry"
    told = any(gap["affects"] == "listeners" and gap["code"] not in PUBLISHED_GAPS for gap in gaps)
    return None if sources or told else "sources is empty, and no gap gives the reason"


def _counts(collector: Record) -> str | None:
    spaces, euid = collector["namespaces"], collector["privilege"]["euid"]
    if euid is not None and euid < 0:
        return f"privilege.euid is negative: {euid}"
    for at, path in enumerate(collector["alternate_paths"]):
        if path["count"] < 1:
            return f"alternate_paths[{at}].count is less than 1: {path['count']}"
    for name in ("host", "left_out"):
        if spaces[name] is not None and spaces[name] < 0:
            return f"namespaces.{name} is negative: {spaces[name]}"
    looked_at = spaces["looked_at"]
    return "namespaces.looked_at has a duplicate" if len(set(looked_at)) < len(looked_at) else None


def _contradiction(collector: Record) -> str | None:
    """What the collector says of its own look that cannot be true at once."""
    if collector["namespaces"]["looked_at"] and collector["namespaces"]["scope"] == "host":
        return "namespaces.looked_at is not empty, but the scope is the host's own namespace"
    if not collector["owners_complete"]:
        return None
    if collector["privilege"]["all_processes"] is False:
        return "owners_complete is true, but not all processes were seen"
    owners = collector["options"].get("owners", "all")
    return None if owners == "all" else f"owners_complete is true, and owners was {owners!r}"


def _odd(one: Record) -> str | None:
    """What is wrong with a listener."""
    found = _address(one["family"], one["address"]) or _words(one["protocol"], one["state"], one["published_by"])
    if found:
        return found
    if not 0 <= one["port"] < _PORTS:
        return f"port is not a port number: {one['port']}"
    if one["sockets"] < (one["state"] != "published"):
        return f"sockets is {one['sockets']}"
    if one["family"] == "ipv4" and (one["scope_id"] is not None or one["dual_stack"]):
        return "dual_stack or scope_id is set for an address that is not IPv6"
    return _inodes(one["inodes"]) or _owners(one["owners"], one["owner_status"], complete=one["owners_complete"])


def _inodes(inodes: t.Sequence[int]) -> str | None:
    if inodes and (min(inodes) < 0 or len(set(inodes)) < len(inodes)):
        return "inodes has a duplicate or a negative entry"
    return None


def _owners(owners: t.Sequence[Record], status: str, *, complete: bool) -> str | None:
    if bool(owners) != (status == "known"):
        return f"owner_status is {status!r}, and there are {len(owners)} owners"
    if complete and status not in ("known", "kernel"):
        return f"owners_complete is true, and owner_status is {status!r}"
    # Windows runs several services in a process, and each is an owner.
    named = [(owner["pid"], owner["unit"]) for owner in owners if owner["pid"] is not None]
    if len(set(named)) < len(named):
        return "owners names one process twice"
    return next((f"owners has a negative pid: {pid}" for pid, _unit in named if pid < 0), None)


@functools.lru_cache(maxsize=1024)
def _words(protocol: str, state: str, published_by: str | None) -> str | None:
    if (published_by is not None) != (state == "published"):
        return f"state is {state!r}, and published_by is {published_by!r}"
    if state != "published" and (state == "unconnected") != (protocol in UDP):
        return f"state is {state!r}, and protocol is {protocol!r}"
    return None


@functools.lru_cache(maxsize=1 << 16)
def _address(family: str, address: str) -> str | None:
    return None if _is_address(family, address) else f"address is not an {family} address: {address!r}"


@functools.lru_cache(maxsize=1 << 16)
def _own_address(address: str, length: int | None) -> str | None:
    family = "ipv6" if ":" in address else "ipv4"
    plain = address.partition("%")[0] if family == "ipv6" else address
    if not _is_address(family, plain):
        return f"address is not an address: {address!r}"
    most = _FAMILIES[family][1]
    return None if length is None or 0 <= length <= most else f"prefix_length is not within 0 to {most}: {length}"


@functools.lru_cache(maxsize=1 << 16)
def _is_network(text: str) -> bool:
    address, _slash, length = text.partition("/")
    digits = length.isascii() and length.isdigit() and len(length) <= 3
    return digits and _own_address(address, int(length)) is None


def _is_address(family: str, address: str) -> bool:
    try:
        socket.inet_pton(_FAMILIES[family][0], address)
    except (OSError, ValueError):
        return False
    return True


def _is_time(text: str) -> bool:
    try:
        parse_iso(text)
    except (ValueError, OverflowError):
        return False
    return True
