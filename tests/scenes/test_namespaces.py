# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Listeners in network namespaces beside the host's: containers, and whatever else has one."""

from __future__ import annotations

import contextlib
import os
import pathlib
import subprocess
import sys
import threading
import time
import typing as t

import pytest
from _scenes.cgroup import Groups
from _scenes.netns import inside, named
from _scenes.room import Room
from _scenes.stage import PYTHON, SOMEBODY, as_user
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common._budget import Budget
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common._host_files import Roots
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux import _sources
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.namespaces import _all, _find, _visit

Snapshot = dict[str, t.Any]
Collect = t.Callable[..., Snapshot]


def found(snapshot: Snapshot, number: int) -> list[dict[str, t.Any]]:
    return [one for one in snapshot["listeners"] if one["namespace"] == number]


def ports(snapshot: Snapshot, number: int) -> list[tuple[str, str, int]]:
    return [(one["protocol"], one["address"], one["port"]) for one in found(snapshot, number)]


def test_a_namespace_is_looked_into_when_it_is_asked_for(collect: Collect) -> None:
    up = ("unshare", "-n", "sh", "-c", 'ip link set lo up && ip address add 10.9.8.7/32 dev lo && exec "$@"', "sh")
    with inside("tcp,0.0.0.0,8081", "udp,10.9.8.7,53", before=up) as container:
        whole, host = collect(namespaces="all"), collect()
    assert ports(whole, container.number) == [("tcp", "0.0.0.0", 8081), ("udp", "10.9.8.7", 53)]
    (tcp, _udp) = found(whole, container.number)
    assert [owner["pid"] for owner in tcp["owners"]] == [container.pid]
    assert tcp["owners_complete"] or not whole["collector"]["owners_complete"]
    assert tcp["ephemeral"] is False
    addresses = [one["address"] for one in whole["host"]["addresses"] if one["namespace"] == container.number]
    assert addresses == ["10.9.8.7", "127.0.0.1", "::1"]
    assert container.number in whole["collector"]["namespaces"]["looked_at"]
    assert found(host, container.number) == []
    assert host["collector"]["namespaces"]["looked_at"] == []
    assert host["collector"]["namespaces"]["left_out"] >= 1


def test_the_ephemeral_range_is_the_namespace_s_own(collect: Collect) -> None:
    narrow = 'echo 50000 50009 > /proc/sys/net/ipv4/ip_local_port_range && exec "$@"'
    with inside("udp,0.0.0.0,50005", "udp,0.0.0.0,40000", before=("unshare", "-n", "sh", "-c", narrow, "sh")) as one:
        by_port = {each["port"]: each["ephemeral"] for each in found(collect(namespaces="all"), one.number)}
    assert by_port == {50005: True, 40000: False}


def test_a_namespace_that_only_a_name_keeps(collect: Collect) -> None:
    with named("fleetports-test") as path:
        number = os.stat(path).st_ino
        assert number in collect(namespaces="all")["collector"]["namespaces"]["looked_at"]


def test_a_namespace_that_only_a_thread_is_in(collect: Collect) -> None:
    program = """
import ctypes, os, socket, sys, threading
def work():
    assert ctypes.CDLL(None).unshare(0x40000000) == 0
    server = socket.create_server(("0.0.0.0", 8082))
    print(os.stat("/proc/thread-self/ns/net").st_ino, flush=True)
    threading.Event().wait()
threading.Thread(target=work, daemon=True).start()
sys.stdin.read()
"""
    command = [sys.executable, "-c", program]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        number = int(process.stdout.readline())
        snapshot = collect(namespaces="all")
        process.kill()
    assert number != os.stat("/proc/self/ns/net").st_ino
    assert ports(snapshot, number) == [("tcp", "0.0.0.0", 8082)]
    assert [owner["pid"] for one in found(snapshot, number) for owner in one["owners"]] == [process.pid]


def test_one_process_may_hold_sockets_of_two_namespaces(collect: Collect) -> None:
    program = """
import ctypes, os, socket, sys
kept = [socket.create_server(("127.0.0.1", 0))]
assert ctypes.CDLL(None).unshare(0x40000000) == 0
kept.append(socket.create_server(("0.0.0.0", 8083)))
print(kept[0].getsockname()[1], flush=True)
sys.stdin.read()
"""
    command = [sys.executable, "-c", program]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        number = os.stat(f"/proc/{process.pid}/ns/net").st_ino
        snapshot = collect(namespaces="all")
        process.kill()
    held = [one for one in snapshot["listeners"] if process.pid in [owner["pid"] for owner in one["owners"]]]
    own = os.stat("/proc/self/ns/net").st_ino
    assert sorted((one["namespace"] == own, one["port"]) for one in held) == [(False, 8083), (True, port)]
    assert {one["namespace"] for one in held} == {own, number}


def test_a_process_that_ends_on_the_way_takes_nothing_else_along() -> None:
    """Found, and gone before anybody goes in: no gap, and the others are seen."""
    with contextlib.ExitStack() as stack:
        stays = stack.enter_context(inside("tcp,0.0.0.0,8084"))
        with inside("tcp,0.0.0.0,8085") as goes:
            doors = _find.doors(Roots(), os.stat("/proc/self/ns/net").st_ino).paths
            assert {stays.number, goes.number} <= set(doors)
        visit = _visit.visit(doors, proc="/proc")
    assert [raw.port for raw in visit.seen[stays.number].dump.sockets] == [8084]
    assert goes.number not in visit.seen
    assert visit.missed.get("ended") == 1
    assert visit.gaps == []


