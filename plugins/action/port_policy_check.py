# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Validate and lint a policy. Contacts no host, opens no run."""

from __future__ import annotations

import os
import pathlib
import typing as t

from ansible.utils.display import Display
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action._base import (
    POLICY,
    VERIFY,
    Arguments,
    AuditAction,
    Result,
    TaskRefused,
    moment,
    policy_named,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action._task_result import policy_facts
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action.stored._lint_with_evidence import seen_in
from ansible_collections.fleetports.compliance.plugins.plugin_utils._common._checkout import find_checkout
from ansible_collections.fleetports.compliance.plugins.plugin_utils._common._clock import utc_now
from ansible_collections.fleetports.compliance.plugins.plugin_utils._common._counted import count
from ansible_collections.fleetports.compliance.plugins.plugin_utils._controls._catalogue import Catalogue
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.runs._inside_run import refuse_inside
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.runs._stored_run import (
    Run,
    open_runs,
    unheld,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._lint._lint import lint
from ansible_collections.fleetports.compliance.plugins.plugin_utils._lint._lint_annotations import Told, github, gitlab
from ansible_collections.fleetports.compliance.plugins.plugin_utils._lint._remark import ERROR, Remark
from ansible_collections.fleetports.compliance.plugins.plugin_utils._lint._unused_remarks import (
    EvidenceRemarks,
    evidence_remarks,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._lifecycle import today
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._policy_errors import (
    MissingLibrary,
    PolicyError,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._policy_model import Policy
from ansible_collections.fleetports.compliance.plugins.plugin_utils._registry._lookup import Registry


class ActionModule(AuditAction):
    """See the documentation in modules/port_policy_check.py."""

    BYPASS_HOST_LOOP = True
    _requires_connection = False
    ARGUMENTS: t.ClassVar[t.Mapping[str, t.Any]] = {
        **POLICY,
        "strictness": {"type": "str", "choices": ["off", "basic", "strict"], "default": "basic"},
        "as_of": {"type": "str"},
        "evidence": {"type": "list", "elements": "path", "default": []},
        **VERIFY,
        "annotations": {"type": "str", "choices": ["none", "github", "gitlab"], "default": "none"},
        "annotations_path": {"type": "path", "default": "gl-code-quality-report.json"},
    }

    def perform(self, arguments: Arguments, task_vars: t.Mapping[str, t.Any]) -> Result:
        if not policy_named(arguments):
            raise TaskRefused("policy: required. Set port_audit_policy.")
        day = today(moment(arguments["as_of"]) or utc_now())
        try:
            policy = self.policy(arguments)
        except MissingLibrary:
            raise
        except PolicyError as error:
            _annotate(arguments, error.problems)
            raise
        runs = _runs(arguments)
        shown = _shown(policy, arguments, runs)
        remarks: tuple[Remark, ...] = ()
        if arguments["strictness"] != "off":
            remarks = lint(
                policy,
                registry=Registry.load(),
                catalogue=Catalogue.load(),
                today=day,
                strictness=arguments["strictness"],
                shown=shown.remarks if shown else (),
            )
        _annotate(arguments, remarks)
        return {**_answer(policy, remarks, shown), **(unheld(runs) if runs else {})}


def _runs(arguments: Arguments) -> list[Run]:
    """Those that the policy is held against, if any. Raises Refused, EvidenceError, AlteredEvidence."""
    if not arguments["evidence"]:
        return []
    if arguments["strictness"] == "off":
        raise TaskRefused("evidence: needs the lint, which strictness: off disables")
    return open_runs(arguments["evidence"], verify=arguments["verify"])


def _shown(policy: Policy, arguments: Arguments, runs: t.Sequence[Run]) -> EvidenceRemarks | None:
    """What evidence shows of the policy; None when there was none given. Raises Refused and EvidenceError."""
    if not runs:
        return None
    return evidence_remarks(policy, seen_in(runs, policy=policy, as_of=moment(arguments["as_of"])))


def _annotate(arguments: Arguments, told: t.Sequence[Told]) -> None:
    """Hand what was found to the pipeline: GitHub reads lines that begin with ``::``, GitLab a file."""
    checkout = find_checkout(os.environ)
    if arguments["annotations"] == "github":
        for line in github(told, checkout):
            Display().display(line)
    if arguments["annotations"] == "gitlab":
        path = pathlib.Path(arguments["annotations_path"])
        refuse_inside(str(path), option="annotations_path")
        try:
            path.write_text(gitlab(told, checkout), encoding="utf-8")
        except OSError as error:
            raise TaskRefused(f"annotations_path: {path} cannot be written: {error.strerror}") from error


def _answer(policy: Policy, remarks: t.Sequence[Remark], shown: EvidenceRemarks | None) -> Result:
    errors = [remark for remark in remarks if remark.level == ERROR]
    told = [str(remark) for remark in remarks]
    if shown and shown.undecided:
        told.append(f"Undecided rules and waivers, because the evidence of some hosts has gaps: {shown.undecided:,}.")
    answer: Result = {
        "policy": policy_facts(policy),
        "rules": len(policy.rules),
        "waivers": len(policy.waivers),
        "remarks": list(map(str, remarks)),
        "errors": len(errors),
        "undecided": shown.undecided if shown else 0,
        "_ansible_verbose_always": True,
    }
    if errors:
        return {**answer, "failed": True, "msg": "\n".join([f"Lint errors: {len(errors)}.", *told])}
    return {**answer, "msg": "\n".join([f"{policy.name}: valid, {count(len(remarks), 'warning')}.", *told])}
