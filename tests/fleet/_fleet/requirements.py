# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the fleet needs of the machine, and what to type where it is missing."""

from __future__ import annotations

import os
import shutil
import subprocess
import typing as t

from . import cgroup, services

NOT_RUN, FAILED = 3, 1
# Command by Debian package.
_COMMANDS = {
    "iproute2": ("ip",),
    "util-linux": ("nsenter", "unshare", "setpriv"),
    "procps": ("sysctl",),
    "openssh-client": ("ssh", "ssh-keygen"),
    "openssh-server": ("/usr/sbin/sshd",),
    "nginx-light": ("/usr/sbin/nginx",),
    "redis-server": ("redis-server",),
    "memcached": ("memcached",),
    "dnsmasq-base": ("/usr/sbin/dnsmasq",),
}
# Left without the servers' own start: a fleet wants their programs only.
_INSTALL = "apt-get update && apt-get install --yes --no-install-recommends"


def missing() -> list[str]:
    """One line for each thing that is missing; empty when the fleet can come up."""
    problems = [*_programs(), *_kernel()]
    return ["The fleet tests cannot run here, so they do NOT RUN:", *problems] if problems else []


def status(problems: t.Sequence[str]) -> int:
    """The exit code for that: in CI the tests have to run."""
    if not problems:
        return 0
    return FAILED if os.environ.get("CI", "").lower() in ("1", "true") else NOT_RUN


def _programs() -> list[str]:
    packages = [
        package for package, commands in _COMMANDS.items() if not all(shutil.which(command) for command in commands)
    ]
    if services.postgres_programs() is None:
        packages.append("postgresql")
    if not packages:
        return []
    return [f"  missing programs; install them with: sudo sh -c '{_INSTALL} {' '.join(packages)}'"]


def _kernel() -> list[str]:
    if os.geteuid() != 0:
        return ["  not root: network namespaces need it; run the tests with sudo"]
    found = []
    mount = cgroup.mounted_at()
    if mount is None or not os.access(mount, os.W_OK):
        found.append("  no control groups of version 2 to write in, for units (a container needs --privileged)")
    if subprocess.run(["unshare", "--net", "--mount", "--pid", "--fork", "true"], check=False).returncode != 0:
        found.append("  namespaces are refused: a container needs --privileged")
    return found
