# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the actions of this collection share: arguments, domain errors turned into results, where things are."""

from __future__ import annotations

import datetime
import os
import typing as t

from ansible import constants as C
from ansible.errors import AnsibleError
from ansible.plugins.action import ActionBase

from .._common._clock import RUN_ID, parse_iso
from .._common._counted import count
from .._common._printable import LONGEST, said
from .._evidence._evidence_errors import AlteredEvidence, EvidenceError
from .._evidence.files import _atomic_files
from .._evidence.files._run_directory import RunDirectory
from .._policy._cache import compiled
from .._policy._policy_errors import PolicyError
from .._policy._policy_model import Policy
from .._registry._lookup import Registry
from .._report._report_errors import FormatProblem, TemplateProblem
from ._connection_options import read_once
from ._task_result import failure_in_lines
from ._vaulted_policies import Vaulted, warn_of_clear_text
from .options._current_run import CurrentRun, current
from .options._guard import guard_host, guard_trust
from .options._option_errors import OptionProblem
from .options._option_names import OF_THE_RUN, PREFIX
from .options._option_values import as_meant

read_once()

Result = dict[str, t.Any]
Arguments = t.Mapping[str, t.Any]

OUTPUT: dict[str, t.Any] = {
    "output_dir": {"type": "path", "default": "port-audit"},
    "output_trusted": {"type": "bool", "default": False},
}
# Where runs are read from: the output directory of those that wrote them.
STORED_RUNS: t.Mapping[str, t.Any] = {
    "type": "list",
    "elements": "path",
    "default": [OUTPUT["output_dir"]["default"]],
}
POLICY = {
    "policy": {"type": "raw"},
    "policies": {"type": "list", "elements": "raw"},
    "include_outside": {"type": "bool", "default": False},
}
BASELINE = "baseline"  # the bundled policy by its name

# Of every action that reads runs which are over.
VERIFY: dict[str, t.Any] = {"verify": {"type": "bool", "default": True}}
_ALTERED = "Restore the run from a copy, or set verify: false to use it anyway; the reports then say so."

_COLLECTION = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", "..", ".."))
_POLICIES = os.path.join("roles", "port_audit", "files") + os.sep
_BUNDLED = os.path.join(_COLLECTION, _POLICIES, "policies", "baseline.yml")


class TaskRefused(Exception):
    """The task is asked for something that it must not do; the text says what and why."""


def first_in_run(what: str, *, who: str) -> bool:
    """Whether nobody but ``who`` has asked this before in this run of Ansible, in whichever worker.

    The first host of a play is another one as soon as that has failed. The same may ask again: a task has retries.
    """
    path, asking = os.path.join(C.DEFAULT_LOCAL_TMP, f"fleetports-{what}"), who.encode("utf-8", "surrogatepass")
    try:
        with open(path, "xb") as stream:
            stream.write(asking)
    except FileExistsError:
        return _atomic_files.read_bytes(path) == asking
    except OSError:
        return True  # rather told twice than not at all
    return True


def moment(text: str | None) -> datetime.datetime | None:
    """Read ``as_of``; None when it was not given. Raises Refused."""
    if not text:
        return None
    try:
        return parse_iso(text)
    except ValueError as error:
        raise TaskRefused(f"as_of: {text!r} is not a date or an ISO 8601 time: {error}") from error


