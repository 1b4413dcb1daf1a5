# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The collector beside ss, lsof and psutil, at the same moment. Each difference has a name, here and in the guide."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import typing as t

import pytest
from _scenes import witnesses
from _scenes.room import Room
from _scenes.stage import PYTHON, SOMEBODY, Actor, Stage, as_user
from _scenes.witnesses import Seen

Collect = t.Callable[..., dict[str, t.Any]]
Named = t.Mapping[str, t.Callable[[Seen], bool]]
HIDING = ("thread", "orphaned", "ring", "in_flight")


class Crowd(t.NamedTuple):
    """Who listens. ``ports`` by name."""

    room: Room
    ports: dict[str, int]

    def named(self, *names: str) -> frozenset[int]:
        return frozenset(port for name, port in self.ports.items() if name in names)


@pytest.fixture(scope="module")
def crowd(stage: Stage, room: Room) -> t.Iterator[Crowd]:
    """Every kind of listener, some held in ways that are hard to see, one by the kernel, one in a pid namespace."""
    devices = "ip link add d0 type veth peer name d1 && ip link set d1 up && ip address add fe80::1/64 dev d0 nodad"
    tunnel = "ip link add vx0 type vxlan id 1 dstport 4790 dev lo local 127.0.0.1 && ip link set vx0 up"
    room.run("sh", "-c", "%s && ip link set d0 up && %s" % (devices, tunnel))
    nested = ("unshare", "--fork", "--pid", "--mount-proc", "--kill-child")
    with contextlib.ExitStack() as stack:
        every = stack.enter_context(room.playing("d0", "fe80::1", script="sockets"))
        ports = dict(every.seen["ports"])
        for way in HIDING:
            ports[way] = stack.enter_context(room.playing(way)).port
        ports["nested"] = stack.enter_context(room.playing("listen", through=nested)).port
        ports["user"] = stack.enter_context(room.playing("listen", user=SOMEBODY)).port
        # What ss would take for a second process, if names were not quoted as they are.
        hostile: Actor = stack.enter_context(room.playing("listen", b'x",pid=9,fd=3)'.hex()))
        ports["hostile"] = hostile.port
        yield Crowd(room, {**ports, "tunnel": 4790})


def unexplained(ours: t.Iterable[Seen], theirs: t.Iterable[Seen], known: Named) -> list[tuple[str, Seen]]:
    """Differences that have no name. A name that explains nothing is one too."""
    left, used = [], set()
    for side, rows in (("only ours", set(ours) - set(theirs)), ("only theirs", set(theirs) - set(ours))):
        for one in sorted(rows, key=str):
            names = [name for name, explains in known.items() if explains(one)]
            used.update(names)
            left += [] if names else [(side, one)]
    assert used == set(known), "nothing is explained by: %s" % sorted(set(known) - used)
    return left


def without(rows: t.Iterable[Seen], *fields: str) -> set[Seen]:
    """Listeners less what a witness does not tell."""
    return witnesses.merged(one._replace(**dict.fromkeys(fields)) for one in rows)


def at(ports: t.Collection[int]) -> t.Callable[[Seen], bool]:
    return lambda one: one.port in ports


def udplite(one: Seen) -> bool:
    return one.protocol == "udplite"


def test_every_kind_was_there(crowd: Crowd) -> None:
    """A comparison over nothing would show no differences."""
    ours = witnesses.collected(crowd.room.collect())
    assert {one.port for one in ours} == set(crowd.ports.values())


def test_ss(crowd: Crowd) -> None:
    theirs = witnesses.ss(crowd.room.run("ss", "-H", "-lntup"))
    ours = {one if one.address == "::" else one._replace(v6only=None) for one in _ours(crowd)}
    known = {
        "ss -tu does not ask for UDP-Lite": udplite,
        "ss reads only the descriptors of processes: not those of threads, nor of io_uring": at(
            crowd.named("thread", "orphaned", "ring")
        ),
        "ss prints names as they are: pid=9 is part of one": at(crowd.named("hostile")),
    }
    assert unexplained(ours, theirs, known) == []


def test_ss_without_privilege(crowd: Crowd) -> None:
    user = as_user(SOMEBODY)
    theirs = witnesses.ss(crowd.room.run(*user, "ss", "-H", "-lntup"))
    ours = witnesses.collected(crowd.room.collect(*user, python=PYTHON))
    ours = {one if one.address == "::" else one._replace(v6only=None) for one in ours}
    assert unexplained(ours, theirs, {"ss -tu does not ask for UDP-Lite": udplite}) == []


def test_lsof(crowd: Crowd) -> None:
    # lsof exits with 1 when anything that it was asked for was not found.
    runs = (("-iTCP", "-sTCP:LISTEN"), ("-iUDP",))
    text = "".join(crowd.room.run("lsof", "-nP", *which, "-FpfPtn", check=False) for which in runs)
    known = {
        "lsof starts from descriptors: what no process holds in the usual place is not there": at(
            crowd.named("thread", "orphaned", "ring", "in_flight", "tunnel")
        ),
        "lsof shows ::ffff:127.0.0.1 as 127.0.0.1": at(crowd.named("tcp6 mapped")),
        "lsof -iUDP leaves UDP-Lite out": udplite,
    }
    assert unexplained(without(_ours(crowd), "device", "v6only"), witnesses.lsof(text), known) == []


def test_psutil(crowd: Crowd) -> None:
    said = json.loads(crowd.room.run(sys.executable, witnesses.__file__))
    known = {
        "psutil does not read UDP-Lite": udplite,
        "psutil reads only the descriptors of processes: not those of threads, nor of io_uring": at(
            crowd.named("thread", "orphaned", "ring")
        ),
    }
    assert unexplained(without(_ours(crowd), "device", "v6only"), witnesses.psutil(said), known) == []


def test_siblings_are_counted(crowd: Crowd) -> None:
    """One listener where ss has a line for each socket."""
    lines = crowd.room.run("ss", "-H", "-lntu").splitlines()
    for one in crowd.room.collect()["listeners"]:
        if one["port"] in crowd.named("tcp reuseport", "udp reuseport"):
            shown = [line for line in lines if ":%d " % one["port"] in line]
            assert one["sockets"] == len(shown) == 3


def test_the_machine_itself(collect: Collect) -> None:
    """Whatever runs here. What comes or goes meanwhile is no difference: asked before and after, and again."""
    for _attempt in range(3):
        before, text, after = collect(), _run("ss", "-H", "-lntup"), collect()
        first, last = (
            {one if one.address == "::" else one._replace(v6only=None) for one in witnesses.collected(result)}
            for result in (before, after)
        )
        theirs = witnesses.ss(text)
        differences = (theirs - (first | last), {one for one in first & last if not udplite(one)} - theirs)
        if not any(differences):
            break
    assert differences == (set(), set())


def _ours(crowd: Crowd) -> set[Seen]:
    return witnesses.collected(crowd.room.collect())


def _run(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout
