# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Once: what is wrong tonight, as waivers with an owner and an end. No host is contacted."""

from __future__ import annotations

import typing as t

from ansible_collections.fleetports.compliance.plugins.plugin_utils._action._base import (
    POLICY,
    STORED_RUNS,
    VERIFY,
    Arguments,
    AuditAction,
    Result,
    TaskRefused,
    policy_named,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action.stored._suggest_policy import (
    baselined,
    keep,
    terms,
    waivers_summary,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._common._clock import utc_now
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.runs._stored_run import (
    open_runs,
    unheld,
    without_evidence,
)


class ActionModule(AuditAction):
    """See the documentation in modules/port_audit_baseline.py."""

    BYPASS_HOST_LOOP = True
    _requires_connection = False
    ARGUMENTS: t.ClassVar[t.Mapping[str, t.Any]] = {
        **POLICY,
        "evidence": STORED_RUNS,
        **VERIFY,
        "dest": {"type": "path", "default": "baseline.yml"},
        "owner": {"type": "str"},
        "expires": {"type": "str"},
        "justification": {"type": "str"},
        "ticket": {"type": "str"},
        "force": {"type": "bool", "default": False},
    }

    def perform(self, arguments: Arguments, task_vars: t.Mapping[str, t.Any]) -> Result:
        if not policy_named(arguments):
            raise TaskRefused("policy: required. Name the policy that the waivers are for.")
        runs = open_runs(arguments["evidence"], verify=arguments["verify"])
        agreed = terms(arguments, today=utc_now().date(), source=", ".join(run.record.id for run in runs))
        policy = self.policy(arguments)
        written = baselined(runs, policy=policy, terms=agreed, name=f"{policy.name}-baseline")
        path = keep(written, dest=arguments["dest"], force=arguments["force"])
        absent = without_evidence(runs, (stored for run in runs for stored in run.evidence()))
        return {
            "changed": True,
            "path": path,
            **written.counts,
            "without_evidence": absent,
            "summary": waivers_summary(path, written.counts, expires=agreed.expires),
            **unheld(runs),
        }
