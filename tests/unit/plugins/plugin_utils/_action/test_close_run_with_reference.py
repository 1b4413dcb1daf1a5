# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run that is compared with an earlier one when it is closed."""

from __future__ import annotations

import pathlib
import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils._socket import Listener
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action._close_run import close
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action.stored._compare_runs import (
    Reference,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.runs._stored_run import (
    open_run,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report._build_report import ReportModel
from ansible_collections.fleetports.compliance.tests.unit.factories.listeners import APP, listener
from ansible_collections.fleetports.compliance.tests.unit.factories.runs import FIRST, SECOND, run_of


def _closed(tmp_path: pathlib.Path, before: list[Listener], **gates: t.Any) -> ReportModel:
    earlier = Reference([open_run(run_of(tmp_path, FIRST, {"a": before}))])
    run = open_run(run_of(tmp_path, SECOND, {"a": [listener(), APP]}))
    return close(run.directory, run.record, gate=gates.pop("gate", ()), reference=earlier, **gates).model


def test_new_is_what_did_not_fail_before(tmp_path: pathlib.Path) -> None:
    there = _closed(tmp_path / "1", [listener(), APP], gate=("new",))
    assert there.drift is not None
    assert (there.drift.new, there.gate.hosts) == (0, 1)  # the host that was not seen stops it
    come = _closed(tmp_path / "2", [listener()], gate=("new",))
    assert come.drift is not None
    assert (come.drift.new, come.gate.hosts) == (1, 2)


def test_drift_stops_the_gate_by_kind(tmp_path: pathlib.Path) -> None:
    assert _closed(tmp_path / "1", [listener()], drift_gate=("opened",)).gate.hosts == 2
    assert _closed(tmp_path / "2", [listener()], drift_gate=("closed",)).gate.hosts == 1
