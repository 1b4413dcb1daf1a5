# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a host answers is evidence, never instruction: an answer is read here, and Ansible never sees it.

Ansible gives meaning to many keys of a module's result, and gives more of them meaning with each version: facts become
variables, ``_ansible_*`` steer callbacks, ``exception`` and ``warnings`` are printed, ``diff``, ``skipped``, ``rc``,
``results``, ``ansible_stats``, ``ansible_job_id``, ``add_host`` ... So it is not asked to read one. Of the answer those
keys are taken that a collector has; all others are left behind, whatever they are called.
"""

from __future__ import annotations

import json
import math
import re
import typing as t

from ansible import constants as C
from ansible.errors import AnsibleConnectionFailure, AnsibleError
from ansible.plugins.action import ActionBase

from ..._common._printable import said
from ._failure_line import exception, shortened, telling

Result = dict[str, t.Any]

WARNINGS = 20  # of one answer
LARGEST = 1 << 27  # characters of one: room for 150,000 listeners with their owners
# What the collectors answer: all of them, and that of Windows. ``_shape`` holds the types of what is in them.
_TAKEN = ("host", "collector", "listeners", "raw", "failed_sources")
_PATH = re.compile(r"/[A-Za-z0-9._/+-]+")
_OPENING = re.compile(r"\{(?=[{%#])")
_FACILITY = re.compile(r"LOG_[A-Z0-9]{1,16}")
_KEY = re.compile(r"discovered_interpreter_[a-z0-9_]+")


class ModuleOutput(t.NamedTuple):
    """What the module's process left: exit status and output."""

    rc: t.Any
    stdout: str
    stderr: str


class AskingAction(ActionBase):  # type: ignore[misc]
    """An action that asks a host. Ansible learns that a module ran, and nothing of what it answered."""

    _said: ModuleOutput | None = None

    def ask(self, module: str, arguments: t.Mapping[str, t.Any], task_vars: t.Mapping[str, t.Any]) -> Result:
        """Run a module on the host and return its answer as ``read`` has it. Raises what the connection does."""
        self._said = None
        try:
            self._execute_module(module_name=module, module_args=dict(arguments), task_vars=_vars(task_vars))
        except AnsibleConnectionFailure as error:
            raise AnsibleConnectionFailure(_words(error)) from None
        except AnsibleError as error:
            raise AnsibleError(_words(error)) from None
        return read(self._said)

    def _parse_returned_data(self, res: t.Mapping[str, t.Any], *how: t.Any, **more: t.Any) -> t.Any:
        """Keep what was said and give Ansible an empty answer to read, as the version that runs here wants it."""
        self._said = ModuleOutput(res.get("rc"), str(res.get("stdout") or ""), str(res.get("stderr") or ""))
        nothing = {"stdout": "{}", "stdout_lines": ["{}"], "stderr": "", "stderr_lines": []}
        return super()._parse_returned_data({**res, **nothing}, *how, **more)

    def own_words(self, answer: t.Mapping[str, t.Any]) -> Result:
        """What Ansible is handed on beside the evidence: warnings, and the interpreter that it found itself.

        It keeps the latter for later tasks on the host, whose own shell named it.
        """
        warnings = [*answer.get("warnings", ()), *map(said, getattr(self, "_discovery_warnings", ()))][:WARNINGS]
        found = self._found_interpreter()
        return {**({"warnings": warnings} if warnings else {}), **({"ansible_facts": found} if found else {})}

    def _found_interpreter(self) -> Result:
        key, path = self._discovered_interpreter_key, self._discovered_interpreter
        if not (isinstance(key, str) and isinstance(path, str)):
            return {}
        return {str(key): str(path)} if _KEY.fullmatch(key) and _PATH.fullmatch(path) else {}


def _vars(task_vars: t.Mapping[str, t.Any]) -> t.Mapping[str, t.Any]:
    """The variables, with a syslog facility that has the name of one.

    ansible-core pastes it into the text of the module, as code, and facts of any task may be it.
    """
    facility = task_vars.get("ansible_syslog_facility", C.DEFAULT_SYSLOG_FACILITY)
    if isinstance(facility, str) and _FACILITY.fullmatch(facility):
        return task_vars
    return {**task_vars, "ansible_syslog_facility": "LOG_USER"}


def _words(error: AnsibleError) -> str:
    """An error of a connection holds what the host's side of it said.

    ansible-core 2.18 registers the message of an unreachable host as its own text, which the next task that uses it
    renders: nothing in it may open a template.
    """
    return _OPENING.sub("{ ", shortened(str(getattr(error, "message", None) or error))).replace("#jinja2:", "# jinja2:")


def read(answered: ModuleOutput | None) -> Result:
    """What a collector answered, or ``failed`` and ``msg``; ``warnings`` as a list of lines with either."""
    if answered is None:
        return failure("ansible-core did not pass on the answer of the host")
    if len(answered.stdout) > LARGEST:
        return failure(
            f"the host answered with {len(answered.stdout):,} characters, and at most {LARGEST:,} are allowed"
        )
    document = _document(answered.stdout)
    if document is None:
        return failure(telling(answered.rc, answered.stdout, answered.stderr))
    warnings = _warnings(document.get("warnings"))
    if document.get("failed"):
        return {**failure(_why(document)), **warnings}
    return {**{key: document[key] for key in _TAKEN if key in document}, **warnings}


def failure(message: str) -> Result:
    """The answer that there is none."""
    return {"failed": True, "msg": said(message)}


def _why(document: t.Mapping[str, t.Any]) -> str:
    """The host's own word for its failure, with the exception if that does not name it."""
    message = said(document.get("msg") or "the module failed without a reason")
    raised = said(exception(document.get("exception")))
    return f"{message}: {raised}" if raised and raised not in message else message


def _warnings(given: t.Any) -> Result:
    """Those of Ansible's own modules are records with a text in them, from ansible-core 2.19 on."""
    texts = [item.get("msg", "") if isinstance(item, dict) else item for item in given] if _is_list(given) else []
    lines = [said(text) for text in texts[:WARNINGS]]
    return {"warnings": lines} if lines else {}


def _is_list(value: t.Any) -> bool:
    return isinstance(value, list)


def _document(stdout: str) -> Result | None:
    """The JSON object in the output, with whatever a host prints before and after it; None: there is none."""
    for text in _candidates(stdout):
        try:
            found = json.loads(text, parse_constant=_no_number, parse_float=_finite)
        except (ValueError, RecursionError):
            continue
        if isinstance(found, dict):
            return found
    return None


def _candidates(stdout: str) -> t.Iterator[str]:
    """From the first line that opens an object to the last that closes one, then each line that does both."""
    lines = [line.strip() for line in stdout.split("\n")]
    opening = [number for number, line in enumerate(lines) if line.startswith("{")]
    closing = [number for number, line in enumerate(lines) if line.endswith("}")]
    if not opening or not closing:
        return
    yield "\n".join(lines[opening[0] : closing[-1] + 1])
    both = sorted({*opening} & {*closing}, reverse=True)
    yield from (lines[number] for number in both[:8])


def _no_number(name: str) -> t.NoReturn:
    """Python's JSON takes NaN and Infinity, that of nobody else does."""
    raise ValueError(name)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number
