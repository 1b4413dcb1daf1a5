# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Processes that could not be read: how many, which, and what to do."""

from __future__ import annotations

import os

import pytest
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux import _remedy
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.owners import _holders, _unreadable

SSH = "0::/system.slice/ssh.service\n"
TRACES = 1 << 19


@pytest.fixture
def proc(tmp_path):
    """A host with three processes, the last of which ends before it is asked."""
    for pid, name in ((7, "sshd"), (8, "odd\x1b name")):
        (tmp_path / str(pid)).mkdir()
        (tmp_path / str(pid) / "comm").write_text(name + "\n")
        (tmp_path / str(pid) / "cgroup").write_text(SSH if pid == 7 else "0::/\n")
    (tmp_path / "self").mkdir()
    (tmp_path / "self" / "status").write_text("CapEff:\t%016x\n" % TRACES)
    return str(tmp_path)


def gap(proc, *denied, hidden=False):
    return _unreadable.gap(proc, _holders.Holders({}, frozenset(denied), hidden))


@pytest.mark.parametrize(
    ("denied", "hidden", "says"),
    [
        pytest.param([7], False, "the descriptors of 1 process of other users could not be read", id="one"),
        pytest.param(range(200), False, "the descriptors of 200 processes of other users could not be read", id="all"),
        pytest.param([], True, "processes of other users are hidden (hidepid)", id="hidden"),
    ],
)
def test_without_root(proc, monkeypatch, denied, hidden, says):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    found = gap(proc, *denied, hidden=hidden)
    assert found == ("permission", "owners", says + ": run with --become", None, None)


@pytest.mark.parametrize(
    ("denied", "named"),
    [
        pytest.param([7], "1 process could not be read (pid 7 sshd ssh.service)", id="with its unit"),
        pytest.param([8], "1 process could not be read (pid 8 odd\x1b name)", id="as it calls itself"),
        pytest.param([9], "1 process could not be read (pid 9)", id="one that ended"),
        pytest.param(
            range(101, 110),
            "9 processes could not be read (pid 101, pid 102, pid 103, pid 104, pid 105, and 4 more)",
            id="many",
        ),
    ],
)
def test_as_root_somebody_has_to_look_there(proc, monkeypatch, denied, named):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert gap(proc, *denied).detail == (
        "the descriptors of %s: a security module or another user namespace denies it even to root" % named
    )


def test_root_of_a_container(proc, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    (monkeypatch.setattr(_remedy._host_facts, "capabilities", lambda _proc: ["CAP_NET_ADMIN"]))
    assert gap(proc, 7).detail.endswith(": the collector is root without CAP_SYS_PTRACE, as in a container")


@pytest.mark.parametrize(
    ("pids", "named"),
    [
        pytest.param([7], "/proc/7", id="one"),
        pytest.param(range(101, 108), "/proc/101, /proc/102, /proc/103, /proc/104, /proc/105, and 2 more", id="many"),
    ],
)
def test_a_process_that_something_is_mounted_over(proc, monkeypatch, pids, named):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    with open(proc + "/self/mounts", "w", encoding="ascii") as file:
        file.writelines("tmpfs %s/%d tmpfs rw 0 0\n" % (proc, pid) for pid in pids)
    found = gap(proc, *pids)
    says = "a mount covers %s and hides the descriptors of the process: find out who mounted it"
    assert (found.code, found.affects, found.detail) == ("proc-covered", "owners", says % named.replace("/proc", proc))
