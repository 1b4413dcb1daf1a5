# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a process says of itself, and what it cannot make the collector believe."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time

import pytest
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _host_files
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.procfs import _process, _users

TICKS = os.sysconf("SC_CLK_TCK")
FIELDS = " ".join(["S"] + ["0"] * 18 + [str(TICKS * 100)] + ["0"] * 20)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("sshd", id="plain"),
        pytest.param("a) S 1 (b", id="parentheses"),
        pytest.param("two words", id="space"),
        pytest.param("line\nbreak", id="newline"),
    ],
)
def test_started_whatever_the_name(name):
    stat = ("7 (%s) %s\n" % (name, FIELDS)).encode()
    assert _process.started(stat, booted=1_700_000_000) == "2023-11-14T22:15:00Z"


@pytest.mark.parametrize("stat", [None, b"", b"7 (x) S 1", b"7 (x) " + b"x " * 40])
def test_started_unknown(stat):
    assert _process.started(stat, booted=0) is None


@pytest.mark.parametrize(
    ("stat", "state"),
    [
        pytest.param(b"7 (x) Z 1 1", b"Z", id="ended"),
        pytest.param(b"7 (a) Z 1 (b) S 1 1", b"S", id="a name that says so"),
        pytest.param(b"7 (x)", None, id="cut short"),
        pytest.param(b"", None, id="empty"),
        pytest.param(None, None, id="not readable"),
    ],
)
def test_state(stat, state):
    assert _process.state(stat) == state


def test_started_unknown_without_time_of_boot():
    assert _process.started(("7 (x) " + FIELDS).encode(), booted=None) is None


@pytest.mark.parametrize(
    ("status", "uid"),
    [
        pytest.param(b"Name:\tx\nUid:\t1000\t0\t1000\t1000\n", 0, id="effective"),
        pytest.param(b"Name:\tx\\nUid:\\t0\\t0\nUid:\t5\t6\t7\t8\n", 6, id="name that looks like the line"),
        pytest.param(b"Name:\tx\n", None, id="no line"),
        pytest.param(b"Uid:\t5\n", None, id="cut short"),
        pytest.param(None, None, id="not readable"),
    ],
)
def test_effective_uid(status, uid):
    assert _process.effective_uid(status) == uid


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("/usr/sbin/sshd", ("/usr/sbin/sshd", False)),
        ("/usr/sbin/sshd (deleted)", ("/usr/sbin/sshd", True)),
        ("/srv/a (deleted) (deleted)", ("/srv/a (deleted)", True)),
    ],
)
def test_deleted_mark(link, expected):
    assert _process.strip_deleted(link) == expected


def test_this_process():
    found = _process.describe(os.getpid(), proc="/proc", booted=_process.boot_time("/proc"))
    assert found.uid == os.geteuid()
    assert found.link == os.path.realpath(sys.executable)
    assert found.place is not None
    started = time.mktime(time.strptime(found.started, "%Y-%m-%dT%H:%M:%SZ")) - time.timezone
    assert 0 <= time.time() + 2 - started < 3600 * 24


def test_process_that_has_ended():
    with subprocess.Popen([sys.executable, "-c", ""]) as child:
        child.wait()
    assert _process.describe(child.pid, proc="/proc", booted=0) is None
    assert _process.ended(child.pid, proc="/proc")


def test_a_child_that_nobody_has_waited_for_has_ended():
    with subprocess.Popen(["sleep", "0"]) as child:
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        assert _process.ended(child.pid, proc="/proc")
    assert not _process.ended(os.getpid(), proc="/proc")


@pytest.mark.parametrize(
    ("threads", "over"),
    [
        pytest.param({"7": "Z 1 1 1 0 -1 4"}, True, id="its only thread"),
        pytest.param({"7": "R 1 1 1 0 -1 4194308"}, True, id="one that gives back what it has"),
        pytest.param({"7": "Z 1 1 1 0 -1 4", "8": "S 1 1 1 0 -1 4194304"}, False, id="the first of two"),
        pytest.param({"7": "S 1 1 1 0 -1 4194304"}, False, id="none"),
    ],
)
def test_a_process_ends_with_its_last_thread(tmp_path, threads, over):
    for thread, fields in threads.items():
        base = tmp_path / "7/task" / thread
        base.mkdir(parents=True)
        (base / "stat").write_text("%s (x) y) %s" % (thread, fields))
    (tmp_path / "7/stat").write_text((tmp_path / "7/task/7/stat").read_text())
    assert _process.ended(7, proc=str(tmp_path)) == over


def test_name_that_is_not_text(tmp_path):
    (tmp_path / "7").mkdir()
    (tmp_path / "7" / "comm").write_bytes(b"a\xff\n\n")
    assert _process.describe(7, proc=str(tmp_path), booted=0).name == "a\\xff\n"


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"plain", "plain"),
        ("caf\u00e9".encode(), "caf\u00e9"),
        (b"\xff\x1b[31m", "\\xff\x1b[31m"),
        ("a\udcff", "a\\xff"),
    ],
)
def test_unicode_text(raw, text):
    assert _host_files.unicode_text(raw) == text
    _host_files.unicode_text(raw).encode("utf-8")


def test_reads_files_longer_than_a_page(tmp_path):
    (tmp_path / "long").write_bytes(b"x" * 100_000)
    assert len(_host_files.read(str(tmp_path / "long"))) == 100_000
    assert _host_files.read(str(tmp_path / "none")) is None
    assert _host_files.readlink(str(tmp_path / "long")) is None


def users(tmp_path, passwd, uid_map="0 0 4294967295"):
    (tmp_path / "etc").mkdir()
    (tmp_path / "self").mkdir()
    (tmp_path / "self" / "uid_map").write_text("         %s\n" % uid_map)
    if passwd is not None:
        (tmp_path / "etc" / "passwd").write_bytes(passwd)
    return _users.Users.load(_host_files.Roots(str(tmp_path), str(tmp_path)))


def test_users(tmp_path):
    found = users(tmp_path, b"root:x:0:0::/:/bin/sh\ntoor:x:0:0::/:\n+::::::\nbad\nweb\xff:x:33:33::/:\n")
    assert [found.name(uid) for uid in (0, 33, 34, None)] == ["root", "web\\xff", None, None]
    assert [found.uid(name) for name in ("root", "42", "nobody", None)] == [0, 42, None, None]
    assert found.known(65534) == 65534


def test_no_passwd(tmp_path):
    assert users(tmp_path, None).name(0) is None


def test_uid_that_stands_for_unknown_ones(tmp_path):
    found = users(tmp_path, b"nobody:x:65534:1::/:\n", uid_map="0 1000 1")
    assert found.known(65534) is None
    assert found.known(0) == 0


def test_uid_of_a_socket_survives_setuid():
    """What ``uid`` of a listener means: who made it."""
    from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.netlink import _sock_diag

    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        one.listen()
        port = one.getsockname()[1]
        (raw,) = (raw for raw in _sock_diag.dump("tcp", 6, "ipv4", state=10) if raw.port == port)
    assert raw.uid == os.geteuid()
