# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whoever waits on what is in no table: lines of the kernel, and processes made of files. The scenes have real ones."""

from __future__ import annotations

import os
import types

import pytest
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _host_files
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common._budget import Budget
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.owners import (
    _blocked_accepts,
    _fd_walk,
    _holders,
    _search,
)

REST = b"0x0 0x0 0x0 0x0 0x0 0x7ffd1 0x7f0a\n"
ACCEPT = b"43 0x5 " + REST
RECEIVE = b"45 0x5 " + REST
READ = b"0 0x5 " + REST
ENTER = b"426 0x5 " + REST
HEAD = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
ROW = "   0: 00000000:0016 00000000:0000 %s 00000000:00000000 00:00000000 00000000     0        0 %d 1 0\n"


@pytest.mark.parametrize(
    ("line", "machine", "expected"),
    [
        pytest.param(ACCEPT, "x86_64", ("connections", 5), id="accept"),
        pytest.param(b"288 0x5 " + REST, "x86_64", ("connections", 5), id="accept4"),
        pytest.param(RECEIVE, "x86_64", ("datagrams", 5), id="recvfrom"),
        pytest.param(b"47 0x5 " + REST, "x86_64", ("datagrams", 5), id="recvmsg"),
        pytest.param(b"299 0x5 " + REST, "x86_64", ("datagrams", 5), id="recvmmsg"),
        pytest.param(READ, "x86_64", ("datagrams", 5), id="read"),
        pytest.param(b"327 0x5 " + REST, "x86_64", ("datagrams", 5), id="preadv2"),
        pytest.param(b"275 0x5 " + REST, "x86_64", ("datagrams", 5), id="splice"),
        pytest.param(b"313 0x5 " + REST, "x86_64", ("datagrams", 5), id="splice of a 32-bit program"),
        pytest.param(b"417 0x5 " + REST, "armv7l", ("datagrams", 5), id="recvmmsg of 64-bit times"),
        pytest.param(b"76 0x5 " + REST, "aarch64", ("datagrams", 5), id="splice on ARM"),
        pytest.param(b"286 0x5 " + REST, "riscv64", ("datagrams", 5), id="preadv2 on RISC-V"),
        pytest.param(b"%d 0x5 " % (517 | 1 << 30) + REST, "x86_64", ("datagrams", 5), id="recvfrom of x32"),
        pytest.param(b"%d 0x5 " % (43 | 1 << 30) + REST, "x86_64", ("connections", 5), id="accept of x32"),
        pytest.param(b"364 0x5 " + REST, "x86_64", ("connections", 5), id="accept4 of a 32-bit program"),
        pytest.param(b"102 0x5 " + REST, "x86_64", ("connections", None), id="accept by socketcall"),
        pytest.param(b"102 0xc " + REST, "i686", ("datagrams", None), id="recvfrom by socketcall"),
        pytest.param(b"102 0x3 " + REST, "i686", None, id="connect by socketcall"),
        pytest.param(b"242 0x5 " + REST, "aarch64", ("connections", 5), id="accept4 on ARM"),
        pytest.param(b"366 0x5 " + REST, "aarch64", ("connections", 5), id="accept4 of a 32-bit program on ARM"),
        pytest.param(b"202 0x5 " + REST, "riscv64", ("connections", 5), id="accept on RISC-V"),
        pytest.param(b"344 0x5 " + REST, "ppc64le", ("connections", 5), id="accept4 on POWER"),
        pytest.param(b"364 0x5 " + REST, "s390x", ("connections", 5), id="accept4 on Z"),
        pytest.param(ENTER, "x86_64", (None, None), id="an io_uring"),
        pytest.param(b"43 0xffffffffffffffff " + REST, "x86_64", ("connections", 0xFFFFFFFF), id="a negative one"),
        pytest.param(b"43 0x100000005 " + REST, "x86_64", ("connections", 5), id="only the lower half is read"),
        pytest.param(b"43 0x5 " + REST, "aarch64", None, id="a number of another machine"),
        pytest.param(b"43 0x5 " + REST, "mips64", None, id="a machine that is not known"),
        pytest.param(b"202 0x5 " + REST, "x86_64", None, id="futex"),
        pytest.param(b"-1 0x7ffd1 0x7f0a\n", "x86_64", None, id="no system call"),
        pytest.param(b"running\n", "x86_64", None, id="running"),
        pytest.param(b"", "x86_64", None, id="empty"),
        pytest.param(b"43 0x5\n", "x86_64", None, id="cut short"),
        pytest.param(b"43 x 0 0 0 0 0 0 0\n", "x86_64", None, id="no number"),
        pytest.param(b"0x2b 0x5 " + REST, "x86_64", None, id="a number in another base"),
        pytest.param("\u0664 0x5 ".encode() + REST, "x86_64", None, id="digits of another script"),
    ],
)
def test_a_line_of_syscall(line, machine, expected):
    found = _blocked_accepts.parse(line, machine)
    assert (found and tuple(found)) == expected


