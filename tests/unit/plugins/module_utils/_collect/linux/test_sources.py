# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which source answers for what, and what becomes a gap."""

from __future__ import annotations

import errno
import os
import struct
import types

import pytest
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux import _sources
from ansible_collections.fleetports.compliance.tests.unit.factories.netlink import FIXTURES, Kernel, recorded

NAMES = {6: "tcp", 17: "udp", 136: "udplite", 132: "sctp", 33: "dccp", 262: "mptcp"}
EVERYTHING = "TCP TCPv6 UDP UDPv6 UDP-Lite UDPLITEv6 MPTCP MPTCPv6"


class Recorded(Kernel):
    """Answers with recordings, or with the errno that ``refused`` has for a protocol."""

    REFUSES_BY = 3

    def __init__(self, **refused):
        self.refused = refused
        self.asked = []

    def __call__(self, protocol):
        if "socket" in self.refused:
            raise OSError(self.refused["socket"], "no")
        return super().__call__(protocol)

    def answer(self, request):
        family, number = request[16], request[17]
        if len(request) > 16 + 56:
            number = struct.unpack_from("=I", request, 16 + 56 + 4)[0]
        name = "%s_%s" % (NAMES[number], {2: "ipv4", 10: "ipv6"}[family])
        self.asked.append(name)
        known = recorded(name) if (FIXTURES / (name + ".bin")).exists() else b""
        return self.refused.get(name.split("_", maxsplit=1)[0], known)


def proc(tmp_path, protocols=EVERYTHING, tables=()):
    (tmp_path / "net").mkdir()
    if protocols is not None:
        rows = "".join("%s 1 7 -1\n" % name for name in protocols.split())
        (tmp_path / "net" / "protocols").write_text("protocol size sockets\n" + rows)
    for name in tables:
        (tmp_path / "net" / name).write_text("headings\n")
    return str(tmp_path)


def gaps(dump):
    return sorted((gap.code, gap.affects, gap.protocol, gap.family) for gap in dump.gaps)


def test_everything_from_netlink(tmp_path):
    dump = _sources.dump_all(proc(tmp_path), connect=Recorded())
    assert dump.gaps == ()
    assert dump.sources == {"sock_diag"}
    ports = sorted((raw.protocol, raw.port) for raw in dump.sockets)
    tcp = [("tcp", port) for port in (81, 82, 83, 84, 85, 86, 87, 88, 603)]
    assert ports == [*tcp, ("udp", 53), ("udp", 54), ("udplite", 55)]
    assert {raw.port for raw in dump.sockets if raw.inode in dump.mptcp} == {88}


def test_a_protocol_that_the_kernel_lacks_is_not_asked_for(tmp_path):
    """The kernel would load its module, and reading must change nothing."""
    kernel = Recorded()
    dump = _sources.dump_all(proc(tmp_path, "TCP TCPv6 UDP SCTP DCCP DCCPv6"), connect=kernel)
    assert set(kernel.asked) == {"tcp_ipv4", "tcp_ipv6", "udp_ipv4", "udp_ipv6", "sctp_ipv4", "dccp_ipv4", "dccp_ipv6"}
    assert dump.gaps == ()


def test_refused_dump_is_a_gap_and_no_empty_list(tmp_path):
    dump = _sources.dump_all(proc(tmp_path), connect=Recorded(udp=errno.EPERM))
    assert gaps(dump) == [("dump-refused", "listeners", "udp", family) for family in ("ipv4", "ipv6")]
    assert {raw.protocol for raw in dump.sockets} == {"tcp", "udplite"}


def test_refused_dump_falls_back_to_proc(tmp_path):
    dump = _sources.dump_all(proc(tmp_path, tables=["udp", "udp6"]), connect=Recorded(udp=errno.EPERM))
    assert gaps(dump) == [("netlink-refused", "units", "udp", family) for family in ("ipv4", "ipv6")]
    assert dump.sources == {"sock_diag", "proc_net"}


def test_no_netlink_at_all(tmp_path):
    root = proc(tmp_path, "TCP UDP", tables=["tcp", "udp"])
    dump = _sources.dump_all(root, connect=Recorded(socket=errno.EPROTONOSUPPORT))
    assert gaps(dump) == [
        ("dump-refused", "listeners", "tcp", "ipv6"),
        ("dump-refused", "listeners", "udp", "ipv6"),
        ("netlink-refused", "units", "tcp", "ipv4"),
        ("netlink-refused", "units", "udp", "ipv4"),
    ]
    assert dump.sources == {"proc_net"}


