# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Per host, after the report: let the pipeline stop on what the user chose."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.fleetports.compliance.plugins.plugin_utils._action._base import (
    OUTPUT,
    Arguments,
    AuditAction,
    Result,
    TaskRefused,
    first_in_run,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action.arguments._gate_option import (
    FAIL_ON,
    gate_rules,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action.arguments._limits import MAX_UNREACHABLE
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action.arguments._reference import FAIL_ON_DRIFT
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action.options._current_run import gate_asked
from ansible_collections.fleetports.compliance.plugins.plugin_utils._gate._gate_results import host_result, run_result
from ansible_collections.fleetports.compliance.plugins.plugin_utils._gate._verdicts_file import read_verdicts


class ActionModule(AuditAction):
    """See the documentation in modules/port_audit_gate.py."""

    TAKES_PART = True
    DECIDED = ("fail_on", "fail_on_drift", "max_unreachable")
    _requires_connection = False
    ARGUMENTS: t.ClassVar[t.Mapping[str, t.Any]] = {
        **OUTPUT,
        **FAIL_ON,
        **FAIL_ON_DRIFT,
        **MAX_UNREACHABLE,
        "whole_run": {"type": "bool", "default": False},
    }

    def guard(self, task_vars: t.Mapping[str, t.Any]) -> None:
        """Also take what the variables of this host ask of the gate, to refuse what the run was not opened with.

        Arguments of the task would be templated by Ansible for each host, which costs more than the gate itself.
        """
        super().guard(task_vars)
        wishes = {name: task_vars.get(f"port_audit_{name}") for name in self.DECIDED}
        templated = {name: self._templar.template(it) if "{{" in str(it) else it for name, it in wishes.items() if it}
        self._task.args = {**templated, **self._task.args}

    def perform(self, arguments: Arguments, task_vars: t.Mapping[str, t.Any]) -> Result:
        run = self.open_run
        if run is None:
            raise TaskRefused(
                "The gate has no run: run port_audit_check first. It opens the run and fixes the options of the gate."
            )
        rules = gate_rules(arguments)
        if not rules.on:
            return {"msg": "gate: off", "gate": "off"}
        whole = arguments["whole_run"] or self._task.run_once  # no other host comes to it
        host, play = str(task_vars["inventory_hostname"]), task_vars["ansible_play_hosts"]
        answers = whole or (play[0] == host and first_in_run(f"gate-{self._task._uuid}", who=host))
        if answers:
            gate_asked(run)  # what fails from here on closes it
        verdicts = read_verdicts(self.run_directory(arguments))
        rules = dataclasses.replace(rules, policy_named=run.policy_named and verdicts.policy_named)
        if whole:
            return run_result(verdicts, rules)
        return host_result(verdicts, rules, host, play=frozenset(play) if answers else None)
