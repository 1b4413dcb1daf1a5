# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Control groups of the scenes' own, in the hierarchy of version 2 that every kernel has, mounted or not."""

from __future__ import annotations

import contextlib
import os
import pathlib
import subprocess
import tempfile
import time
import typing as t


class Groups(contextlib.AbstractContextManager["Groups"]):
    """Makes groups and removes them at the end. ``top``: another hierarchy than that of version 2."""

    def __init__(self, top: pathlib.Path | None = None) -> None:
        self._made: list[pathlib.Path] = []
        self._undo = contextlib.ExitStack()
        self.top = top or self._mounted() or self._mount()

    @staticmethod
    def _mounted() -> pathlib.Path | None:
        for line in pathlib.Path("/proc/self/mounts").read_text().splitlines():
            fields = line.split()
            if fields[2] == "cgroup2":
                return pathlib.Path(fields[1])
        return None

    def _mount(self) -> pathlib.Path:
        directory = self._undo.enter_context(tempfile.TemporaryDirectory())
        subprocess.run(["mount", "-t", "cgroup2", "none", directory], check=True)
        self._undo.callback(subprocess.run, ["umount", directory], check=True)
        return pathlib.Path(directory)

    def make(self, path: str) -> pathlib.Path:
        place = self.top
        for part in pathlib.PurePath(path).parts:
            place = place / part
            if not place.exists():
                place.mkdir()
                self._made.append(place)
        return place

    def move(self, pid: int, path: str) -> None:
        (self.make(path) / "cgroup.procs").write_text(str(pid))

    def delegate(self, path: str, user: int) -> str:
        """Give a group to a user, as systemd gives that of its manager."""
        place = self.make(path)
        for file in (place, place / "cgroup.procs", place / "cgroup.subtree_control"):
            os.chown(file, user, user)
        return str(place)

    @contextlib.contextmanager
    def entered(self, path: str) -> t.Iterator[None]:
        """Be in a group for a while: who is started then is in it too."""
        before = next(line for line in pathlib.Path("/proc/self/cgroup").read_text().splitlines() if line[:3] == "0::")
        self.move(os.getpid(), path)
        try:
            yield
        finally:
            (self.top / before[4:] / "cgroup.procs").write_text(str(os.getpid()))

    def __exit__(self, *exception: object) -> None:
        for place in sorted(self._made, reverse=True):
            _remove(place)
        self._undo.close()


def _remove(top: pathlib.Path) -> None:
    """Remove a group and what a user made below it, once the last process is gone."""
    for directory, _names, _files in os.walk(top, topdown=False):
        for _attempt in range(200):
            try:
                os.rmdir(directory)
            except OSError:
                time.sleep(0.01)
            else:
                break