@pytest.mark.parametrize("visit", ["first", "last"])
def test_a_namespace_outlives_the_process_that_led_there(monkeypatch: pytest.MonkeyPatch, visit: str) -> None:
    """A daemon leaves its namespace to a child: neither is it missed, nor are its listeners gone."""
    with contextlib.ExitStack() as stack:
        parent = stack.enter_context(inside("tcp,0.0.0.0,8090"))

        def leave() -> None:
            enter = ("nsenter", "-t", str(parent.pid), "-n")
            stack.enter_context(inside("tcp,0.0.0.0,8091", before=enter))
            parent.end()

        def found_before(*arguments: t.Any) -> t.Any:
            doors = real(*arguments)
            monkeypatch.setattr(_find, "doors", real)
            leave()
            return doors

        real = _find.doors
        if visit == "first":
            monkeypatch.setattr(_find, "doors", found_before)
        others = _all.OtherNamespaces(Roots(), os.stat("/proc/self/ns/net").st_ino, Budget(cpu=60.0, wall=60.0))
        if visit == "last":
            leave()
        after = others.again()[parent.number]
    assert [raw.port for raw in after or ()] == [8091]


def test_in_a_pid_namespace_it_is_said_that_others_were_not_looked_for(room: Room) -> None:
    gaps = {(gap["code"], gap["affects"]) for gap in room.collect(namespaces="all")["collector"]["gaps"]}
    assert ("pid-namespace", "host") in gaps
    assert "listeners" not in {affects for _code, affects in gaps}
    assert "pid-namespace" not in {gap["code"] for gap in room.collect()["collector"]["gaps"]}


def test_what_changes_during_the_search_is_marked(collect: Collect, tmp_path: pathlib.Path) -> None:
    """The processes of a room take long enough to be searched for a listener to come and one to go."""
    program = """
import socket, sys, time
while True:
    with socket.create_server(("0.0.0.0", 8086)):
        time.sleep(0.002)
    time.sleep(0.002)
"""
    with subprocess.Popen(["unshare", "-n", sys.executable, "-c", program]) as process:
        time.sleep(0.5)
        number = os.stat(f"/proc/{process.pid}/ns/net").st_ino
        changes: set[str | None] = set()
        for _attempt in range(40):
            changes |= {one["change"] for one in found(collect(namespaces="all"), number)}
            if {"gone", "new"} <= changes:
                break
        process.kill()
    assert {"gone", "new"} <= changes


def test_without_privilege_a_namespace_that_may_not_be_entered_is_a_gap(collect: Collect) -> None:
    """Nobody else's processes tell even the number of their namespace; names in /run/netns do."""
    with named("fleetports-test"):
        snapshot = collect(*as_user(SOMEBODY), python=PYTHON, namespaces="all")
    gaps = [gap for gap in snapshot["collector"]["gaps"] if gap["affects"] == "listeners"]
    left_out = snapshot["collector"]["namespaces"]["left_out"]
    assert left_out >= 1  # the machine may have others
    assert [(gap["code"], gap["detail"].split(":")[0]) for gap in gaps] == [
        ("permission", f"{left_out} other network namespaces could not be entered"),
        (
            "permission",
            "the collector may not read the network namespaces of some processes, so other namespaces may exist",
        ),
        ("published-unseen", "published ports not seen"),
    ]
    assert all(gap["detail"].endswith(": run with --become") for gap in gaps)
    assert snapshot["collector"]["namespaces"]["looked_at"] == []


def test_a_namespace_that_hangs_is_a_gap_and_the_others_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    dump = _sources.dump_all
    with inside("tcp,0.0.0.0,8087") as first, inside("tcp,0.0.0.0,8088") as second:
        hung = min(first.number, second.number)

        def slow(proc: str, **options: t.Any) -> t.Any:
            if os.stat("/proc/self/ns/net").st_ino == hung:
                threading.Event().wait()
            return dump(proc, **options)

        monkeypatch.setattr(_sources, "dump_all", slow)
        doors = {one.number: [f"/proc/{one.pid}/ns/net"] for one in (first, second)}
        visit = _visit.visit(doors, proc="/proc", deadline=0.5)
    assert set(visit.seen) == {max(first.number, second.number)}
    assert [(gap.code, gap.affects) for gap in visit.gaps] == [("namespace-unanswered", "listeners")]


def test_a_container_by_the_cgroup_of_its_process(collect: Collect) -> None:
    name = "7c9e6a1f0b7d4c3fa1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718"
    with Groups() as groups, groups.entered(f"system.slice/docker-{name}.scope"), inside("tcp,0.0.0.0,8089") as made:
        (one,) = found(collect(namespaces="all"), made.number)
    assert (one["engine"], one["container"], one["unit"]) == ("docker", name, f"docker-{name}.scope")
    assert one["unit_source"] == "socket"
    assert [owner["engine"] for owner in one["owners"]] == ["docker"]


def test_what_belongs_to_no_namespace_is_looked_for_once(collect: Collect) -> None:
    with inside("tcp,0.0.0.0,8090"):
        gaps = [gap["detail"] for gap in collect(namespaces="all")["collector"]["gaps"]]
    assert len([detail for detail in gaps if "vsock" in detail]) <= 1


def test_fifty_namespaces(collect: Collect) -> None:
    with contextlib.ExitStack() as stack:
        made = [stack.enter_context(inside(f"tcp,0.0.0.0,{9000 + number}")) for number in range(50)]
        snapshot = collect(namespaces="all")
    assert [ports(snapshot, one.number) for one in made] == [
        [("tcp", "0.0.0.0", 9000 + number)] for number in range(50)
    ]
    assert snapshot["collector"]["namespaces"]["left_out"] == 0
