# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes a machine: its disk, its first boot, and what is done on it before it is saved."""

from __future__ import annotations

import pathlib
import resource
import subprocess
import time

from .machine import Machine
from .mirror import mirror

_TESTS = pathlib.Path(__file__).resolve().parents[1]
_SUITE = "bookworm"
# The machine when it was provisioned, and after it booted once more.
PROVISIONED, REBOOTED = "provisioned", "rebooted"


def build(folder: pathlib.Path) -> None:
    """Fill an empty folder with a machine that was provisioned, and saved before and after a reboot.

    Says how long each step took.
    """
    begun = time.monotonic()

    def say(step: str) -> None:
        print(f"hosts: {step} after {time.monotonic() - begun:.0f} s", flush=True)

    _disk(folder)
    say("disk made")
    with Machine(folder, saved=None) as machine:
        say("SSH answers")
        machine.booted()
        say("booted")
        for topic in sorted((_TESTS / "provision").glob("*.sh")):
            machine.shell.run(topic.read_text(), timeout=600)
            say(f"{topic.name} done")
        machine.save(PROVISIONED)
    with Machine(folder, saved=PROVISIONED) as machine:
        machine.reboot()
        machine.save(REBOOTED)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    say(f"booted again, with {used.ru_utime + used.ru_stime:.0f} s of CPU time,")


def _disk(folder: pathlib.Path) -> None:
    site = mirror()
    if site is None:
        raise RuntimeError("apt of this machine reads no archive of Debian")
    key = folder / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "hosts", "-f", str(key)], check=True)
    # Processes and mounts of a build that is interrupted go with their namespaces.
    alone = ["setpriv", "--pdeathsig", "KILL", "unshare", "--mount", "--pid", "--mount-proc", "--fork", "--kill-child"]
    script = str(_TESTS / "image" / "build.sh")
    subprocess.run([*alone, script, _SUITE, site, f"{key}.pub", str(folder)], stdin=subprocess.DEVNULL, check=True)
