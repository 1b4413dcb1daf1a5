# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What must not hang, grow or change a host that works: the collector on the hosts that are worst for it."""

from __future__ import annotations

import contextlib
import os
import pathlib
import time
import typing as t

from _scenes.room import Room
from _scenes.stage import PYTHON, SOMEBODY, Stage, found
from _scenes.verdict import judged

Collect = t.Callable[..., dict[str, t.Any]]
EXE = os.path.realpath(PYTHON)


@contextlib.contextmanager
def hung(room: Room, directory: pathlib.Path) -> t.Iterator[tuple[int, str]]:
    """A listener whose executable lies on a file system that has stopped to answer: its port and the executable."""
    directory.mkdir()
    service = directory / "service"
    with room.playing(str(directory), EXE, script="fuse") as server:
        try:
            with room.playing("listen", python=str(service), PYTHONHOME="/usr") as actor:
                server.tell("hang")
                yield actor.port, str(service)
        finally:
            server.process.kill()  # ends the connection: whoever waits for it gets an error
            server.process.wait()
            room.run("umount", "--lazy", str(directory))


def test_a_file_system_that_does_not_answer(room: Room, tmp_path: pathlib.Path) -> None:
    with hung(room, tmp_path / "dead") as (port, exe), room.playing("listen") as other:
        begun = time.monotonic()
        result = room.collect()
        took = time.monotonic() - begun
        last = room.run("ps", "-e", "-o", "args=")
    assert took < 10
    (owner,) = found(result, port)["owners"]
    assert (owner["exe"], owner["exe_on_host"]) == (exe, None)
    assert "exe-unanswered" in {gap["code"] for gap in result["collector"]["gaps"]}
    got = judged(result, port, {"exe": exe})
    assert (got.verdict, got.says.endswith("(not compared with the host's file)")) == ("unverified", True)
    # The others were compared, and nobody was left behind.
    assert found(result, other.port)["owners"][0]["exe_on_host"] is True
    assert "probe.py" not in last


def test_a_process_that_cannot_be_woken(stage: Stage, collect: Collect) -> None:
    with stage.playing("vforked") as actor:
        status = pathlib.Path("/proc/%d/stat" % actor.pid)
        deadline = time.monotonic() + 20
        while ") D " not in status.read_text() and time.monotonic() < deadline:
            time.sleep(0.01)
        assert ") D " in status.read_text()
        result = collect()
        child = pathlib.Path("/proc/%d/task/%d/children" % (actor.pid, actor.pid)).read_text().strip()
        os.kill(int(child), 9)
    assert {owner["pid"] for owner in found(result, actor.port)["owners"]} == {actor.pid, int(child)}


def test_a_user_that_only_a_directory_knows(room: Room) -> None:
    """Asking a directory service may hang, and changes nothing: users are compared by uid."""
    with room.playing("listen", user=SOMEBODY) as actor:
        one = found(room.collect(), actor.port)
    assert (one["uid"], one["user"]) == (SOMEBODY, None)
    assert (one["owners"][0]["uid"], one["owners"][0]["user"]) == (SOMEBODY, None)
