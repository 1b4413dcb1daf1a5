# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ways into a host that have no port, made for real."""

from __future__ import annotations

import contextlib
import os
import socket
import typing as t

import pytest
from _scenes import steer
from _scenes.netns import inside
from _scenes.stage import PYTHON, SOMEBODY, as_user

Snapshot = dict[str, t.Any]
Collect = t.Callable[..., Snapshot]


def found(snapshot: Snapshot, kind: str) -> list[dict[str, t.Any]]:
    """Those that this process holds, or nobody does."""
    paths = [path for path in snapshot["collector"]["alternate_paths"] if path["kind"] == kind]
    return [path for path in paths if os.getpid() in [owner["pid"] for owner in path["owners"]]]


@pytest.mark.parametrize(
    ("family", "number", "kind", "detail"),
    [
        pytest.param(socket.AF_INET, 1, "raw", "IPv4 protocol icmp", id="raw"),
        pytest.param(socket.AF_INET6, 58, "raw", "IPv6 protocol icmpv6", id="raw6"),
        pytest.param(socket.AF_PACKET, socket.htons(3), "packet", "all on every device", id="packet"),
        pytest.param(
            socket.AF_PACKET, socket.htons(0x88CC), "packet", "lldp on every device", id="packet of one protocol"
        ),
    ],
)
def test_sockets(collect: Collect, family: int, number: int, kind: str, detail: str) -> None:
    with socket.socket(family, socket.SOCK_RAW, number), socket.socket(family, socket.SOCK_RAW, number):
        snapshot = collect()
    (path,) = found(snapshot, kind)
    assert (path["detail"], path["count"]) == (detail, 2)
    assert path["namespace"] == os.stat("/proc/self/ns/net").st_ino
    assert snapshot["collector"]["gaps"] is not None
    assert not [one for one in snapshot["listeners"] if os.getpid() in [owner["pid"] for owner in one["owners"]]]


def test_a_packet_socket_that_only_sends_is_none(collect: Collect) -> None:
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0):
        assert found(collect(), "packet") == []


def test_one_that_is_bound_to_a_device(collect: Collect) -> None:
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0) as one:
        one.bind(("lo", 0x0806))
        (path,) = found(collect(), "packet")
    assert path["detail"] == "arp on lo"


@pytest.mark.parametrize(("family", "what"), [(40, "vsock sockets"), (44, "AF_XDP sockets")], ids=["vsock", "xdp"])
def test_what_this_kernel_does_not_list_is_a_gap(collect: Collect, family: int, what: str) -> None:
    """Or it lists them, on a kernel that does."""
    with socket.socket(family, socket.SOCK_RAW if family == 44 else socket.SOCK_STREAM) as one:
        if family == 40:
            one.bind((0xFFFFFFFF, 4444))
            one.listen()
        snapshot = collect()
    gaps = [
        gap for gap in snapshot["collector"]["gaps"] if gap["affects"] == "paths" and gap["detail"].startswith(what)
    ]
    assert gaps or found(snapshot, "vsock" if family == 40 else "xdp")


def test_a_program_that_steers_sockets(collect: Collect) -> None:
    with contextlib.ExitStack() as stack:
        host = stack.enter_context(inside("tcp,0.0.0.0,80"))
        namespace = os.open(f"/proc/{host.pid}/ns/net", os.O_RDONLY)
        stack.callback(os.close, namespace)
        stack.callback(os.close, steer.attach(namespace))
        whole, within = collect(namespaces="all"), collect("nsenter", "-t", str(host.pid), "-n")
    for snapshot in (whole, within):
        (path,) = [one for one in snapshot["collector"]["alternate_paths"] if one["kind"] == "sk_lookup"]
        assert path["namespace"] == host.number
        assert path["owners"] == []


def test_what_may_not_be_asked_without_privilege_is_a_gap(collect: Collect) -> None:
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3)):
        snapshot = collect(*as_user(SOMEBODY), python=PYTHON)
    gaps = [gap["detail"] for gap in snapshot["collector"]["gaps"] if gap["code"] == "permission"]
    assert "the collector may not list BPF programs that steer sockets: run with --become" in gaps
    (path,) = [one for one in snapshot["collector"]["alternate_paths"] if one["detail"] == "all on every device"]
    assert path["owners"] == []


def test_a_connected_udp_socket_and_a_member_of_a_group_are_no_listeners_by_that(collect: Collect) -> None:
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as two,
    ):
        one.bind(("127.0.0.1", 0))
        one.connect(("127.0.0.1", 9))
        two.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton("224.0.0.251") + bytes(4))
        snapshot = collect()
    assert not [one for one in snapshot["listeners"] if os.getpid() in [owner["pid"] for owner in one["owners"]]]


def test_udplite(collect: Collect) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM, 136) as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
        snapshot = collect()
    listener = next(one for one in snapshot["listeners"] if (one["protocol"], one["port"]) == ("udplite", port))
    assert [owner["pid"] for owner in listener["owners"]] == [os.getpid()]
