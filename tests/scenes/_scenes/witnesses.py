# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What other programs say listens: ss, lsof and psutil, and what the collector says, in the same few words.

Run alone (``witnesses.py psutil``) it prints what psutil says, so that it can be asked in any namespace.
"""

from __future__ import annotations

import json
import re
import socket
import typing as t

LISTENING = ("LISTEN", "UNCONN")
_SS_ADDRESS = re.compile(r"(?P<address>.*?)(?:%(?P<device>[^\]:]*))?:(?P<port>\d+)\Z")
_SS_PID = re.compile(r'"(?:[^"\\]|\\.)*",pid=(\d+),fd=\d+')


class Seen(t.NamedTuple):
    """One listener as a witness has it; None: it does not tell."""

    protocol: str
    family: str
    address: str
    port: int
    device: str | None
    v6only: bool | None
    pids: frozenset[int]


def merged(rows: t.Iterable[Seen]) -> set[Seen]:
    """Sockets that share a port are one listener, of all their processes."""
    pids: dict[Seen, frozenset[int]] = {}
    for row in rows:
        key = row._replace(pids=frozenset())
        pids[key] = pids.get(key, frozenset()) | row.pids
    return {key._replace(pids=held) for key, held in pids.items()}


def collected(result: t.Mapping[str, t.Any]) -> set[Seen]:
    """The collector's result."""
    return merged(map(_collected, result["listeners"]))


def _collected(one: t.Mapping[str, t.Any]) -> Seen:
    pids = frozenset(owner["pid"] for owner in one["owners"])
    v6only = None if one["dual_stack"] is None else not one["dual_stack"]
    return Seen(one["protocol"], one["family"], one["address"], one["port"], one["device"] or "", v6only, pids)


def ss(text: str) -> set[Seen]:
    """Output of ``ss -H -lntup``."""
    return merged(_ss(line.split(None, 6)) for line in text.splitlines())


def _ss(fields: t.Sequence[str]) -> Seen:
    protocol, state, _received, _sent, local = fields[:5]
    assert state in LISTENING, fields
    match = _SS_ADDRESS.match(local)
    assert match is not None, local
    # "*" is the wildcard of both families; "[fe80::1]%d0" has its scope where others have their device.
    address = {"*": "::"}.get(match["address"], match["address"].strip("[]"))
    family = "ipv6" if ":" in address else "ipv4"
    v6only = match["address"] != "*" if address == "::" else None
    users = frozenset(map(int, _SS_PID.findall(fields[6] if len(fields) > 6 else "")))
    return Seen(protocol, family, address, int(match["port"]), match["device"] or "", v6only, users)


def lsof(text: str) -> set[Seen]:
    """Output of ``lsof -nP -i... -FpfPtn``: a field on each line, of a process or of a descriptor."""
    found, pid, fields = [], 0, {}
    for line in text.splitlines():
        kind, value = line[:1], line[1:]
        if kind == "p":
            pid = int(value)
        elif kind == "f":
            fields = {}
        else:
            fields[kind] = value
        if kind == "n" and "->" not in value:
            address, _colon, port = value.rpartition(":")
            family = {"IPv4": "ipv4", "IPv6": "ipv6"}[fields["t"]]
            if port != "*":
                wildcard = "::" if family == "ipv6" else "0.0.0.0"
                text_of = wildcard if address == "*" else address.strip("[]")
                found.append(Seen(fields["P"].lower(), family, text_of, int(port), None, None, frozenset([pid])))
    return merged(found)


def psutil(rows: t.Iterable[t.Sequence[t.Any]]) -> set[Seen]:
    """What this file prints when it runs alone."""
    return merged(
        Seen(protocol, family, address, port, None, None, frozenset([pid] if pid else ()))
        for protocol, family, address, port, pid in rows
    )


def _ask_psutil() -> t.Iterator[tuple[t.Any, ...]]:
    import psutil as package

    for one in package.net_connections("inet"):
        tcp = one.type == socket.SOCK_STREAM
        if one.laddr and (one.status == "LISTEN" if tcp else not one.raddr):
            family = "ipv6" if one.family == socket.AF_INET6 else "ipv4"
            yield "tcp" if tcp else "udp", family, one.laddr.ip, one.laddr.port, one.pid


if __name__ == "__main__":
    print(json.dumps(list(_ask_psutil())))
