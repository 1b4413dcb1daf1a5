# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What rings hold. The scenes have a real one; kernels that tell less are made up."""

from __future__ import annotations

import os

import pytest
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _host_files
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common._budget import Budget
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.owners import (
    _fd_walk,
    _holders,
    _io_uring,
    _search,
)

HEAD = b"pos:\t0\nflags:\t02000002\nSqThreadCpu:\t-1\n"
TAIL = b"UserBufs:\t1\n    0: 0x7f00/4096\nPollList:\n"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param(b"UserFiles:\t0\n", set(), id="none"),
        pytest.param(b"UserFiles:\t1\n    0: socket:[12]\n", {b"socket:[12]"}, id="socket"),
        pytest.param(
            b"UserFiles:\t3\n    1: socket:[12]\n    2: /a: b\n", {b"socket:[12]", b"/a: b"}, id="empty slot left out"
        ),
        pytest.param(b"UserFiles:\t2\n    0: <none>\n    1: socket:[7]\n", {b"<none>", b"socket:[7]"}, id="empty slot"),
        pytest.param(b"UserFiles:\t1\n    0: \n", None, id="name without a path"),
        pytest.param(b"UserFiles:\t1\n", None, id="locked"),
        pytest.param(b"", None, id="nothing told"),
        pytest.param(b"UserFiles:\tx\n", None, id="no number"),
    ],
)
def test_fdinfo(files, expected):
    assert _io_uring.parse(HEAD + files + TAIL if files else HEAD) == expected


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param(b"", set(), id="nothing"),
        pytest.param(b"  op=13, task_works=0\n", {13}, id="an accept"),
        pytest.param(b"  op=13, task_works=0\n  op=6, task_works=1\n  op=13, task_works=0\n", {6, 13}, id="several"),
        pytest.param(b"op=13, task_works=0\n", set(), id="not a row"),
        pytest.param(b"  op=, task_works=0\n  op=x\n  op=-1,\n  op=99999999999\n", set(), id="no number"),
        pytest.param(b"  0: /a op=13, b\n", set(), id="the name of a file"),
        pytest.param(b"  op=13", {13}, id="cut short"),
    ],
)
def test_what_a_ring_waits_for(rows, expected):
    assert _io_uring.awaited(HEAD + b"UserFiles:\t0\n" + TAIL + rows) == expected


@pytest.fixture(name="proc")
def two_processes(tmp_path):
    """pid 1 is seen to hold the socket; pid 7 has a ring."""
    for pid, target in ((1, "socket:[12]"), (7, os.fsdecode(_holders.RING))):
        for directory in ("fd", "fdinfo"):
            (tmp_path / str(pid) / directory).mkdir(parents=True)
        (tmp_path / str(pid) / "fd" / "3").symlink_to(target)
    return tmp_path


def walk(proc):
    return _search.search(_fd_walk.Walk([12], roots=_host_files.Roots(str(proc)), budget=Budget(cpu=60, wall=60)))


def test_a_limit_ends_the_look_at_rings(proc, monkeypatch):
    """A process may have any number of descriptors of rings, and each holds a million files."""
    monkeypatch.chdir(proc / "7" / "fd")
    (proc / "7" / "fdinfo" / "3").write_bytes(HEAD + b"UserFiles:\t1\n    0: socket:[12]\n" + TAIL)
    assert _io_uring.registered([b"3"]) == ({b"socket:[12]"}, False, frozenset())
    assert _io_uring.registered([b"3"], spent=lambda: "budget") == (frozenset(), True, frozenset())


def test_a_ring_is_a_holder(proc):
    (proc / "7" / "fdinfo" / "3").write_bytes(HEAD + b"UserFiles:\t1\n    0: socket:[12]\n" + TAIL)
    found = walk(proc)
    assert found.pids == {12: {1, 7}}
    assert found.complete


def test_a_ring_that_does_not_tell_leaves_owners_incomplete(proc):
    (proc / "7" / "fdinfo" / "3").write_bytes(HEAD + b"UserFiles:\t1\n" + TAIL)
    found = walk(proc)
    assert found.pids == {12: {1}}
    assert found.denied == {7}
    assert not found.complete
