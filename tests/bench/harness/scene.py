# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A made-up host: processes and sockets in namespaces of their own, removed with the object.

Needs root (namespaces, descriptors beyond the usual limit). Nothing outside the namespaces changes: no address, no
sysctl, no limit of another process.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import typing as t

LEADER = pathlib.Path(__file__).with_name("leader.py")


@dataclasses.dataclass(frozen=True)
class Plan:
    """How a scene is populated. Numbers are totals; one of the listeners has no owner to find.

    ``bare`` of the processes have no descriptor at all, as kernel threads have none. ``deep`` servers hold a listener
    behind their connections. ``established``: sockets that :meth:`Scene.connect` will reach in the end. ``units``: a
    cgroup v2 directory in which every service gets a unit of its own; None: one cgroup.
    """

    processes: int
    listeners: int
    descriptors: int
    established: int
    servers: int
    deep: int
    shared: int
    bare: int = 0
    threads: int = 1
    units: str | None = None
    limit: int = 16384


LOADED = Plan(processes=2000, listeners=264, descriptors=150_000, established=100_000, servers=40, deep=4, shared=8)
LOADED_SMALL = Plan(processes=80, listeners=24, descriptors=2000, established=400, servers=4, deep=1, shared=2)
# Of the processes of a small server two thirds are the kernel's own.
TYPICAL = Plan(processes=150, bare=100, listeners=20, descriptors=1500, established=200, servers=4, deep=0, shared=1)
BUSY = dataclasses.replace(TYPICAL, bare=0, descriptors=4000)


@dataclasses.dataclass(frozen=True)
class Timing:
    """What one run of a command took, in seconds. ``cpu`` is user and system time, waited children included."""

    wall: float
    cpu: float
    output: str


class CommandFailed(RuntimeError):
    """A measured command did not end as it should; its output is the message."""


class Scene:
    """A running scene. Use as a context manager; :func:`open_scene` does."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._output = tempfile.NamedTemporaryFile(prefix="fleetports-bench-")  # noqa: SIM115 - closed in close()
        # --kill-child: when unshare dies, so does pid 1 of the namespace, and with it everything in there.
        self._process = subprocess.Popen(
            [
                *("unshare", "--net", "--pid", "--mount", "--fork", "--kill-child", "--mount-proc"),
                *(sys.executable, str(LEADER), json.dumps(dataclasses.asdict(plan))),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            self._answer()
        except BaseException:
            self.close()
            raise

    def _answer(self) -> dict[str, t.Any]:
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line:
            raise RuntimeError("the scene ended; see the error above")
        return t.cast("dict[str, t.Any]", json.loads(line))

    def _ask(self, **request: t.Any) -> dict[str, t.Any]:
        if self._process.stdin is None:
            raise RuntimeError("the scene is closed")
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def connect(self, established: int) -> None:
        """Raise the number of established TCP sockets to ``established``."""
        self._ask(do="connect", established=established)

    def census(self) -> dict[str, int]:
        """Count processes, threads, descriptors, listeners and established sockets, this moment, from /proc."""
        return self._ask(do="census")

    def time(
        self, argv: t.Sequence[str], *, env: t.Mapping[str, str], cwd: str = "/", good: tuple[int, ...] = (0,)
    ) -> Timing:
        """Run a command in the scene to its end. Raises CommandFailed when its exit status is not one of ``good``."""
        said = self._ask(do="time", argv=list(argv), env=dict(env), cwd=cwd, output=self._output.name)
        output = pathlib.Path(self._output.name).read_text(encoding="utf-8", errors="replace")
        if said["returncode"] not in good:
            raise CommandFailed(f"{' '.join(argv)} ended with {said['returncode']}:\n{output[-3000:]}")
        return Timing(wall=said["wall"], cpu=said["cpu"], output=output)

    def close(self) -> None:
        """End every process of the scene and remove what it made. Safe to call twice."""
        if self._process.stdin:
            self._process.stdin.close()
        try:
            self._process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()
        self._output.close()


@contextlib.contextmanager
def open_scene(plan: Plan) -> t.Iterator[Scene]:
    scene = Scene(plan)
    try:
        yield scene
    finally:
        scene.close()


@contextlib.contextmanager
def unit_tree() -> t.Iterator[str | None]:
    """Make a cgroup v2 directory for the units of a scene; None where there is no cgroup v2 to write to."""
    writable = (path for path in mounted_cgroup2() if os.access(path / "cgroup.procs", os.W_OK))
    root = next(writable, None)
    if root is None:
        yield None
        return
    tree = root / f"fleetports-bench-{os.getpid()}"
    tree.mkdir()
    try:
        yield str(tree)
    finally:
        for folder, _, _ in os.walk(tree, topdown=False):
            os.rmdir(folder)


def mounted_cgroup2() -> list[pathlib.Path]:
    mounts = pathlib.Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines()
    return [pathlib.Path(fields[1]) for fields in map(str.split, mounts) if fields[2] == "cgroup2"]
