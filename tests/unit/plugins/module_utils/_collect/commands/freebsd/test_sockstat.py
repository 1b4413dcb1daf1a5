# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""sockstat of FreeBSD, as a table and as JSON."""

from __future__ import annotations

import json

import pytest
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.commands.freebsd import _sockstat
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _tool
from ansible_collections.fleetports.compliance.tests.unit.factories.commands import FAILED, Commands

# 11 to 13
OLD = "USER     COMMAND    PID   FD PROTO  LOCAL ADDRESS         FOREIGN ADDRESS      \n"
# 15, with more columns than were asked for
NEW = "USER COMMAND    PID  FD PROTO LOCAL ADDRESS FOREIGN ADDRESS PATH STATE CONN STATE\n"


def row(line, *, wide=True):
    listing = _sockstat.parse_text(OLD + line + "\n", wide=wide)
    assert listing.table.unreadable == []
    return listing.table.rows[0] if listing.table.rows else None


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param("root sshd 812 4 tcp4 *:22 *:*", ("tcp", "ipv4", "0.0.0.0", 22, False, None, 812), id="* of tcp4"),
        pytest.param("root sshd 812 3 tcp6 *:22 *:*", ("tcp", "ipv6", "::", 22, False, None, 812), id="* of tcp6"),
        pytest.param("www nginx 9 6 tcp46 *:80 *:*", ("tcp", "ipv6", "::", 80, True, None, 9), id="* of both"),
        pytest.param("root ntpd 7 21 udp6 fe80::1%7:123 *:*", ("udp", "ipv6", "fe80::1", 123, False, 7, 7), id="scope"),
        pytest.param("root ntpd 7 22 udp6 ::1:123 *:*", ("udp", "ipv6", "::1", 123, False, None, 7), id="colons"),
        pytest.param("? ? ? ? tcp4 *:2049 *:*", ("tcp", "ipv4", "0.0.0.0", 2049, False, None, None), id="nobody"),
        pytest.param("?? ?? ?? ?? udp4 *:111 *:*", ("udp", "ipv4", "0.0.0.0", 111, False, None, None), id="nobody, 15"),
        pytest.param(
            "me a b: (c) 5 3 tcp4 10.0.0.1:1 *:*", ("tcp", "ipv4", "10.0.0.1", 1, False, None, 5), id="spaces"
        ),
        pytest.param(
            "me 12 34 5 3 tcp4 *:1 *:*", ("tcp", "ipv4", "0.0.0.0", 1, False, None, 5), id="a name of numbers"
        ),
        pytest.param("root x 5 3 sctp4 *:36412 *:*", ("sctp", "ipv4", "0.0.0.0", 36412, False, None, 5), id="SCTP"),
        pytest.param(
            "r x 5 3 tcp4 *:22 *:* - LISTEN", ("tcp", "ipv4", "0.0.0.0", 22, False, None, 5), id="more columns"
        ),
    ],
)
def test_lines(line, expected):
    found = row(line)
    assert (*found[:4], found.dual_stack, found.scope, found.pid) == expected


@pytest.mark.parametrize(
    "line", ["me x 5 3 tcp4 10.0.0.1:22 10.0.0.2:5000", "me x 5 3 udp4 *:* *:*", "root x 5 3 div4 *:8668 *:*", ""]
)
def test_others_are_left_out(line):
    assert row(line) is None


def test_a_command_is_a_name_with_spaces():
    listing = _sockstat.parse_text(NEW + "me a b: (c) 5 3 tcp4 *:1 *:*\n", wide=True)
    assert listing.processes == {5: ("a b: (c)", None, "me")}


@pytest.mark.parametrize("more", ["", " - LISTEN"])
@pytest.mark.parametrize(
    "name", ["x 1 2 a b", "x 1 2 a", "1 2 a b", "x 9 3 tcp4 *:1 b:2", "? ? ? ? tcp4 *:1 *:*", "x 1"]
)
def test_a_command_that_looks_like_the_rest_of_a_row(name, more):
    """Whoever names their process so would have its listener left out, or shown as one of somebody else."""
    listing = _sockstat.parse_text(OLD + "me %s 812 4 tcp4 *:22 *:*%s\n" % (name, more), wide=True)
    assert [found[:4] for found in listing.table.rows] == [("tcp", "ipv4", "0.0.0.0", 22)]
    assert listing.processes == {812: (name, None, "me")}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("root sshd 812 4 tcp4 *:22 *:*\n", id="no header"),
        pytest.param(OLD + "root sshd 812 4 *:22 *:*\n", id="a column that is missing"),
        pytest.param(OLD + "root sshd 812 4 tcp6 fe80::aede:48ff::::22 *:*\n", id="no address"),
        pytest.param("BENUTZER KOMMANDO PID FD PROTO LOKALE ADRESSE FREMDE ADRESSE\n", id="another language"),
    ],
)
def test_nothing_is_guessed(text):
    listing = _sockstat.parse_text(text, wide=True)
    assert (len(listing.table.rows), len(listing.table.unreadable)) == (0, 1)


