# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Removes what the kernel does not remove by itself when the tests are killed: control groups and the directory.

Its standard input is a pipe of the tests' process; the end of it means that this process is gone, however it went.
Namespaces, mounts, links and processes need nobody: they die with the hub's pid 1.
Arguments: the control group of the fleet, its directory.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import time

_PATIENCE = 10.0  # seconds; a control group is busy until its last process is gone


def remove_groups(root: str) -> None:
    """Remove a control group with all below it, waiting for its processes to end."""
    deadline = time.monotonic() + _PATIENCE
    while os.path.isdir(root):
        try:
            for folder, _unused, _files in os.walk(root, topdown=False):
                os.rmdir(folder)
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def main() -> None:
    for harmless in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(harmless, signal.SIG_IGN)
    sys.stdin.buffer.read()
    group, directory = sys.argv[1:]
    remove_groups(group)
    shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    main()
