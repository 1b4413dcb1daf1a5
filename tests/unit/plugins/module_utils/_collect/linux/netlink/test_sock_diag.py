# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sockets as a kernel really showed them (see ``fixtures/record.py``), and as those do that are not at hand."""

from __future__ import annotations

import socket
import struct

import pytest
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.netlink import _sock_diag, _wire
from ansible_collections.fleetports.compliance.tests.unit.factories.netlink import Kernel, recorded


class Recorded(Kernel):
    """Answers with a recording."""

    def __init__(self, name):
        self.name = name

    def answer(self, _request):
        assert self.protocol == _wire.SOCK_DIAG
        return recorded(self.name)


def seen(raw):
    """What the test knows of a socket; inodes are those of the recording."""
    return (raw.address, raw.port, raw.interface, raw.v6only, raw.transparent)


@pytest.mark.parametrize(
    ("protocol", "family", "expected"),
    [
        pytest.param(
            "tcp",
            "ipv4",
            [
                ("0.0.0.0", 81, 0, None, False),
                ("0.0.0.0", 82, 3, None, False),
                ("0.0.0.0", 83, 0, None, True),
                ("127.0.0.1", 88, 0, None, False),
                ("127.0.0.1", 603, 0, None, False),
            ],
            id="tcp over IPv4",
        ),
        pytest.param(
            "tcp",
            "ipv6",
            [
                ("::", 84, 0, False, False),
                ("::", 85, 0, True, False),
                ("fe80::1", 86, 3, True, False),
                ("::ffff:127.0.0.1", 87, 0, False, False),
            ],
            id="tcp over IPv6",
        ),
        pytest.param("udp", "ipv4", [("0.0.0.0", 53, 0, None, False)], id="udp over IPv4"),
        pytest.param("udp", "ipv6", [("::", 54, 0, True, False)], id="udp over IPv6"),
        pytest.param("udplite", "ipv4", [("127.0.0.1", 55, 0, None, False)], id="udplite over IPv4"),
        pytest.param("udplite", "ipv6", [], id="udplite over IPv6"),
        pytest.param("mptcp", "ipv4", [("127.0.0.1", 88, 0, None, False)], id="mptcp over IPv4"),
        pytest.param("mptcp", "ipv6", [], id="mptcp over IPv6"),
    ],
)
def test_recorded_dump(protocol, family, expected):
    state = _sock_diag.CLOSE if protocol.startswith("udp") else _sock_diag.LISTEN
    found = _sock_diag.dump(protocol, 6, family, state=state, connect=Recorded("%s_%s" % (protocol, family)))
    assert sorted(map(seen, found), key=lambda raw: raw[1]) == expected
    assert {raw.state for raw in found} <= {"unconnected" if protocol.startswith("udp") else "listen"}
    assert all(raw.uid == 0 and raw.inode > 0 and raw.cgroup_id == 1 for raw in found)


def test_mptcp_listener_has_the_inode_of_its_tcp_one():
    dumps = [
        _sock_diag.dump(name, 6, "ipv4", state=_sock_diag.LISTEN, connect=Recorded(name + "_ipv4"))
        for name in ("tcp", "mptcp")
    ]
    (mptcp,) = dumps[1]
    assert [raw.port for raw in dumps[0] if raw.inode == mptcp.inode] == [88]


@pytest.mark.parametrize(
    ("number", "family", "state", "expected"),
    [
        pytest.param(6, "ipv4", 10, b"\x02\x06\0\0" + struct.pack("=I", 0x400) + b"\0" * 48, id="tcp"),
        pytest.param(17, "ipv6", 7, b"\x0a\x11\0\0" + struct.pack("=I", 0x80) + b"\0" * 48, id="udp"),
        pytest.param(
            262,
            "ipv4",
            10,
            b"\x02\x06\0\0" + struct.pack("=I", 0x400) + b"\0" * 48 + struct.pack("=HHI", 8, 3, 262),
            id="mptcp in the attribute of type 3",
        ),
    ],
)
def test_request(number, family, state, expected):
    assert _sock_diag.request(number, family, state) == expected


