# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""lsof's field output, as macOS and Linux print it."""

from __future__ import annotations

import pytest
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.commands import _lsof
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _tool
from ansible_collections.fleetports.compliance.tests.unit.factories.commands import (
    FAILED,
    LSOF_TCP,
    LSOF_TXT,
    LSOF_UDP,
    Commands,
    fields,
)


def rows(*sets):
    return [(row.protocol, row.address, row.port, row.scope) for row in _lsof.parse(fields(*sets)).table.rows]


@pytest.mark.parametrize(
    ("descriptor", "expected"),
    [
        pytest.param("f3 tIPv4 PTCP n*:22 TST=LISTEN TQR=0", ("tcp", "0.0.0.0", 22, None), id="* of IPv4"),
        pytest.param("f3 tIPv6 PTCP n*:22 TST=LISTEN", ("tcp", "::", 22, None), id="* of IPv6"),
        pytest.param("f3 tIPv6 PTCP n[::1]:631 TST=LISTEN", ("tcp", "::1", 631, None), id="brackets"),
        pytest.param("f3 tIPv4 PTCP n127.0.0.1:631 TST=LISTEN", ("tcp", "127.0.0.1", 631, None), id="plain"),
        pytest.param("f9 tIPv6 PUDP n[fe80:5::1]:123", ("udp", "fe80::1", 123, 5), id="the kernel's scope of macOS"),
        pytest.param("f9 tIPv6 PUDP n[fe80::1%7]:123", ("udp", "fe80::1", 123, 7), id="a scope by index"),
        pytest.param("f9 tIPv6 PUDP n[fe80::1%gone0]:1", ("udp", "fe80::1", 1, None), id="a device that is gone"),
        pytest.param("f9 tIPv6 PUDP n[ff02:5::fb]:5353", ("udp", "ff02::fb", 5353, 5), id="multicast of a link"),
        pytest.param(
            "f9 tIPv6 PTCP n127.0.0.1:80", ("tcp", "::ffff:127.0.0.1", 80, None), id="mapped, as macOS prints"
        ),
        pytest.param("f9 tIPv6 PTCP n[2001:DB8:0::1]:80", ("tcp", "2001:db8::1", 80, None), id="another spelling"),
        pytest.param("f9 tIPv4 PUDP n*:68", ("udp", "0.0.0.0", 68, None), id="UDP"),
    ],
)
def test_listeners(descriptor, expected):
    assert rows("p7 cx u0", descriptor) == [expected]


@pytest.mark.parametrize(
    "descriptor",
    [
        pytest.param("f3 tIPv4 PTCP n10.0.0.1:22->10.0.0.2:5000 TST=ESTABLISHED", id="connected"),
        pytest.param("f3 tIPv4 PTCP n*:22 TST=CLOSED", id="another state"),
        pytest.param("f3 tIPv4 PUDP n10.0.0.1:5000->10.0.0.2:53", id="UDP with a peer"),
        pytest.param("f3 tIPv4 PUDP n*:*", id="bound to nothing"),
        pytest.param("f3 tIPv6 PICMPV6 n*:*", id="raw"),
        pytest.param("f3 tunix n/var/run/x.sock", id="Unix socket"),
        pytest.param("f3 tREG n/tmp/a:80", id="a file whose name looks like an endpoint"),
    ],
)
def test_others_are_left_out(descriptor):
    listing = _lsof.parse(fields("p7 cx u0", descriptor))
    assert listing.table == ([], [])


@pytest.mark.parametrize(
    "descriptor",
    [
        pytest.param("f3 tIPv4 PTCP n*:http TST=LISTEN", id="a port by name"),
        pytest.param("f3 tIPv4 PTCP n*:70000 TST=LISTEN", id="no port"),
        pytest.param("f3 tIPv6 PTCP n[fe80::aede:48ff:]:22 TST=LISTEN", id="cut address"),
        pytest.param("f3 tIPv4 PTCP nno_PCB TST=LISTEN", id="can't identify protocol"),
    ],
)
def test_what_is_not_understood_is_told(descriptor):
    table = _lsof.parse(fields("p7 cx u0", descriptor)).table
    assert (len(table.rows), len(table.unreadable)) == (0, 1)


