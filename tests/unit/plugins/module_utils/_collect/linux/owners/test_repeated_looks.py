# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks that are repeated. What really moves is in the scenes; here is when they end."""

from __future__ import annotations

import os

import pytest
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _host_files
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common._budget import Budget
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.owners import (
    _fd_walk,
    _holders,
    _repeated_looks,
)


class Walk(_fd_walk.Walk):
    """Looks that a test has thought of: what each finds, and whether something changed meanwhile."""

    def __init__(self, proc, *looks, size=3, restless=True):
        super().__init__([10], roots=_host_files.Roots(str(proc)), budget=Budget(cpu=60, wall=60))
        self.table = self.tables[str(proc / "7" / "fd")] = _holders.DescriptorTable(7)
        self.table.size, self.table.restless = size, restless
        self.looks = list(looks)

    def look_again(self, path, *, slots=None):
        if not self.looks:
            return False
        held, self.table.restless, *slipped = self.looks.pop(0)
        self.table.held, self.table.slipped = set(held), bool(slipped)
        return True


STILL, MOVING, SLIPPED = ((), False), ((), True), ((), True, "slipped")


@pytest.fixture(name="proc")
def one_process(tmp_path):
    (tmp_path / "7" / "fd").mkdir(parents=True)
    (tmp_path / "7" / "status").write_text("Name:\tx\nFDSize:\t64\n")
    return tmp_path


@pytest.mark.parametrize(
    ("looks", "size", "moving", "left"),
    [
        pytest.param([MOVING] * 20, 3, set(), 12, id="a busy server: nothing that counts changes"),
        pytest.param([((10,), True), ((), True)] * 4, 3, {7}, 0, id="no two looks agree"),
        pytest.param([((), True)] * 7 + [((10,), True)], 3, {7}, 0, id="the last is another"),
        pytest.param([((10,), True)] + [((), True)] * 7, 3, set(), 0, id="it is let go"),
        pytest.param([STILL], 3, set(), 0, id="it has ended"),
        pytest.param([SLIPPED] * 40, 3, {7}, 8, id="what moves there is never seen"),
        pytest.param(
            [MOVING] * 7 + [SLIPPED] + [MOVING] * 40, 3, set(), 16, id="a connection ended at the wrong moment"
        ),
        pytest.param(
            ([MOVING] * 3 + [SLIPPED]) * 10, 3, {7}, 8, id="what moves is seen to be there in one of four looks"
        ),
        pytest.param([MOVING] * 8 + [SLIPPED] * 40, 3, set(), 40, id="nothing slipped, so there are no more looks"),
    ],
)
def test_looks_at_a_table_that_changes(proc, looks, size, moving, left):
    walk = Walk(proc, *looks, size=size)
    _repeated_looks.again(walk)
    assert (walk.moving, len(walk.looks)) == (moving, left)


@pytest.mark.parametrize(
    ("status", "size", "looks"),
    [
        pytest.param("FDSize:\t64\n", 3, 8, id="small"),
        pytest.param("FDSize:\t4096\n", 3, 4, id="larger"),
        pytest.param("FDSize:\t65536\n", 3, 2, id="large"),
        pytest.param("FDSize:\t65537\n", 3, 8, id="too large for slots, and few of them"),
        pytest.param("FDSize:\t1048576\n", 500_000, 2, id="too large for slots"),
        pytest.param("FDSize:\tx\n", 3, 8, id="no number"),
        pytest.param("", 3, 8, id="not told"),
    ],
)
def test_how_often_is_bounded_by_how_large_it_is(proc, status, size, looks):
    (proc / "7" / "status").write_text(status)
    walk = Walk(proc, *[MOVING] * 20, size=size)
    _repeated_looks.again(walk)
    assert 20 - len(walk.looks) == looks


@pytest.mark.parametrize(
    ("second", "more"),
    [
        pytest.param(STILL, 0, id="alike"),
        pytest.param(MOVING, 8, id="something changed meanwhile"),
        pytest.param(((10,), False), 8, id="it holds another"),
    ],
)
def test_a_second_look_at_a_table_that_seems_still(proc, second, more):
    walk = Walk(proc, second, *[STILL] * 20, restless=False)
    _repeated_looks.again(walk)
    assert 20 - len(walk.looks) == more


def test_second_looks_are_for_as_many_as_can_be_spared(proc, monkeypatch):
    monkeypatch.setattr(_repeated_looks, "SPARE", 3)
    walk = Walk(proc, *[STILL] * 20, restless=False)
    _repeated_looks.again(walk)
    assert len(walk.looks) == 20


def test_a_table_that_grew_since_is_looked_at_again(proc, monkeypatch):
    monkeypatch.setattr(_repeated_looks, "SPARE", 0)
    walk = Walk(proc, *[STILL] * 20, restless=False)
    walk.sized = True
    walk.table.size = os.stat(proc / "7" / "fd").st_size
    _repeated_looks.again(walk)
    assert len(walk.looks) == 20
    walk.table.size += 1
    _repeated_looks.again(walk)
    assert len(walk.looks) == 12


@pytest.mark.parametrize(
    ("rounds", "fleeting", "left"),
    [
        pytest.param([([], False)], False, 0, id="nobody was born"),
        pytest.param([([8], False)], False, 0, id="somebody who goes on"),
        pytest.param([([8], True), ([9], False)], False, 0, id="somebody who ended, and one who goes on"),
        pytest.param([([8], True)] * 60, True, 10, id="they end too fast"),
    ],
)
def test_those_born_meanwhile(proc, monkeypatch, rounds, fleeting, left):
    """Each round: who is new, and whether one of them was gone before it could be looked at."""
    walk = Walk(proc)
    rounds = list(rounds)
    known = {7}

    def newest(_walk):
        return [*known, *rounds[0][0]]

    def look_at(_new):
        walk.vanished = rounds.pop(0)[1]

    monkeypatch.setattr(_repeated_looks, "_newest", newest)
    monkeypatch.setattr(walk, "look_at", look_at)
    assert _repeated_looks.born(walk, known) is fleeting
    assert len(rounds) == left


def test_one_that_is_about_to_end_has_given_its_table_back(proc, monkeypatch):
    walk = Walk(proc)
    rounds = [[8], [9]]
    monkeypatch.setattr(_repeated_looks, "_newest", lambda _walk: rounds.pop(0))

    def look_at(new):
        for pid in new:
            table = walk.tables[walk.table_of(pid)] = _holders.DescriptorTable(pid)
            table.size = 0 if pid == 8 else 3

    monkeypatch.setattr(walk, "look_at", look_at)
    assert _repeated_looks.born(walk, {7}) is False
    assert not rounds


@pytest.mark.parametrize("loadavg", ["0.1 0.1 0.1 1/9 1\n", "", "x\n", "0.1 0.1 0.1 1/9\n", "0 0 0 0 x\n"], ids=repr)
def test_the_whole_list_where_the_end_of_it_cannot_be_told(proc, loadavg):
    """Numbers that have started anew, and what is no /proc of this kernel's."""
    (proc / "self").symlink_to("7")
    (proc / "loadavg").write_text(loadavg)
    assert _repeated_looks._newest(Walk(proc)) == [7]


def test_only_the_end_of_the_real_list():
    walk = _fd_walk.Walk([10], roots=_host_files.Roots("/proc"), budget=Budget(cpu=60, wall=60))
    newest = _repeated_looks._newest(walk)
    assert os.getpid() in newest
    assert set(newest) <= {*walk.processes(), *newest}
