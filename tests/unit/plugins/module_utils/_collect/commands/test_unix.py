# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The collectors that run commands: lsof alone, macOS, FreeBSD."""

from __future__ import annotations

import json
import os
import sys

import pytest
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.commands import _unix
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.commands.freebsd import _freebsd
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.commands.macos import _darwin
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _host_files, _snapshot, _tool
from ansible_collections.fleetports.compliance.tests.unit.factories.commands import (
    FAILED,
    LSOF_TCP,
    LSOF_TXT,
    LSOF_UDP,
    Commands,
    fields,
)

PYTHON = os.path.realpath(sys.executable)
STATUS = os.stat(PYTHON)

NETSTAT_TCP = """Active Internet connections (including servers)
Proto Recv-Q Send-Q  Local Address          Foreign Address        (state)     rhiwat shiwat    pid   epid
tcp46      0      0  *.22                   *.*                    LISTEN      131072 131072      1      0
tcp4       0      0  127.0.0.1.8080         *.*                    LISTEN      131072 131072    500      0
tcp6       0      0  fe80::1%9.88           *.*                    LISTEN      131072 131072      0      0
"""
NETSTAT_UDP = """Active Internet connections (including servers)
Proto Recv-Q Send-Q  Local Address          Foreign Address        (state)     rhiwat shiwat    pid   epid
udp4       0      0  *.5353                 *.*                                786896   9216    200      0
"""
PS = """    1     0 Tue Nov 24 06:00:01 2026 launchd
  200    65 Tue Nov 24 06:00:02 2026 mDNSResponder
  500   501 Tue Nov 24 07:00:00 2026 Some App
"""
MAC = {
    "netstat -anvWl -p tcp": NETSTAT_TCP,
    "netstat -anvWl -p udp": NETSTAT_UDP,
    LSOF_TCP: fields(
        "p1 claunchd u0 Lroot",
        "f9 tIPv6 d0x1 PTCP n*:22 TST=LISTEN",
        "p500 cSome\\x20App u501 Lme",
        "f3 tIPv4 d0x2 PTCP n127.0.0.1:8080 TST=LISTEN",
    ),
    LSOF_UDP: fields("p200 cmDNSResponder u65 L_mdnsresponder", "f9 tIPv4 d0x3 PUDP n*:5353"),
    LSOF_TXT: fields("p500", "ftxt D0x%x i%d n%s" % (STATUS.st_dev, STATUS.st_ino, PYTHON)),
    "ps": PS,
    "launchctl list": "PID\tStatus\tLabel\n1\t0\tx\n200\t0\tcom.apple.mDNSResponder\n",
    "ifconfig -a": "en0: flags=8863<UP> mtu 1500\n\tinet 10.0.0.7 netmask 0xffffff00 broadcast 10.0.0.255\n",
    "sysctl -n net.inet.ip.portrange.first": "49152\n65535\n",
}
BSD = {
    "sockstat --libxo json": json.dumps(
        {
            "sockstat": {
                "socket": [
                    {
                        "user": "root",
                        "command": "sshd",
                        "pid": 812,
                        "fd": 4,
                        "proto": "tcp46",
                        "local": {"address": "*", "port": 22},
                        "foreign": {"address": "*", "port": 0},
                    },
                    {
                        "user": "www",
                        "command": "nginx",
                        "pid": 900,
                        "fd": 6,
                        "proto": "tcp4",
                        "local": {"address": "10.0.0.9", "port": 80},
                        "foreign": {"address": "*", "port": 0},
                    },
                    {"proto": "udp4", "local": {"address": "*", "port": 2049}, "foreign": {"address": "*", "port": 0}},
                ]
            }
        }
    ),
    "ps": "812 0 0 Tue Nov 24 06:00:01 2026 sshd\n900 80 3 Tue Nov 24 06:00:02 2026 nginx-with-a-long-name\n",
    "procstat": json.dumps(
        {
            "procstat": {
                "binary": {
                    "812": {"process_id": 812, "pathname": "/usr/sbin/sshd"},
                    "900": {"process_id": 900, "pathname": ""},
                }
            }
        }
    ),
    "jls": '{"jail-information": {"jail": [{"jid": 3, "name": "web"}]}}',
    "ifconfig -a": MAC["ifconfig -a"],
    "sysctl -n net.inet.ip.portrange.first": "10000\n65535\n",
    "sysctl -n security.bsd.see_other_uids": "1\n",
}
KINDS = {
    "lsof": (_unix.UnixCollector, MAC),
    "darwin": (_darwin.DarwinCollector, MAC),
    "freebsd": (_freebsd.FreeBSDCollector, BSD),
}