@pytest.mark.parametrize(
    ("printed", "name"),
    [
        ("Google\\x20Chrome\\x20He", "Google Chrome He"),
        ("(sd-pam)", "(sd-pam)"),
        ("a:b->c", "a:b->c"),
        ("caf\\xc3\\xa9", "caf\u00e9"),
        ("\\xff\\xfe", "\\xff\\xfe"),
        ("100%\\x", "100%\\x"),
        ("p1", "p1"),
    ],
)
def test_names(printed, name):
    text = "p7\0c%s\0u501\0Lme\0\nf3\0tIPv4\0PTCP\0n*:22\0TST=LISTEN\0\n" % printed
    assert _lsof.parse(text).processes == {7: (name, 501, "me")}


def test_a_newline_in_a_field_ends_nothing():
    text = "p7\0cevil\np8\0u0\0\nf3\0tIPv4\0PTCP\0n*:22\0TST=LISTEN\0\n"
    listing = _lsof.parse(text)
    assert [row.pid for row in listing.table.rows] == [7]
    assert listing.processes[7].name == "evil\np8"


def test_nobody_of_macos_has_a_uid():
    assert _lsof.parse(fields("p7 cx u-2 Lnobody", "f3 tIPv4 PUDP n*:53")).processes[7].uid == 4294967294


def test_several_holders_and_thousands_of_rows():
    sets = [part for pid in range(1, 5001) for part in ("p%d cx u0" % pid, "f3 tIPv4 d0xabc PTCP n*:80 TST=LISTEN")]
    listing = _lsof.parse(fields(*sets))
    assert len(listing.table.rows) == len(listing.processes) == 5000


class TestCommand:
    ONE = fields("p7 cx u0", "f3 tIPv4 PTCP n*:22 TST=LISTEN")

    def test_exit_status_1_with_output_counts(self):
        run = Commands(**{LSOF_TCP: _tool.ToolAnswer(self.ONE, "", 1), LSOF_UDP: _tool.ToolAnswer("", "", 1)})
        assert len(_lsof.sockets(run).table.rows) == 1

    def test_nothing_at_all_is_an_empty_table(self):
        nothing = _tool.ToolAnswer("", "lsof: WARNING: can't stat() fuse file system /x\n", 1)
        assert _lsof.sockets(Commands(**{LSOF_TCP: nothing, LSOF_UDP: nothing})).table.rows == []

    @pytest.mark.parametrize(
        "answer",
        [
            FAILED,
            _tool.ToolAnswer("", "lsof: can't open /dev/kmem: Permission denied", 1),
            _tool.ToolAnswer("", "", -11),
        ],
    )
    def test_a_refusal_is_no_empty_table(self, answer):
        with pytest.raises(_tool.ToolError, match="lsof ended"):
            _lsof.sockets(Commands(**{LSOF_TCP: answer, LSOF_UDP: ""}))

    def test_the_first_text_of_a_process_is_its_executable(self):
        text = fields(
            "p7",
            "ftxt tREG D0x1000004 i12 n/usr/sbin/sshd",
            "ftxt tREG D0x1000004 i13 n/usr/lib/dyld",
            "p8",
            "ftxt n(deny)",
        )
        run = Commands(**{LSOF_TXT: text})
        assert _lsof.executables(run, [8, 7]) == {7: ("/usr/sbin/sshd", 0x1000004, 12)}
        assert run.ran[0].endswith("-p 7,8")

    def test_no_process_is_no_question(self):
        run = Commands()
        assert (_lsof.executables(run, []), run.ran) == ({}, [])
