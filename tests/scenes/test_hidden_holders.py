# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whoever takes what comes to a listener without being seen to hold it, or without staying where they are looked for.

The service passes while it is alone. With a thief beside it, it must never pass: the thief is seen, or it is said that
not every owner could be. Ordinary servers, with threads and traffic, keep their owners.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import time
import typing as t

import pytest
from _scenes.room import Collect, Room
from _scenes.stage import PYTHON, Actor, Stage, found
from _scenes.verdict import judged

EXE = os.path.realpath(PYTHON)
RULE = {"exe": EXE, "user": "root"}
LOOKS = 25


@contextlib.contextmanager
def service(room: Room) -> t.Iterator[tuple[Actor, tuple[str, str]]]:
    """A listener, and what a thief has to know of it."""
    with room.playing("waiting", "tcp") as one:
        yield one, (str(one.pid), str(one.seen["fd"]))


def hidden(result: t.Mapping[str, t.Any]) -> list[str]:
    return [gap["detail"] for gap in result["collector"]["gaps"] if gap["code"] == "hidden-accept"]


def unsettled(result: t.Mapping[str, t.Any]) -> bool:
    return any(gap["code"] == "unsettled" for gap in result["collector"]["gaps"])


@pytest.mark.parametrize(
    ("how", "instead"),
    [
        pytest.param("thread", "", id="a thread, closed"),
        pytest.param("thread", "file", id="a thread, its number is a file's"),
        pytest.param("thread", "unix", id="a thread, its number is another socket's"),
        pytest.param("table", "", id="a process that shares the table"),
        pytest.param("ring", "", id="an io_uring"),
        pytest.param("ring", "file", id="an io_uring, its number is a file's"),
        pytest.param("worker", "", id="a worker of an io_uring"),
    ],
)
def test_an_accept_on_what_is_in_no_table(room: Room, how: str, instead: str) -> None:
    with service(room) as (one, at):
        alone = room.collect()
        with room.playing("blocked", *at, how, instead) as thief:
            result = room.collect()
    assert judged(alone, one.port, RULE).verdict == "pass"
    (owner,) = found(result, one.port)["owners"]
    assert owner["pid"] == one.pid
    got = judged(result, one.port, RULE)
    assert (got.verdict, got.says.endswith("found not every owner could be seen")) == ("unverified", True)
    (detail,) = hidden(result)
    assert detail.startswith("pid %d python3 may accept connections" % thief.pid) or how == "table", detail


@pytest.mark.parametrize("how", ["thread", "splice"])
def test_a_datagram_that_is_waited_for_on_what_is_in_no_table(room: Room, how: str) -> None:
    with contextlib.ExitStack() as stack:
        one, other = (stack.enter_context(room.playing(*way)) for way in (("waiting", "udp"), ("listen",)))
        stack.enter_context(room.playing("blocked", str(one.pid), str(one.seen["fd"]), how))
        result = room.collect()
    assert found(result, one.port, "udp")["owners_complete"] is False
    # Whoever waits for datagrams takes no connection.
    assert judged(result, other.port, RULE).verdict == "pass"


def test_a_listener_that_only_a_blocked_accept_keeps(room: Room) -> None:
    with room.playing("blocked") as actor:
        result = room.collect()
    one = found(result, actor.port)
    assert (one["owners"], one["owners_complete"]) == ([], False)
    assert hidden(result)


@pytest.mark.parametrize("kind", ["tcp", "udp", "unix", "ring"])
def test_a_server_of_many_threads_is_known(room: Room, kind: str) -> None:
    with room.playing("listen") as other, room.playing("waiting", kind, "64") as actor:
        result = room.collect()
    assert result["collector"]["owners_complete"]
    assert not hidden(result)
    assert judged(result, other.port, RULE).verdict == "pass"
    if kind != "unix":
        one = found(result, actor.port, "udp" if kind == "udp" else "tcp")
        assert ([owner["pid"] for owner in one["owners"]], one["owners_complete"]) == ([actor.pid], True)


def test_a_server_of_another_network_namespace_says_nothing_of_the_hosts(room: Room) -> None:
    """Its listeners are not all known to the collector: what it waits on is its own."""
    inside = ("unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh")
    with contextlib.ExitStack() as stack:
        one = stack.enter_context(room.playing("listen"))
        for kind in ("tcp", "udp", "ring"):
            stack.enter_context(room.playing("waiting", kind, "8", through=inside))
        result = room.collect()
    assert not hidden(result)
    assert judged(result, one.port, RULE).verdict == "pass"


SERVERS = {
    "nginx": ("nginx", "-c", "{dir}/nginx.conf", "-g", "daemon off;"),
    "redis": ("redis-server", "--port", "{port}", "--save", "", "--dir", "{dir}", "--io-threads", "4"),
    "memcached": ("memcached", "-u", "root", "-p", "{port}", "-l", "127.0.0.1", "-t", "8"),
    "threads of Python": (PYTHON, "-m", "http.server", "{port}", "--bind", "127.0.0.1"),
}


