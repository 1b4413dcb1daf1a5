# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of actions share."""

from __future__ import annotations

import pathlib

import pytest
from ansible import constants as C
from ansible_collections.fleetports.compliance.tests.unit.factories.actions import Play


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path) -> Play:
    """A play in a working directory and with temporary files of its own, so that no other run is open."""
    (tmp_path / "tmp").mkdir()
    (tmp_path / "work").mkdir()
    monkeypatch.setattr(C, "DEFAULT_LOCAL_TMP", str(tmp_path / "tmp"))
    monkeypatch.chdir(tmp_path / "work")
    return Play()
