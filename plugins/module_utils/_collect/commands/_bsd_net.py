# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ifconfig(8) and sysctl(8) of BSD systems: the host's own addresses, and the ports it hands out by itself."""

from __future__ import annotations

import re
import socket
import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _tool
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux import _host_facts

_DEVICE = re.compile(r"(\S+?): flags=")
_PEER = "-->"
_RANGE = ("net.inet.ip.portrange.first", "net.inet.ip.portrange.last")


def addresses(run: _tool.Run, unreadable: t.Optional[t.List[str]] = None) -> t.List[t.Dict[str, t.Any]]:
    """The host's own addresses, as evidence holds them. Raises ToolError.

    ``unreadable``: takes the lines that are not understood, each of which may have been an address.
    """
    answer = run("ifconfig", "-a")
    unknown: t.List[str] = []
    found = parse(answer.stdout, unknown)
    if answer.status != 0 or not found:
        raise _tool.ToolError("tool-failed", _tool.worded("ifconfig", answer))
    if unreadable is not None:
        unreadable += unknown
    return found


def parse(text: str, unreadable: t.Optional[t.List[str]] = None) -> t.List[t.Dict[str, t.Any]]:
    """Read ``ifconfig -a``, sorted by device and address."""
    device = None
    found = []
    for line in text.splitlines():
        match = _DEVICE.match(line)
        if match is not None:
            device = match.group(1)
            continue
        try:
            own = _address(line)
        except ValueError as error:
            if unreadable is not None:
                unreadable.append(str(error))
            continue
        if own is not None:
            found.append({"address": own[0], "prefix_length": own[1], "device": device, "namespace": None})
    return sorted(found, key=lambda own: (str(own["device"]), str(own["address"])))


def _address(line: str) -> t.Optional[t.Tuple[str, t.Optional[int]]]:
    """Address and length of its prefix, of a line that has one; None for another. Raises ValueError.

    ``inet 10.0.0.1 netmask 0xffffff00``, with a dotted mask, with a peer behind ``-->``, or as ``10.0.0.1/24``, which
    FreeBSD prints when it is asked to (IFCONFIG_FORMAT). Of the words behind it, only these are looked for. An address
    counts whatever becomes of its mask: reach is made of addresses.
    """
    words = line.split()
    if line.strip() and not line[0].isspace():
        raise ValueError("%r: not a line of a device" % line.strip())
    if not words or not words[0].startswith("inet"):
        return None
    if words[0] not in ("inet", "inet6") or len(words) < 2:
        raise ValueError("%r: the line is not understood" % line.strip())
    host, _slash, length = words[1].partition("/")
    host, _percent, zone = host.partition("%")
    zone, _slash, behind = zone.partition("/")
    bits = 32 if words[0] == "inet" else 128
    return _plain(host, bits), _prefix(length or behind, words[2:], bits)


def _plain(host: str, bits: int) -> str:
    family = socket.AF_INET if bits == 32 else socket.AF_INET6
    try:
        raw = socket.inet_pton(family, host)
    except (OSError, ValueError) as error:
        raise ValueError("%r is not an address" % host) from error
    if bits == 128 and raw[0] == 0xFE and raw[1] & 0xC0 == 0x80:
        raw = raw[:2] + b"\0\0" + raw[4:]  # the kernel's own copy of the scope
    return socket.inet_ntop(family, raw)


def _prefix(length: str, words: t.Sequence[str], bits: int) -> t.Optional[int]:
    """The length of the prefix: behind the address, or in the words that follow; None where none is understood."""
    said = dict(zip(words, words[1:]))
    if length:
        return _length(length, bits)
    if "prefixlen" in said:
        return _length(said["prefixlen"], bits)
    if "netmask" in said and bits == 32:
        return _of_mask(said["netmask"])
    return bits if _PEER in said else None


def _length(text: str, bits: int) -> t.Optional[int]:
    return int(text) if re.match(r"[0-9]{1,3}\Z", text) and int(text) <= bits else None


def _of_mask(text: str) -> t.Optional[int]:
    try:
        raw = socket.inet_pton(socket.AF_INET, text) if "." in text else int(text, 16).to_bytes(4, "big")
    except (OSError, ValueError, OverflowError):
        return None
    return bin(int.from_bytes(raw, "big")).count("1")


def ephemeral(run: _tool.Run) -> _host_facts.Ephemeral:
    """The range that the kernel takes ports from by itself. Raises ToolError."""
    answer = run("sysctl", "-n", *_RANGE)
    words = answer.stdout.split()
    if answer.status != 0 or len(words) != 2 or not all(re.match(r"[0-9]{1,5}\Z", word) for word in words):
        raise _tool.ToolError("tool-failed", _tool.worded("sysctl", answer))
    return _host_facts.Ephemeral(int(words[0]), int(words[1]), ())
