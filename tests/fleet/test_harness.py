# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The harness itself: whatever ends the tests, nothing of the fleet stays behind."""

from __future__ import annotations

import pathlib
import signal
import subprocess
import sys
import time

import pytest
from _fleet import cgroup
from _fleet.fleet import Fleet
from _fleet.host import ROOT_HOME

_PATIENCE = 15.0  # seconds
# A shell starts what it puts into the background with SIGINT ignored, and whoever it starts inherits that.
_SCRIPT = """\
import signal, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.path.insert(0, sys.argv[1])
from _fleet.fleet import APART, Fleet
from _fleet.hub import Hub
with Hub() as hub:
    Fleet(hub, APART[:1])
    print(hub.directory, hub.pid, flush=True)
    time.sleep(60)
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_nothing_stays_when_the_tests_are_ended(how: signal.Signals) -> None:
    here = pathlib.Path(__file__).parent
    process = subprocess.Popen([sys.executable, "-c", _SCRIPT, str(here)], stdout=subprocess.PIPE, text=True)
    directory, pid = process.stdout.readline().split()  # type: ignore[union-attr]
    mount = cgroup.mounted_at()
    assert mount is not None
    left = [pathlib.Path(directory), mount / pathlib.Path(directory).name, pathlib.Path("/proc", pid)]
    assert [path.exists() for path in left] == [True, True, True]
    process.send_signal(how)
    process.wait(timeout=_PATIENCE)
    deadline = time.monotonic() + _PATIENCE
    while any(path.exists() for path in left) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert [path for path in left if path.exists()] == []


def test_the_machines_own_network_is_left_alone(fleet: object) -> None:
    assert fleet is not None
    addresses = subprocess.run(["ip", "address"], check=True, capture_output=True, text=True).stdout
    assert "10.77.0." not in addresses
    assert "fd77:" not in addresses


def test_a_login_reads_no_start_file_of_the_machine(fleet: Fleet) -> None:
    """One that waits for a lock that nobody holds any more had made each login last a minute."""
    home = fleet["web1"].host.run(["sh", "-c", "cd ~root && pwd && ls -A"]).split()
    assert home[:1] == [ROOT_HOME]
    assert [name for name in home[1:] if name != ".ansible"] == []  # what Ansible's own temporary files are kept in
