# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Situations that this kernel can really be in, and what the collector says of them.

Needs root. Everything is made in namespaces of its own and ends with the test.
"""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys
import typing as t

import pytest

# The package beside this file, in every import mode of pytest.
sys.path.insert(0, str(pathlib.Path(__file__).parent))

from _scenes.room import Room
from _scenes.stage import Stage

Collect = t.Callable[..., dict[str, t.Any]]


def pytest_configure() -> None:
    if os.geteuid() != 0:
        pytest.exit("the scenes need root", returncode=3)


@pytest.fixture(scope="session")
def stage() -> t.Iterator[Stage]:
    made = Stage()
    yield made
    made.close()


@pytest.fixture(scope="session")
def collect(stage: Stage) -> Collect:
    """Runs the collector as a process of its own: ``collect("nsenter", "-t", "7", "-n", owners="first")``.

    What stands first is the command that the collector is run through; the options are the module's. ``python`` names
    another interpreter. It runs a copy that every user can read.
    """

    def run(*through: str, python: str = sys.executable, **options: t.Any) -> dict[str, t.Any]:
        command = [*through, python, "-B", str(stage.probe), json.dumps(options)]
        environment = {"HOME": "/", "PATH": os.environ["PATH"], "PYTHONPATH": str(stage.directory)}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr
        return t.cast("dict[str, t.Any]", json.loads(done.stdout))

    return run


@pytest.fixture(scope="module")
def room(stage: Stage, collect: Collect) -> t.Iterator[Room]:
    """A host in the host, in which every process can be read."""
    with Room.made(stage, collect) as made:
        yield made
