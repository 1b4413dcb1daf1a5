# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""netstat of several releases of macOS: columns come and go."""

from __future__ import annotations

import pytest
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.commands.macos import _netstat
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _tool
from ansible_collections.fleetports.compliance.tests.unit.factories.commands import FAILED, Commands

TITLE = "Active Internet connections (including servers)\n"
# 10.13
PLAIN = "Proto Recv-Q Send-Q  Local Address          Foreign Address        (state)     \n"
# 11
PID = PLAIN.rstrip("\n") + "rhiwat shiwat    pid   epid  state    options\n"
# 14
BYTES = (
    "Proto Recv-Q Send-Q  Local Address          Foreign Address        (state)          rxbytes      txbytes  rhiwat  "
    "shiwat    pid   epid state  options           gencnt    flags   flags1 usecnt rtncnt fltrs\n"
)
# 15
NAMED = BYTES.replace("    pid   epid state", "          process:pid    state")


def row(line, *, header=PID, wide=True):
    table = _netstat.parse(TITLE + header + line + "\n", wide=wide)
    assert table.unreadable == []
    return table.rows[0] if table.rows else None


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param(
            "tcp4  0  0  *.22  *.*  LISTEN  131072 131072 89 0 0x0 0x6",
            ("ipv4", "0.0.0.0", 22, False, None),
            id="* of tcp4",
        ),
        pytest.param(
            "tcp6  0  0  *.22  *.*  LISTEN  131072 131072 89 0 0x0 0x6", ("ipv6", "::", 22, False, None), id="* of tcp6"
        ),
        pytest.param(
            "tcp46 0  0  *.22  *.*  LISTEN  131072 131072 89 0 0x0 0x6", ("ipv6", "::", 22, True, None), id="* of both"
        ),
        pytest.param(
            "tcp4  0  0  10.1.2.3.8080  *.*  LISTEN  1 1 89 0",
            ("ipv4", "10.1.2.3", 8080, False, None),
            id="dots everywhere",
        ),
        pytest.param("tcp6  0  0  ::1.631  *.*  LISTEN  1 1 89 0", ("ipv6", "::1", 631, False, None), id="IPv6"),
        pytest.param(
            "udp6  0  0  fe80::1%7.123  *.*  786896 9216 89 0",
            ("ipv6", "fe80::1", 123, False, 7),
            id="a scope, no state",
        ),
        pytest.param(
            "tcp6  0  0  2001:db8:1111:2222:3333:4444:5555:6666.22  *.*  LISTEN  1 1 89 0",
            ("ipv6", "2001:db8:1111:2222:3333:4444:5555:6666", 22, False, None),
            id="an address wider than its column",
        ),
    ],
)
def test_endpoints(line, expected):
    found = row(line)
    assert (found.family, found.address, found.port, found.dual_stack, found.scope) == expected
    assert found.pid == 89


@pytest.mark.parametrize(
    ("header", "rest", "pid"),
    [
        pytest.param(PLAIN, "LISTEN", None, id="10.13 tells none"),
        pytest.param(PID, "LISTEN 131072 131072 89 0 0x0 0x6", 89, id="11"),
        pytest.param(BYTES, "LISTEN 0 0 131072 131072 501 0 00000 00000006 00010cb7 0 0 1 0 0", 501, id="14"),
        pytest.param(NAMED, "LISTEN 0 0 131072 131072 node:53082 00100 00000106 001afb 0 0 1 0 0", 53082, id="15"),
        pytest.param(
            NAMED, "LISTEN 0 0 1 1 Code Helper (Plu:84517 00100 00000106 001afb 0 0 1 0 0", 84517, id="spaces"
        ),
        pytest.param(NAMED, "LISTEN 0 0 1 1 a:80 b:77 00100 00000106 001afb 0 0 1 0 0", 77, id="a colon in the name"),
        pytest.param(
            BYTES, "LISTEN 0 0 1 1 rapportd:612 00100 00000006 001 0 0 1 0 0", 612, id="headed pid, named all the same"
        ),
        pytest.param(PID, "LISTEN 131072 131072 0 0 0x0 0x6", None, id="0 is nobody"),
        pytest.param(PID, "LISTEN 131072 131072", None, id="cut off"),
    ],
)
def test_processes(header, rest, pid):
    assert row("tcp4 0 0 127.0.0.1.18970 *.* " + rest, header=header).pid == pid


