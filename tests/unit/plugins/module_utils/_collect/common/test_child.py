# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Work in a child: all of it comes back, what hangs or dies is stepped over."""

from __future__ import annotations

import os
import time

import pytest
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _child


def work(index):
    if index == 3:
        time.sleep(3600)
    if index == 5:
        os._exit(1)
    if index == 7:
        raise ValueError("not an answer")
    return b"x" * (1 << 17) + b"%d" % index


@pytest.mark.parametrize(
    ("count", "missing"),
    [
        pytest.param(0, [], id="nothing to do"),
        pytest.param(3, [], id="answers longer than a pipe holds"),
        pytest.param(5, [3], id="one hangs"),
        pytest.param(7, [3, 5], id="one hangs, one dies"),
        pytest.param(9, [3, 5, 7, 8], id="three are enough: what is left is not tried"),
    ],
)
def test_answers(count, missing):
    answers = _child.ask(count, work, deadline=0.3)
    assert [index for index, answer in enumerate(answers) if answer is None] == missing
    assert all(answer == work(index) for index, answer in enumerate(answers) if answer is not None)


def test_slow_answers_end_in_time_all_together():
    def slow(index):
        time.sleep(0.2)
        return b"%d" % index

    begun = time.monotonic()
    answers = _child.ask(50, slow, deadline=2, total=0.7)
    assert time.monotonic() - begun < 1.5
    assert answers[0] == b"0"
    assert answers[-1] is None


@pytest.mark.parametrize("kept", [0, 5, 20, -1])
def test_an_answer_that_is_cut_off_is_none(monkeypatch, kept):
    """The child dies while it writes."""
    write = os.write

    def cut(pipe, data):
        write(pipe, data[:kept])
        os._exit(1)

    monkeypatch.setattr(os, "write", cut)
    assert _child.ask(2, work, deadline=5) == [None, None]


def test_an_answer_that_cannot_be_sent_is_none():
    answers = _child.ask(3, lambda index: object() if index == 1 else index, deadline=5)
    assert answers == [0, None, 2]


@pytest.mark.parametrize("refused", ["fork", "pipe"])
def test_no_answers_where_nothing_can_be_forked(monkeypatch, refused):
    """A limit of processes or descriptors: what was to be found out stays unknown, and nothing stays open."""

    def refuse():
        raise OSError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(os, refused, refuse)
    before = set(os.listdir("/proc/self/fd"))
    assert _child.ask(3, work, deadline=0.3) == [None, None, None]
    assert set(os.listdir("/proc/self/fd")) == before
