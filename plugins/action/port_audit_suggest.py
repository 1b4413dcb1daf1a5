# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Once: propose a policy from stored evidence. No host is contacted."""

from __future__ import annotations

import typing as t

from ansible_collections.fleetports.compliance.plugins.plugin_utils._action._base import (
    STORED_RUNS,
    VERIFY,
    Arguments,
    AuditAction,
    Result,
    TaskRefused,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action.stored._suggest_policy import (
    Written,
    keep,
    rules_summary,
    suggested,
    suggested_waivers,
    terms,
    waivers_summary,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._common._clock import utc_now
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.runs._stored_run import (
    Run,
    open_runs,
    unheld,
    without_evidence,
)

_TERMS = ("owner", "expires", "justification", "ticket")


class ActionModule(AuditAction):
    """See the documentation in modules/port_audit_suggest.py."""

    BYPASS_HOST_LOOP = True
    _requires_connection = False
    ARGUMENTS: t.ClassVar[t.Mapping[str, t.Any]] = {
        "evidence": STORED_RUNS,
        **VERIFY,
        "dest": {"type": "path", "default": "suggested-policy.yml"},
        "name": {"type": "str", "default": "suggested"},
        "force": {"type": "bool", "default": False},
        "suggest_as": {"type": "str", "choices": ["rules", "waivers"], "default": "rules"},
        **{key: {"type": "str"} for key in _TERMS},
    }

    def perform(self, arguments: Arguments, task_vars: t.Mapping[str, t.Any]) -> Result:
        runs = open_runs(arguments["evidence"], verify=arguments["verify"])
        written = _written(runs, arguments)
        path = keep(written, dest=arguments["dest"], force=arguments["force"])
        absent = without_evidence(runs, (stored for run in runs for stored in run.evidence()))
        summary = (
            waivers_summary(path, written.counts, expires=arguments["expires"])
            if arguments["suggest_as"] == "waivers"
            else rules_summary(path, written.counts)
        )
        told = {"without_evidence": absent, "summary": summary, **unheld(runs)}
        return {"changed": True, "path": path, **written.counts, **told}


def _written(runs: t.Sequence[Run], arguments: Arguments) -> Written:
    if arguments["suggest_as"] == "waivers":
        agreed = terms(arguments, today=utc_now().date(), source=", ".join(run.record.id for run in runs))
        return suggested_waivers(runs, name=arguments["name"], terms=agreed)
    for key in _TERMS:
        if arguments[key]:
            raise TaskRefused(f"{key}: is only for waivers: set suggest_as: waivers, or remove it")
    return suggested(runs, name=arguments["name"])
