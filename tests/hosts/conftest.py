# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A whole machine, emulated: made once, kept outside the checkout, started from its saved memory."""

from __future__ import annotations

import functools
import pathlib
import sys
import typing as t

import pytest

# The packages beside this file and of the fleet, in every import mode of pytest.
sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "fleet"))
sys.path.insert(0, str(pathlib.Path(__file__).parent))

from _fleet.controller import Run
from _hosts import image, recipe
from _hosts.audit import Auditor
from _hosts.machine import Machine


@pytest.fixture(scope="session")
def machine() -> t.Iterator[Machine]:
    with Machine(recipe.made(image.build), saved=True) as machine:
        yield machine


@pytest.fixture(scope="session")
def auditor(machine: Machine, tmp_path_factory: pytest.TempPathFactory) -> Auditor:
    return Auditor(machine, tmp_path_factory.mktemp("controller"))


@pytest.fixture(scope="session")
def audited(auditor: Auditor) -> t.Callable[[str], Run]:
    """The run that audited the machine one way, once a session."""
    return functools.cache(auditor.audit)