@pytest.fixture
def look(tmp_path):
    """Runs a collector on played commands; ``without`` are commands that the host lacks, ``changed`` others."""
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/passwd").write_text("root:*:0:0::/:\nwww:*:80:80::/:\n")
    plist = tmp_path / "System/Library/CoreServices"
    plist.mkdir(parents=True)
    (plist / "SystemVersion.plist").write_text(
        '<?xml version="1.0"?><plist version="1.0"><dict><key>ProductName</key><string>macOS</string>'
        "<key>ProductVersion</key><string>15.1</string></dict></plist>"
    )
    roots = _host_files.Roots(str(tmp_path / "proc"), str(tmp_path))

    def run(kind, *, euid=0, without=(), changed=(), **options):
        collector, answers = KINDS[kind]
        kept = {line: answer for line, answer in answers.items() if line.split()[0] not in without}
        kept.update(changed)
        played = Commands(**kept)
        snapshot = collector(_snapshot.Options(**options), run=played, roots=roots, euid=euid).collect()
        return snapshot.to_result(), played

    return run


def gaps(result):
    return {(gap["code"], gap["affects"]) for gap in result["collector"]["gaps"]}


def by_port(result):
    return {listener["port"]: listener for listener in result["listeners"]}


class TestDarwin:
    def test_as_root(self, look):
        result, _played = look("darwin")
        found = by_port(result)
        assert sorted(found) == [22, 88, 5353, 8080]
        assert (found[22]["dual_stack"], found[22]["owner_status"]) == (True, "known")
        assert [(own["pid"], own["name"]) for own in found[22]["owners"]] == [(1, None)]
        assert (found[88]["owner_status"], found[88]["scope_id"]) == ("unattributed", 9)
        own = found[8080]["owners"][0]
        assert (own["name"], own["uid"], own["user"], own["started"]) == ("Some App", 501, "me", "2026-11-24T07:00:00Z")
        assert (own["exe"], own["exe_on_host"], own["exe_deleted"]) == (PYTHON, True, False)
        assert (found[5353]["unit"], found[5353]["unit_source"]) == ("com.apple.mDNSResponder", "process")
        assert found[8080]["owners_complete"] is True
        assert gaps(result) == {("socket-unit-unknown", "owners")}
        assert result["host"]["os"] == {"id": "macos", "version": "15.1", "name": "macOS 15.1"}
        assert result["host"]["ephemeral_ports"] == {"first": 49152, "last": 65535, "reserved": []}
        assert result["collector"]["sources"] == ["lsof", "netstat"]

    @pytest.mark.parametrize(
        ("held", "owners"),
        [
            pytest.param(
                fields("p500 cApp u501 Lme", "f3 tIPv4 d0x2 PTCP n127.0.0.1:8080 TST=LISTEN"), [500], id="beside"
            ),
            pytest.param("", [600], id="alone"),
        ],
    )
    def test_a_holder_that_only_netstat_names_leaves_owners_incomplete(self, look, held, owners):
        """It may have handed the socket on, or be one that lsof could not look into."""
        table = NETSTAT_TCP.replace("    500      0", "    600      0")
        ps = PS + "  600   501 Tue Nov 24 07:00:00 2026 Other\n"
        result, _played = look("darwin", changed={"netstat -anvWl -p tcp": table, LSOF_TCP: held, "ps": ps})
        found = by_port(result)[8080]
        assert (found["owner_status"], found["owners_complete"]) == ("known", False)
        assert [own["pid"] for own in found["owners"]] == owners
        assert ("holders-differ", "owners") in gaps(result)
        assert by_port(result)[5353]["owners_complete"] is True

    @pytest.mark.parametrize("kind", ["tcp4", "tcp6", "tcp46"])
    def test_a_socket_bound_to_a_mapped_address_is_one_listener(self, look, kind):
        """netstat goes by the packets that it takes, lsof by the family of the socket."""
        table = NETSTAT_TCP.replace("tcp4       0      0  127.0.0.1.8080", "%-5s      0      0  127.0.0.1.8080" % kind)
        held = fields("p500 cApp u501 Lme", "f3 tIPv6 d0x2 PTCP n[::ffff:127.0.0.1]:8080 TST=LISTEN")
        result, _played = look("darwin", changed={"netstat -anvWl -p tcp": table, LSOF_TCP: held})
        [found] = [one for one in result["listeners"] if one["port"] == 8080]
        assert ([own["pid"] for own in found["owners"]], found["owners_complete"]) == ([500], True)

    def test_an_address_that_is_not_understood_is_a_gap(self, look):
        result, _played = look("darwin", changed={"ifconfig -a": MAC["ifconfig -a"] + "\tinet what ever\n"})
        assert ("malformed", "addresses") in gaps(result)
        assert [own["address"] for own in result["host"]["addresses"]] == ["10.0.0.7"]

    def test_without_root_all_are_listed_and_owners_are_doubted(self, look):
        """lsof then shows the user's own alone; netstat names a process of the others, which ps knows."""
        own = fields("p500 cSome\\x20App u501 Lme", "f3 tIPv4 d0x2 PTCP n127.0.0.1:8080 TST=LISTEN")
        result, played = look("darwin", euid=501, changed={LSOF_TCP: own, LSOF_UDP: _tool.ToolAnswer("", "", 1)})
        found = by_port(result)
        assert sorted(found) == [22, 88, 5353, 8080]
        assert {port: item["owner_status"] for port, item in found.items()} == {
            22: "known",
            88: "denied",
            5353: "known",
            8080: "known",
        }
        assert not any(item["owners_complete"] for item in result["listeners"])
        assert not any(item["unit"] for item in result["listeners"])
        assert not any(line.startswith("launchctl") for line in played.ran)
        assert gaps(result) == {("permission", "owners"), ("unit-unknown", "units"), ("socket-unit-unknown", "owners")}
        (denied,) = [gap for gap in result["collector"]["gaps"] if gap["code"] == "permission"]
        assert "tcp port 88 on fe80::1" in denied["detail"]

    def test_netstat_alone(self, look):
        result, _played = look("darwin", without=["lsof"])
        assert len(result["listeners"]) == 4
        assert ("tool-missing", "owners") in gaps(result)
        assert not any(item["owners_complete"] for item in result["listeners"])
        assert ("tool-missing", "listeners") not in gaps(result)

    def test_lsof_alone(self, look):
        result, _played = look("darwin", without=["netstat"])
        assert sorted(by_port(result)) == [22, 5353, 8080]
        assert by_port(result)[22]["dual_stack"] is None
        assert ("holders-only", "listeners") in gaps(result)

    def test_neither(self, look):
        result, _played = look("darwin", without=["netstat", "lsof"])
        assert result["listeners"] == []
        assert ("tool-missing", "listeners") in gaps(result)

    def test_a_table_that_is_not_understood(self, look):
        result, _played = look("darwin", changed={"netstat -anvWl -p tcp": "Proto Empf-Q\ntcp4 0 0 *.99 *.* LISTEN\n"})
        assert ("malformed", "listeners") in gaps(result)

    def test_another_file_at_the_path(self, look):
        result, _played = look("darwin", changed={LSOF_TXT: fields("p500", "ftxt D0x1 i1 n" + PYTHON)})
        own = by_port(result)[8080]["owners"][0]
        assert (own["exe"], own["exe_on_host"], own["exe_deleted"]) == (PYTHON, False, None)

    def test_a_file_that_is_gone(self, look):
        result, _played = look("darwin", changed={LSOF_TXT: fields("p500", "ftxt D0x1 i1 n/nowhere/x")})
        own = by_port(result)[8080]["owners"][0]
        assert (own["exe"], own["exe_on_host"], own["exe_deleted"]) == ("/nowhere/x", False, True)

    def test_owners_are_not_asked_for(self, look):
        result, played = look("darwin", owners="none")
        assert {item["owner_status"] for item in result["listeners"]} == {"not_collected"}
        assert not any(line.startswith(("ps", "launchctl", LSOF_TXT)) for line in played.ran)
        assert result["collector"]["privilege"]["all_processes"] is None

    def test_one_owner_is_never_all(self, look):
        result, _played = look("darwin", owners="first")
        assert not any(item["owners_complete"] for item in result["listeners"])
        assert result["collector"]["owners_complete"] is False


