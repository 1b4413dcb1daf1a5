# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A whole machine, emulated: made once, kept outside the checkout, started from its saved memory."""

from __future__ import annotations

import pathlib
import sys
import typing as t

import pytest

# The packages beside this file and of the fleet, in every import mode of pytest.
sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "fleet"))
sys.path.insert(0, str(pathlib.Path(__file__).parent))

from _fleet.controller import Run
from _hosts import image, recipe, speed
from _hosts.audit import NAME, POLICY, REACH, Auditor
from _hosts.expected import ACTIVATED
from _hosts.machine import Machine
from _hosts.names import Names
from _hosts.record import Record
from _hosts.sockets import Sockets, connect

CONNECT = connect(ACTIVATED)


@pytest.fixture(scope="session")
def made() -> pathlib.Path:
    return recipe.made(image.build)


@pytest.fixture(scope="session")
def machine(made: pathlib.Path) -> t.Iterator[Machine]:
    with Machine(made, saved=image.PROVISIONED) as machine:
        yield machine


@pytest.fixture(scope="session")
def auditor(machine: Machine, tmp_path_factory: pytest.TempPathFactory) -> Auditor:
    return Auditor(machine, tmp_path_factory.mktemp("controller"))


# What happens to the machine, in this order: each step waits for the one before.


@pytest.fixture(scope="session")
def names(machine: Machine) -> Names:
    return Names(machine.shell)


@pytest.fixture(scope="session")
def sockets(machine: Machine) -> Sockets:
    return Sockets(machine.shell)


@pytest.fixture(scope="session")
def fresh(auditor: Auditor, names: Names, sockets: Sockets) -> dict[str, Run]:
    """The machine as it is saved, audited in each way, while ``names`` and ``sockets`` are what its programs say."""
    policies = {"root": POLICY, "become": REACH, "plain": POLICY}
    return {way: auditor.audit(way, policy=policy) for way, policy in policies.items()}


@pytest.fixture(scope="session")
def connected(machine: Machine, auditor: Auditor, fresh: dict[str, Run]) -> Run:
    """After somebody connected to every socket unit, so that systemd started its service."""
    machine.shell.run(CONNECT, timeout=300)
    return auditor.audit(port_audit_reference=[str(fresh["root"].output)])


@pytest.fixture(scope="session")
def record(machine: Machine, auditor: Auditor, connected: Run) -> Record:
    """What this run was on, and how the collector compares with other tasks there."""
    return Record(machine.shell, speed.measured(auditor), connected.evidence(NAME))


@pytest.fixture(scope="session")
def restarted(machine: Machine, auditor: Auditor, connected: Run, record: Record) -> Run:
    """After services whose ports the kernel chooses were started again."""
    machine.shell.run("systemctl restart containerd rpc-statd nfs-mountd avahi-daemon", timeout=300)
    machine.booted()
    return auditor.audit(port_audit_reference=[str(connected.output)])


@pytest.fixture(scope="session")
def rebooted(
    made: pathlib.Path, auditor: Auditor, fresh: dict[str, Run], tmp_path_factory: pytest.TempPathFactory
) -> Run:
    """The saved machine after it booted once more, judged by the policy that its first audit suggests."""
    policy = auditor.suggest(fresh["root"])
    with Machine(made, saved=image.REBOOTED) as machine:
        again = Auditor(machine, tmp_path_factory.mktemp("rebooted"))
        return again.audit(policy=policy, port_audit_reference=[str(fresh["root"].output)])
