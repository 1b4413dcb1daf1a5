# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole fleet: hosts brought up together, each with its SSH daemon and its listeners."""

from __future__ import annotations

import dataclasses
import typing as t

from . import hosts, ready, ssh
from .host import Host
from .hub import Hub
from .ssh import Sshd


@dataclasses.dataclass(frozen=True)
class Spec:
    """One host. ``private``: SSH answers on the host's own addresses of the fleet only, not on every address."""

    name: str
    number: int
    groups: tuple[str, ...]
    listeners: t.Callable[[Host], hosts.Ports]
    ssh_port: int = 22
    private: bool = False
    user: str = "root"
    accounts: tuple[str, ...] = ()
    activated: tuple[t.Mapping[str, t.Any], ...] = ()
    ssh: bool = True


AUDITED = (
    Spec("web1", 11, ("web",), hosts.web1),
    Spec("web2", 12, ("web",), hosts.web2),
    Spec("db1", 21, ("db",), hosts.db1),
    Spec("db2", 22, ("db",), hosts.db2),
    Spec("cache1", 31, ("cache",), hosts.cache1),
    Spec("cache2", 32, ("cache",), hosts.cache2),
    Spec("edge1", 41, ("edge", "bastion"), hosts.edge1, ssh_port=2222, private=True),
    Spec("edge2", 42, ("edge",), hosts.edge2, private=True),
    Spec("app1", 51, ("app",), hosts.app1),
    Spec("app2", 52, ("app",), hosts.app2),
    Spec("app3", 53, ("app",), hosts.app3, activated=hosts.ACTIVATED),
    Spec("hostile1", 61, ("app",), hosts.hostile1),
    Spec("plain1", 71, ("app",), hosts.plain1, user=hosts.PLAIN_USER, accounts=(hosts.PLAIN_ACCOUNT,)),
)
# Never audited by all: for scenes that break something, and to see that nothing was touched.
APART = (
    Spec("calm1", 81, ("spare",), hosts.spare),
    Spec("calm2", 82, ("spare",), hosts.spare),
    Spec("calm3", 83, ("spare",), hosts.spare),
    Spec("dead1", 91, ("spare",), hosts.spare, ssh=False),
    Spec("dead2", 92, ("spare",), hosts.spare, ssh=False),
    Spec("witness1", 93, ("spare",), hosts.spare),
)


@dataclasses.dataclass(frozen=True)
class Member:
    """A host of the fleet as it runs."""

    spec: Spec
    host: Host
    sshd: Sshd


class Fleet:
    """Everything up. ``members`` by name; ``key`` and ``known_hosts`` are what SSH needs."""

    def __init__(self, hub: Hub, specs: t.Iterable[Spec]) -> None:
        self.hub = hub
        self.key = ssh.new_key(hub.directory / "key")
        self.known_hosts = hub.directory / "known_hosts"
        self.members = {spec.name: self._member(spec) for spec in specs}
        for member in self.members.values():
            member.host.up()
        ssh.write_known_hosts(self.known_hosts, (member.sshd for member in self.members.values()))
        self._start()

    def __getitem__(self, name: str) -> Member:
        return self.members[name]

    def _member(self, spec: Spec) -> Member:
        host = Host(self.hub, spec.name, number=spec.number, accounts=spec.accounts, activated=spec.activated)
        listen = [host.address, host.address6] if spec.private else []
        return Member(spec, host, Sshd(host, key=self.key, port=spec.ssh_port, listen=listen))

    def _start(self) -> None:
        expected = []
        for member in self.members.values():
            if member.spec.ssh:
                member.sshd.start()
            expected.append((member.host, list(member.spec.listeners(member.host))))
        for host, ports in expected:
            ready.wait(host, ports)
