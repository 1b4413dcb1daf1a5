# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where control groups of version 2 are mounted, and groups of the fleet's own below that."""

from __future__ import annotations

import pathlib


def mounted_at() -> pathlib.Path | None:
    """The cgroup2 mount of this machine, ``/sys/fs/cgroup`` or ``/sys/fs/cgroup/unified``; None without one."""
    for line in pathlib.Path("/proc/self/mountinfo").read_text().splitlines():
        before, _separator, after = line.partition(" - ")
        if after.split()[0] == "cgroup2":
            return pathlib.Path(before.split()[4])
    return None


def make(path: pathlib.Path) -> pathlib.Path:
    path.mkdir(parents=True, exist_ok=True)
    return path
