# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Per host, after the report: let the pipeline stop on what the user chose."""

from __future__ import annotations

import typing as t

from ansible_collections.fleetports.compliance.plugins.plugin_utils._action._base import (
    OUTPUT,
    Arguments,
    AuditAction,
    Refused,
    Result,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action._limits import (
    MAX_UNREACHABLE,
    unreachable_limit,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action._reference import FAIL_ON_DRIFT
from ansible_collections.fleetports.compliance.plugins.plugin_utils._gate._decide import (
    CHOICES,
    decide,
    decide_run,
    forgiven,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._gate._verdicts_file import NAME

FAIL_ON = {
    "fail_on": {
        "type": "list",
        "elements": "str",
        "choices": list(CHOICES),
        "default": [],
    }
}


class ActionModule(AuditAction):
    """See the documentation in modules/port_audit_gate.py."""

    _requires_connection = False
    ARGUMENTS: t.ClassVar[t.Mapping[str, t.Any]] = {
        **OUTPUT,
        **FAIL_ON,
        **FAIL_ON_DRIFT,
        **MAX_UNREACHABLE,
        "run_id": {"type": "str"},
        "whole_run": {"type": "bool", "default": False},
    }

    def perform(self, arguments: Arguments, task_vars: t.Mapping[str, t.Any]) -> Result:
        fail_on = frozenset(arguments["fail_on"])
        drift: list[str] = arguments["fail_on_drift"]
        limit = unreachable_limit(arguments)
        if not fail_on and not drift:
            return {"msg": "gate: off", "gate": "off"}
        verdicts = self._verdicts(arguments)
        if arguments["whole_run"]:
            return decide_run(verdicts, limit=limit, fail_on=fail_on, fail_on_drift=drift)
        host = str(task_vars["inventory_hostname"])
        # One host answers for the policy, so that its findings are told once.
        answers = host == task_vars["ansible_play_hosts"][0]
        policy = verdicts["policy"] if answers else []
        found = verdicts["hosts"].get(host)
        if found is not None and found.get("unreachable"):
            found = {**found, "forgiven": forgiven(verdicts, limit)}
        return decide(found, fail_on=fail_on, policy=policy, fail_on_drift=drift)

    def _verdicts(self, arguments: Arguments) -> t.Mapping[str, t.Any]:
        directory = self.run_directory(arguments)
        if not directory.has(NAME):
            raise Refused(f"The gate found no {NAME} in {directory.path}: port_audit_report has to run before it.")
        found: t.Mapping[str, t.Any] = directory.read(NAME)
        return found
