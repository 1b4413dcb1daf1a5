# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Once: propose a policy from stored evidence. No host is contacted."""

from __future__ import annotations

import typing as t

from ansible_collections.fleetports.compliance.plugins.plugin_utils._action._base import Arguments, AuditAction, Result
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action._suggesting import keep, suggested
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence._stored import open_runs, without_evidence


class ActionModule(AuditAction):
    """See the documentation in modules/port_audit_suggest.py."""

    BYPASS_HOST_LOOP = True
    _requires_connection = False
    ARGUMENTS: t.ClassVar[t.Mapping[str, t.Any]] = {
        "evidence": {"type": "list", "elements": "path", "required": True},
        "dest": {"type": "path", "required": True},
        "name": {"type": "str", "default": "suggested"},
        "force": {"type": "bool", "default": False},
    }

    def perform(self, arguments: Arguments, task_vars: t.Mapping[str, t.Any]) -> Result:
        runs = open_runs(arguments["evidence"])
        written = suggested(runs, name=arguments["name"])
        path = keep(written, dest=arguments["dest"], force=arguments["force"])
        absent = without_evidence(runs, (stored for run in runs for stored in run.evidence()))
        return {"changed": True, "path": path, **written.counts, "without_evidence": absent}
