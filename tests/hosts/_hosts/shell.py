# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A shell on a machine, over SSH."""

from __future__ import annotations

import pathlib
import subprocess
import time

_BOOT = 600  # seconds


class Shell:
    """Root's shell. All commands share one connection."""

    def __init__(self, made: pathlib.Path, *, directory: pathlib.Path, port: int) -> None:
        self.key = made / "key"
        self.known_hosts = directory / "known_hosts"
        host_key = (made / "host_key.pub").read_text().split()
        self.known_hosts.write_text(f"[127.0.0.1]:{port} {host_key[0]} {host_key[1]}\n")
        options = {
            "UserKnownHostsFile": self.known_hosts,
            "BatchMode": "yes",
            "ConnectTimeout": "10",
            "ControlMaster": "auto",
            "ControlPersist": "60",
            "ControlPath": directory / "ssh",
        }
        arguments = [part for name, value in options.items() for part in ("-o", f"{name}={value}")]
        self._ssh = ["ssh", "-q", "-F", "/dev/null", *arguments, "-i", str(self.key), "-p", str(port), "root@127.0.0.1"]

    def run(self, script: str, *, timeout: float = 120) -> str:
        """What a script of bash printed. Raises RuntimeError with its words when a command of it failed."""
        command = [*self._ssh, "bash -euo pipefail -s"]
        done = subprocess.run(
            command,
            input=script,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"exit code {done.returncode} of:\n{script}\n{done.stdout}{done.stderr}")
        return done.stdout

    def close(self) -> None:
        """End the connection."""
        subprocess.run([*self._ssh, "-O", "exit"], stderr=subprocess.DEVNULL, check=False)

    def wait(self, script: str = "true") -> None:
        """Wait until the machine lets root in and a script succeeds there."""
        end = time.monotonic() + _BOOT
        while True:
            try:
                self.run(script, timeout=30)
            except (RuntimeError, subprocess.TimeoutExpired):
                if time.monotonic() > end:
                    raise
                time.sleep(1)
            else:
                return
