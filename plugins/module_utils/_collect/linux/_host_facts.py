# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Facts of the host that evidence and judge need."""

from __future__ import annotations

import os
import re
import socket
import sys
import time
import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils import _socket
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _host_files
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.netlink import _rtnetlink, _wire

# The judge excuses UDP only in here: proxies set 1024-65535, and that must not excuse 11211 (design of the policy).
EPHEMERAL_FIRST, EPHEMERAL_LAST = 32768, 65535
# Capabilities that decide what the collector can see; include/uapi/linux/capability.h.
CAPABILITIES = {
    1: "CAP_DAC_OVERRIDE",
    2: "CAP_DAC_READ_SEARCH",
    12: "CAP_NET_ADMIN",
    19: "CAP_SYS_PTRACE",
    21: "CAP_SYS_ADMIN",
}


_SPAN = re.compile(rb"\d{1,5}(?:-\d{1,5})?\Z")  # a port, or "8000-8099"


class Ephemeral(t.NamedTuple):
    """The range the host takes ports from, and those it leaves out, as the kernel lists them."""

    first: int
    last: int
    reserved: t.Tuple[str, ...]

    def __contains__(self, port: object) -> bool:
        if not isinstance(port, int) or not max(self.first, EPHEMERAL_FIRST) <= port <= min(self.last, EPHEMERAL_LAST):
            return False
        return not any(first <= port <= last for first, last in map(_range, self.reserved))


def _range(text: str) -> t.Tuple[int, int]:
    first, _dash, last = text.partition("-")
    return int(first), int(last or first)


def ephemeral(proc: str) -> t.Optional[Ephemeral]:
    """``ip_local_port_range`` and ``ip_local_reserved_ports``; None when they cannot be read."""
    span = (_host_files.read(proc + "/sys/net/ipv4/ip_local_port_range") or b"").split()
    if len(span) != 2 or b"-" in span[0] + span[1]:
        return None
    reserved = (_host_files.read(proc + "/sys/net/ipv4/ip_local_reserved_ports") or b"").strip().split(b",")
    if not all(map(_SPAN.match, [*span, *filter(None, reserved)])):
        return None
    return Ephemeral(int(span[0]), int(span[1]), tuple(part.decode("ascii") for part in reserved if part))


def now() -> str:
    """The clock of this host, UTC, milliseconds."""
    moment = time.time()
    return "%s.%03dZ" % (time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(moment)), int(moment * 1000) % 1000)


def device(index: int) -> str:
    """Name of a device; ``if7`` when it has none (any more)."""
    try:
        return socket.if_indextoname(index)
    except OSError:
        return "if%d" % index


def addresses(
    namespace: t.Optional[int], *, connect: _wire.Connect
) -> t.Tuple[t.Optional[t.List[t.Dict[str, t.Any]]], t.List[_socket.Gap]]:
    """The host's own addresses, as evidence holds them, or None and a gap."""
    try:
        found = sorted(set(_rtnetlink.addresses(connect=connect)))
    except _wire.NetlinkError as error:
        return None, [_socket.Gap(error.code, "addresses", "rtnetlink: %s" % error)]
    names = {index: device(index) for index in {address.interface for address in found}}
    return [
        {
            "address": address.address,
            "prefix_length": address.prefix_length,
            "device": names[address.interface],
            "namespace": namespace,
        }
        for address in found
    ], []


def facts(roots: _host_files.Roots) -> t.Dict[str, t.Any]:
    """The part of the host's facts that any platform has."""
    system = os.uname()
    return {
        "hostname": _host_files.unicode_text(system.nodename) or None,
        "machine_id": _identifier(roots, "/etc/machine-id") or _identifier(roots, "/var/lib/dbus/machine-id"),
        "boot_id": _first_line(roots.proc + "/sys/kernel/random/boot_id"),
        "os": os_release(roots),
        "kernel": system.release or None,
        "python": "%d.%d.%d" % sys.version_info[:3],
        "addresses": None,
        "local_delivery": None,
        "ephemeral_ports": None,
        "clock": now(),
    }


def _first_line(path: str) -> t.Optional[str]:
    return _host_files.unicode_text(_host_files.read(path) or b"").strip() or None


def _identifier(roots: _host_files.Roots, path: str) -> t.Optional[str]:
    text = _first_line(roots.path(path))
    return None if text == "uninitialized" else text  # machine-id(5): before the first boot has ended


def os_release(roots: _host_files.Roots) -> t.Optional[t.Dict[str, t.Optional[str]]]:
    """os-release(5); None when the host has none."""
    raw = _host_files.read(roots.path("/etc/os-release")) or _host_files.read(roots.path("/usr/lib/os-release"))
    if raw is None:
        return None
    values = {}
    for line in _host_files.unicode_text(raw).splitlines():
        key, equals, value = line.partition("=")
        if equals:
            values[key.strip()] = _unquote(value.strip())
    return {"id": values.get("ID"), "version": values.get("VERSION_ID"), "name": values.get("PRETTY_NAME")}


def _unquote(value: str) -> str:
    if len(value) < 2 or value[0] not in "\"'" or value[-1] != value[0]:
        return value
    text = value[1:-1]
    for character in "\"'$`\\":
        text = text.replace("\\" + character, character)
    return text


def capabilities(proc: str) -> t.List[str]:
    """Effective capabilities of the collector, of those that decide what it can see."""
    for line in (_host_files.read(proc + "/self/status") or b"").splitlines():
        if line.startswith(b"CapEff:"):
            mask = _mask(line[len(b"CapEff:") :].strip())
            return [name for bit, name in sorted(CAPABILITIES.items()) if mask >> bit & 1]
    return []


def _mask(text: bytes) -> int:
    try:
        return int(text, 16)
    except ValueError:
        return 0  # nothing is claimed that cannot be read
