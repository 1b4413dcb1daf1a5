# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Virtual services of IPVS, from ``/proc/net/ip_vs``. Source: ip_vs_info_seq_show() in ip_vs_ctl.c."""

from __future__ import annotations

import socket
import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils._collect import _paths
from ansible_collections.fleetports.compliance.plugins.module_utils._collect._nat import Published


class Unreadable(Exception):
    """A row is none."""


def read(raw: bytes) -> t.Tuple[t.List[Published], t.List[_paths.RawPath]]:
    """Virtual services, and those chosen by firewall mark as ways in without a port. Raises Unreadable."""
    services: t.List[t.Tuple[str, str]] = []
    targets: t.Dict[int, t.List[str]] = {}
    for line in raw.decode("ascii", "replace").splitlines():
        fields = line.split()
        if fields[:1] == ["->"]:
            if services and fields[1:2] != ["RemoteAddress:Port"]:
                targets.setdefault(len(services) - 1, []).append(_text(*_place(fields[1])))
        elif fields[:1] in (["TCP"], ["UDP"], ["SCTP"], ["FWM"]):
            services.append((fields[0].lower(), fields[1]))
    published, paths = [], []
    for number, (protocol, place) in enumerate(services):
        to = tuple(sorted(targets.get(number, ["nowhere"])))
        if protocol == "fwm":
            paths.append(_paths.RawPath("dnat", "firewall mark %s goes to %s" % (place, ", ".join(to))))
            continue
        family, address, port = _place(place)
        published.append(Published(protocol, family, address, port, None, to, "ipvs"))
    return published, paths


def _place(text: str) -> t.Tuple[str, str, int]:
    """``0A000001:0050``, ``[fd00:…:0001]:0050``."""
    address, _colon, port = text.rpartition(":")
    try:
        if address.startswith("["):
            return (
                "ipv6",
                socket.inet_ntop(socket.AF_INET6, socket.inet_pton(socket.AF_INET6, address[1:-1])),
                int(port, 16),
            )
        return "ipv4", socket.inet_ntoa(bytes.fromhex(address)), int(port, 16)
    except (ValueError, OSError) as error:
        raise Unreadable("a row of /proc/net/ip_vs is none: %s" % error) from error


def _text(family: str, address: str, port: int) -> str:
    return "[%s]:%d" % (address, port) if family == "ipv6" else "%s:%d" % (address, port)