class TestFreeBSD:
    def test_as_root(self, look):
        result, _played = look("freebsd")
        found = by_port(result)
        ssh, web, nfs = found[22], found[80], found[2049]
        assert (ssh["dual_stack"], ssh["container"], ssh["owners"][0]["exe_on_host"]) == (True, None, True)
        assert (ssh["owners"][0]["exe"], ssh["owners"][0]["user"]) == ("/usr/sbin/sshd", "root")
        assert (web["container"], web["owners"][0]["name"], web["owners"][0]["uid"]) == (
            "web",
            "nginx-with-a-long-name",
            80,
        )
        assert (web["owners"][0]["exe"], web["owners"][0]["exe_on_host"]) == (None, None)
        assert nfs["owner_status"] == "unattributed"
        assert gaps(result) == set()
        assert result["collector"]["sources"] == ["sockstat"]
        assert found[22]["ephemeral"] is False

    def test_a_jail_without_a_name(self, look):
        result, _played = look("freebsd", without=["jls"])
        assert by_port(result)[80]["container"] == "3"
        assert ("tool-missing", "owners") in gaps(result)

    @pytest.mark.parametrize(("answer", "hidden"), [("1\n", False), ("0\n", True), (FAILED, True)])
    def test_other_users_may_be_hidden(self, look, answer, hidden):
        result, _played = look("freebsd", euid=1001, changed={"sysctl -n security.bsd.see_other_uids": answer})
        assert (("permission", "listeners") in gaps(result)) is hidden
        assert by_port(result)[2049]["owner_status"] == "denied"
        assert not any(item["owners_complete"] for item in result["listeners"])

    def test_no_sockstat(self, look):
        result, _played = look("freebsd", without=["sockstat"])
        assert result["listeners"] == []
        assert ("tool-missing", "listeners") in gaps(result)

    def test_no_ps(self, look):
        result, _played = look("freebsd", without=["ps"])
        own = by_port(result)[22]["owners"][0]
        assert (own["name"], own["uid"], own["started"]) == ("sshd", 0, None)
        assert ("tool-missing", "owners") in gaps(result)


