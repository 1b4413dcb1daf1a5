# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of the collector: what it takes to see the listeners of a loaded host, and who holds them."""

from __future__ import annotations

import dataclasses
import functools
import json
import re
import sys
import typing as t

from .rows import Row, Target
from .scene import LOADED, LOADED_SMALL, CommandFailed, Plan, Scene, Timing, open_scene, unit_tree
from .sides import interleaved, say
from .workspace import PROBES, Workspace

EVERY_OWNER = Target(ratio=0.7)
FIRST_OWNER = Target(ratio=1 / 3)
FLAT = Target(ratio=1.2)
TASK = Target(ratio=1 / 30)
MEMORY = Target(size=40e6)
NAMESPACES = Target(seconds=0.1)

SS = "ss -lntup"
_COMMANDS = {SS: SS.split(), "netstat -plunt": ["netstat", "-plunt"], "lsof -i -nP": ["lsof", "-i", "-nP"]}
_PSUTIL = "psutil.net_connections()"
_NOTHING = "a Python that does nothing"
# What listens, as a user of psutil would ask.
_PSUTIL_CODE = """
import psutil
for item in psutil.net_connections("inet"):
    if item.status == psutil.CONN_LISTEN or (item.status == psutil.CONN_NONE and not item.raddr):
        print(item.laddr, item.pid)
"""


@dataclasses.dataclass(frozen=True)
class Extent:
    """How much is measured: ``rounds`` of everything side by side, and whether the slow peers take part."""

    plan: Plan = LOADED
    rounds: int = 5
    repetitions: int = 40
    namespaces: int = 50
    task: bool = True


SMOKE = Extent(plan=LOADED_SMALL, rounds=1, repetitions=3, namespaces=3)


def rows(place: Workspace, extent: Extent) -> list[Row]:
    """Every row of the collector."""
    found: list[Row] = []
    with open_scene(extent.plan) as scene:
        found += _growth(scene, place, extent)
        _check(scene, place)
        found += _against_tools(scene, place, extent)
        found += _memory(scene, place, extent)
        found += _namespaces(scene, place, extent)
        found += _against_task(scene, place, extent)
    found += _variants(place, extent)
    return found


def describe(plan: Plan) -> str:
    return (
        f"loaded host: {plan.processes:,} processes, {plan.listeners} listeners, "
        f"{plan.established:,} established, {plan.descriptors:,} descriptors"
    )


