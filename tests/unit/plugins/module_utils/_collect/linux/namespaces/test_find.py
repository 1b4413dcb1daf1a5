# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which network namespaces there are, and the ways into them, on a faked /proc."""

from __future__ import annotations

import pytest
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _host_files
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.namespaces import _find

OWN = 5


@pytest.fixture(name="machine")
def faked(tmp_path):
    """Processes with their namespace, and threads with theirs."""

    def make(processes, threads=()):
        for pid, number in processes.items():
            (tmp_path / "proc" / str(pid) / "ns").mkdir(parents=True)
            (tmp_path / "proc" / str(pid) / "ns" / "net").symlink_to("net:[%d]" % number)
            (tmp_path / "proc" / str(pid) / "task").mkdir()
        for pid, tid, number in threads:
            task = tmp_path / "proc" / str(pid) / "task" / str(tid)
            (task / "ns").mkdir(parents=True)
            (task / "ns" / "net").symlink_to("net:[%d]" % number)
        return _host_files.Roots(str(tmp_path / "proc"), str(tmp_path / "fs"))

    return make


@pytest.mark.parametrize(
    ("processes", "threads", "expected"),
    [
        pytest.param({1: 5, 2: 5}, [], {}, id="the host's own only"),
        pytest.param({1: 5, 7: 6, 8: 9}, [], {6: ["7"], 9: ["8"]}, id="processes"),
        pytest.param({1: 5, 7: 6, 8: 6}, [], {6: ["7", "8"]}, id="two ways into one"),
        pytest.param({1: 5, **dict.fromkeys(range(10, 20), 6)}, [], {6: 4}, id="no more ways than are needed"),
        pytest.param({1: 5, 7: 5}, [(7, 7, 5), (7, 70, 6)], {6: ["7/task/70"]}, id="a thread of a process of the host"),
    ],
)
def test_doors(machine, processes, threads, expected):
    roots = machine(processes, threads)
    found = _find.doors(roots, OWN)
    assert not found.denied
    assert set(found.paths) == set(expected)
    for number, paths in found.paths.items():
        short = sorted(path[len(roots.proc) + 1 : -len("/ns/net")] for path in paths)
        assert expected[number] in (short, len(short))


def test_processes_that_are_not_listed(machine):
    """hidepid: not even pid 1 is."""
    assert _find.doors(machine({7: 5}), OWN) == ({}, True)


def test_hidden_processes_beside_an_own_pid_1(machine, monkeypatch):
    """As in a pid namespace: the list looks whole, the mount says that it is not."""
    monkeypatch.setattr(_find._hidepid, "hides", lambda proc: True)
    assert _find.doors(machine({1: 5}), OWN) == ({}, True)


def test_the_count_is_of_others(machine):
    assert _find.others(machine({1: 5, 7: 6, 8: 9, 9: 9}), OWN) == 2
    assert _find.others(_host_files.Roots("/nowhere", "/nowhere"), None) is None
