# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The network that the fleet hangs on: a namespace with a bridge, and everything in it dies with one process.

The root namespace gets no link, no address, no route. The hub has a pid namespace of its own: when its pid 1 is
killed (on leaving, or by the kernel when the tests die) so are all processes of all hosts, and with them their
namespaces and mounts.
"""

from __future__ import annotations

import pathlib
import subprocess
import sys
import tempfile
import typing as t

from . import cgroup, janitor

BRIDGE = "hub0"
ADDRESSES = ("10.77.0.1/24", "fd77::1/64 nodad")
_CODE = pathlib.Path(__file__).parent
# Joins a control group, and is killed by the kernel when the tests die.
_PREPARE = 'echo $$ > "$0/cgroup.procs" && exec setpriv --pdeathsig KILL -- "$@"'


class Hub:
    """Context manager: the bridge in its namespace. ``directory`` is private and removed with it."""

    def __init__(self) -> None:
        mount = cgroup.mounted_at()
        if mount is None:
            raise RuntimeError("no cgroup2 is mounted")
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="fleet-"))
        self.directory.chmod(0o755)  # services of other users have their files below it
        self.group = mount / self.directory.name
        self._janitor = self._start_janitor()
        cgroup.make(self.group)
        init = ["unshare", "--net", "--pid", "--mount", "--fork", "--kill-child"]
        self._init = _start([*init, sys.executable, str(_CODE / "hub_init.py")], self.group, stdout=subprocess.PIPE)
        self.pid = int(self._init.stdout.readline())  # type: ignore[union-attr]
        self.ip(f"link add {BRIDGE} type bridge", f"link set {BRIDGE} up", "link set lo up")
        self.ip(*(f"address add {address} dev {BRIDGE}" for address in ADDRESSES))

    def __enter__(self) -> t.Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self._init.kill()
        self._init.wait()
        self._janitor.stdin.close()  # type: ignore[union-attr]
        self._janitor.wait()

    def ip(self, *commands: str) -> None:
        """Run ``ip`` commands in the hub's network."""
        run_ip(self.pid, commands)

    def entered(self, command: t.Sequence[str]) -> list[str]:
        """The command line that runs a command in the hub, to die with it; the file system is the machine's."""
        return ["nsenter", f"--target={self.pid}", "--net", "--pid", "--mount", *command]

    def popen(
        self, command: t.Sequence[str], *, group: pathlib.Path | None = None, **options: t.Any
    ) -> subprocess.Popen[str]:
        """Start a command in the hub, in the control group given."""
        return _start(self.entered(command), group or self.group, **options)

    def _start_janitor(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, janitor.__file__, str(self.group), str(self.directory)],
            stdin=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )


def _start(command: t.Sequence[str], group: pathlib.Path, **options: t.Any) -> subprocess.Popen[str]:
    return subprocess.Popen(["sh", "-c", _PREPARE, str(group), *command], text=True, **options)


def run_ip(pid: int, commands: t.Iterable[str]) -> None:
    """Run ``ip`` commands, as one batch, in the network namespace of a process."""
    subprocess.run(
        ["nsenter", f"--target={pid}", "--net", "ip", "-batch", "-"],
        input="\n".join(commands) + "\n",
        text=True,
        check=True,
    )
