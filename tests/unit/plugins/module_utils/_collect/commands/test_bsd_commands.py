# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What else is asked of a BSD system: ps, launchctl, ifconfig, sysctl, and JSON of libxo."""

from __future__ import annotations

import pytest
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.commands import _bsd_net, _ps
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.commands.freebsd import _libxo
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.commands.macos import _launchctl
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _tool
from ansible_collections.fleetports.compliance.tests.unit.factories.commands import FAILED, Commands


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "  812     0 Tue Nov 24 12:09:29 2026 sshd",
            (0, None, "2026-11-24T12:09:29Z", "sshd"),
        ),
        ("  812    -2 Sun Mar  1 02:09:29 2026 a b: (c)", (4294967294, None, "2026-03-01T02:09:29Z", "a b: (c)")),
        ("  812 80 3 Sun Mar  1 02:09:29 2026 nginx", (80, 3, "2026-03-01T02:09:29Z", "nginx")),
    ],
)
def test_ps(line, expected):
    assert _ps.parse(line + "\n") == {812: expected}


@pytest.mark.parametrize(
    "line", ["", "PID UID STARTED COMMAND", "1 0 Di 24 Nov 12:09:29 2026 init", "1 0 Tue Xxx 24 12:09:29 2026 x"]
)
def test_ps_leaves_out_what_it_does_not_understand(line):
    assert _ps.parse(line) == {}


def test_ps_asks_for_jails_only_where_there_are_some():
    run = Commands(ps="")
    _ps.processes(run)
    _ps.processes(run, jails=True)
    assert ["jid=" in line for line in run.ran] == [False, True]


def test_launchctl():
    text = "PID\tStatus\tLabel\n-\t0\tcom.apple.idle\n89\t0\tcom.openssh.sshd\n90\t-9\ta b\tc\nnonsense\n"
    assert _launchctl.parse(text) == {89: "com.openssh.sshd", 90: "a b\tc"}


MACOS = """lo0: flags=8049<UP,LOOPBACK,RUNNING,MULTICAST> mtu 16384
\toptions=1203<RXCSUM,TXCSUM,TXSTATUS,SW_TIMESTAMP>
\tinet 127.0.0.1 netmask 0xff000000
\tinet6 ::1 prefixlen 128
\tinet6 fe80::1%lo0 prefixlen 64 scopeid 0x1
en0: flags=8863<UP,BROADCAST,SMART,RUNNING,SIMPLEX,MULTICAST> mtu 1500
\tether 3c:22:fb:00:00:01
\tinet6 fe80:4::18aa:1%en0 prefixlen 64 secured scopeid 0x4
\tinet 10.0.0.7 netmask 0xffffff00 broadcast 10.0.0.255
utun0: flags=8051<UP,POINTOPOINT,RUNNING,MULTICAST> mtu 1380
\tinet 100.64.0.2 --> 100.64.0.1 netmask 0xffffffff
"""


def test_addresses():
    found = _bsd_net.addresses(Commands(ifconfig=MACOS))
    assert [(own["device"], own["address"], own["prefix_length"]) for own in found] == [
        ("en0", "10.0.0.7", 24),
        ("en0", "fe80::18aa:1", 64),
        ("lo0", "127.0.0.1", 8),
        ("lo0", "::1", 128),
        ("lo0", "fe80::1", 64),
        ("utun0", "100.64.0.2", 32),
    ]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("inet 10.0.0.1 netmask 0xffffff00 broadcast 10.0.0.255", ("10.0.0.1", 24)),
        ("inet 10.0.0.1/24 broadcast 10.0.0.255", ("10.0.0.1", 24)),
        ("inet 10.0.0.1 netmask 255.255.255.0 broadcast 10.0.0.255", ("10.0.0.1", 24)),
        ("inet 10.0.0.1 netmask ffffff00", ("10.0.0.1", 24)),
        ("inet 10.0.0.1 netmask 0xFFFFFF00 broadcast 10.0.0.255 vhid 1", ("10.0.0.1", 24)),
        ("inet 10.8.0.2 --> 10.8.0.1 netmask 0xffffffff", ("10.8.0.2", 32)),
        ("inet 10.8.0.2 --> 10.8.0.1", ("10.8.0.2", 32)),
        ("inet 10.8.0.2 --> 10.8.0.1/32", ("10.8.0.2", 32)),
        ("inet 10.8.0.2/30 --> 10.8.0.1", ("10.8.0.2", 30)),
        ("inet 192.0.2.9 broadcast 192.0.2.255", ("192.0.2.9", None)),
        ("inet 192.0.2.9 netmask what", ("192.0.2.9", None)),
        ("inet 192.0.2.9 netmask -5", ("192.0.2.9", None)),
        ("inet 192.0.2.9 netmask", ("192.0.2.9", None)),
        ("inet 192.0.2.9/99", ("192.0.2.9", None)),
        ("inet 192.0.2.9", ("192.0.2.9", None)),
        ("inet6 fe80::1%lo0 prefixlen 64 scopeid 0x1", ("fe80::1", 64)),
        ("inet6 fe80::1%lo0/64 scopeid 0x1", ("fe80::1", 64)),
        ("inet6 fe80:4::18aa:1%en0 prefixlen 64 secured scopeid 0x4", ("fe80::18aa:1", 64)),
        ("inet6 2001:db8::1 prefixlen 64 tentative", ("2001:db8::1", 64)),
        ("inet6 2001:DB8::1 prefixlen 64 deprecated autoconf temporary", ("2001:db8::1", 64)),
        ("inet6 2001:db8::1/128", ("2001:db8::1", 128)),
        ("inet6 fd00::2 --> fd00::1 prefixlen 128", ("fd00::2", 128)),
        ("inet6 ::ffff:10.0.0.1 prefixlen 96", ("::ffff:10.0.0.1", 96)),
        ("inet6 2001:db8::1 prefixlen 999", ("2001:db8::1", None)),
    ],
)
@pytest.mark.parametrize("indent", ["\t", "        "])
def test_an_address_in_any_spelling(line, expected, indent):
    unreadable = []
    [found] = _bsd_net.parse("en0: flags=8843<UP> metric 0 mtu 1500\n%s%s\n" % (indent, line), unreadable)
    assert (found["address"], found["prefix_length"], found["device"]) == (*expected, "en0")
    assert unreadable == []