@pytest.mark.parametrize(
    "line",
    [
        "tcp4 0 0 10.0.0.1.22 10.0.0.2.5000 ESTABLISHED 1 1 89 0",
        "tcp4 0 0 10.0.0.1.22 *.* CLOSED 1 1 89 0",
        "udp4 0 0 10.0.0.1.5000 10.0.0.2.53 1 1 89 0",
        "udp4 0 0 *.* *.* 1 1 89 0",
        "icm4 0 0 *.* *.* 1 1 89 0",
        "",
    ],
)
def test_others_are_left_out(line):
    assert row(line) is None


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("tcp4 0 0 *.22 *.* LISTEN\n", id="no header"),
        pytest.param(
            "Proto Empf-Q Sende-Q Lokale Adresse Fremde Adresse (Status)\ntcp4 0 0 *.22 *.* LISTEN\n", id="German"
        ),
        pytest.param(PLAIN.replace("Recv-Q Send-Q  ", "") + "tcp4 *.22 *.* LISTEN\n", id="columns that moved"),
        pytest.param(
            "Proto Recv-Q Send-Q Local Address Foreign Address State\ntcp 0 0 0.0.0.0:22 0.0.0.0:* LISTEN\n", id="Linux"
        ),
        pytest.param(PLAIN + "tcp6 0 0 fe80::aede:48ff:.22 *.* LISTEN\n", id="cut address"),
        pytest.param(PLAIN + "tcp4 0 0 *.ssh *.* LISTEN\n", id="a port by name"),
        pytest.param("netstat: kvm not available\n", id="a complaint"),
    ],
)
def test_nothing_is_guessed(text):
    table = _netstat.parse(text, wide=True)
    assert (len(table.rows), len(table.unreadable)) == (0, 1)


def test_an_address_that_may_be_cut_is_not_believed():
    """It still is one: nothing but its length tells."""
    line = "tcp6 0 0 fe80::1c3a:5b2:e4.22 *.* LISTEN 1 1 89 0"
    assert row(line).address == "fe80::1c3a:5b2:e4"
    table = _netstat.parse(PID + line, wide=False)
    assert (table.rows, len(table.unreadable)) == ([], 1)
    assert row("tcp6 0 0 ::1.22 *.* LISTEN 1 1 89 0", wide=False).port == 22


def test_a_release_that_knows_no_wide_addresses_is_asked_again():
    table = TITLE + PID + "tcp4 0 0 *.22 *.* LISTEN 1 1 89 0\n"
    run = Commands(**{"netstat -anvWl": FAILED, "netstat -anv": table})
    assert [found.port for found in _netstat.sockets(run).rows] == [22, 22]
    assert run.ran[-1] == "netstat -anv -p udp"


def test_no_socket_at_all():
    assert _netstat.sockets(Commands(netstat="")) == ([], [])


def test_a_table_that_the_kernel_refuses():
    """It says so, and ends with status 0."""
    table = TITLE + PID + "tcp4 0 0 *.22 *.* LISTEN 1 1 89 0\n"
    refused = _tool.ToolAnswer("", "netstat: sysctl: net.inet.udp.pcblist_n: Operation not permitted\n")
    run = Commands(**{"netstat -anvWl -p tcp": table, "netstat -anvWl -p udp": refused})
    found = _netstat.sockets(run)
    assert ([row.port for row in found.rows], found.unreadable) == ([22], [refused.stderr.strip()])


def test_failure():
    with pytest.raises(_tool.ToolError, match="netstat ended with status 1: usage"):
        _netstat.sockets(Commands(netstat=FAILED))
