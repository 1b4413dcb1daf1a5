# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Virtual services of IPVS, from ``/proc/net/ip_vs``. Source: ip_vs_info_seq_show() in ip_vs_ctl.c."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux import _portless_entries
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.packet_filter import _nat
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.packet_filter._nat import Published

_PLACE = re.compile(r"(?:(?P<v4>[0-9A-Fa-f]{8})|\[(?P<v6>[0-9A-Fa-f:]{2,39})\]):(?P<port>[0-9A-Fa-f]{4})\Z")
_MARK = re.compile(r"[0-9A-Fa-f]{8}\Z")
_KINDS = ("TCP", "UDP", "SCTP", "FWM")
_HEADERS = ("IP Virtual Server", "Prot LocalAddress:Port", "-> RemoteAddress:Port")

_Place = t.Tuple[str, str, int]  # family, address, port


class IpvsUnreadable(Exception):
    """A row is none."""


class _Service(t.NamedTuple):
    protocol: str
    place: str
    targets: t.List[str]


def read(raw: bytes) -> t.Tuple[t.List[Published], t.List[_portless_entries.AnyPath]]:
    """Virtual services; those for every port, or chosen by firewall mark, as ways in without a port.

    Raises Unreadable.
    """
    published: t.List[Published] = []
    paths: t.List[_portless_entries.AnyPath] = []
    for protocol, place, targets in _services(raw.decode("ascii", "replace")):
        to = tuple(sorted(set(targets))) or ("nowhere",)
        if protocol == "fwm":
            detail = "firewall mark %s goes to %s" % (_mark(place), ", ".join(to))
            paths.append(_portless_entries.RulePath("dnat", detail))
            continue
        family, address, port = _place(place)
        if port:
            published.append(Published(protocol, family, address, port, None, to, "ipvs"))
        else:  # persistent, for all of them: ip_vs_service_find()
            detail = "%s to %s goes to %s" % (protocol, address, ", ".join(to))
            paths.append(_portless_entries.RulePath("dnat", detail, protocols=(protocol,)))
    return published, paths


def _services(text: str) -> t.List[_Service]:
    services: t.List[_Service] = []
    for line in text.splitlines():
        fields = line.split()
        if not fields or line.strip().startswith(_HEADERS):
            continue
        kind, place = fields[:2] if len(fields) > 1 else ("", "")
        if kind == "->" and services:
            services[-1].targets.append(_text(*_place(place)))
        elif kind in _KINDS:
            services.append(_Service(kind.lower(), place, []))
        else:
            raise IpvsUnreadable("a row of /proc/net/ip_vs is malformed: %s" % ascii(line[:80]))
    return services


def _mark(text: str) -> str:
    """``00000010``, as ipvsadm and as packet filters write it: ``16 (0x10)``. Raises Unreadable."""
    if not _MARK.match(text):
        raise IpvsUnreadable("a row of /proc/net/ip_vs is malformed: %s" % ascii(text[:80]))
    return "%d (0x%x)" % (int(text, 16), int(text, 16))


def _place(text: str) -> _Place:
    """``0A000001:0050``, ``[fd00:…:0001]:0050``. Raises Unreadable."""
    found = _PLACE.match(text)
    v4 = found.group("v4") if found else None
    address = _nat.address(_dotted(v4) if v4 else found.group("v6") if found else None)
    if found is None or address is None:
        raise IpvsUnreadable("a row of /proc/net/ip_vs is malformed: %s" % ascii(text[:80]))
    return "ipv4" if v4 else "ipv6", address, int(found.group("port"), 16)


def _dotted(text: str) -> str:
    return ".".join(str(byte) for byte in bytes.fromhex(text))


def _text(family: str, address: str, port: int) -> str:
    return "[%s]:%d" % (address, port) if family == "ipv6" else "%s:%d" % (address, port)