def _growth(scene: Scene, place: Workspace, extent: Extent) -> list[Row]:
    """As established connections grow: the dump without owners, which must not, and every owner beside ss."""
    steps = (0, extent.plan.established // 10, extent.plan.established)
    best: dict[int, float] = {}
    curve: list[Row] = []
    for established in steps:
        say(f"collect: {established:,} established")
        _open(scene, place, established)
        done = scene.time(_python(PROBES / "dump.py", extent.repetitions), env=place.environment)
        best[established] = min(json.loads(done.output))
        curve += _point(scene, place, extent, established=established)
    name = describe(extent.plan)
    return [
        *(
            Row(name, f"without owners, {step:,} established against none", best[step], best[0], FLAT)
            for step in steps[1:]
        ),
        *curve,
    ]


def _open(scene: Scene, place: Workspace, established: int) -> None:
    """Establish connections, and let each side look at them once.

    The kernel makes the entries of /proc when somebody first reads them, which takes as long again as the reading.
    """
    scene.connect(established)
    for name in ("all", SS):
        _run(scene, place, name)


def _point(scene: Scene, place: Workspace, extent: Extent, *, established: int) -> list[Row]:
    """One point of the curve: every owner beside ss, in CPU time, time on the wall and memory."""
    results = interleaved(
        {name: functools.partial(_run, scene, place, name) for name in ("all", SS)}, rounds=max(1, extent.rounds - 2)
    )
    best = {name: (min(run.cpu for run in runs), min(run.wall for run in runs)) for name, runs in results.items()}
    name, measure = describe(extent.plan), f"every owner, {established:,} established, against {SS}"
    return [
        Row(name, measure, best["all"][0], best[SS][0]),
        Row(name, f"{measure}, time on the wall", best["all"][1], best[SS][1]),
        Row(name, f"{measure}, peak memory", _peak(scene, place, "all"), _peak(scene, place, SS), memory=True),
    ]


def _against_tools(scene: Scene, place: Workspace, extent: Extent) -> list[Row]:
    say("collect: with owners, against tools")
    peers = [*_COMMANDS, _PSUTIL]
    results = interleaved(
        {name: functools.partial(_run, scene, place, name) for name in ("all", "first", "none", *peers)},
        rounds=extent.rounds,
    )
    best = {name: min(run.cpu for run in runs) for name, runs in results.items()}
    wall = {name: min(run.wall for run in runs) for name, runs in results.items()}
    name = describe(extent.plan)
    return [
        Row(name, f"every owner, against {SS}", best["all"], best[SS], EVERY_OWNER),
        Row(name, f"owners: first, against {SS}", best["first"], best[SS], FIRST_OWNER),
        Row(name, f"every owner, against {SS}, time on the wall", wall["all"], wall[SS]),
        Row(name, f"without owners, against {SS}", best["none"], best[SS]),
        *(Row(name, f"every owner, against {peer}", best["all"], best[peer]) for peer in peers if peer != SS),
    ]


def _memory(scene: Scene, place: Workspace, extent: Extent) -> list[Row]:
    """The most memory that each had at once."""
    say("collect: memory")
    peers = [*_COMMANDS, _PSUTIL]
    peak = {name: _peak(scene, place, name) for name in ("all", _NOTHING, *peers)}
    name = describe(extent.plan)
    return [
        Row(name, "peak memory, above a bare Python", peak["all"] - peak[_NOTHING], None, MEMORY, memory=True),
        *(Row(name, f"peak memory, against {peer}", peak["all"], peak[peer], memory=True) for peer in peers),
    ]


def _peak(scene: Scene, place: Workspace, name: str) -> float:
    """Bytes. The program time starts it: a process is counted as large as the one that it was forked from."""
    command = ["/usr/bin/time", "--format", "%M", "--output", str(place.path / "peak"), *_command(name)]
    scene.time(command, env=place.environment)
    return 1024 * float((place.path / "peak").read_text(encoding="utf-8").split()[-1])


def _namespaces(scene: Scene, place: Workspace, extent: Extent) -> list[Row]:
    """What it costs to look into other network namespaces too, every owner included."""
    say(f"collect: {extent.namespaces} namespaces")
    command = _python(PROBES / "namespaces.py", extent.namespaces, extent.rounds)
    cost = json.loads(scene.time(command, env=place.environment).output)
    measure = f"{extent.namespaces} more network namespaces, a TCP and a UDP listener in each"
    return [Row(describe(extent.plan), measure, cost["all"] - cost["host"], None, NAMESPACES)]


def _against_task(scene: Scene, place: Workspace, extent: Extent) -> list[Row]:
    """Module against module, each as one ad-hoc task on a local connection, with and without Ansible's own time.

    A ping costs the same start, connection and way to the host: that is in both, and says nothing of either.
    """
    say("collect: the tasks (the peer takes a minute or two)")
    ours, ping = (
        min(_task(scene, place, module).cpu for _ in range(extent.rounds))
        for module in ("fleetports.compliance.listening_sockets_info", "ansible.builtin.ping")
    )
    peer = _task(scene, place, "community.general.listen_ports_facts").cpu if extent.task else None
    name = describe(extent.plan)
    return [
        Row(name, "every owner as a task, against listen_ports_facts", ours, peer),
        Row(
            name,
            "every owner as a task, against listen_ports_facts, each less a ping",
            ours - ping,
            None if peer is None else peer - ping,
            TASK,
        ),
    ]


def _variants(place: Workspace, extent: Extent) -> list[Row]:
    """The same host under a service manager (a cgroup for each service), and with threads in its servers."""
    found = []
    with unit_tree() as units:
        variants = {"servers of 16 threads": dataclasses.replace(extent.plan, threads=16)}
        if units:
            variants["a unit for each service"] = dataclasses.replace(extent.plan, units=units)
        for label, plan in variants.items():
            with open_scene(plan) as scene:
                _open(scene, place, plan.established)
                found += _variant(scene, place, extent, name=f"the loaded host, {label}")
    return found


def _variant(scene: Scene, place: Workspace, extent: Extent, *, name: str) -> list[Row]:
    say(f"collect: {name}")
    contenders = {each: functools.partial(_run, scene, place, each) for each in ("all", "first", SS)}
    results = interleaved(contenders, rounds=max(1, extent.rounds - 2))
    best = {each: min(run.cpu for run in runs) for each, runs in results.items()}
    return [
        Row(name, f"every owner, against {SS}", best["all"], best[SS], EVERY_OWNER),
        Row(name, f"owners: first, against {SS}", best["first"], best[SS], FIRST_OWNER),
    ]


def _run(scene: Scene, place: Workspace, name: str) -> Timing:
    return scene.time(_command(name), env=place.environment)


def _command(name: str) -> list[str]:
    if name in _COMMANDS:
        return _COMMANDS[name]
    if name in (_PSUTIL, _NOTHING):
        return [sys.executable, "-c", _PSUTIL_CODE if name == _PSUTIL else ""]
    return _python(PROBES / "collect.py", name)


def _task(scene: Scene, place: Workspace, module: str) -> Timing:
    arguments = ["ansible", "localhost", "--connection", "local", "--module-name", module]
    variables = json.dumps({"ansible_python_interpreter": sys.executable})
    return scene.time([*arguments, "--extra-vars", variables], env=place.environment)


def _python(script: t.Any, *arguments: t.Any) -> list[str]:
    return [sys.executable, str(script), *map(str, arguments)]


def _check(scene: Scene, place: Workspace) -> None:
    """A fast wrong answer is no result: every listener is found, all but one with an owner, as ss sees it too."""
    plan = scene.plan
    listeners = json.loads(_run(scene, place, "all").output)["listeners"]
    owned = [listener for listener in listeners if listener["owners"]]
    if len(listeners) != plan.listeners or len(owned) != plan.listeners - 1:
        raise CommandFailed(f"{len(owned)} of {len(listeners)} listeners have an owner, {plan.listeners} are there")
    pids = {(listener["port"], owner["pid"]) for listener in owned for owner in listener["owners"]}
    if pids != _owners_by_ss(_run(scene, place, SS).output):
        raise CommandFailed("the collector and ss do not agree on who holds what")


def _owners_by_ss(output: str) -> set[tuple[int, int]]:
    found = set()
    for line in output.splitlines()[1:]:
        port = int(line.split()[4].rsplit(":", 1)[1])
        found |= {(port, int(pid)) for pid in re.findall(r"pid=(\d+)", line)}
    return found
