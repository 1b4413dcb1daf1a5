# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Globs match as fnmatchcase does, the whole text and case by case."""

from __future__ import annotations

import fnmatch

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._judge.conditions import _globs
from ansible_collections.fleetports.compliance.plugins.plugin_utils._judge.conditions._globs import Globs


@pytest.mark.parametrize(
    ("patterns", "text", "expected"),
    [
        pytest.param(["sshd"], "sshd", True, id="literal"),
        pytest.param(["sshd"], "SSHD", False, id="case"),
        pytest.param(["sshd"], "sshd2", False, id="whole-text"),
        pytest.param(["ssh*.service"], "ssh@1.service", True, id="star"),
        pytest.param(["SSH*"], "sshd", False, id="case-of-a-glob"),
        pytest.param(["ssh?"], "sshd", True, id="question-mark"),
        pytest.param(["ssh?"], "ssh", False, id="question-mark-wants-one"),
        pytest.param(["[ab]*"], "bash", True, id="set"),
        pytest.param(["[!ab]*"], "bash", False, id="not-in-set"),
        pytest.param(["a", "b*"], "bc", True, id="any-of"),
        pytest.param(["a", "b*"], "c", False, id="none-of"),
        pytest.param(["*"], "a\nb", True, id="newline"),
        pytest.param(["a.c"], "abc", False, id="dot-is-a-dot"),
        pytest.param(["sshd\n"], "sshd", False, id="no-newline-dropped"),
        pytest.param(["ssh*"], "sshd\n", True, id="newline-at-end"),
        pytest.param([], "a", False, id="nothing-given"),
    ],
)
def test_matches(patterns, text, expected):
    globs = Globs(patterns)
    assert globs(text) is expected
    assert globs(text) is expected  # and again, remembered
    assert expected == any(fnmatch.fnmatchcase(text, pattern) for pattern in patterns)


def test_forgets(monkeypatch):
    monkeypatch.setattr(_globs, "_REMEMBERED", 10)
    globs = Globs(["a*"])
    assert all(globs(f"a{number}") for number in range(100))
    assert len(globs._known) <= 10
