# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real fleet: network namespaces with SSH and listeners, audited once for many assertions."""

from __future__ import annotations

import os
import pathlib
import shutil
import sys
import typing as t

import pytest

# The package beside this file, in every import mode of pytest.
sys.path.insert(0, str(pathlib.Path(__file__).parent))

from _fleet.controller import REPOSITORY, Controller, Run
from _fleet.fleet import APART, AUDITED, Fleet
from _fleet.hub import Hub
from _fleet.requirements import missing, status

REPORTS = pathlib.Path(os.environ.get("FLEET_REPORT", REPOSITORY / ".build" / "fleet-report"))


def pytest_sessionstart() -> None:
    problems = missing()
    if problems:
        pytest.exit("\n".join(problems), returncode=status(problems))


@pytest.fixture(scope="session")
def fleet() -> t.Iterator[Fleet]:
    with Hub() as hub:
        yield Fleet(hub, AUDITED + APART)
    left = [path for path in (hub.group, hub.directory) if path.exists()]
    assert left == []


@pytest.fixture(scope="session")
def controller(fleet: Fleet) -> Controller:
    return Controller(fleet)


@pytest.fixture(scope="session")
def audited(controller: Controller) -> Run:
    """The run over every host with listeners of interest, all of them reachable; its report stays for a look."""
    run = controller.audit(*(spec.name for spec in AUDITED), variables={"port_audit_controls": ["pci-dss:2.2.4"]})
    if (run.output / "latest").exists():
        keep_report(run.directory)
    return run


def keep_report(directory: pathlib.Path) -> None:
    """Copy what a run reported to where people and the browser's tests look for it."""
    shutil.rmtree(REPORTS, ignore_errors=True)
    REPORTS.mkdir(parents=True)
    for name in ("report.html", "report.json", "report.md", "summary.txt"):
        if (directory / name).exists():
            shutil.copyfile(directory / name, REPORTS / name)
