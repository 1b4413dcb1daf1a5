# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What /proc may hold, by the kernel's own rules and against them: no crash, and nobody writes a field for another."""

from __future__ import annotations

import contextlib
import os
import pathlib
import shutil
import typing as t

import pytest
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _host_files
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common._budget import Budget
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux import (
    _host_facts,
    _kernel_services,
    _sources,
)
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.netlink import _sock_diag
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.owners import (
    _fd_walk,
    _io_uring,
    _search,
)
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.procfs import (
    _proc_net,
    _process,
    _users,
)
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.systemd import _cgroup
from hypothesis import example, given
from hypothesis import strategies as st

COMM = st.binary(min_size=1, max_size=15).filter(lambda name: b"\0" not in name)
# A name in a cgroup: no slash, no line feed (cgroup_mkdir()), no NUL.
NAME = st.binary(min_size=1, max_size=60).filter(
    lambda name: not set(name) & set(b"/\n\0") and name not in (b".", b"..")
)
# Bytes that look like what the parsers look for.
LINES = st.lists(
    st.one_of(
        st.binary(max_size=30),
        st.sampled_from(
            [b"Uid:", b"btime ", b"CapEff:", b"0::/", b"UserFiles:\t", b"0:", b"x:x:", b"tcp ", b"cgroup2"]
        ),
        st.integers(-5, 1 << 70).map(lambda number: b"%d" % number),
        st.sampled_from([b"\n", b" ", b"\t", b"\r", b"\x0c", b"/", b"."]),
    ),
    max_size=40,
).map(b"".join)


def escaped(comm: bytes) -> bytes:
    """A name as ``status`` has it (proc_task_name(), ESCAPE_SPACE | ESCAPE_SPECIAL of what matters here)."""
    return comm.replace(b"\\", b"\\\\").replace(b"\n", b"\\n")


@given(comm=COMM, uid=st.integers(0, 1 << 32))
@example(comm=b"Uid:\t0\t0\t0\t0", uid=7)
def test_nobody_writes_a_uid(comm: bytes, uid: int) -> None:
    status = b"Name:\t%s\nUmask:\t0022\nUid:\t1\t%d\t1\t1\nGid:\t2\t2\t2\t2\n" % (escaped(comm), uid)
    assert _process.effective_uid(status) == uid


@given(comm=COMM, ticks=st.one_of(st.integers(0, 1 << 31), st.integers(1 << 70, 1 << 80)))
@example(comm=b") R 1 2 3", ticks=5)
def test_nobody_writes_a_start(comm: bytes, ticks: int) -> None:
    rest = b" ".join(b"%d" % number for number in range(4, 22))
    stat = b"7 (%s) S %s %d 0 0\n" % (comm, rest, ticks)
    assert _process.started(stat, booted=0) == _process.started(b"7 (x) S %s %d 0 0\n" % (rest, ticks), booted=0)
    assert (_process.started(stat, booted=0) is None) == (ticks >= 1 << 70)


@given(below=st.lists(NAME, min_size=1, max_size=4), hybrid=st.booleans())
@example(below=[b"x\x0c0::sshd.service"], hybrid=True)
@example(below=["x\u20280::sshd.service".encode()], hybrid=True)
def test_nobody_writes_a_unit_below_a_user_manager(below: list[bytes], hybrid: bool) -> None:
    own = b"/user.slice/user-7.slice/user@7.service/" + b"/".join(below)
    raw = b"1:name=systemd:%s\n0::/user.slice\n" % own if hybrid else b"0::%s\n" % own
    assert _cgroup.parse(raw) == _cgroup.CgroupPlace("user@7.service", None)


LINK = st.one_of(NAME, st.integers(1, 9).map(lambda number: b"socket:[%d]" % number))


