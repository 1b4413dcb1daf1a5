# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Once: compare the evidence of two runs. No host is contacted."""

from __future__ import annotations

import os
import typing as t

from ansible_collections.fleetports.compliance.plugins.plugin_utils._action._base import (
    STORED_RUNS,
    VERIFY,
    Arguments,
    AuditAction,
    Result,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action._task_result import failure_in_lines
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action.stored._compare_runs import (
    document,
    drift,
    stopping,
    summary,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._drift._drift_tally import DriftTally
from ansible_collections.fleetports.compliance.plugins.plugin_utils._drift._host_drift import KINDS
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.files import _atomic_files
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.runs._inside_run import refuse_inside
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.runs._stored_run import open_runs, unheld


class ActionModule(AuditAction):
    """See the documentation in modules/port_audit_drift.py."""

    BYPASS_HOST_LOOP = True
    _requires_connection = False
    ARGUMENTS: t.ClassVar[t.Mapping[str, t.Any]] = {
        "before": {"type": "list", "elements": "path", "required": True},
        "after": STORED_RUNS,
        "dest": {"type": "path"},
        **VERIFY,
        "fail_on": {"type": "list", "elements": "str", "choices": list(KINDS), "default": []},
    }

    def perform(self, arguments: Arguments, task_vars: t.Mapping[str, t.Any]) -> Result:
        verify: bool = arguments["verify"]
        if arguments["dest"]:
            refuse_inside(arguments["dest"], option="dest")
        before, after = open_runs(arguments["before"], verify=verify), open_runs(arguments["after"], verify=verify)
        tally = drift(before, after)
        held = unheld([*before, *after])
        found = {**document(tally, before=before, after=after), "verified": held["verified"]}
        returned: Result = {**found, **held, "summary": summary(tally)}
        if arguments["dest"]:
            returned["path"] = os.path.abspath(arguments["dest"])
            _atomic_files.write_json(returned["path"], found)
        return {**returned, **_gate(tally, arguments["fail_on"])}


def _gate(tally: DriftTally, fail_on: t.Sequence[str]) -> Result:
    stops = stopping(tally, fail_on)
    if not stops:
        return {}
    return failure_in_lines(f"drift: {', '.join(stops)}", *summary(tally))
