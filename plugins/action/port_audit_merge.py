# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Once: make one run of several, to be reported and gated as any other. No host is contacted."""

from __future__ import annotations

import collections
import typing as t

from ansible_collections.fleetports.compliance.plugins.plugin_utils._action._base import (
    BASELINE,
    POLICY,
    STORED_RUNS,
    Arguments,
    AuditAction,
    Result,
    TaskRefused,
    moment,
    policy_named,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action._fill_run_record import (
    expected,
    inventory,
    new_record,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action._open_run import (
    RUN_OPTIONS,
    check_options,
    check_places,
    check_policy_named,
    keep_open,
    recorded,
    refuse_unasked,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action.arguments._limits import evidence_age
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action.options._guard import (
    guard_inventory,
    guard_run,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action.stored._merge_runs import (
    MergeOptions,
    merge,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._common._clock import iso, utc_now
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.runs._choose import ChoiceTerms
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.runs._run_record import (
    RUN_FILE,
    RunRecord,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.runs._verified_run import (
    VerifiedRun,
    open_places,
)

_ANY_AGE = "any"


class ActionModule(AuditAction):
    """See the documentation in modules/port_audit_merge.py."""

    BYPASS_HOST_LOOP = True
    _requires_connection = False
    ARGUMENTS: t.ClassVar[t.Mapping[str, t.Any]] = {
        **{name: option for name, option in RUN_OPTIONS.items() if name != "evidence"},
        "runs": {**STORED_RUNS, "aliases": ["evidence"]},
        "max_evidence_age": {"type": "str", "default": "24h"},
        **POLICY,
        "keep_policies": {"type": "bool", "default": False},
        "hosts": {"type": "list", "elements": "str", "default": []},
    }

    def guard(self, task_vars: t.Mapping[str, t.Any]) -> None:
        guard_run(self._task, task_vars, expected(task_vars))
        hosts = self._templar.template(task_vars.get("port_audit_hosts"))
        guard_inventory(task_vars, hosts or "all", limited=False)

    def perform(self, arguments: Arguments, task_vars: t.Mapping[str, t.Any]) -> Result:
        if task_vars.get("port_audit_hosts") and not arguments["hosts"]:
            raise TaskRefused("port_audit_hosts names no host of the inventory.")
        refuse_unasked()
        now = utc_now()
        wishes = MergeOptions(
            hosts=_named(arguments["hosts"], task_vars),
            policy=self.policy(arguments) if policy_named(arguments) else None,
            keep_policies=arguments["keep_policies"],
            as_of=iso(moment(arguments["as_of"]) or now),
            terms=ChoiceTerms(now, None if arguments["max_evidence_age"] == _ANY_AGE else evidence_age(arguments)),
        )
        directory = self.run_directory(arguments)
        if directory.has(RUN_FILE):
            raise TaskRefused(f"The run {directory.run_id} has already begun: merge in a separate playbook run.")
        runs = open_places(arguments["runs"], verify=arguments["verify"])
        check_options(arguments, run_id=directory.run_id)
        check_places(arguments, run=directory.path, policy=wishes.policy)
        named = policy_named(arguments) or not self._by_the_bundled(runs)
        check_policy_named(arguments, named=named)
        options = {**recorded(arguments), "runs": arguments["runs"]}
        warnings = [] if arguments["verify"] else ["The evidence was not verified against the SHA256SUMS of its runs."]
        opened = new_record(directory, task_vars, options=options).trusting(*warnings)
        record = merge(runs, directory, opened, wishes=wishes)
        keep_open(arguments, run_id=directory.run_id, policy_named=named)
        return {
            **_returned(record, runs),
            "run_directory": directory.path,
            "verified": not warnings,
            **({"warnings": warnings} if warnings else {}),
        }

    def _by_the_bundled(self, runs: t.Iterable[VerifiedRun]) -> bool:
        """Whether a run was judged by the policy that a run has where nobody named one."""
        used = {policy.sha256 for run in runs for policy in run.record.policies}
        return self.policy({"policy": BASELINE, "include_outside": False}).sha256 in used


def _named(hosts: t.Iterable[str], task_vars: t.Mapping[str, t.Any]) -> dict[str, tuple[str, ...]]:
    """Groups of the hosts that are expected beside those of the runs."""
    known = inventory(task_vars["groups"])
    return {host: known.get(host, ("all",)) for host in hosts}


def _returned(record: RunRecord, runs: t.Sequence[VerifiedRun]) -> Result:
    taken = collections.Counter(origin.run for origin in record.origins.values())
    return {
        "run_id": record.id,
        "runs": [{"id": run.id, "finished": run.finished, "hosts": taken[run.id]} for run in runs],
        "hosts": len(record.expected),
        "with_evidence": len(record.origins),
        "left_out": len(record.left_out),
    }
