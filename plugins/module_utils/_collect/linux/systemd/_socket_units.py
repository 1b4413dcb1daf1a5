# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Socket activation: which service stands behind a socket that systemd holds.

A service that systemd starts on demand has no process before the first connection. The unit files say what will run,
so that the same rule gives the same verdict before and after. Sources: systemd.socket(5), systemd.service(5),
systemd.exec(5).
"""

from __future__ import annotations

import os
import re
import socket
import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _host_files
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.systemd import (
    _exec_start,
    _unit_files,
)

_SECTION = "Socket"
_LISTEN_KEYS = {"tcp": "ListenStream", "udp": "ListenDatagram"}
_SEARCH_PATH = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")
# With one of these the path may be another file than the one that the host has there: systemd.exec(5).
_OTHER_FILES = (
    "RootDirectory",
    "RootImage",
    "MountImages",
    "ExtensionImages",
    "ExtensionDirectories",
    "BindPaths",
    "BindReadOnlyPaths",
)
_YES = ("1", "yes", "y", "true", "t", "on")
_ADDRESS = re.compile(
    r"\[(?P<six>[^\]%]+)(?:%[^\]]*)?\]:(?P<port6>[0-9]{1,9})\Z|(?P<four>[0-9.]+):(?P<port4>[0-9]{1,9})\Z"
    r"|(?P<port>[0-9]{1,9})\Z"
)
_LAST_PORT = 65535


class Activation(t.NamedTuple):
    """A ``.socket`` unit and the service it starts. ``exe``: what the service executes, as written; ``user``: as whom.

    Both are None where the unit files leave it open. ``template``: a new instance of the service is started for every
    connection (``Accept=yes``).
    """

    socket_unit: str
    service: str
    exe: t.Optional[str]
    user: t.Optional[str]
    template: bool


class Bind(t.NamedTuple):
    """Where a socket is bound, to find its unit."""

    protocol: str
    family: str
    address: str
    port: int


class SocketUnits:
    """The ``.socket`` units of a host, read when the first is asked for."""

    def __init__(self, roots: _host_files.Roots) -> None:
        self._files = _unit_files.UnitFiles(roots)
        self._roots = roots
        self._by_bind: t.Optional[t.List[t.Tuple[str, str, t.FrozenSet[Bind]]]] = None

    def by_name(self, name: str) -> t.Optional[Activation]:
        """What the unit of that name starts; None when there is no such unit."""
        unit = self._files.load(name)
        return self._activation(unit) if unit is not None else None

    def by_bind(self, bind: Bind) -> t.Optional[Activation]:
        """The unit that listens there. Where several do, the one started at boot; None when that leaves a choice."""
        names = {own for own, _alias, binds in self._all() if bind in binds}
        if len(names) > 1:
            aliases = {own: alias for own, alias, _binds in self._all() if own in names}
            names = {own for own in names if self._files.wanted(own) or self._files.wanted(aliases[own])}
        return self.by_name(names.pop()) if len(names) == 1 else None

    def _all(self) -> t.List[t.Tuple[str, str, t.FrozenSet[Bind]]]:
        if self._by_bind is None:
            self._by_bind = []
            for name in self._files.names(".socket"):
                unit = self._files.load(name)
                if unit is not None:
                    self._by_bind.append((unit.name, name, frozenset(binds(unit))))
        return self._by_bind

    def _activation(self, unit: _unit_files.Unit) -> Activation:
        accept = (unit.last(_SECTION, "Accept") or "").lower() in _YES
        stem = os.path.splitext(unit.name)[0]
        service = unit.last(_SECTION, "Service") or "%s%s.service" % (stem, "@" if accept else "")
        loaded = self._files.load(service)
        if loaded is None:
            return Activation(unit.name, service, None, None, accept)
        elsewhere = any(loaded.last("Service", key) for key in _OTHER_FILES)
        command = _exec_start.parse(loaded.all("Service", "ExecStart"))
        exe = None if elsewhere or command.path is None else self._absolute(loaded, command.path)
        # Another program may run as another user.
        user = None if exe is None or command.elevated else _user(loaded)
        return Activation(unit.name, loaded.name, exe, user, accept)

    def _absolute(self, service: _unit_files.Unit, path: str) -> t.Optional[str]:
        if path.startswith("/"):
            return path
        return None if service.last("Service", "ExecSearchPath") else self._search(path)

    def _search(self, name: str) -> t.Optional[str]:
        for directory in _SEARCH_PATH:
            if os.path.lexists(self._roots.path("%s/%s" % (directory, name))):
                return "%s/%s" % (directory, name)
        return None


def _user(service: _unit_files.Unit) -> t.Optional[str]:
    """``User=``, root without it; None when it is made up at start, by PAM or a specifier."""
    if (service.last("Service", "DynamicUser") or "").lower() in _YES:
        return None
    user = service.last("Service", "User") or "root"
    return None if "%" in user else user


def binds(unit: _unit_files.Unit) -> t.Iterator[Bind]:
    """Where a socket unit listens, in TCP and UDP. Paths, vsock and the like are none of them."""
    for protocol, key in _LISTEN_KEYS.items():
        for value in unit.all(_SECTION, key):
            for family, address, port in _addresses(value):
                yield Bind(protocol, family, address, port)


def _addresses(value: str) -> t.List[t.Tuple[str, str, int]]:
    match = _ADDRESS.match(value)
    if match is None or int(match.group("port6") or match.group("port4") or match.group("port")) > _LAST_PORT:
        return []
    if match.group("port"):
        # "A port number alone listens on IPv6 with IPv4": and on IPv4 alone where there is no IPv6.
        return [("ipv6", "::", int(value)), ("ipv4", "0.0.0.0", int(value))]
    family, kind = ("ipv6", socket.AF_INET6) if match.group("six") else ("ipv4", socket.AF_INET)
    try:
        address = socket.inet_ntop(kind, socket.inet_pton(kind, match.group("six") or match.group("four")))
    except (OSError, ValueError):  # a name may hold NUL
        return []
    return [(family, address, int(match.group("port6") or match.group("port4")))]
