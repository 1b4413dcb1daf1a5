# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Once: judge stored evidence by another policy, and say what would change. No host is contacted."""

from __future__ import annotations

import contextlib
import os
import typing as t

from ansible_collections.fleetports.compliance.plugins.plugin_utils._action._base import (
    POLICY,
    STORED_RUNS,
    VERIFY,
    Arguments,
    AuditAction,
    Result,
    TaskRefused,
    moment,
    policy_named,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action._task_result import failure_in_lines
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action.stored._replay_runs import (
    Files,
    Replayed,
    about,
    replay,
    stopping,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.runs._stored_run import open_runs, unheld
from ansible_collections.fleetports.compliance.plugins.plugin_utils._gate._gate_rules import STOPPING
from ansible_collections.fleetports.compliance.plugins.plugin_utils._replay import _replay_text


class ActionModule(AuditAction):
    """See the documentation in modules/port_audit_replay.py."""

    BYPASS_HOST_LOOP = True
    _requires_connection = False
    ARGUMENTS: t.ClassVar[t.Mapping[str, t.Any]] = {
        **POLICY,
        "evidence": STORED_RUNS,
        **VERIFY,
        "against": {"type": "raw"},
        "as_of": {"type": "str"},
        "dest": {"type": "path"},
        "fail_on": {"type": "list", "elements": "str", "choices": list(STOPPING), "default": []},
    }

    def perform(self, arguments: Arguments, task_vars: t.Mapping[str, t.Any]) -> Result:
        if not policy_named(arguments):
            raise TaskRefused("policy: required. Name the policy to judge the evidence by.")
        as_of = moment(arguments["as_of"])
        policy = self.policy(arguments)
        against = self.policy(arguments, key="against") if arguments["against"] else None
        runs = open_runs(arguments["evidence"], verify=arguments["verify"])
        files = Files(os.path.abspath(arguments["dest"])) if arguments["dest"] else None
        with files.changes() if files else contextlib.nullcontext(_nowhere) as emit:
            done = replay(runs, policy=policy, against=against, as_of=as_of, emit=emit)
        facts = about(runs, policy=policy, against=against, as_of=as_of)
        document = _replay_text.document(
            done.tally, unseen=done.unseen, policy_findings=done.policy_findings, about=facts
        )
        document["without_evidence"] = done.without_evidence
        held = unheld(runs)
        document["verified"] = held["verified"]
        if files:
            files.write(document)
        stopped = _gate(done, arguments["fail_on"])
        return {**_returned(done, document), "files": _paths(files), **held, **stopped}


def _nowhere(_change: t.Any) -> None:
    pass


def _paths(files: Files | None) -> dict[str, str]:
    return {"summary": files.path("replay.json"), "changes": files.path("changes.jsonl")} if files else {}


def _returned(done: Replayed, document: t.Mapping[str, t.Any]) -> Result:
    kept = (
        "hosts",
        "listeners",
        "changes",
        "into",
        "out_of",
        "verdicts",
        "not_judged",
        "without_evidence",
        "policy_findings",
    )
    return {**{key: document[key] for key in kept}, "groups": document["groups"][:100], "summary": _summary(done)}


def _summary(done: Replayed) -> list[str]:
    return _replay_text.summary(
        done.tally, unseen=done.unseen, policy_findings=done.policy_findings, absent=len(done.without_evidence)
    )


def _gate(done: Replayed, fail_on: t.Collection[str]) -> Result:
    stops = stopping(done, fail_on)
    if not stops:
        return {}
    return failure_in_lines(*stops, *_summary(done))
