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

from .._evidence._directory import RunDirectory
from .._evidence._errors import AlteredEvidence, EvidenceError
from .._policy._cache import compiled
from .._policy._errors import PolicyError
from .._policy._model import Policy
from .._printable import LONGEST, said
from .._registry._lookup import Registry
from .._report._errors import FormatProblem, TemplateProblem
from .._run import RUN_ID, parse_iso
from ._vaulted import Vaulted, warn_of_clear_text

Result = dict[str, t.Any]
Arguments = t.Mapping[str, t.Any]

OUTPUT: dict[str, t.Any] = {
    "output_dir": {"type": "path", "default": "port-audit"},
    "output_trusted": {"type": "bool", "default": False},
}
POLICY = {
    "policy": {"type": "raw", "required": True},
    "include_outside": {"type": "bool", "default": False},
}

# Of every action that reads runs which are over.
VERIFY: dict[str, t.Any] = {"verify": {"type": "bool", "default": True}}
_ALTERED = "Take the run from where a copy is kept, or say verify: false to use it all the same, which is told."

_COLLECTION = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", "..", ".."))
_POLICIES = os.path.join("roles", "port_audit", "files") + os.sep


class Refused(Exception):
    """The task is asked for something that it must not do; the text says what and why."""


def first_in_run(what: str) -> bool:
    """Whether nobody has asked this before in this run of Ansible, in whichever worker.

    The first host of a play is another one as soon as that has failed.
    """
    try:
        os.close(os.open(os.path.join(C.DEFAULT_LOCAL_TMP, f"fleetports-{what}"), os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        return False
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
        raise Refused(f"as_of: {text!r} is not a date or an ISO 8601 time: {error}") from error


class AuditAction(ActionBase):  # type: ignore[misc]
    """An action whose domain errors become one clear ``msg``, never a traceback."""

    ARGUMENTS: t.ClassVar[t.Mapping[str, t.Any]] = {}
    TRANSFERS_FILES = False
    _supports_async = False

    def run(self, tmp: t.Any = None, task_vars: dict[str, t.Any] | None = None) -> Result:
        result: Result = super().run(tmp, task_vars)
        result["changed"] = False
        try:
            _validation, arguments = self.validate_argument_spec(argument_spec=dict(self.ARGUMENTS))
            result.update(self.perform(arguments, task_vars or {}))
        except PolicyError as error:
            result.update(_policy_failure(error))
        except FormatProblem as error:
            result.update(failed=True, msg=f"port_audit_formats: {error}")
        except AlteredEvidence as error:
            result.update(failed=True, msg=f"{said(error, limit=4 * LONGEST)}. {_ALTERED}")
        except EvidenceError as error:
            result.update(failed=True, msg=said(error, limit=4 * LONGEST))  # it may say what a host said
        except (TemplateProblem, Refused) as error:
            result.update(failed=True, msg=str(error))
        return result

    def perform(self, arguments: Arguments, task_vars: t.Mapping[str, t.Any]) -> Result:
        """Do the work; return what the task returns. Raises the domain errors above."""
        raise Refused(f"{type(self).__module__} does nothing")

    def run_directory(self, arguments: Arguments) -> RunDirectory:
        """The directory of this run, or of the run that the task names, below the caller's working directory.

        Raises EvidenceError for a place where others could exchange the run.
        """
        output = os.path.abspath(os.path.expanduser(str(arguments["output_dir"])))
        run_id = str(arguments.get("run_id") or RUN_ID)
        if run_id in (os.curdir, os.pardir) or os.sep in run_id:
            raise Refused(f"run_id: {run_id!r} is no run, it is a path: give the directory above it as output_dir.")
        directory = RunDirectory(output, run_id, trusted=arguments["output_trusted"])
        directory.check_place()
        return directory

    def policy(self, arguments: Arguments, *, key: str = "policy") -> Policy:
        """The compiled policy of an argument, from the cache that this run's workers share. Raises PolicyError."""
        cache = os.path.join(C.DEFAULT_LOCAL_TMP, "fleetports-policies")
        policy = compiled(
            self._located(arguments[key]),
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


def _is_ours(found: str) -> bool:
    """Whether it is a file of this collection, and none of its policies.

    Its playbook ``baseline.yml`` stands beside the playbook that runs, where a user means one of their own.
    """
    inside = os.path.relpath(os.path.realpath(found), _COLLECTION)
    return not inside.startswith(os.pardir) and not inside.startswith(_POLICIES)


def _policy_failure(error: PolicyError) -> Result:
    problems = str(error).splitlines()
    count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
    message = "\n".join([f"The policy cannot be used: {count}.", *problems])
    # Without this the default callback puts the whole list on one line.
    return {"failed": True, "msg": message, "problems": problems, "_ansible_verbose_always": True}
