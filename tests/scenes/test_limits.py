# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host with very many descriptors: how much memory that takes, and what is said when a limit ends the search."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import typing as t

import pytest
from _scenes.room import Room
from _scenes.stage import SOMEBODY, Stage, found
from _scenes.verdict import judged

MANY = 300_000
LITTLE = 0.1  # seconds


# Runs a script, and tells the most memory that it ever had. What wait4(2) tells counts the parent's before the exec.
PEAK = """
import runpy, sys
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
print(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1], file=sys.stderr)
"""


class Run(t.NamedTuple):
    result: dict[str, t.Any]
    peak: int  # KiB


def measured(stage: Stage, room: Room, **options: t.Any) -> Run:
    command = [*room.enter, sys.executable, "-B", "-c", PEAK, str(stage.probe), json.dumps(options)]
    environment = {"HOME": "/", "PATH": os.environ["PATH"], "PYTHONPATH": str(stage.directory)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return Run(json.loads(done.stdout), int(done.stderr))


class Crowded(t.NamedTuple):
    """The ports of a listener that is found at once, and of one whose descriptor is the last of all."""

    easy: int
    hard: int


@pytest.fixture(scope="module")
def crowded(room: Room) -> t.Iterator[Crowded]:
    """A host with 300,000 descriptors, as many of them as can be in one process."""
    with room.playing("listen", user=SOMEBODY) as easy, room.playing("many", str(MANY)) as hard:
        yield Crowded(easy.port, hard.port)


def test_very_many_descriptors(stage: Stage, room: Room, crowded: Crowded) -> None:
    bare = measured(stage, room, owners="none")
    run = measured(stage, room, cpu_budget=60.0, wall_limit=60.0)
    one = found(run.result, crowded.hard)
    assert (one["owner_status"], one["owners_complete"], len(one["owners"])) == ("known", True, 1)
    assert run.peak - bare.peak < 40 << 10


@pytest.mark.parametrize(
    ("limit", "code"),
    [
        pytest.param({"cpu_budget": LITTLE}, "budget", id="CPU"),
        pytest.param({"wall_limit": LITTLE, "cpu_budget": 60.0}, "wall-limit", id="wall"),
    ],
)
def test_a_limit_ends_the_search_and_nothing_else(
    stage: Stage, room: Room, crowded: Crowded, limit: dict[str, float], code: str
) -> None:
    run = measured(stage, room, **limit)
    one = found(run.result, crowded.hard)
    assert (one["owner_status"], one["owners"], one["owners_complete"]) == ("unfinished", [], False)
    assert [gap["code"] for gap in run.result["collector"]["gaps"] if gap["affects"] == "owners"] == [code]
    # What was found is returned; whether somebody else holds it too was not found out.
    got = judged(run.result, crowded.easy, {"user": str(SOMEBODY)})
    assert (got.verdict, got.says.endswith("found not every owner could be seen")) == ("unverified", True)
    budget = run.result["collector"]["budget"]
    used = budget["cpu_used" if code == "budget" else "wall_used"]
    assert LITTLE <= used < LITTLE + 2