def socket_message(*, family=2, state=10, port=80, attributes=b""):
    head = struct.pack("=BBBB", family, state, 0, 0) + struct.pack(">HH", port, 0)
    return head + b"\x7f\0\0\x01" + b"\0" * 28 + struct.pack("=I8xIIIII", 0, 0, 0, 0, 1000, 4242) + attributes


def test_all_fields():
    attributes = (
        _wire.pack_attribute(11, b"\x01")
        + _wire.pack_attribute(21, struct.pack("=Q", 1 << 40))
        + _wire.pack_attribute(22, b"\x24\0")
    )
    (raw,) = _sock_diag.parse(socket_message(attributes=attributes), "tcp", "ipv4", state=10)
    assert raw == _sock_diag.RawSocket("tcp", "ipv4", "127.0.0.1", 80, "listen", 1000, 4242, 0, True, True, 1 << 40)


def test_kernel_without_attributes_leaves_fields_unknown():
    (raw,) = _sock_diag.parse(socket_message(), "tcp", "ipv4", state=10)
    assert (raw.v6only, raw.transparent, raw.cgroup_id) == (None, None, None)


@pytest.mark.parametrize(
    "message",
    [
        pytest.param(socket_message(state=1), id="established"),
        pytest.param(socket_message(family=10), id="another family"),
    ],
)
def test_what_was_not_asked_for_is_dropped(message):
    assert _sock_diag.parse(message, "sctp", "ipv4", state=10) == []


@pytest.mark.parametrize(("family", "number"), [("ipv4", 2), ("ipv6", 10)])
def test_dccp_listener(family, number):
    """StoredRun up in the layout of inet_diag, which dccp_diag fills: no kernel at hand has DCCP."""
    (raw,) = _sock_diag.parse(socket_message(family=number, port=5001), "dccp", family, state=10)
    assert (raw.protocol, raw.family, raw.port, raw.state, raw.inode) == ("dccp", family, 5001, "listen", 4242)


def test_sctp_socket_with_several_addresses():
    """INET_DIAG_LOCALS is 12 in include/uapi/linux/inet_diag.h; 15 is the mark, which has nothing to do with it."""
    four = struct.pack("=H", 2) + struct.pack(">H", 80) + b"\x0a\0\0\x01" + b"\0" * 120
    six = struct.pack("=H", 10) + struct.pack(">H", 80) + b"\0" * 4 + socket.inet_pton(socket.AF_INET6, "fd00::1")
    attributes = _wire.pack_attribute(12, four + six.ljust(128, b"\0")) + _wire.pack_attribute(15, b"\0" * 128)
    found = _sock_diag.parse(socket_message(family=10, attributes=attributes), "sctp", "ipv6", state=10)
    assert [(raw.family, raw.address) for raw in found] == [("ipv4", "10.0.0.1"), ("ipv6", "fd00::1")]
    assert {raw.inode for raw in found} == {4242}


@pytest.mark.parametrize("size", [0, 1, 71])
def test_message_too_short(size):
    with pytest.raises(_wire.NetlinkError, match="a socket of"):
        _sock_diag.parse(socket_message()[:size], "tcp", "ipv4", state=10)


def test_sockets_of_this_process():
    """The real kernel: dual stack, IPv6 alone, loopback, UDP with and without a peer."""
    plans = [
        (socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0), None),
        (socket.AF_INET6, socket.SOCK_STREAM, ("::", 0), 0),
        (socket.AF_INET6, socket.SOCK_STREAM, ("::", 0), 1),
        (socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0), None),
    ]
    for family, kind, address, v6only in plans:
        with socket.socket(family, kind) as one:
            if v6only is not None:
                one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, v6only)
            one.bind(address)
            if kind == socket.SOCK_STREAM:
                one.listen()
            assert mine(one, family, kind) == [(address[0], None if v6only is None else bool(v6only))]
            if kind == socket.SOCK_DGRAM:
                one.connect(("127.0.0.1", 9))
                assert mine(one, family, kind) == []


def mine(one, family, kind):
    protocol, number, state = ("tcp", 6, 10) if kind == socket.SOCK_STREAM else ("udp", 17, 7)
    name = "ipv4" if family == socket.AF_INET else "ipv6"
    found = _sock_diag.dump(protocol, number, name, state=state)
    return [(raw.address, raw.v6only) for raw in found if raw.port == one.getsockname()[1]]
