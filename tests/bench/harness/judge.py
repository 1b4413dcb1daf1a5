# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of policy and judge: absolute limits, with a plain way of doing a part of it for context."""

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

JUDGE = Target(seconds=0.05)
LOAD = Target(seconds=0.5)
CACHED = Target(seconds=0.015)


@dataclasses.dataclass(frozen=True)
class Extent:
    rules: int = 1000
    listeners: int = 1000
    repetitions: int = 15


SMOKE = Extent(rules=30, listeners=40, repetitions=2)


def rows(place: Workspace, extent: Extent) -> list[Row]:
    """Every row of policy and judge."""
    say("policy and judge")
    times = _measure(place, extent)
    if (times["rules"], times["listeners"]) != (extent.rules, extent.listeners) or len(times["verdicts"]) < 2:
        raise RuntimeError(f"the judge did not do its work: {times}")
    policy = f"policy: {extent.rules:,} rules"
    judge = f"judge: {extent.rules:,} rules, {extent.listeners:,} listeners"
    return [
        Row(
            policy,
            "load and check, with positions, against PyYAML and jsonschema without",
            times["load"],
            times["plain"],
            LOAD,
        ),
        Row(policy, "first load of a process, against the same", times["first_load"], times["plain"], LOAD),
        Row(policy, "read from the cache, against load", times["cached"], times["load"], CACHED),
        Row(
            judge,
            "prepare and judge, against comparing every port with every rule",
            times["judge"],
            times["each_with_each"],
            JUDGE,
        ),
        Row(judge, "another host by the same judge, against the same", times["judge_again"], times["each_with_each"]),
    ]


def _measure(place: Workspace, extent: Extent) -> dict[str, t.Any]:
    policy = place.write("large.yml", made_up.policy_text(extent.rules))
    listeners = place.write("listeners.json", json.dumps(made_up.listeners(extent.listeners)))
    done = subprocess.run(
        [
            *(sys.executable, str(PROBES / "judge.py"), policy, listeners),
            *(str(extent.repetitions), str(place.path / "cache")),
        ],
        env=place.environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return t.cast("dict[str, t.Any]", json.loads(done.stdout))