@pytest.mark.parametrize(
    "line",
    [
        "\tinet",
        "\tinet addr:10.0.0.1  Bcast:10.0.0.255  Mask:255.255.255.0",
        "\tinet 10.0.0 netmask 0xff000000",
        "\tinet 10.0.0.1.5 netmask 0xff000000",
        "\tinet fe80::1 prefixlen 64",
        "\tinet6 10.0.0.1 prefixlen 64",
        "\tinet6 fe80::z prefixlen 64",
        "\tinet4 10.0.0.1",
        "\tinet: 10.0.0.1",
        "en1 10.0.0.1",
    ],
)
def test_a_line_that_may_be_an_address_is_a_gap(line):
    unreadable = []
    found = _bsd_net.addresses(Commands(ifconfig=MACOS + line + "\n"), unreadable)
    assert (len(found), len(unreadable)) == (6, 1)


def test_lines_of_other_things_are_none():
    text = (
        "gif0: flags=8051<UP> metric 0 mtu 1280\n\ttunnel inet 192.0.2.1 --> 198.51.100.1\n\toptions=80000<LINKSTATE>\n"
        "\tcarp: MASTER vhid 1 advbase 1 advskew 0\n\tgroups: gif\n\tnd6 options=21<PERFORMNUD,AUTO_LINKLOCAL>\n"
        "\tether 3c:22:fb:00:00:01\n\n\tmedia: Ethernet autoselect\n\tstatus: active\n"
    )
    unreadable = []
    assert _bsd_net.parse(text, unreadable) == []
    assert unreadable == []


def test_ephemeral_ports():
    assert _bsd_net.ephemeral(Commands(sysctl="49152\n65535\n")) == (49152, 65535, ())


@pytest.mark.parametrize("answer", [FAILED, "", "x\ny\n", _tool.ToolAnswer("sysctl: unknown oid", "", 0)])
@pytest.mark.parametrize(
    ("ask", "name"), [(_bsd_net.addresses, "ifconfig"), (_bsd_net.ephemeral, "sysctl")], ids=["ifconfig", "sysctl"]
)
def test_no_answer(ask, name, answer):
    with pytest.raises(_tool.ToolError, match=name):
        ask(Commands(**{name: answer}))


@pytest.mark.parametrize("ask", [_ps.processes, _launchctl.labels])
def test_failures(ask):
    with pytest.raises(_tool.ToolError, match="ended with status 1: usage"):
        ask(Commands(ps=FAILED, launchctl=FAILED))


def test_records_are_found_wherever_they_are():
    text = (
        '{"procstat": {"binary": {"7": {"process_id": 7, "pathname": "/x"}, "8": {"process_id": 8}},'
        ' "x": [{"process_id": 9, "pathname": ""}]}}'
    )
    found = _libxo.records("procstat", _tool.ToolAnswer(text), "process_id", "pathname")
    assert [raw["process_id"] for raw in found] == [7, 9]


@pytest.mark.parametrize("answer", [FAILED, _tool.ToolAnswer("no JSON"), _tool.ToolAnswer("[" * 100000)])
def test_no_records(answer):
    with pytest.raises(_tool.ToolError, match="jls"):
        _libxo.records("jls", answer, "jid")