class AuditAction(ActionBase):  # type: ignore[misc]
    """An action whose domain errors become one clear ``msg``, never a traceback."""

    ARGUMENTS: t.ClassVar[t.Mapping[str, t.Any]] = {}
    TAKES_PART = False  # whether the task belongs to the run that an earlier task opened, and takes its options
    DECIDED: t.ClassVar[t.Sequence[str]] = ()  # options of the run that may be repeated here, not changed
    TRANSFERS_FILES = False
    _supports_async = False

    def run(self, tmp: t.Any = None, task_vars: dict[str, t.Any] | None = None) -> Result:
        result: Result = super().run(tmp, task_vars)
        result["changed"] = False
        try:
            self.guard(task_vars or {})
            arguments = self._arguments()
            guard_trust(task_vars or {}, trusted=bool(arguments.get("output_trusted")))
            result.update(self.perform(arguments, task_vars or {}))
        except PolicyError as error:
            result.update(_policy_failure(error))
        except FormatProblem as error:
            result.update(failed=True, msg=f"port_audit_formats: {error}")
        except AlteredEvidence as error:
            result.update(failed=True, msg=f"{said(error, limit=4 * LONGEST)}. {_ALTERED}")
        except EvidenceError as error:
            result.update(failed=True, msg=said(error, limit=4 * LONGEST))  # it may say what a host said
        except (TemplateProblem, TaskRefused, OptionProblem) as error:
            result.update(failed=True, msg=str(error))
            self.refused(error, task_vars or {})
        return result

    def refused(self, error: Exception, task_vars: t.Mapping[str, t.Any]) -> None:
        """Told of what ended the task, for the report to say."""

    def guard(self, task_vars: t.Mapping[str, t.Any]) -> None:
        """Refuse options that came by a way that is not theirs. Raises OptionProblem.

        A task of a run that is open takes its options from there, and nothing that variables say.
        """
        if self.open_run is None:
            guard_host(self._task, task_vars)

    @property
    def open_run(self) -> CurrentRun | None:
        """The run that an earlier task opened and that this one belongs to."""
        return current() if self.TAKES_PART and not self._task.args.get("run_id") else None

    def _arguments(self) -> Arguments:
        """The arguments of the task as people mean them; options of a run that is open are those it was opened with."""
        # What the role passes on are its variables, and their names are what people look for.
        prefix = PREFIX if getattr(self._task, "_role", None) else ""
        self._task.args = as_meant(self._task.args, self.ARGUMENTS, prefix=prefix)
        run = self.open_run
        if run is not None:
            self._refuse_late(run)
            own = {name: value for name, value in self._task.args.items() if name not in OF_THE_RUN}
            taken = {name: value for name, value in run.options.items() if name in self.ARGUMENTS}
            self._task.args = {**own, **as_meant(taken, self.ARGUMENTS)}
        try:
            _validation, arguments = self.validate_argument_spec(argument_spec=dict(self.ARGUMENTS))
        except AnsibleError as error:
            raise TaskRefused(str(error)) from error
        return t.cast("Arguments", arguments)

    def perform(self, arguments: Arguments, task_vars: t.Mapping[str, t.Any]) -> Result:
        """Do the work; return what the task returns. Raises the domain errors above."""
        raise TaskRefused(f"{type(self).__module__} does nothing")

    def _refuse_late(self, run: CurrentRun) -> None:
        """What the run was opened with stands. A task that asks for something else would be ignored without a word."""
        for name in self.DECIDED:
            wanted, has = self._task.args.get(name), run.options.get(name)
            if wanted and _comparable(wanted) != _comparable(has):
                raise TaskRefused(f"{name} was fixed when the run was opened: set it for port_audit_check too.")

    def run_directory(self, arguments: Arguments) -> RunDirectory:
        """The directory of this run, or of the run that the task names, below the caller's working directory.

        Raises EvidenceError for a place where others could exchange the run.
        """
        run = self.open_run
        run_id = run.run_id if run else str(arguments.get("run_id") or RUN_ID)
        if run_id in (os.curdir, os.pardir) or os.sep in run_id:
            raise TaskRefused(f"run_id: {run_id!r} is a path, not a run: set the directory above it as output_dir.")
        return place(arguments, run_id=run_id)

    def policy(self, arguments: Arguments, *, key: str = "policy") -> Policy:
        """The compiled policy of an argument, from the cache that this run's workers share. Raises PolicyError.

        ``policies`` are the layers of ``policy`` and take its place; the bundled baseline takes that of neither.
        """
        cache = os.path.join(C.DEFAULT_LOCAL_TMP, "fleetports-policies")
        layers = arguments.get("policies") if key == "policy" else None
        policy = compiled(
            self._located(layers or arguments[key] or BASELINE),
            registry_loader=Registry.load,
            cache_dir=cache,
            include_outside=arguments["include_outside"],
            decrypt=Vaulted(self._loader),
        )
        if self.BYPASS_HOST_LOOP:  # once a run, not once a host
            warn_of_clear_text(policy)
        return policy

    def _located(self, source: t.Any) -> t.Any:
        if isinstance(source, str):
            return self._path(source)
        if isinstance(source, list):
            return [self._path(item) if isinstance(item, str) else item for item in source]
        return source

    def _path(self, path: str) -> str:
        """``files`` of the role and the playbook first, as Ansible does, then the caller's working directory.

        A playbook of an installed collection has its base there, where nobody keeps a policy.
        """
        if path == BASELINE:
            return _BUNDLED
        try:
            found = str(self._find_needle("files", path))
        except AnsibleError:
            return _expanded(path)
        if _is_ours(found):
            return _expanded(path)
        inside = os.path.relpath(found)
        return found if inside.startswith(os.pardir) else inside


def _expanded(path: str) -> str:
    """``~`` and ``$HOME`` stand for what they stand for in every path that Ansible takes."""
    return os.path.expanduser(os.path.expandvars(path))


def _comparable(value: t.Any) -> t.Any:
    return sorted(map(str, value)) if isinstance(value, list) else str(value)


def place(arguments: Arguments, *, run_id: str) -> RunDirectory:
    """The directory of a run in the output directory of a task. Raises EvidenceError for one that others can change."""
    output = os.path.abspath(os.path.expanduser(str(arguments["output_dir"])))
    directory = RunDirectory(output, run_id, trusted=arguments["output_trusted"])
    directory.check_place()
    return directory


def policy_named(arguments: Arguments) -> bool:
    """Whether somebody named a policy. A gate asks: what nobody chose proves nothing."""
    return bool(arguments.get("policies") or arguments.get("policy"))


def _is_ours(found: str) -> bool:
    """Whether it is a file of this collection, and none of its policies.

    Its playbook ``baseline.yml`` stands beside the playbook that runs, where a user means one of their own.
    """
    inside = os.path.relpath(os.path.realpath(found), _COLLECTION)
    return not inside.startswith(os.pardir) and not inside.startswith(_POLICIES)


def _policy_failure(error: PolicyError) -> Result:
    problems = str(error).splitlines()
    return {
        **failure_in_lines(f"The policy cannot be used: {count(len(problems), 'problem')}.", *problems),
        "problems": problems,
    }
