# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which of the collectors that run commands is taken."""

from __future__ import annotations

import pytest
from ansible_collections.fleetports.compliance.plugins.module_utils._collect import _unix_entry
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.commands import _unix
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _snapshot
from ansible_collections.fleetports.compliance.tests.unit.factories.commands import Commands
from ansible_collections.fleetports.compliance.tests.unit.plugins.module_utils._collect.test_platform import SYSTEMS


@pytest.mark.parametrize(
    ("system", "collector", "name"),
    [
        ("darwin", "auto", "darwin"),
        ("freebsd14", "auto", "freebsd"),
        ("openbsd7", "auto", "lsof"),
        ("darwin", "lsof", "lsof"),
        ("linux", "darwin", "darwin"),
        ("linux", "freebsd", "freebsd"),
        ("linux", "lsof", "lsof"),
    ],
)
def test_choice(system, collector, name, monkeypatch):
    monkeypatch.setattr(_unix._tool, "Tools", lambda _budget: Commands())
    found = _unix_entry.collect(_snapshot.Options(collector=collector, owners="none"), system=system)
    assert (found.name, found.platform) == (name, SYSTEMS[system])


@pytest.mark.parametrize(
    ("system", "collector"),
    [
        ("win32", "auto"),
        ("win32", "lsof"),
        ("cygwin", "darwin"),
        ("linux", "auto"),
        ("linux", "linux"),
        ("darwin", "linux"),
        ("freebsd14", "windows"),
    ],
)
def test_what_it_is_not_for(system, collector):
    result = _unix_entry.collect(_snapshot.Options(collector=collector), system=system).to_result()
    (gap,) = result["collector"]["gaps"]
    assert (gap["code"], gap["affects"]) == ("unsupported", "listeners")
    assert (result["collector"]["name"], result["listeners"]) == ("none", [])
    assert result["collector"]["platform"] == SYSTEMS[system]
