# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of a large run: what each host costs the controller once the run's own costs are spread over a thousand."""

from __future__ import annotations

import dataclasses
import json
import pathlib
import sys

from . import audit
from .rows import Row
from .scene import TYPICAL, Scene, open_scene
from .sides import say
from .workspace import PROBES, Workspace

_PLAYS = ("ping", "audit", "registered")


@dataclasses.dataclass(frozen=True)
class Extent:
    """``hosts`` of the large run, ``few`` of the one that its memory is compared with."""

    hosts: int = 1000
    few: int = 100


SMOKE = Extent(hosts=6, few=3)


@dataclasses.dataclass(frozen=True)
class Cost:
    """CPU time of a run in seconds, and the most bytes that its main process had resident."""

    cpu: float
    memory: int


def rows(place: Workspace, extent: Extent) -> list[Row]:
    """CPU and memory of the main process per host: a ping, the audit, the audit with its result kept."""
    say("fleet: playbooks")
    with open_scene(TYPICAL) as scene:
        scene.connect(TYPICAL.established)
        costs = {hosts: _costs(scene, place, hosts) for hosts in (extent.few, extent.hosts)}
    cpu = {name: cost.cpu / extent.hosts for name, cost in costs[extent.hosts].items()}
    grown = {name: _grown(costs[extent.few][name], costs[extent.hosts][name], extent) for name in _PLAYS}
    scene_name = f"audit task: {extent.hosts:,} hosts with local connections"
    further = f"memory of the main process for each host beyond {extent.few}"
    return [
        Row(scene_name, audit.AGAINST, cpu["audit"], cpu["ping"], audit.AGAINST_PING),
        Row(scene_name, f"{further}, against ansible.builtin.ping", grown["audit"], grown["ping"], memory=True),
        Row(scene_name, f"{further}, with register", grown["registered"], grown["ping"], memory=True),
        Row(
            scene_name,
            "peak memory of the main process, against ansible.builtin.ping",
            costs[extent.hosts]["audit"].memory,
            costs[extent.hosts]["ping"].memory,
            memory=True,
        ),
    ]


def _costs(scene: Scene, place: Workspace, hosts: int) -> dict[str, Cost]:
    folder = audit.prepare(place.path / f"fleet-{hosts}", hosts)
    costs = {}
    for name in _PLAYS:
        say(f"  {hosts:,} hosts: {name}")
        costs[name] = _cost(scene, place, folder, name)
    audit.check(folder, 2 * hosts)
    return costs


def _cost(scene: Scene, place: Workspace, folder: pathlib.Path, name: str) -> Cost:
    report = folder / f"{name}.memory"
    command = (sys.executable, str(PROBES / "playbook.py"), str(report))
    timing = audit.play(scene, place, folder, name, command)
    return Cost(timing.cpu, json.loads(report.read_text(encoding="utf-8")))


def _grown(few: Cost, many: Cost, extent: Extent) -> float:
    return (many.memory - few.memory) / (extent.hosts - extent.few)
