# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ifconfig(8) and sysctl(8) of BSD systems: the host's own addresses, and the ports it hands out by itself."""

from __future__ import annotations

import re
import socket
import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils._collect import _host, _tool

_DEVICE = re.compile(r"([^\s:]+): flags=")
_INET = re.compile(r"\s+inet (?P<address>\d+\.\d+\.\d+\.\d+)\b.*? netmask (?P<mask>0x[0-9a-f]{8})")
_INET6 = re.compile(r"\s+inet6 (?P<address>[0-9a-f:.]+)(?:%\S+)? .*?prefixlen (?P<length>\d+)")
_RANGE = ("net.inet.ip.portrange.first", "net.inet.ip.portrange.last")


def addresses(run: _tool.Run) -> t.List[t.Dict[str, t.Any]]:
    """The host's own addresses, as evidence holds them. Raises ToolError."""
    answer = run("ifconfig", "-a")
    found = parse(answer.stdout)
    if answer.status != 0 or not found:
        raise _tool.ToolError("tool-failed", _tool.worded("ifconfig", answer))
    return found


def parse(text: str) -> t.List[t.Dict[str, t.Any]]:
    """Read ``ifconfig -a``, sorted by device and address."""
    device = None
    found = []
    for line in text.splitlines():
        match = _DEVICE.match(line)
        if match is not None:
            device = match.group(1)
        own = _address(line)
        if own is not None:
            found.append({"address": own[0], "prefix_length": own[1], "device": device, "namespace": None})
    return sorted(found, key=lambda own: (str(own["device"]), str(own["address"])))


def _address(line: str) -> t.Optional[t.Tuple[str, int]]:
    """Address and length of its prefix, of a line that has one."""
    match = _INET.match(line)
    if match is not None:
        return match.group("address"), bin(int(match.group("mask"), 16)).count("1")
    match = _INET6.match(line)
    if match is None:
        return None
    raw = socket.inet_pton(socket.AF_INET6, match.group("address"))
    if raw[0] == 0xFE and raw[1] & 0xC0 == 0x80:
        raw = raw[:2] + b"\0\0" + raw[4:]  # the kernel's own copy of the scope
    return socket.inet_ntop(socket.AF_INET6, raw), int(match.group("length"))


def ephemeral(run: _tool.Run) -> _host.Ephemeral:
    """The range that the kernel takes ports from by itself. Raises ToolError."""
    answer = run("sysctl", "-n", *_RANGE)
    words = answer.stdout.split()
    if answer.status != 0 or len(words) != 2 or not all(word.isdigit() for word in words):
        raise _tool.ToolError("tool-failed", _tool.worded("sysctl", answer))
    return _host.Ephemeral(int(words[0]), int(words[1]), ())
