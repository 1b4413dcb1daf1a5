# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Once per run: is the policy valid; open the run with its options. Contacts no host."""

from __future__ import annotations

import typing as t

from ansible_collections.fleetports.compliance.plugins.plugin_utils._action._base import (
    POLICY,
    Arguments,
    AuditAction,
    Result,
    place,
    policy_named,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action._fill_run_record import expected, open_run
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action._open_run import (
    RUN_OPTIONS,
    check_options,
    check_places,
    check_policy_named,
    keep_open,
    next_run_id,
    recorded,
    refuse_unasked,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action._task_result import policy_facts
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action.arguments._limits import search
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action.options._current_run import current, unasked
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action.options._guard import (
    guard_inventory,
    guard_run,
    hosts_of_play,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.runs._run_record import RUN_FILE
from ansible_collections.fleetports.compliance.plugins.plugin_utils._gate._gate_rules import gate_on
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy.compiled._policy_record import to_record

_INLINE_RULES = 100
_NOBODY = (
    "No host was audited: the inventory, port_audit_hosts and --limit select no host, or the tasks of the audit were "
    "skipped."
)


class ActionModule(AuditAction):
    """See the documentation in modules/port_audit_check.py."""

    BYPASS_HOST_LOOP = True
    _requires_connection = False
    ARGUMENTS: t.ClassVar[t.Mapping[str, t.Any]] = {
        **POLICY,
        **RUN_OPTIONS,
        "unless_open": {"type": "bool", "default": False},
    }

    def guard(self, task_vars: t.Mapping[str, t.Any]) -> None:
        guard_run(self._task, task_vars, expected(task_vars))

    def perform(self, arguments: Arguments, task_vars: t.Mapping[str, t.Any]) -> Result:
        nobody = arguments["unless_open"]
        if nobody and self._opened(arguments):
            return _left_open()
        refuse_unasked()
        run_id, named = next_run_id(), policy_named(arguments)
        check_options(arguments, run_id=run_id)
        search(arguments)
        check_policy_named(arguments, named=named)
        if not (nobody and gate_on(arguments)):  # that gate closes, with a report that says why
            guard_inventory(task_vars, hosts_of_play(self._task, task_vars))
        policy = self.policy(arguments)
        directory = place(arguments, run_id=run_id)
        check_places(arguments, run=directory.path, policy=policy)
        hosts = () if nobody else expected(task_vars)
        record = open_run(directory, task_vars, options=recorded(arguments), hosts=hosts)
        directory.write_policy(lambda: to_record(policy), sha256=policy.sha256)
        run = keep_open(arguments, run_id=run_id, policy_named=named)
        return {
            "policy": policy_facts(policy),
            "rules": len(policy.rules),
            "waivers": len(policy.waivers),
            "run_id": record.id,
            "run_directory": directory.path,
            "hosts": len(record.expected),
            "left_out": len(record.left_out),
            "gate": "on" if run.gate_on else "off",
            **_warnings(arguments, nobody=nobody),
        }

    def _opened(self, arguments: Arguments) -> bool:
        """Whether this process has a run, opened by this task before or by a report without one."""
        return current() is not None or self.run_directory(arguments).has(RUN_FILE)


def _left_open() -> Result:
    """Nothing to do, unless nobody asked the gate of the open run: the report and the gate after this do it then."""
    run = unasked()
    if run is None:
        return {"skipped": True, "msg": "a run is open"}
    said = f"The run {run.run_id} has a gate that no task has evaluated: it is evaluated now."
    return {"msg": said, "run_id": run.run_id, "warnings": [said]}


def _warnings(arguments: Arguments, *, nobody: bool) -> Result:
    told = [_NOBODY] if nobody else []
    told += _advice(arguments["policies"] or arguments["policy"])
    return {"warnings": told} if told else {}


def _advice(source: t.Any) -> list[str]:
    """Ansible templates an inline policy again for every host; at this size that costs more than the audit."""
    layers = source if isinstance(source, list) else [source]
    rules = sum(len(layer.get("rules") or ()) for layer in layers if isinstance(layer, t.Mapping))
    if rules <= _INLINE_RULES:
        return []
    return [
        f"Inline policies have {rules} rules, and Ansible templates them once per host. Put the policy into a file."
    ]