def test_an_address_that_may_be_cut_is_not_believed():
    line = "root x 5 3 tcp6 2001:db8:1:2:3:4:5:6:22 *:*"
    assert row(line).address == "2001:db8:1:2:3:4:5:6"
    assert len(_sockstat.parse_text(OLD + line, wide=False).table.unreadable) == 1


def socket(**values):
    plain = {
        "user": "root",
        "command": "sshd",
        "pid": 812,
        "fd": 4,
        "proto": "tcp4",
        "local": {"address": "*", "port": 22},
        "foreign": {"address": "*", "port": 0},
    }
    plain.update(values)
    return {key: value for key, value in plain.items() if value is not None}


def listing_of(*sockets):
    return _sockstat.parse_json(json.dumps({"__version": "1", "sockstat": {"socket": sockets}}))


class TestJSON:
    def test_a_listener(self):
        listing = listing_of(socket(command="a long name (of it)"))
        assert listing.table.rows[0][:4] == ("tcp", "ipv4", "0.0.0.0", 22)
        assert listing.processes == {812: ("a long name (of it)", None, "root")}

    def test_nobody_holds_it(self):
        listing = listing_of(socket(user=None, command=None, pid=None, fd=None))
        assert (listing.table.rows[0].pid, listing.processes) == (None, {})

    @pytest.mark.parametrize(
        "values",
        [
            {"foreign": {"address": "10.0.0.2", "port": 5000}},
            {"local": {"address": "*", "port": 0}},
            {"proto": "div4"},
            {"local": None, "foreign": None},
        ],
    )
    def test_others_are_left_out(self, values):
        assert listing_of(socket(**values)).table == ([], [])

    def test_an_empty_table(self):
        assert listing_of().table == ([], [])
        assert _sockstat.parse_json('{"__version": "1", "sockstat": {}}').table == ([], [])

    @pytest.mark.parametrize("text", ["{", "[]", "{}", '{"sockstat": []}', '{"sockstat": {"socket": [{"pid": 1}]}}'])
    def test_what_is_no_answer(self, text):
        with pytest.raises(_tool.ToolError, match="not understood"):
            _sockstat.parse_json(text)


class TestCommand:
    TABLE = OLD + "root sshd 812 4 tcp4 *:22 *:*\n"

    def test_json_where_there_is_some(self):
        run = Commands(**{"sockstat --libxo json": json.dumps({"sockstat": {"socket": [socket()]}})})
        assert len(_sockstat.sockets(run).table.rows) == 1
        assert len(run.ran) == 1

    @pytest.mark.parametrize("table", ["sockstat -46lw", "sockstat -46l"])
    def test_a_table_where_there_is_none(self, table):
        run = Commands(**{"sockstat": FAILED, table: self.TABLE})
        assert len(_sockstat.sockets(run).table.rows) == 1
        assert run.ran[-1] == table

    def test_the_loopback_is_not_left_out(self):
        run = Commands(**{"sockstat": FAILED, "sockstat -46lw": self.TABLE})
        _sockstat.sockets(run)
        assert not any("L" in word for line in run.ran for word in line.split()[1:] if word.startswith("-4"))

    def test_failure(self):
        with pytest.raises(_tool.ToolError, match="sockstat ended with status 1"):
            _sockstat.sockets(Commands(sockstat=FAILED))


@pytest.mark.parametrize("options", [("--libxo", "json", "-46l"), ("-46lw",), ("-46l",)])
def test_what_it_complains_of_is_told_beside_what_it_shows(options):
    """It ends with status 0 where the structures of the kernel have another size, and leaves a protocol out."""
    text = OLD + "root sshd 812 4 tcp4 *:22 *:*\n"
    if "json" in options:
        text = json.dumps({"__version": "1", "sockstat": {"socket": [socket()]}})
    answer = _tool.ToolAnswer(text, "sockstat: struct xinpgen size mismatch\n", 0)
    listing = _sockstat.sockets(Commands(**{"sockstat": FAILED, " ".join(("sockstat", *options)): answer}))
    assert len(listing.table.rows) == 1
    assert listing.table.unreadable == ["sockstat: struct xinpgen size mismatch"]
