# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One host of the fleet: its namespaces, its links and addresses, the commands that run in it."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys
import typing as t

from . import cgroup
from .hub import BRIDGE, Hub, run_ip

_CODE = pathlib.Path(__file__).parent
NOGROUP = 65534
ROOT_HOME = "/run/root"  # as host_init.py makes it
# The system's Python: the one that runs the tests may lie where other users cannot read.
_PYTHON = "/usr/bin/python3"
# A copy of the interpreter does not find its library by itself.
_ENVIRONMENT = {**os.environ, "PYTHONHOME": sys.base_prefix}
# Namespaces of a host, but for the hub's own: nsenter's names.
_NAMESPACES = ("--net", "--pid", "--mount", "--uts", "--cgroup")


class Host:
    """A host behind the hub's bridge, with its own processes, /run, control groups and host name.

    Its pid 1 dies with the hub's, so a host needs no closing of its own. ``number`` gives its addresses:
    ``10.77.0.<number>`` and ``fd77::<number>`` on ``eth0``. ``activated``: sockets of pid 1, see host_init.py.
    """

    def __init__(
        self,
        hub: Hub,
        name: str,
        *,
        number: int,
        accounts: t.Sequence[str] = (),
        activated: t.Sequence[t.Mapping[str, t.Any]] = (),
    ) -> None:
        self.hub = hub
        self.name = name
        self.address = f"10.77.0.{number}"
        self.address6 = f"fd77::{number}"
        self.link_local = f"fe80::77ff:fe00:{number}"
        self._number = number
        self.directory = hub.directory / name
        self.group = cgroup.make(hub.group / name)
        self._process = self._start(self._etc(accounts), json.dumps(activated))

    def up(self) -> None:
        """Wait for its pid 1, then plug it in."""
        self.pid = int(self._process.stdout.readline())  # type: ignore[union-attr]
        self.ip("link set lo up")
        self.plug("eth0", f"{self.address}/24", f"{self.address6}/64 nodad", port=self._number)

    def plug(self, device: str, *addresses: str, port: int) -> None:
        """Give it a device with addresses, plugged into the port of the hub's bridge."""
        mac = f"02:00:77:00:{port // 100:02d}:{port % 100:02d}"
        self.hub.ip(
            f"link add port{port} type veth peer name {device} address {mac} netns {self.pid}",
            f"link set port{port} master {BRIDGE} up",
        )
        self.ip(f"link set {device} up", *(f"address add {address} dev {device}" for address in addresses))

    def ip(self, *commands: str) -> None:
        """Run ``ip`` commands in the host's network."""
        run_ip(self.pid, commands)

    def run(self, command: t.Sequence[str]) -> str:
        """Run a command in the host; returns its output. Raises CalledProcessError."""
        return subprocess.run(self._entered(command), text=True, check=True, stdout=subprocess.PIPE).stdout

    def write(self, path: str, text: str) -> None:
        """Write a file as the host sees it, with the directories above it."""
        script = 'mkdir -p "$(dirname "$0")"; printf %s "$1" > "$0"'
        self.run(["sh", "-ec", script, path, text])

    def spawn(self, command: t.Sequence[str], *, unit: str | None = None, **options: t.Any) -> subprocess.Popen[str]:
        """Start a command in the host: in the control group of ``unit`` (``x.service``, or a path below the root)."""
        return self.hub.popen(self._entered(command), group=self._unit(unit), **options)

    def hold(
        self,
        *sockets: t.Mapping[str, t.Any],
        unit: str | None = None,
        python: str | pathlib.Path = _PYTHON,
        bind: str | None = None,
        login: int | None = None,
        **options: t.Any,
    ) -> Held:
        """Start a process that holds sockets; see holder.py for their description and the options.

        ``python`` is its executable. With ``bind`` this file is mounted over it first, for that process alone.
        ``login`` is the uid that starts it.
        """
        command = [str(python), *_holder(sockets, options)]
        if bind is not None:
            command = ["unshare", "--mount", "sh", "-ec", 'mount --bind "$0" "$1"; exec "$@"', bind, *command]
        if login is not None:
            command = ["setpriv", f"--reuid={login}", f"--regid={NOGROUP}", "--clear-groups", *command]
        environment = None if python == _PYTHON else _ENVIRONMENT
        return Held(self, self.spawn(command, unit=unit, stdout=subprocess.PIPE, env=environment))

    def hold_unseen(self, *sockets: t.Mapping[str, t.Any]) -> Held:
        """Start a process that holds sockets of the host's network and is none of the host's processes."""
        command = ["nsenter", f"--target={self.pid}", "--net", _PYTHON, *_holder(sockets, {})]
        return Held(self, self.hub.popen(command, group=self.group, stdout=subprocess.PIPE))

    def _entered(self, command: t.Sequence[str]) -> list[str]:
        return ["nsenter", f"--target={self.pid}", *_NAMESPACES, *command]

    def _unit(self, unit: str | None) -> pathlib.Path:
        if unit is None:
            return self.group
        return cgroup.make(self.group / unit if "/" in unit else self.group / "system.slice" / unit)

    def _etc(self, accounts: t.Sequence[str]) -> pathlib.Path:
        """The files of ``/etc`` that are the host's own: its machine id and its accounts."""
        etc = self.directory / "etc"
        etc.mkdir(parents=True)
        if pathlib.Path("/etc/machine-id").exists():
            (etc / "machine-id").write_text(self.name.encode().hex().ljust(32, "0")[:32] + "\n")
        (etc / "passwd").write_text("".join(f"{account}\n" for account in (*_machine_accounts(), *accounts)))
        return etc

    def _start(self, etc: pathlib.Path, activated: str) -> subprocess.Popen[str]:
        unshare = ["unshare", "--net", "--pid", "--mount", "--uts", "--cgroup", "--fork", "--kill-child"]
        init = [sys.executable, str(_CODE / "host_init.py"), self.name, str(etc), activated]
        return self.hub.popen([*unshare, *init], group=self.group, stdout=subprocess.PIPE)


def _machine_accounts() -> list[str]:
    """Those of the machine, but root with a home of its own: a login shell runs what the start files there say."""
    lines = pathlib.Path("/etc/passwd").read_text().splitlines()
    fields = [line.split(":") for line in lines]
    return [":".join([*it[:5], ROOT_HOME, *it[6:]] if it[0] == "root" else it) for it in fields]


class Held:
    """A process that holds sockets."""

    def __init__(self, host: Host, process: subprocess.Popen[str]) -> None:
        self._host = host
        self._process = process

    def wait(self) -> None:
        """Wait until every socket is open."""
        answer = self._process.stdout.readline().split()  # type: ignore[union-attr]
        if not answer:
            raise RuntimeError(f"{self._host.name}: a holder did not open its sockets, exit {self._process.wait()}")
        self._pid = answer[1]

    def move(self, unit: str) -> None:
        """Move the process to another unit; its sockets stay with the one they were made in."""
        group = f"/sys/fs/cgroup/system.slice/{unit}"
        self._host.run(["sh", "-ec", f'mkdir -p "{group}"; echo {self._pid} > "{group}/cgroup.procs"'])


def _holder(sockets: t.Sequence[t.Mapping[str, t.Any]], options: t.Mapping[str, t.Any]) -> list[str]:
    return ["-c", (_CODE / "holder.py").read_text(), json.dumps({"sockets": sockets, **options})]