@given(targets=st.lists(st.lists(LINK, max_size=5), max_size=4))
def test_a_holder_is_whoever_has_exactly_that_link(
    tmp_path_factory: pytest.TempPathFactory, targets: list[list[bytes]]
) -> None:
    proc = tmp_path_factory.getbasetemp() / "walk"
    shutil.rmtree(proc, ignore_errors=True)
    (proc / "1" / "fd").mkdir(parents=True)
    expected: dict[int, set[int]] = {number: set() for number in range(1, 6)}
    for pid, links in enumerate(targets, 2):
        (proc / str(pid) / "fd").mkdir(parents=True)
        for number, link in enumerate(links):
            (proc / str(pid) / "fd" / str(number)).symlink_to(os.fsdecode(link))
            for inode, pids in expected.items():
                if link == b"socket:[%d]" % inode:
                    pids.add(pid)
    found = _search.search(_fd_walk.Walk(expected, roots=_host_files.Roots(str(proc)), budget=Budget(cpu=60, wall=60)))
    assert found.pids == expected


FILES = (
    *("self/mounts", "self/status", "self/uid_map", "net/protocols", "net/tcp", "stat", "fs/nfsd/portlist"),
    *("7/status", "7/stat", "7/cgroup", "7/comm", "etc/passwd", "etc/os-release", "etc/machine-id"),
    *("sys/net/ipv4/ip_local_port_range", "sys/net/ipv4/ip_local_reserved_ports"),
)


@given(raw=LINES, tables=LINES)
def test_files_that_no_kernel_writes(tmp_path_factory: pytest.TempPathFactory, raw: bytes, tables: bytes) -> None:
    proc = tmp_path_factory.getbasetemp() / "files"
    for name in FILES:
        (proc / name).parent.mkdir(parents=True, exist_ok=True)
        (proc / name).write_bytes(tables if name.startswith("net") else raw)
    roots = _host_files.Roots(str(proc), str(proc))
    with contextlib.suppress(_proc_net.ProcNetError):
        found = _proc_net.dump("tcp", "ipv4", state=_sock_diag.LISTEN, proc=roots.proc)
        assert all(0 <= one.port <= 65535 and one.inode >= 0 and one.uid >= 0 for one in found)
    for read in _readers(roots):
        read()


def _readers(roots: _host_files.Roots) -> t.Iterator[t.Callable[[], t.Any]]:
    yield lambda: _cgroup.Tree(roots).paths({5})
    yield lambda: _host_facts.facts(roots)
    yield lambda: _host_facts.capabilities(roots.proc)
    yield lambda: 40000 in (_host_facts.ephemeral(roots.proc) or ())
    yield lambda: _users.Users.load(roots).name(0)
    yield lambda: _sources.kernel_protocols(roots.proc)
    yield lambda: list(_kernel_services.nfsd(_host_files.read(roots.proc + "/fs/nfsd/portlist")))
    yield lambda: _process.describe(7, proc=roots.proc, booted=_process.boot_time(roots.proc))
    yield lambda: _io_uring.parse(_host_files.read(roots.proc + "/stat") or b"")


ROW = b"   0: 0100007F:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 77 1 0 100 0 0 10 0"


@given(edits=st.lists(st.tuples(st.integers(0, len(ROW)), st.binary(max_size=3)), min_size=1, max_size=4))
def test_rows_of_a_table(tmp_path_factory: pytest.TempPathFactory, edits: list[tuple[int, bytes]]) -> None:
    row = ROW
    for at, data in edits:
        row = row[:at] + data + row[at + len(data) :]
    proc: pathlib.Path = tmp_path_factory.getbasetemp() / "rows"
    (proc / "net").mkdir(parents=True, exist_ok=True)
    (proc / "net" / "tcp").write_bytes(b"headings\n" + row + b"\n")
    with contextlib.suppress(_proc_net.ProcNetError):
        for one in _proc_net.dump("tcp", "ipv4", state=_sock_diag.LISTEN, proc=str(proc)):
            assert 0 <= one.port <= 65535
            assert one.inode >= 0
            assert 0 <= one.uid < 1 << 32