@pytest.fixture(name="proc")
def two_processes(tmp_path, monkeypatch):
    """pid 7 holds socket 12; pid 9 holds none, and waits."""
    monkeypatch.setattr(os, "uname", lambda: types.SimpleNamespace(machine="x86_64"))
    for pid, link in ((7, "socket:[12]"), (9, "/dev/null")):
        for base in (tmp_path / str(pid), tmp_path / str(pid) / "task" / str(pid)):
            (base / "fd").mkdir(parents=True)
            (base / "fd" / "0").symlink_to(link)
            (base / "ns").mkdir()
            (base / "ns" / "net").symlink_to("net:[1]")
            (base / "net").mkdir()
        (tmp_path / str(pid) / "cgroup").write_text("0::/\n")
    (tmp_path / "1" / "fd").mkdir(parents=True)
    (tmp_path / "self" / "ns").mkdir(parents=True)
    (tmp_path / "self" / "ns" / "net").symlink_to("net:[1]")
    return tmp_path


def waiting(proc):
    """The kinds that pid 9 is found to wait for."""
    found = _search.search(_fd_walk.Walk([12], roots=_host_files.Roots(str(proc)), budget=Budget(cpu=60, wall=60)))
    assert {one.pid for one in found.waiting} <= {9}
    return [one.kind for one in found.waiting]


def wait(proc, line, where, *, link=None, net="net:[1]", tables=None):
    first = proc / "9"
    (first / "syscall").write_bytes(line)
    (first / "wchan").write_text(where)
    if link is not None:
        (first / "fd" / "5").symlink_to(link)
    (first / "ns" / "net").unlink()
    (first / "ns" / "net").symlink_to(net)
    for name, rows in (tables or {}).items():
        (first / "net" / name).write_text(HEAD + rows)


@pytest.mark.parametrize(
    ("line", "where", "how", "expected"),
    [
        pytest.param(ACCEPT, "inet_csk_accept", {}, ["connections"], id="accept, closed"),
        pytest.param(ACCEPT, "0", {}, ["connections"], id="accept, closed, the kernel does not tell where"),
        pytest.param(ACCEPT, "some_future_name", {}, ["connections"], id="accept, closed, at a place not known"),
        pytest.param(ACCEPT, "unix_accept", {}, [], id="accept of a Unix socket, closed"),
        pytest.param(ACCEPT, "__skb_wait_for_more_packets", {}, [], id="accept of a Unix socket, closed, as it shows"),
        pytest.param(ACCEPT, "inet_csk_accept", {"link": "/dev/null"}, ["connections"], id="its number is a file's"),
        pytest.param(
            ACCEPT, "inet_csk_accept", {"link": "socket:[99]"}, ["connections"], id="its number is another socket's"
        ),
        pytest.param(
            ACCEPT,
            "inet_csk_accept",
            {"link": "socket:[99]", "tables": {"tcp": ROW % ("0A", 99)}},
            [],
            id="a listener that was opened since",
        ),
        pytest.param(
            ACCEPT,
            "inet_csk_accept",
            {"link": "socket:[99]", "tables": {"tcp6": ROW % ("0A", 99)}},
            [],
            id="one of IPv6",
        ),
        pytest.param(
            ACCEPT,
            "inet_csk_accept",
            {"link": "socket:[99]", "tables": {"tcp": ROW % ("01", 99)}},
            ["connections"],
            id="its number is a connection's",
        ),
        pytest.param(
            ACCEPT, "inet_csk_accept", {"link": "socket:[99]", "net": "net:[2]"}, [], id="of another namespace"
        ),
        pytest.param(ACCEPT, "skb_wait", {"link": "socket:[99]"}, [], id="accept of an open Unix socket"),
        pytest.param(b"102 0x5 " + REST, "inet_csk_accept", {}, ["connections"], id="accept by socketcall"),
        pytest.param(RECEIVE, "__skb_wait_for_more_packets", {}, ["datagrams"], id="recvfrom, closed"),
        pytest.param(RECEIVE, "__skb_wait_for_more_packets", {"link": "socket:[99]"}, [], id="recvfrom, open"),
        pytest.param(RECEIVE, "wait_woken", {}, [], id="recvfrom of a connection, closed"),
        pytest.param(READ, "pipe_read", {}, [], id="read of a pipe, closed"),
        pytest.param(READ, "0", {}, [], id="read, closed, the kernel does not tell where"),
        pytest.param(READ, "pipe_read", {"link": "pipe:[3]"}, [], id="read of a pipe"),
        pytest.param(ENTER, "io_cqring_wait", {}, [None], id="in an io_uring that is in no table"),
        pytest.param(ENTER, "io_cqring_wait", {"link": "anon_inode:[io_uring]"}, [], id="in an io_uring"),
        pytest.param(b"202 0x5 " + REST, "futex_wait", {}, [], id="elsewhere"),
        pytest.param(b"running\n", "0", {}, [], id="running"),
        pytest.param(b"", "", {}, [], id="ended"),
    ],
)
def test_what_a_thread_waits_on(proc, line, where, how, expected):
    wait(proc, line, where, **how)
    assert waiting(proc) == expected


