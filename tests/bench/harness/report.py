# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of the report: every format of a large fleet's run, from the evidence on disk, and how that grows."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
import typing as t

from . import estate
from .rows import Row, Target
from .sides import say
from .workspace import PROBES, Workspace

REPORT = Target(seconds=60)
MEMORY = Target(size=2**30)
GROWTH = Target(ratio=12)
HTML = Target(size=3_000_000)


@dataclasses.dataclass(frozen=True)
class Extent:
    hosts: int = 10_000
    listeners: int = 40
    rounds: int = 2


SMOKE = Extent(hosts=100, listeners=40, rounds=1)


def rows(place: Workspace, extent: Extent) -> list[Row]:
    """The report of all hosts and of a tenth of them, each in processes of its own, the least of the rounds."""
    say("report")
    sizes = (extent.hosts // 10, extent.hosts)
    runs = {hosts: _made(place, hosts, extent.listeners) for hosts in sizes}
    measured: dict[int, list[dict[str, t.Any]]] = {hosts: [] for hosts in sizes}
    for number in range(extent.rounds):
        for hosts, run in runs.items():
            say(f"  round {number + 1} of {extent.rounds}: {hosts:,} hosts")
            measured[hosts].append(_measure(place, run, hosts))
    tenth, whole = ({key: min(one[key] for one in measured[hosts]) for key in measured[hosts][0]} for hosts in sizes)
    scene = f"report: {extent.hosts:,} hosts, {extent.listeners} listeners, {whole['formats']} formats"
    return [
        Row(scene, "read evidence, judge, build, write every format, time on the wall", whole["seconds"], None, REPORT),
        Row(scene, "peak memory", whole["memory"], None, MEMORY, memory=True),
        Row(scene, f"CPU time, against {sizes[0]:,} hosts", whole["cpu"], tenth["cpu"], GROWTH),
        Row(scene, f"peak memory, against {sizes[0]:,} hosts", whole["memory"], tenth["memory"], memory=True),
        Row(scene, "report.html", whole["html"], None, HTML, memory=True),
    ]


def _made(place: Workspace, hosts: int, listeners: int) -> str:
    folder = str(place.path / f"estate-{hosts}")
    return _probe(place, "estate.py", folder, str(hosts), str(listeners))["run"]


def _measure(place: Workspace, run: str, hosts: int) -> dict[str, t.Any]:
    measured = _probe(place, "report.py", run)
    if (measured["hosts"], measured["not_assessed"]) != (hosts, hosts // estate.UNREACHED):
        raise RuntimeError(f"the report did not do its work: {measured}")
    return measured


def _probe(place: Workspace, name: str, *arguments: str) -> dict[str, t.Any]:
    done = subprocess.run(
        [sys.executable, str(PROBES / name), *arguments],
        env=place.environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return t.cast("dict[str, t.Any]", json.loads(done.stdout))
