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

ROOT = pathlib.Path(__file__).parents[2]
PROBE = pathlib.Path(__file__).with_name("probe.py")
Collect = t.Callable[..., dict[str, t.Any]]


def pytest_configure() -> None:
    if os.geteuid() != 0:
        pytest.exit("the scenes need root", returncode=3)


@pytest.fixture(scope="session")
def collect() -> Collect:
    """Runs the collector as a process of its own: ``collect("nsenter", "-t", "7", "-n", owners="first")``.

    What stands first is the command that the collector is run through; the options are the module's. ``python`` names
    another interpreter.
    """

    def run(*through: str, python: str = sys.executable, **options: t.Any) -> dict[str, t.Any]:
        command = [*through, python, "-B", str(PROBE), json.dumps(options)]
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / ".build" / "dev")}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr
        return t.cast("dict[str, t.Any]", json.loads(done.stdout))

    return run
