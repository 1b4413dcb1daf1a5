# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fallback, held to the same sockets as netlink."""

from __future__ import annotations

import socket
import sys

import pytest
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.netlink import _sock_diag
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.procfs import _proc_net

HEADINGS = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
LITTLE = pytest.mark.skipif(sys.byteorder != "little", reason="rows written on a little-endian machine")


def table(tmp_path, name, *rows):
    (tmp_path / "net").mkdir(exist_ok=True)
    (tmp_path / "net" / name).write_text(HEADINGS + "".join(row + "\n" for row in rows))
    return str(tmp_path)


def row(address, port, state="0A", uid=0, inode=77):
    return "   0: %s:%04X 00000000:0000 %s 00000000:00000000 00:00000000 00000000 %5d        0 %d 1 0 100 0 0 10 0" % (
        address,
        port,
        state,
        uid,
        inode,
    )


@LITTLE
@pytest.mark.parametrize(
    ("protocol", "family", "line", "expected"),
    [
        pytest.param("tcp", "ipv4", row("0100007F", 603), ("127.0.0.1", 603, "listen"), id="loopback"),
        pytest.param("tcp", "ipv4", row("00000000", 65535), ("0.0.0.0", 65535, "listen"), id="wildcard"),
        pytest.param("udp", "ipv4", row("0302010A", 53, "07"), ("10.1.2.3", 53, "unconnected"), id="udp"),
        pytest.param("tcp", "ipv6", row("0" * 32, 22), ("::", 22, "listen"), id="IPv6 wildcard"),
        pytest.param(
            "tcp",
            "ipv6",
            row("000080FE00000000FF005450B6AD7DFE", 22),
            ("fe80::5054:ff:fe7d:adb6", 22, "listen"),
            id="IPv6",
        ),
        pytest.param(
            "tcp", "ipv6", row("0000000000000000FFFF00000100007F", 22), ("::ffff:127.0.0.1", 22, "listen"), id="mapped"
        ),
    ],
)
def test_row(tmp_path, protocol, family, line, expected):
    proc = table(tmp_path, protocol + ("6" if family == "ipv6" else ""), line)
    state = _sock_diag.CLOSE if protocol == "udp" else _sock_diag.LISTEN
    (raw,) = _proc_net.dump(protocol, family, state=state, proc=proc)
    assert (raw.address, raw.port, raw.state) == expected
    assert (raw.uid, raw.inode) == (0, 77)
    assert (raw.interface, raw.v6only, raw.transparent, raw.cgroup_id) == (None, None, None, None)


def test_other_states_are_left_out(tmp_path):
    proc = table(tmp_path, "tcp", row("00000000", 1, "01"), row("00000000", 2), row("00000000", 3, "06"))
    assert [raw.port for raw in _proc_net.dump("tcp", "ipv4", state=10, proc=proc)] == [2]


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("   0: 0100007F:025B 00000000:0000 0A", id="cut short"),
        pytest.param(row("0100007F", 1).replace(":0001", "0001"), id="no port"),
        pytest.param(row("0100007", 1), id="address too short"),
        pytest.param(row("0100007G", 1), id="not hexadecimal"),
        pytest.param(row("0100007F", 1).replace(" 77 ", " x7 "), id="inode"),
    ],
)
def test_row_that_the_kernel_would_not_write(tmp_path, line):
    with pytest.raises(_proc_net.ProcNetError):
        _proc_net.dump("tcp", "ipv4", state=10, proc=table(tmp_path, "tcp", line))


def test_table_that_is_not_there(tmp_path):
    with pytest.raises(_proc_net.ProcNetError, match="No such file"):
        _proc_net.dump("udplite", "ipv6", state=7, proc=str(tmp_path))


@pytest.mark.parametrize(
    ("family", "kind", "address"),
    [
        pytest.param(socket.AF_INET, socket.SOCK_STREAM, "127.0.0.1", id="tcp"),
        pytest.param(socket.AF_INET6, socket.SOCK_STREAM, "::1", id="tcp6"),
        pytest.param(socket.AF_INET, socket.SOCK_DGRAM, "0.0.0.0", id="udp"),
        pytest.param(socket.AF_INET6, socket.SOCK_DGRAM, "::", id="udp6"),
    ],
)
def test_both_sources_show_the_same_socket(family, kind, address):
    protocol, number, state = ("tcp", 6, 10) if kind == socket.SOCK_STREAM else ("udp", 17, 7)
    name = "ipv4" if family == socket.AF_INET else "ipv6"
    with socket.socket(family, kind) as one:
        one.bind((address, 0))
        if kind == socket.SOCK_STREAM:
            one.listen()
        port = one.getsockname()[1]
        netlink = [raw for raw in _sock_diag.dump(protocol, number, name, state=state) if raw.port == port]
        proc = [raw for raw in _proc_net.dump(protocol, name, state=state, proc="/proc") if raw.port == port]
    unknown = {"interface": None, "v6only": None, "transparent": None, "cgroup_id": None}
    assert proc == [raw._replace(**unknown) for raw in netlink]
    assert len(proc) == 1
