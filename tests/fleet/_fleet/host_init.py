# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pid 1 of a host of the fleet: makes the machine's file system look like one host's own, then reaps.

Runs in fresh net, pid, mount, uts and cgroup namespaces. Not a shell, because pid 1 has to collect the children of
others, and not one of the services, because a listener of pid 1 is taken for one of a ``.socket`` unit.
Arguments: host name, directory of files that replace those of ``/etc``, sockets that pid 1 itself holds, as systemd
does for a ``.socket`` unit: a JSON list of ``{"socket": see holder.py, "started": unit of a process that has it too}``.
Writes its pid on the machine when ready.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys

import holder
import reaper


def mount(*arguments: str) -> None:
    subprocess.run(["mount", *arguments], check=True)


def make_host(name: str, etc: str) -> None:
    """Give the host its own name, processes, /run, devices, control groups and accounts."""
    socket.sethostname(name)
    mount("-t", "proc", "proc", "/proc")
    # The machine's own control groups must not show through: not even in the table of mounts.
    subprocess.run(["umount", "--recursive", "--lazy", "/sys"], check=True)
    mount("-t", "sysfs", "sysfs", "/sys")
    mount("-t", "cgroup2", "cgroup2", "/sys/fs/cgroup")
    mount("-t", "tmpfs", "tmpfs", "/run")
    os.mkdir("/run/sshd", 0o755)
    os.mkdir("/run/root", 0o700)  # root's home, by the host's own passwd
    # A link-local address that is still being checked cannot be bound (RFC 4862, section 5.4).
    for scope in ("all", "default"):
        with open(f"/proc/sys/net/ipv6/conf/{scope}/accept_dad", "w", encoding="ascii") as setting:
            setting.write("0")
    for entry in os.listdir(etc):
        mount("--bind", os.path.join(etc, entry), os.path.join("/etc", entry))


def join(group: str) -> None:
    os.makedirs(f"/sys/fs/cgroup/{group}", exist_ok=True)
    with open(f"/sys/fs/cgroup/{group}/cgroup.procs", "w", encoding="ascii") as processes:
        processes.write("0")  # whoever writes it


def activate(sockets: str) -> list[socket.socket]:
    """Open the sockets of pid 1; give those of a started unit to a process of that unit, and that one only."""
    join("init.scope")
    if sockets != "[]":
        holder.call_me("systemd")
    held = []
    for spec in json.loads(sockets):
        opened = holder.opened(spec["socket"])
        held.append(opened)
        if spec["started"] and os.fork() == 0:
            for other in held[:-1]:
                other.close()
            join(f"system.slice/{spec['started']}")
            holder.call_me("started")
            signal.pause()
    return held


def main() -> None:
    on_machine = os.readlink("/proc/self")
    name, etc, sockets = sys.argv[1:]
    make_host(name, etc)
    _held = activate(sockets)
    print(on_machine, flush=True)
    reaper.reap()


main()