def test_a_holder_waits_on_what_it_has(proc):
    (proc / "7" / "syscall").write_bytes(ACCEPT)
    (proc / "7" / "wchan").write_text("inet_csk_accept")
    assert waiting(proc) == []


def test_whoever_shares_neither_user_nor_cgroup_is_not_looked_at(proc, monkeypatch):
    wait(proc, ACCEPT, "inet_csk_accept")
    monkeypatch.setattr(_blocked_accepts, "_table", lambda walk, pid: table_of_user(5 if pid == 9 else 7))
    assert waiting(proc) == ["connections"]  # the same cgroup
    (proc / "9" / "cgroup").write_text("0::/other\n")
    assert waiting(proc) == []


def table_of_user(user):
    table = _holders.DescriptorTable(0)
    table.user, table.size = user, 1
    return table


def test_there_is_an_end_to_threads(proc, monkeypatch):
    wait(proc, ACCEPT, "inet_csk_accept")
    monkeypatch.setattr(_blocked_accepts, "THREADS", 0)
    assert waiting(proc) == []


def test_a_limit_ends_the_look_at_the_threads_of_a_process(proc):
    """Each may cost as much as all connections of the host do."""
    wait(proc, ACCEPT, "inet_csk_accept")
    looked = _fd_walk.Walk([12], roots=_host_files.Roots(str(proc)), budget=Budget(cpu=60, wall=60))
    _search.search(looked)
    assert [one.pid for one in _blocked_accepts.found(looked, [9])] == [9]
    looked.budget = Budget(cpu=0, wall=60)
    assert _blocked_accepts.found(looked, [9]) == []


@pytest.mark.parametrize(
    ("where", "ring", "net", "expected"),
    [
        pytest.param("inet_csk_accept", True, "net:[1]", ["connections"], id="accepts by itself"),
        pytest.param("inet_csk_accept", True, "net:[2]", [], id="accepts in another namespace"),
        pytest.param("io_wq_worker", True, "net:[1]", [], id="has nothing to do"),
        pytest.param("io_wq_worker", False, "net:[1]", [None], id="of a ring that is in no table"),
        pytest.param("io_sq_thread", False, "net:[1]", [None], id="polls for a ring that is in no table"),
    ],
)
def test_a_worker_of_an_io_uring(proc, where, ring, net, expected):
    task = proc / "9" / "task" / "10"
    (task / "fd").mkdir(parents=True)
    (task / "ns").mkdir()
    (task / "ns" / "net").symlink_to(net)
    (task / "syscall").write_bytes(b"-1 0x0 0x0\n")
    (task / "wchan").write_text(where)
    if ring:
        (task / "fdinfo").mkdir()
        (task / "fdinfo" / "5").write_text("UserFiles:\t0\n")
        (task / "fd" / "5").symlink_to("anon_inode:[io_uring]")
    assert waiting(proc) == expected


@pytest.mark.parametrize(
    ("operation", "place", "expected"),
    [
        pytest.param(13, ([], "net:[1]", []), ["connections"], id="accept, no socket"),
        pytest.param(13, ([], "net:[2]", []), ["connections"], id="accept, no socket, in another namespace"),
        pytest.param(13, ([99], "net:[1]", []), ["connections"], id="accept, a socket that is no listener"),
        pytest.param(13, ([99], "net:[2]", []), [], id="accept, a socket of another namespace"),
        pytest.param(13, ([99], "net:[1]", [99]), [], id="accept, a Unix listener"),
        pytest.param(27, ([], "net:[1]", []), ["datagrams"], id="receive, no socket"),
        pytest.param(27, ([99], "net:[1]", []), [], id="receive, a socket"),
        pytest.param(6, ([], "net:[1]", []), [], id="poll takes nothing"),
    ],
)
def test_what_a_ring_waits_for(proc, operation, place, expected):
    sockets, net, unix = place
    base = proc / "9"
    (base / "fd" / "4").symlink_to("anon_inode:[io_uring]")
    (base / "fdinfo").mkdir()
    (base / "fdinfo" / "4").write_text("UserFiles:\t0\nPollList:\n  op=%d, task_works=0\n" % operation)
    for number in sockets:
        (base / "fd" / str(number)).symlink_to("socket:[%d]" % number)
    (base / "ns" / "net").unlink()
    (base / "ns" / "net").symlink_to(net)
    (base / "net" / "unix").write_text(
        "Num RefCount Protocol Flags Type St Inode Path\n"
        + "".join("00: 00000002 00000000 00010000 0001 01 %d /x\n" % number for number in unix)
        + "00: 00000002 00000000 00000000 0001 03 99\n"
    )
    assert waiting(proc) == expected


def test_every_machine_has_both_kinds():
    for kinds in _blocked_accepts._NUMBERS.values():
        accepts, receives = kinds
        assert accepts
        assert receives
        assert not set(accepts) & set(receives)
