# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Once: make one run of several, to be reported and gated as any other. No host is contacted."""

from __future__ import annotations

import collections
import typing as t

from ansible_collections.fleetports.compliance.plugins.plugin_utils._action._base import (
    OUTPUT,
    VERIFY,
    Arguments,
    AuditAction,
    Refused,
    Result,
    moment,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action._limits import evidence_age
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action._merging import Wishes, merge
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action._run_record import inventory, new_record
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence._choose import Terms
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence._record import NAME, RunRecord
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence._sealed import SealedRun, open_places
from ansible_collections.fleetports.compliance.plugins.plugin_utils._run import iso, utc_now


class ActionModule(AuditAction):
    """See the documentation in modules/port_audit_merge.py."""

    BYPASS_HOST_LOOP = True
    _requires_connection = False
    ARGUMENTS: t.ClassVar[t.Mapping[str, t.Any]] = {
        **OUTPUT,
        "evidence": {"type": "list", "elements": "path", "required": True},
        "max_evidence_age": {"type": "str", "default": "24h"},
        "policy": {"type": "raw"},
        "include_outside": {"type": "bool", "default": False},
        "keep_policies": {"type": "bool", "default": False},
        "hosts": {"type": "list", "elements": "str", "default": []},
        "as_of": {"type": "str"},
        **VERIFY,
    }

    def perform(self, arguments: Arguments, task_vars: t.Mapping[str, t.Any]) -> Result:
        now = utc_now()
        wishes = Wishes(
            hosts=_named(arguments["hosts"], task_vars),
            policy=self.policy(arguments) if arguments["policy"] else None,
            keep_policies=arguments["keep_policies"],
            as_of=iso(moment(arguments["as_of"]) or now),
            terms=Terms(now, evidence_age(arguments)),
        )
        directory = self.run_directory(arguments)
        if directory.has(NAME):
            raise Refused(f"The run {directory.run_id} has begun already: merge in a playbook run of its own.")
        runs = open_places(arguments["evidence"], verify=arguments["verify"])
        options = {name: arguments[name] for name in ("evidence", "max_evidence_age", "as_of", "verify")}
        opened = new_record(directory, task_vars, options=options)
        warnings = [] if arguments["verify"] else ["The evidence was not held to the SHA256SUMS of its runs."]
        record = merge(runs, directory, opened.trusting(*warnings), wishes=wishes)
        return {
            **_returned(record, runs),
            "run_directory": directory.path,
            "verified": not warnings,
            **({"warnings": warnings} if warnings else {}),
        }


def _named(hosts: t.Iterable[str], task_vars: t.Mapping[str, t.Any]) -> dict[str, tuple[str, ...]]:
    """Groups of the hosts that are expected beside those of the runs."""
    known = inventory(task_vars["groups"])
    return {host: known.get(host, ("all",)) for host in hosts}


def _returned(record: RunRecord, runs: t.Sequence[SealedRun]) -> Result:
    taken = collections.Counter(origin.run for origin in record.origins.values())
    return {
        "run_id": record.id,
        "runs": [{"id": run.id, "finished": run.finished, "hosts": taken[run.id]} for run in runs],
        "hosts": len(record.expected),
        "with_evidence": len(record.origins),
        "left_out": len(record.left_out),
    }
