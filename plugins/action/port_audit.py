# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One task per host: policy, collect, judge, write evidence."""

from __future__ import annotations

import contextlib
import datetime
import typing as t

from ansible.errors import AnsibleConnectionFailure
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common._snapshot import argument_spec
from ansible_collections.fleetports.compliance.plugins.module_utils._socket import to_dict
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action._base import (
    OUTPUT,
    POLICY,
    Arguments,
    AuditAction,
    Result,
    TaskRefused,
    moment,
    policy_named,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action._task_result import outcome
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action.arguments._hazard_changes import (
    asked_hazards,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action.host._host_answer import AskingAction
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action.host._run_collector import OPTIONS, collect
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action.options._guard import guard_host
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action.options._option_errors import OptionProblem
from ansible_collections.fleetports.compliance.plugins.plugin_utils._common._clock import iso, utc_now
from ansible_collections.fleetports.compliance.plugins.plugin_utils._common._printable import fit, said
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence._evidence_errors import EvidenceError
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.document._evidence_document import (
    assemble,
    nothing_seen,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.document._failure import (
    Failure,
    write_failure,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.files._file_names import file_name
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.files._run_directory import RunDirectory
from ansible_collections.fleetports.compliance.plugins.plugin_utils._judge._assess import Assessor
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._cache import stamps
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._policy_errors import PolicyError
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._policy_model import Policy
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy.compiled._policy_record import to_record
from ansible_collections.fleetports.compliance.plugins.plugin_utils._registry._lookup import Registry

# Paid once, in the main process before it forks its workers.
_REGISTRY = Registry.load()
stamps()
asked_hazards({})
_SECOND = (
    "This run has judged the host by another policy already. Open a run for each policy by port_audit_check, or name "
    "both as layers in policies."
)


class ActionModule(AskingAction, AuditAction):
    """See the documentation in modules/port_audit.py."""

    TAKES_PART = True
    _requires_connection = True
    ARGUMENTS: t.ClassVar[t.Mapping[str, t.Any]] = {
        **POLICY,
        **OUTPUT,
        "as_of": {"type": "str"},
        "return_listeners": {"type": "bool", "default": False},
        **argument_spec(),
    }

    def guard(self, task_vars: t.Mapping[str, t.Any]) -> None:
        """Options of a host are its own, whatever the run was opened with."""
        guard_host(self._task, task_vars)

    def refused(self, error: Exception, task_vars: t.Mapping[str, t.Any]) -> None:
        """Without a reason of its own the host would be reported as one that was never reached."""
        run = self.open_run
        if run is not None and isinstance(error, (TaskRefused, OptionProblem)):
            directory = RunDirectory(run.output, run.run_id)
            with contextlib.suppress(EvidenceError):
                write_failure(directory, str(task_vars["inventory_hostname"]), Failure("failed", str(error)))

    def perform(self, arguments: Arguments, task_vars: t.Mapping[str, t.Any]) -> Result:
        if self._task.delegate_to:
            raise TaskRefused(
                f"port_audit cannot be delegated: it would record the sockets of {self._task.delegate_to} "
                f"under the name of {task_vars['inventory_hostname']}."
            )
        run = self.open_run
        if run is not None and run.gate_on and not policy_named(arguments):
            raise TaskRefused("The gate is on, but no policy was named for this host: set port_audit_policy.")
        return _HostAudit(self, arguments, task_vars).perform()


class _HostAudit:
    """The audit of one host, from policy to evidence on disk."""

    def __init__(self, action: ActionModule, arguments: Arguments, task_vars: t.Mapping[str, t.Any]) -> None:
        self._action = action
        self._arguments = arguments
        self._task_vars = task_vars
        self._host = str(task_vars["inventory_hostname"])
        self._directory: RunDirectory = action.run_directory(arguments)
        self._as_of = moment(arguments["as_of"])

    def perform(self) -> Result:
        policy = self._policy()
        self._refuse_second(policy)
        started = utc_now()
        answer = self._collect(policy)
        observation = nothing_seen("collector-failed", answer["msg"]) if answer.get("failed") else answer
        document = self._document(observation, policy.sha256, started)
        failed = {"failed": True, "msg": answer["msg"]} if answer.get("failed") else {}
        return {**self._filed(document, policy), **self._action.own_words(answer), **failed}

    def _document(
        self, observation: t.Mapping[str, t.Any], policy: str, started: datetime.datetime
    ) -> dict[str, t.Any]:
        return assemble(
            observation,
            name=self._host,
            groups=[*(str(group) for group in self._task_vars["group_names"]), "all"],
            run={"id": self._directory.run_id, "policy": policy, "as_of": iso(self._as_of or started)},
            started=started,
            ended=utc_now(),
        )

    def _refuse_second(self, policy: Policy) -> None:
        """Findings by the first policy would be gone without a word: the host passes by neither. Raises Refused."""
        name = f"evidence/{file_name(self._host)}"
        if self._action.open_run is None or not self._directory.has(name):
            return
        first = str(self._directory.read(name)["run"]["policy"])
        if first != policy.sha256:
            self._directory.write_evidence(self._document(nothing_seen("collector-failed", _SECOND), first, utc_now()))
            raise TaskRefused(_SECOND)

    def _policy(self) -> Policy:
        try:
            return self._action.policy(self._arguments)
        except PolicyError as error:
            write_failure(self._directory, self._host, Failure("failed", str(error).splitlines()[0]))
            raise

    def _collect(self, policy: Policy) -> t.Mapping[str, t.Any]:
        options = {name: self._arguments[name] for name in OPTIONS}
        try:
            return collect(self._action, options, self._task_vars)
        except AnsibleConnectionFailure as error:
            # Earlier evidence may stand in, and is judged by the policy that this host was to be judged by now.
            self._directory.write_policy(lambda: to_record(policy), sha256=policy.sha256)
            unreachable = Failure("unreachable", said(error), policy=policy.sha256)
            write_failure(self._directory, self._host, unreachable)
            raise
        except BaseException as error:
            # Of ansible-core 2.19 and newer a become that fails, of all a task that runs out of time.
            self._failed(error)
            raise

    def _filed(self, document: t.Mapping[str, t.Any], policy: Policy) -> Result:
        """Keep policy and evidence, and say what they mean."""
        try:
            self._directory.write_policy(lambda: to_record(policy), sha256=policy.sha256)
            path = self._directory.write_evidence(document)
        except EvidenceError as error:
            self._failed(error)
            raise
        run = self._action.open_run
        hazards = asked_hazards(run.options if run else {})
        result = Assessor({policy.sha256: policy}, _REGISTRY, hazards).judge(document)
        returned = outcome(result, policy=policy, evidence=path, run_id=self._directory.run_id)
        returned["findings"] = fit(returned["findings"])
        if self._arguments["return_listeners"]:
            returned["listeners"] = fit(to_dict(document["listeners"]))
        return returned

    def _failed(self, error: BaseException) -> None:
        """Leave the reason to the report, where there is room for it: on a full disk two lines may fit."""
        with contextlib.suppress(EvidenceError):
            write_failure(self._directory, self._host, Failure("failed", said(error) or type(error).__name__))
