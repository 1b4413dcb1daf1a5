# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Owners that nobody can see, and those that are only hard to see: why there are none is never a guess."""

from __future__ import annotations

import re
import typing as t

import pytest
from _scenes.room import Room
from _scenes.stage import PYTHON, SOMEBODY, Actor, Stage, as_user, found
from _scenes.verdict import judged
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _snapshot
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux import _collector
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.netlink import _wire

Collect = t.Callable[..., dict[str, t.Any]]
MODES = {
    "noaccess": "the descriptors of N processes of other users could not be read: run with --become",
    "invisible": "processes of other users are hidden (hidepid): run with --become",
    "ptraceable": "processes of other users are hidden (hidepid): run with --become",
}


def permission_gaps(result: t.Mapping[str, t.Any]) -> list[str]:
    gaps = [gap for gap in result["collector"]["gaps"] if gap["affects"] == "owners"]
    return [re.sub(r"\d+ process(es)?\b", "N processes", gap["detail"]) for gap in gaps if gap["code"] == "permission"]


@pytest.mark.parametrize("way", ["thread", "orphaned", "ring"])
def test_a_holder_without_a_descriptor_in_the_usual_place(room: Room, way: str) -> None:
    with room.playing(way) as actor:
        one = found(room.collect(), actor.port)
    assert (one["owner_status"], one["owners_complete"]) == ("known", True)
    (owner,) = one["owners"]
    assert owner["pid"] == actor.pid
    # Of a process whose first thread has ended the kernel tells no executable: no rule on it can hold.
    assert (owner["exe"] is None) == (way == "orphaned")


@pytest.mark.parametrize("within", [True, False], ids=["in a pid namespace", "on the whole host"])
@pytest.mark.parametrize("way", [("in_flight",), ("ring", "closed")], ids=["in flight", "ring without a descriptor"])
def test_a_socket_that_no_process_is_seen_to_hold(
    stage: Stage, collect: Collect, room: Room, way: tuple[str, ...], within: bool
) -> None:
    with (room if within else stage).playing(*way) as actor:
        result = room.collect() if within else collect()
    one = found(result, actor.port)
    # Some machines have processes that not even root may look into: then it may be one of theirs.
    outside = "unattributed" if result["collector"]["privilege"]["all_processes"] else "denied"
    assert one["owner_status"] == ("other_namespace" if within else outside)
    assert (one["owners"], one["owners_complete"]) == ([], False)
    assert judged(result, actor.port, {"user": "root"}).verdict == "unverified"


def test_the_kernel_holds_the_port_of_a_tunnel(room: Room) -> None:
    room.run(
        "ip", "link", "add", "vx1", "type", "vxlan", "id", "1", "dstport", "4790", "dev", "lo", "local", "127.0.0.1"
    )
    room.run("ip", "link", "set", "vx1", "up")
    one = found(room.collect(), 4790, "udp")
    assert (one["owner_status"], one["owners"], one["owners_complete"]) == ("kernel", [], True)
    room.run("ip", "link", "del", "vx1")
    assert not [other for other in room.collect()["listeners"] if other["port"] == 4790]


@pytest.mark.parametrize("mode", MODES)
def test_processes_hidden_by_hidepid(stage: Stage, collect: Collect, mode: str) -> None:
    with Room.made(stage, collect) as room, room.playing("listen") as other:
        room.run("mount", "-t", "proc", "-o", "hidepid=" + mode, "proc", "/proc")
        with room.playing("listen", user=SOMEBODY) as own:
            result = room.collect(*as_user(SOMEBODY), python=PYTHON)
            as_root = room.collect()
    assert (found(result, other.port)["owner_status"], found(result, own.port)["owner_status"]) == ("denied", "known")
    assert not any(one["owners_complete"] for one in result["listeners"])
    assert permission_gaps(result) == [MODES[mode]]
    assert all(one["owners_complete"] for one in as_root["listeners"])
    assert not permission_gaps(as_root)


def test_hidden_processes_beside_an_own_pid_1(stage: Stage, collect: Collect) -> None:
    """The list of processes looks whole, for pid 1 is in it."""
    with Room.made(stage, collect, init=as_user(SOMEBODY)) as room, room.playing("listen", user=SOMEBODY) as own:
        room.run("mount", "-t", "proc", "-o", "hidepid=invisible", "proc", "/proc")
        with room.playing("steal", str(own.pid), str(own.seen["fd"]), "7468696566") as thief:
            result = room.collect(*as_user(SOMEBODY), python=PYTHON)
            as_root = room.collect()
    one = found(result, own.port)
    assert ([owner["pid"] for owner in one["owners"]], one["owners_complete"]) == ([own.pid], False)
    assert permission_gaps(result) == [MODES["invisible"]]
    assert {owner["pid"] for owner in found(as_root, own.port)["owners"]} == {own.pid, thief.pid}


def test_without_privilege_other_users_are_denied(room: Room) -> None:
    with room.playing("listen") as other, room.playing("listen", user=SOMEBODY) as own:
        result = room.collect(*as_user(SOMEBODY), python=PYTHON)
    assert found(result, other.port)["owner_status"] == "denied"
    assert [owner["pid"] for owner in found(result, own.port)["owners"]] == [own.pid]
    assert permission_gaps(result) == [MODES["noaccess"]]
    assert (result["collector"]["owners_complete"], result["collector"]["privilege"]["euid"]) == (False, SOMEBODY)


def test_a_pid_namespace_within_and_without(room: Room) -> None:
    nested = ("unshare", "--fork", "--pid", "--mount-proc", "--kill-child")
    with room.playing("listen") as outside, room.playing("listen", through=nested) as inside:
        from_inside = room.collect(*nested)
        from_outside = room.collect()
    assert found(from_inside, outside.port)["owner_status"] == "other_namespace"
    assert {found(from_outside, port)["owner_status"] for port in (inside.port, outside.port)} == {"known"}


@pytest.mark.parametrize("when", ["before the search", "after the search"])
def test_a_process_that_ends_meanwhile(stage: Stage, when: str) -> None:
    """The first connection to the kernel is for the dump before the search, the middle one for that after it."""
    with stage.playing("listen") as actor:
        kill = Killer(actor)
        _collector.collect(_snapshot.Options(), connect=kill.count)
        kill.at = kill.half if when == "before the search" else kill.half + 1
        kill.seen = 0
        result = _collector.collect(_snapshot.Options(), connect=kill.connect).to_result()
    one = found(result, actor.port)
    assert one["change"] == "gone"
    assert (one["owner_status"], one["owners"]) == ("gone", [])


class Killer:
    """Counts connections to the kernel, and ends an actor at one of them."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.at = self.seen = 0

    @property
    def half(self) -> int:
        return self.dumps // 2

    def count(self, protocol: int) -> _wire.Transport:
        self.dumps = getattr(self, "dumps", 0) + (protocol == _wire.SOCK_DIAG)
        return _wire.connect(protocol)

    def connect(self, protocol: int) -> _wire.Transport:
        self.seen += protocol == _wire.SOCK_DIAG
        if self.seen == self.at and self.actor.process.poll() is None:
            self.actor.process.kill()
            self.actor.process.wait()
        return _wire.connect(protocol)
