# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The machine is audited over SSH by the collection as it is installed."""

from __future__ import annotations

import typing as t

from _fleet.controller import Run
from _hosts.audit import NAME
from _hosts.machine import Machine


def test_the_machine_is_a_whole_one(machine: Machine) -> None:
    assert machine.shell.run("readlink /proc/1/exe; uname -r; systemctl --failed --no-legend").splitlines() == [
        "/usr/lib/systemd/systemd",
        machine.shell.run("uname -r").strip(),
    ]


def test_root_sees_owners_and_units(audited: t.Callable[[str], Run]) -> None:
    run = audited("root")
    assert run.verdicts().keys() == {NAME}, run.text
    collector = run.evidence(NAME)["collector"]
    assert collector["owners_complete"]
    # The locks of NFS are the kernel's: a listener of no process, and of no unit.
    assert [gap["code"] for gap in collector["gaps"]] == ["unit-unknown"]
