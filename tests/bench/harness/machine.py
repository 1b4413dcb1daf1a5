# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a record must say of the machine it was made on."""

from __future__ import annotations

import importlib.metadata
import os
import pathlib
import platform
import shutil
import subprocess

# How each external peer says its version.
_TOOLS = {"ss": ("ss", "-V"), "netstat": ("netstat", "--version"), "lsof": ("lsof", "-v")}


def machine() -> dict[str, str]:
    """CPU model, cores, memory, kernel, Python and the versions of everything that was compared."""
    facts = {
        "CPU": _cpu_model(),
        "cores": str(os.cpu_count()),
        "memory": f"{os.sysconf('SC_PHYS_PAGES') * os.sysconf('SC_PAGE_SIZE') / 2**30:.1f} GiB",
        "kernel": platform.release().split("-")[0],
        "system": platform.freedesktop_os_release().get("PRETTY_NAME", "unknown"),
        "Python": platform.python_version(),
    }
    for package in ("ansible-core", "ansible", "psutil", "jsonschema"):
        facts[package] = importlib.metadata.version(package)
    return {**facts, **{tool: _tool_version(tool) for tool in _TOOLS}}


def _cpu_model() -> str:
    for line in pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def _tool_version(tool: str) -> str:
    if shutil.which(tool) is None:
        return "not installed"
    done = subprocess.run(_TOOLS[tool], capture_output=True, text=True, check=False)
    words = (done.stdout + done.stderr).replace(",", " ").split()
    # iproute2-6.1.0, "net-tools 2.10", "revision: 4.95.0": the first word that holds a dotted number
    return next((word for word in words if "." in word and word[-1].isdigit()), "unknown")
