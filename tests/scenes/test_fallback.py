# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same live sockets by netlink, by /proc/net where that is refused, and by kernels that tell less or break off."""

from __future__ import annotations

import errno
import os
import socket
import struct
import typing as t

import pytest
from _scenes.room import Room
from _scenes.stage import SOMEBODY, Stage, found
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _snapshot
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux import _collector
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.netlink import _sock_diag, _wire

# What /proc/net does not tell. Everything else has to be the same.
UNTOLD = {"dual_stack", "device", "scope_id", "transparent", "mptcp", "unit_source"}
Answer = tuple[bytes, t.Any, int, t.Any]


class Both(t.NamedTuple):
    by_netlink: dict[str, t.Any]
    by_table: dict[str, t.Any]
    ports: dict[str, int]


@pytest.fixture(scope="module", params=[errno.EPERM, errno.EAFNOSUPPORT], ids=["EPERM", "EAFNOSUPPORT"])
def both(stage: Stage, room: Room, request: pytest.FixtureRequest) -> t.Iterator[Both]:
    devices = "ip link add d0 type veth peer name d1 && ip link set d1 up && ip address add fe80::1/64 dev d0 nodad"
    room.run("sh", "-c", "%s && ip link set d0 up" % devices)
    with (
        room.playing("d0", "fe80::1", script="sockets", user=None) as every,
        room.playing("listen", user=SOMEBODY) as own,
    ):
        refused = stage.refusing_netlink(request.param)
        ports = {**every.seen["ports"], "user": own.port}
        yield Both(room.collect(), room.collect(*refused), ports)
    room.run("ip", "link", "del", "d0")


def test_every_socket_is_there(both: Both) -> None:
    seen = [{one["port"] for one in result["listeners"]} for result in both[:2]]
    assert seen[0] == seen[1] == set(both.ports.values())
    assert both.by_netlink["collector"]["sources"] == ["sock_diag"]
    assert both.by_table["collector"]["sources"] == ["proc_net"]


def test_every_field_is_the_same_or_not_known(both: Both) -> None:
    for one in both.by_netlink["listeners"]:
        other = found(both.by_table, one["port"], one["protocol"])
        assert {key: value for key, value in one.items() if key not in UNTOLD} == {
            key: value for key, value in other.items() if key not in UNTOLD
        }
        assert (other["device"], other["scope_id"], other["transparent"]) == (None, None, None)
        # IPv4 through the IPv6 wildcard is what cannot be told; of other addresses it is known.
        assert other["dual_stack"] == (None if one["address"] == "::" else False)


def test_what_is_not_known_is_a_gap(both: Both) -> None:
    gaps = both.by_table["collector"]["gaps"]
    told = {(gap["protocol"], gap["family"]) for gap in gaps if gap["code"] == "netlink-refused"}
    assert {(protocol, family) for protocol in ("tcp", "udp") for family in ("ipv4", "ipv6")} <= told
    assert all(
        "no bound device, no dual stack and no unit" in gap["detail"] for gap in gaps if gap["affects"] == "units"
    )
    assert {"units", "addresses"} <= {gap["affects"] for gap in gaps}
    assert ("mptcp-unknown" in {gap["code"] for gap in gaps}) == ("mptcp" in both.ports)
    assert [gap for gap in both.by_netlink["collector"]["gaps"] if gap["affects"] != "paths"] == []


class Kernel:
    """This kernel, less some attributes, or with an accident at one answer of each dump."""

    def __init__(
        self, *, without: t.Collection[int] = (), accident: t.Callable[[Answer], Answer] | None = None
    ) -> None:
        self.without = without
        self.accident = accident
        self.accidents = 0

    def __call__(self, protocol: int) -> Kernel:
        self.real = _wire.connect(protocol)
        self.diag = protocol == _wire.SOCK_DIAG
        return self

    def send(self, data: bytes) -> int:
        return self.real.send(data)

    def close(self) -> None:
        self.real.close()

    def recvmsg(self, size: int) -> Answer:
        answer = self.real.recvmsg(size)
        if not self.diag:
            return answer
        if self.accident is not None and not self.accidents:
            self.accidents += 1
            answer = self.accident(answer)
        return (b"".join(map(self._less, _wire.messages(answer[0]))), *answer[1:])

    def _less(self, message: _wire.Message) -> bytes:
        payload, head = message.payload, _sock_diag._ANSWER.size
        if message.kind == _sock_diag.SOCK_DIAG_BY_FAMILY:
            kept = _wire.attributes(payload, head)
            rest = [_wire.pack_attribute(kind, value) for kind, value in kept.items() if kind not in self.without]
            payload = payload[:head] + b"".join(rest)
        size = _wire._HEADER.size + len(payload)
        data = _wire._HEADER.pack(size, message.kind, message.flags, message.sequence, 0) + payload
        return data + b"\0" * (-size % 4)


