# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way that macOS is read, on Linux: lsof beside netlink, on the same live sockets.

What is compared is the record itself, field by field. Each difference has a name.
"""

from __future__ import annotations

import contextlib
import typing as t

import pytest
from _scenes.room import Room
from _scenes.stage import PYTHON, SOMEBODY, as_user

Record = dict[str, t.Any]

# What lsof tells, and so must agree. Of owners too.
TOLD = (
    "protocol",
    "family",
    "address",
    "port",
    "state",
    "inodes",
    "sockets",
    "owner_status",
    "owners_complete",
    "change",
)
OWNER = ("pid", "name", "exe", "exe_deleted", "exe_on_host", "uid", "user", "started")
# What it does not tell: unknown, and never a guess.
UNTOLD = ("device", "namespace", "transparent", "uid", "user", "unit", "container", "ephemeral")


class Both(t.NamedTuple):
    """The host as either collector shows it. ``ports`` by name of what listens there."""

    lsof: Record
    netlink: Record
    ports: dict[str, int]


@pytest.fixture(scope="module")
def busy(room: Room) -> t.Iterator[tuple[Room, dict[str, int]]]:
    """A host with every kind of listener, one of another user, one that no process holds in the usual place."""
    room.run("sh", "-c", "ip link add d0 type veth peer name d1 && ip link set d1 up && ip link set d0 up")
    room.run("ip", "address", "add", "fe80::1/64", "dev", "d0", "nodad")
    with contextlib.ExitStack() as stack:
        every = stack.enter_context(room.playing("d0", "fe80::1", script="sockets"))
        ports = dict(every.seen["ports"])
        ports["somebody"] = stack.enter_context(room.playing("listen", user=SOMEBODY)).port
        ports["named"] = stack.enter_context(room.playing("listen", b"a b: (c)".hex())).port
        ports["in flight"] = stack.enter_context(room.playing("in_flight")).port
        yield room, ports


@pytest.fixture(scope="module")
def both(busy: tuple[Room, dict[str, int]]) -> Both:
    room, ports = busy
    return Both(room.collect(collector="lsof"), room.collect(), ports)


def key(one: Record) -> tuple[t.Any, ...]:
    return (one["protocol"], one["family"], one["address"], one["port"])


def by_key(listeners: t.Iterable[Record]) -> dict[tuple[t.Any, ...], Record]:
    return {key(one): one for one in listeners}


def test_what_lsof_does_not_show_is_named_and_no_more(both: Both) -> None:
    missing = set(by_key(both.netlink["listeners"])) - set(by_key(both.lsof["listeners"]))
    ports = both.ports
    assert {one[3] for one in missing} == {ports["in flight"], ports["udplite"]}
    assert set(by_key(both.lsof["listeners"])) <= set(by_key(both.netlink["listeners"]))
    gaps = {(gap["code"], gap["affects"]) for gap in both.lsof["collector"]["gaps"]}
    assert ("holders-only", "listeners") in gaps


def test_the_records_agree(both: Both) -> None:
    netlink = by_key(both.netlink["listeners"])
    compared = 0
    for one in both.lsof["listeners"]:
        other = netlink[key(one)]
        # The search as a whole is incomplete for a socket that nobody holds; lsof does not know that there is one.
        fields = [field for field in TOLD if field != "owners_complete" or both.netlink["collector"]["owners_complete"]]
        assert {field: one[field] for field in fields} == {field: other[field] for field in fields}
        ours = [{field: owner[field] for field in OWNER} for owner in one["owners"]]
        assert ours == [{field: owner[field] for field in OWNER} for owner in other["owners"]]
        compared += len(ours)
    assert compared >= len(both.ports) - 2


def test_what_lsof_does_not_tell_is_unknown(both: Both) -> None:
    for one in both.lsof["listeners"]:
        assert {field: one[field] for field in UNTOLD} == dict.fromkeys(UNTOLD)
        assert one["dual_stack"] is (None if one["address"] == "::" else False)


def test_a_user_sees_only_what_is_theirs_and_is_told_so(busy: tuple[Room, dict[str, int]]) -> None:
    room, ports = busy
    result = room.collect(*as_user(SOMEBODY), python=PYTHON, collector="lsof")
    assert [one["port"] for one in result["listeners"]] == [ports["somebody"]]
    gaps = {(gap["code"], gap["affects"]) for gap in result["collector"]["gaps"]}
    assert {("permission", "listeners"), ("holders-only", "listeners")} <= gaps
    assert not result["listeners"][0]["owners_complete"]


def test_netlink_is_still_what_is_chosen(both: Both) -> None:
    assert (both.netlink["collector"]["name"], both.lsof["collector"]["name"]) == ("linux", "lsof")
    assert both.lsof["collector"]["platform"] == both.netlink["collector"]["platform"] == "linux"