@pytest.mark.parametrize(
    ("protocols", "expected"),
    [
        pytest.param(
            "TCP TCPv6 UDP UDPv6",
            [("dump-refused", "listeners", "udp", f) for f in ("ipv4", "ipv6")],
            id="diag missing",
        ),
        pytest.param("TCP TCPv6", [], id="really absent"),
        pytest.param("TCP TCPv6 UDP", [("dump-refused", "listeners", "udp", "ipv4")], id="absent over IPv6"),
    ],
)
def test_enoent_is_absence_only_if_the_list_of_protocols_agrees(tmp_path, protocols, expected):
    dump = _sources.dump_all(proc(tmp_path, protocols), connect=Recorded(udp=errno.ENOENT))
    assert gaps(dump) == expected


def test_enoent_is_no_absence_when_the_list_cannot_be_read(tmp_path):
    dump = _sources.dump_all(proc(tmp_path, None), connect=Recorded(udp=errno.ENOENT))
    assert gaps(dump) == [
        ("dump-refused", "listeners", "udp", "ipv4"),
        ("dump-refused", "listeners", "udp", "ipv6"),
        ("protocol-unknown", "listeners", "dccp", None),
        ("protocol-unknown", "listeners", "sctp", None),
        ("protocol-unknown", "listeners", "udplite", None),
    ]


def test_refused_mptcp_hides_no_listener(tmp_path):
    dump = _sources.dump_all(proc(tmp_path), connect=Recorded(mptcp=errno.EPERM))
    assert gaps(dump) == [("mptcp-unknown", "host", "tcp", family) for family in ("ipv4", "ipv6")]
    assert 88 in {raw.port for raw in dump.sockets}
    assert dump.mptcp == frozenset()


def test_the_real_kernel():
    dump = _sources.dump_all("/proc")
    assert "sock_diag" in dump.sources
    assert [gap for gap in dump.gaps if gap.affects == "listeners"] == []


@pytest.mark.parametrize(
    ("sparing", "asked"),
    [
        pytest.param(False, {"tcp_ipv4", "tcp_ipv6", "udp_ipv4", "udp_ipv6", "udplite_ipv6"}, id="the host itself"),
        pytest.param(True, {"tcp_ipv6", "udp_ipv4", "udplite_ipv6"}, id="another namespace"),
    ],
)
def test_what_the_kernel_counts_none_of_is_not_asked_for(tmp_path, monkeypatch, sparing, asked):
    """A count that is none (-1) tells nothing. TCP and UDP of the host itself are always asked for."""
    root = proc(tmp_path)
    counts = {"TCP": 0, "TCPv6": 2, "UDP": -1, "UDPv6": 0, "UDP-Lite": 0, "UDPLITEv6": 1, "MPTCP": 0, "MPTCPv6": 0}
    count(tmp_path, counts)
    kernel = Recorded()
    release(monkeypatch, "6.2.0")
    _sources.dump_all(root, connect=kernel, sparing=sparing)
    assert set(kernel.asked) == asked


def count(tmp_path, counts):
    rows = "".join("%s 1 %d -1\n" % row for row in counts.items())
    (tmp_path / "net" / "protocols").write_text("protocol size sockets\n" + rows)


def release(monkeypatch, text):
    monkeypatch.setattr(os, "uname", lambda: types.SimpleNamespace(release=text, machine="x86_64"))


@pytest.mark.parametrize(
    ("kernel_release", "counts", "found"),
    [
        pytest.param("6.1.0-28-amd64", {"TCP": 9, "TCPv6": 9, "MPTCP": 0, "MPTCPv6": 0}, {88}, id="it counts none"),
        pytest.param("5.14.0-503.el9", {"TCP": 9, "TCPv6": 9, "MPTCP": 0, "MPTCPv6": 0}, {88}, id="nor does an older"),
        pytest.param("made-up", {"TCP": 9, "TCPv6": 9, "MPTCP": 0, "MPTCPv6": 0}, {88}, id="a release of another form"),
        pytest.param("6.12.57", {"TCP": 9, "TCPv6": 9, "MPTCP": 1, "MPTCPv6": 0}, {88}, id="it counts one"),
        pytest.param("6.12.57", {"TCP": 9, "TCPv6": 9, "MPTCP": 0, "MPTCPv6": 0}, set(), id="it counts, and has none"),
        pytest.param("6.1.0", {"TCP": 9, "TCPv6": 9}, set(), id="the kernel has no MPTCP"),
    ],
)
def test_mptcp_is_asked_for_where_the_kernel_does_not_count_it(tmp_path, monkeypatch, kernel_release, counts, found):
    root = proc(tmp_path)
    count(tmp_path, counts)
    release(monkeypatch, kernel_release)
    dump = _sources.dump_all(root, connect=Recorded())
    assert {raw.port for raw in dump.sockets if raw.inode in dump.mptcp} == found
    assert dump.gaps == ()
