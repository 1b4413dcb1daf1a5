# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ways into a host that no port policy speaks of: one finding for each kind and holder."""

from __future__ import annotations

import typing as t

from ....module_utils._socket import AlternatePath, Listener
from ..._policy._policy_model import Defaults, PortItem
from .. import _listener_labels, _owner_labels
from .._judgement import Finding, HostFacts

# Singular and plural of what is counted.
_KINDS = {
    "raw": ("raw socket", "raw sockets"),
    "packet": ("packet socket", "packet sockets"),
    "xdp": ("AF_XDP socket", "AF_XDP sockets"),
    "vsock": ("vsock listener", "vsock listeners"),
    "sk_lookup": ("BPF program", "BPF programs"),
    "tproxy": ("TPROXY rule", "TPROXY rules"),
    "dnat": ("DNAT rule", "DNAT rules"),
    "forward": ("rule that sends packets on", "rules that send packets on"),
    "copy": ("rule that copies packets", "rules that copy packets"),
    "queue": ("rule that gives packets to a program", "rules that give packets to programs"),
}
# What a packet filter or a BPF program gives traffic to, whatever has a socket on its port.
_SERVING = frozenset({"dnat", "tproxy", "sk_lookup"})
LAST_PORT = 65535
_HELD = frozenset({"raw", "packet", "xdp", "vsock"})

_Key = tuple[str, str | None, str, int | None]


def alternate_paths(facts: HostFacts, defaults: Defaults) -> t.Iterator[tuple[Finding, tuple[Listener, ...]]]:
    """A finding for each kind of way in and each holder of it, with what is held. None where the defaults ignore them.

    What is held has the shape of a listener without an address, so that conditions on a process speak of it too.
    """
    if defaults.alternate_path == "ignore":
        return
    groups: dict[_Key, list[AlternatePath]] = {}
    for path in facts.paths:
        key = (
            path.kind,
            _owner_labels.owner_label(path),
            _listener_labels.inside(path, facts.namespace),
            path.namespace,
        )
        groups.setdefault(key, []).append(path)
    for key, paths in groups.items():
        held = tuple(_held(path, complete=facts.owners_complete) for path in paths)
        yield _finding(key, paths, host=facts.name, defaults=defaults), held


def hiding(paths: t.Iterable[AlternatePath], item: PortItem) -> AlternatePath | None:
    """The first way in by which something may serve a port that has no listener; None: there is none."""
    return next((path for path in paths if path.kind in _SERVING and _takes(path, item)), None)


def published(paths: t.Iterable[AlternatePath], item: PortItem) -> AlternatePath | None:
    """The first rule that gives away ports by number, and one of these among them; None: there is none."""
    return next((path for path in paths if path.kind == "dnat" and path.ports and _takes(path, item)), None)


def _takes(path: AlternatePath, item: PortItem) -> bool:
    if path.protocols and item.protocol not in path.protocols:
        return False
    return not path.ports or any(first <= item.last and item.first <= last for first, last in map(_span, path.ports))


def _span(text: str) -> tuple[int, int]:
    """``1-2000``; what is none of it may be any port."""
    first, dash, last = text.partition("-")
    numbers = [part for part in (first, last if dash else first) if part.isascii() and part.isdigit() and len(part) < 6]
    return (int(numbers[0]), int(numbers[1])) if len(numbers) == 2 else (0, LAST_PORT)


def _held(path: AlternatePath, *, complete: bool) -> Listener:
    return Listener(
        protocol=path.kind,
        family="",
        address="",
        port=0,
        state="",
        namespace=path.namespace,
        owners=path.owners,
        owners_complete=complete,
        owner_status="known" if path.owners else "unattributed",
    )


def _finding(key: _Key, paths: t.Sequence[AlternatePath], *, host: str, defaults: Defaults) -> Finding:
    kind, owner, inside, namespace = key
    one, many = _KINDS.get(kind, (kind, kind))
    number = sum(path.count for path in paths)
    held = f" by {owner or _owner_labels.NOT_FOUND}" if kind in _HELD else ""
    details = ", ".join(sorted({path.detail for path in paths}))
    what = one if number == 1 else f"{number} {many}"
    return Finding(
        code="alternate-path",
        verdict=defaults.alternate_path,
        severity=defaults.severity,
        message=f"{what}{held}{inside}: traffic enters without a port ({details})",
        host=host,
        namespace=namespace,
        owner=owner,
        found=details,
        place=defaults.place,
    )
