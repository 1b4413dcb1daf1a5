# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of the replay: a large fleet's evidence under a changed policy, and the memory that takes."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
import typing as t

from . import made_up
from .rows import Row, Target
from .sides import say
from .workspace import PROBES, Workspace

REPLAY = Target(seconds=30)


@dataclasses.dataclass(frozen=True)
class Extent:
    hosts: int = 10_000
    listeners: int = 40
    rules: int = 200


SMOKE = Extent(hosts=40, listeners=20, rules=20)


def rows(place: Workspace, extent: Extent) -> list[Row]:
    """The replay, and the same in one process that keeps every document, for context."""
    say("replay")
    measured = _measure(place, extent)
    if measured["judged"] != extent.hosts or not measured["changes"]:
        raise RuntimeError(f"the replay did not do its work: {measured}")
    scene = f"replay: {extent.hosts:,} hosts, {extent.listeners} listeners, {extent.rules} rules"
    say(f"  most memory of a process: {measured['memory']} MiB, of a tenth of the hosts {measured['memory_tenth']} MiB")
    return [
        Row(
            scene,
            "read, judge twice, write the changes, against reading as JSON",
            measured["replay"],
            measured["read"],
            REPLAY,
        )
    ]


def _measure(place: Workspace, extent: Extent) -> dict[str, t.Any]:
    policy = place.write("changed.yml", made_up.policy_text(extent.rules))
    sizes = (str(extent.hosts), str(extent.listeners))
    done = subprocess.run(
        [sys.executable, str(PROBES / "replay.py"), policy, str(place.path), *sizes],
        env=place.environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return t.cast("dict[str, t.Any]", json.loads(done.stdout))