@pytest.mark.parametrize("name", SERVERS)
def test_a_real_server_under_load_is_known(room: Room, tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    command = SERVERS[name]
    if shutil.which(command[0]) is None:
        pytest.skip("%s is not installed" % command[0])
    directory = tmp_path_factory.mktemp("server")
    directory.chmod(0o755)
    port = 20800
    (directory / "nginx.conf").write_text(
        "pid %s/pid; error_log /dev/null; worker_processes 4; events {}\n"
        "http { access_log off; server { listen 127.0.0.1:%d; } }\n" % (directory, port)
    )
    filled = [word.format(port=port, dir=directory) for word in command]
    with subprocess.Popen([*room.enter, *filled], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        with room.playing("knock", str(port)):
            results = [room.collect() for _look in range(4)]
        room.run("sh", "-c", "pkill -P 1 -f %s; true" % directory, check=False)
        server.terminate()
    for result in results:
        one = found(result, port)
        assert (one["owner_status"], one["owners_complete"]) == ("known", True), result["collector"]["gaps"]
        assert not hidden(result)


@pytest.mark.parametrize("wait", ["0", "50", "300"])
@pytest.mark.parametrize("how", ["cycle", "pair", "fork"])
def test_what_moves_is_never_missed_in_silence(room: Room, how: str, wait: str) -> None:
    """The thief is seen beside the service, or its owners are not complete: in each of many looks."""
    silent = 0
    with room.playing("listen") as one, room.playing("moves", str(one.pid), str(one.seen["fd"]), wait, how):
        for _look in range(LOOKS):
            seen = found(room.collect(), one.port)
            silent += len(seen["owners"]) < 2 and seen["owners_complete"]
    assert silent == 0


@pytest.mark.parametrize(("children", "life"), [("4", "10"), ("40", "100"), ("20", "2000")])
def test_a_server_whose_children_end_all_the_time_is_known(room: Room, children: str, life: str) -> None:
    with room.playing("prefork", children, life) as actor:
        time.sleep(0.5)
        results = [room.collect() for _look in range(LOOKS)]
    known = [result for result in results if not unsettled(result)]
    for result in known:
        assert result["collector"]["owners_complete"], result["collector"]["gaps"]
        assert found(result, actor.port)["owners_complete"], result["collector"]["gaps"]
        assert judged(result, actor.port, RULE).verdict == "pass"
    # Where others use the processor, children can end faster than the collector describes them, and it says so.
    assert len(known) > LOOKS / 2


@pytest.mark.parametrize("connections", ["10", "3000"])
def test_a_busy_server_is_known(room: Room, connections: str) -> None:
    with room.playing("busy", connections, python=PYTHON) as actor:
        time.sleep(1)
        results = [room.collect() for _look in range(5)]
    for result in results:
        assert result["collector"]["owners_complete"], result["collector"]["gaps"]
        assert judged(result, actor.port, RULE).verdict == "pass"


def test_a_host_that_forks_all_the_time_is_known(room: Room) -> None:
    script = "while :; do /bin/true; done"
    with room.playing("listen") as one, subprocess.Popen([*room.enter, "sh", "-c", script]) as busy:
        results = [room.collect() for _look in range(10)]
        busy.kill()
    assert [judged(result, one.port, RULE).verdict for result in results] == ["pass"] * 10


def test_a_listener_that_is_opened_meanwhile(room: Room) -> None:
    """A server that starts while the collector looks waits on what was not looked for, and hides nothing."""
    with room.playing("listen") as one, room.playing("opens") as _other:
        results = [room.collect() for _look in range(10)]
    assert not any(hidden(result) for result in results)
    assert all(found(result, one.port)["owners_complete"] for result in results)


@pytest.mark.parametrize("source", ["/mnt", "/proc/1"], ids=["an empty directory", "another process"])
def test_a_thief_with_something_mounted_over_its_directory(stage: Stage, collect: Collect, source: str) -> None:
    """Such a process looks as if it had just ended, or held nothing."""
    with contextlib.ExitStack() as stack:
        room = stack.enter_context(Room.made(stage, collect))
        one, at = stack.enter_context(service(room))
        thief = stack.enter_context(room.playing("steal", *at, "7468696566"))
        room.run("mount", "--bind", source, "/proc/%d" % thief.pid)
        result = room.collect()
    got = judged(result, one.port, RULE)
    assert (got.verdict, got.says.endswith("found not every owner could be seen")) == ("unverified", True)
    (detail,) = [gap["detail"] for gap in result["collector"]["gaps"] if gap["code"] == "proc-covered"]
    assert detail.startswith("a mount covers /proc/%d and hides " % thief.pid)