class TestOtherUnix:
    def test_with_lsof(self, look):
        result, _played = look("lsof")
        assert sorted(by_port(result)) == [22, 5353, 8080]
        assert gaps(result) == {
            ("holders-only", "listeners"),
            ("unsupported", "addresses"),
            ("ephemeral-unknown", "host"),
        }

    def test_without_root(self, look):
        result, _played = look("lsof", euid=1)
        assert ("permission", "listeners") in gaps(result)

    def test_the_first_process_of_a_container_is_an_owner(self, look):
        """It is no launchd: it serves, beside its own children."""
        tcp = fields(
            "p1 cnginx u0", "f6 tIPv4 d0x1 PTCP n*:80 TST=LISTEN", "p500 cnginx u0", "f6 tIPv4 d0x1 PTCP n*:80"
        )
        result, _played = look("lsof", without=["ps"], changed={LSOF_TCP: tcp})
        assert [own["pid"] for own in by_port(result)[80]["owners"]] == [1, 500]

    def test_without_lsof(self, look):
        result, _played = look("lsof", without=["lsof"])
        assert result["listeners"] == []
        assert ("unsupported", "listeners") in gaps(result)

    def test_a_command_that_hangs(self, look):
        result, _played = look("lsof", changed={LSOF_TCP: _tool.ToolError("tool-deadline", "lsof did not end")})
        assert ("tool-deadline", "listeners") in gaps(result)


@pytest.mark.parametrize(("kind", "told"), [("lsof", True), ("freebsd", True), ("darwin", False)])
def test_other_networks_cannot_be_looked_into(look, kind, told):
    """macOS has none."""
    result, _played = look(kind, namespaces="all")
    assert (("unsupported", "listeners") in gaps(result)) is told


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_two_looks_give_the_same(look, kind):
    first, second = (json.dumps(look(kind)[0]["listeners"]) for _look in range(2))
    assert first == second


def test_a_socket_of_a_port_whose_holder_is_not_named_leaves_owners_incomplete(look):
    """Two sockets of one address (SO_REUSEPORT_LB), and sockstat knows who has the one."""
    answer = json.loads(BSD["sockstat --libxo json"])
    unknown = {key: value for key, value in answer["sockstat"]["socket"][1].items() if key not in ("pid", "user")}
    answer["sockstat"]["socket"].append(unknown)
    result, _played = look("freebsd", changed={"sockstat --libxo json": json.dumps(answer)})
    assert by_port(result)[80]["owners_complete"] is False
    assert by_port(result)[22]["owners_complete"] is True
