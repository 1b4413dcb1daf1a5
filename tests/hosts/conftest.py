# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A whole machine, emulated: made once, kept outside the checkout, started from its saved memory."""

from __future__ import annotations

import pathlib
import resource
import sys
import time
import typing as t

import pytest

# The packages beside this file and of the fleet, in every import mode of pytest.
sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "fleet"))
sys.path.insert(0, str(pathlib.Path(__file__).parent))

from _fleet.controller import Run
from _hosts import image, recipe, speed
from _hosts.audit import NAME, POLICY, PORT_80, REACH, Auditor
from _hosts.expected import ACTIVATED
from _hosts.machine import Machine
from _hosts.names import Names
from _hosts.record import Record
from _hosts.sockets import Sockets, connect

CONNECT = connect(ACTIVATED)
BEGUN = time.monotonic()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How long all of it took; the emulators have ended by now."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = f"{time.monotonic() - BEGUN:.0f} s, and {used.ru_utime + used.ru_stime:.0f} s of CPU time"
    terminalreporter.write_line(f"hosts: the tests took {seconds}")


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
def programs(machine: Machine) -> set[tuple[str, int]]:
    """Protocols and ports of all that registered itself at rpcbind."""
    listed = machine.shell.run("rpcinfo -p | awk 'NR > 1 { print $3, $4 }'")
    return {(protocol, int(port)) for protocol, port in (line.split() for line in listed.splitlines())}


@pytest.fixture(scope="session")
def fresh(auditor: Auditor, names: Names, sockets: Sockets, programs: set[tuple[str, int]]) -> dict[str, Run]:
    """The machine as it is saved, audited in each way, while what its programs say is kept."""
    policies = {"root": POLICY, "become": REACH, "plain": POLICY}
    return {way: auditor.audit(way, policy=policy) for way, policy in policies.items()}


@pytest.fixture(scope="session")
def inside(auditor: Auditor, fresh: dict[str, Run]) -> Run:
    """The network namespaces of containers too, judged by what they have on one port."""
    return auditor.audit(policy=PORT_80, port_audit_namespaces="all")


@pytest.fixture(scope="session")
def connected(machine: Machine, auditor: Auditor, fresh: dict[str, Run]) -> Run:
    """After somebody connected to every socket unit, so that systemd started its service."""
    machine.shell.run(CONNECT, timeout=300)
    return auditor.audit(port_audit_reference=[str(fresh["root"].output)])


@pytest.fixture(scope="session")
def record(machine: Machine, auditor: Auditor, connected: Run) -> Record:
    """What this run was on, and how the collector compares with other tasks there."""
    return Record(machine.shell, speed.measured(auditor), connected.evidence(NAME), started_in=machine.started_in)


@pytest.fixture(scope="session")
def upgraded(machine: Machine, auditor: Auditor, connected: Run, record: Record) -> dict[str, Run]:
    """While a program runs whose package was upgraded, and users see no processes but their own."""
    machine.shell.run("dpkg --install /usr/local/share/tinyd-2.deb; mount -o remount,hidepid=2 /proc")
    reference = [str(connected.output)]
    runs = {way: auditor.audit(way, port_audit_reference=reference) for way in ("root", "plain")}
    machine.shell.run("mount -o remount,hidepid=0 /proc")
    return runs


@pytest.fixture(scope="session")
def restarted(machine: Machine, auditor: Auditor, connected: Run, upgraded: dict[str, Run]) -> Run:
    """After services whose ports the kernel chooses were started again, and the one that was upgraded."""
    services = "containerd rpc-statd nfs-mountd avahi-daemon upgraded"
    machine.shell.run(f"systemctl restart {services}", timeout=300)
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