@pytest.fixture
def listening() -> t.Iterator[int]:
    """Takes IPv4 through IPv6."""
    with socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True) as one:
        yield one.getsockname()[1]


def collected(kernel: Kernel, port: int) -> tuple[dict[str, t.Any], list[str]]:
    """The listener, and the codes of the gaps that hide listeners or what the sockets tell."""
    result = _collector.collect(_snapshot.Options(), connect=kernel).to_result()
    gaps = [gap["code"] for gap in result["collector"]["gaps"] if gap["affects"] in ("listeners", "units")]
    return found(result, port), [code for code in gaps if code != "unit-unknown"]


@pytest.mark.parametrize(
    ("without", "told"),
    [
        pytest.param({}, {"dual_stack": True, "transparent": False}, id="this kernel"),
        pytest.param({_sock_diag.ATTR_CGROUP_ID}, {"dual_stack": True, "transparent": False}, id="before Linux 5.8"),
        pytest.param({_sock_diag.ATTR_SOCKOPT}, {"dual_stack": True, "transparent": None}, id="before socket options"),
        pytest.param({_sock_diag.ATTR_SKV6ONLY}, {"dual_stack": None, "transparent": False}, id="no v6only"),
    ],
)
def test_a_kernel_that_tells_less(listening: int, without: set[int], told: dict[str, t.Any]) -> None:
    one, gaps = collected(Kernel(without=without), listening)
    assert {key: one[key] for key in told} == told
    assert one["unit_source"] in (
        (None, "process") if _sock_diag.ATTR_CGROUP_ID in without else (None, "process", "socket")
    )
    assert [owner["pid"] for owner in one["owners"]] == [os.getpid()]
    assert gaps == []


def disturbed(answer: Answer) -> Answer:
    """NLM_F_DUMP_INTR in the first message."""
    flags = struct.unpack_from("=H", answer[0], 6)[0] | _wire.DUMP_INTR
    return (answer[0][:6] + struct.pack("=H", flags) + answer[0][8:], *answer[1:])


def done(number: int) -> t.Callable[[Answer], Answer]:
    """The dump ends with an error, as refusals arrive."""

    def end(answer: Answer) -> Answer:
        sequence = struct.unpack_from("=I", answer[0], 8)[0]
        return (_wire._HEADER.pack(20, _wire.DONE, 2, sequence, 0) + struct.pack("=i", -number), *answer[1:])

    return end


def raised(number: int) -> t.Callable[[Answer], Answer]:
    def fail(_answer: Answer) -> Answer:
        raise OSError(number, os.strerror(number))

    return fail


def cut(answer: Answer) -> Answer:
    return (answer[0], answer[1], answer[2] | socket.MSG_TRUNC, answer[3])


@pytest.mark.parametrize(
    ("accident", "gaps"),
    [
        pytest.param(disturbed, [], id="DUMP_INTR"),
        pytest.param(raised(errno.ENOBUFS), [], id="ENOBUFS"),
        pytest.param(raised(errno.EINTR), [], id="EINTR"),
        pytest.param(done(errno.EINTR), [], id="DONE with EINTR"),
        pytest.param(done(errno.EPERM), ["netlink-refused"], id="DONE with EPERM"),
        pytest.param(done(errno.ENOENT), ["netlink-refused"], id="DONE with ENOENT"),
        pytest.param(raised(errno.EPERM), ["netlink-refused"], id="EPERM"),
        pytest.param(cut, ["netlink-refused"], id="cut short"),
    ],
)
def test_an_accident_in_a_dump_loses_no_listener(
    listening: int, accident: t.Callable[[Answer], Answer], gaps: list[str]
) -> None:
    """Of TCP over IPv4, which is asked for first: repeated where that helps, else read from /proc/net."""
    with socket.create_server(("127.0.0.1", 0)) as own:
        result = _collector.collect(_snapshot.Options(owners="none"), connect=Kernel(accident=accident)).to_result()
        assert found(result, own.getsockname()[1])["inodes"] == [os.fstat(own.fileno()).st_ino]
    assert found(result, listening)["dual_stack"] is True
    others = [gap for gap in result["collector"]["gaps"] if gap["affects"] != "paths"]
    seen = [gap for gap in others if gap["code"] not in ("unit-unknown", "mptcp-unknown")]
    assert [gap["code"] for gap in seen] == gaps
    assert all((gap["protocol"], gap["family"]) == ("tcp", "ipv4") for gap in seen)
