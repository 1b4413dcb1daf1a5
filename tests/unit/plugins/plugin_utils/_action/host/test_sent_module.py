# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module for Linux as ansible-core sends it: made by its own code, and run as it stands."""

from __future__ import annotations

import ast
import inspect
import json
import pathlib
import subprocess
import sys
import typing as t

import pytest
from ansible.executor import module_common
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux import _collector
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action.host._host_answer import AskingAction

MODULE = pathlib.Path(_collector.__file__).parents[3] / "modules" / "linux_listening_sockets_info.py"
NAME = "fleetports.compliance.linux_listening_sockets_info"
CONSTANT = "syslog.LOG_USER"
RAN = "raise SystemExit('it was run')"


def sent(arguments: t.Mapping[str, t.Any], **task_vars: t.Any) -> tuple[str, str]:
    """Text and style of the module with some arguments, by the ansible-core at hand."""
    given: dict[str, t.Any] = {
        "module_name": NAME,
        "module_path": str(MODULE),
        "module_args": {"owners": "none", "_ansible_no_log": True, **arguments},
        "templar": Templar(loader=DataLoader()),
        "task_vars": {"ansible_python_interpreter": sys.executable, **task_vars},
    }
    made = module_common.modify_module(**given)
    data, style = (made[0], made[1]) if isinstance(made, tuple) else (made.b_module_data, made.module_style)
    return data.decode("utf-8"), style


def answer(text: str) -> t.Any:
    """What it answers, run through standard input as a pipelined connection does."""
    done = subprocess.run([sys.executable, "-"], input=text.encode(), capture_output=True, check=False)
    assert done.stderr == b""
    return json.loads(done.stdout)


class Read(t.NamedTuple):
    """A module as Python reads it: its arguments, and all the rest."""

    arguments: t.Any
    rest: str


def read(text: str) -> Read:
    tree = ast.parse(text)
    assigned = [node for node in tree.body if isinstance(node, ast.Assign)]
    (given,) = (node for node in assigned if ast.unparse(node.targets[0]) == "ARGUMENTS")
    arguments = json.loads(ast.literal_eval(given.value))
    given.value = ast.Constant("")
    return Read(arguments, ast.dump(tree))


@pytest.fixture(scope="module")
def rest() -> str:
    """The module without its arguments, as it is in the collection."""
    return read(MODULE.read_text(encoding="utf-8").replace("<<INCLUDE_ANSIBLE_MODULE_JSON_ARGS>>", "{}")).rest


def test_it_is_sent_as_it_is() -> None:
    text, style = sent({})
    assert style == "new"
    before, after = MODULE.read_text(encoding="utf-8").split("<<INCLUDE_ANSIBLE_MODULE_JSON_ARGS>>")
    assert text.endswith(after)
    # The first line names the interpreter of the host, the second is Ansible's own.
    assert text.split(after)[0].split('r"""')[0].splitlines()[3:] == before.split('r"""')[0].splitlines()[2:] or (
        before.partition("\n")[2] in text
    )
    assert answer(text)["collector"]["name"] == "linux"


FACILITIES = [
    "LOG_USER",
    "LOG_LOCAL3",
    "LOG_NONE",
    "local0",
    "",
    "openlog",
    "LOG_UPTO",
    "LOG_USER\n" + RAN,
    "LOG_USER; " + RAN,
    "LOG_USER'''\n" + RAN + "\n'''",
    'LOG_USER"""\n' + RAN + '\n"""',
    "LOG_USER)\n" + RAN,
    "\\",
    "\\N{DASH}",
    "\x00",
    "\u2028\u20ac",
    "<<INCLUDE_ANSIBLE_MODULE_JSON_ARGS>>",
]


@pytest.mark.parametrize("facility", FACILITIES, ids=ascii)
def test_any_facility(facility: str, rest: str) -> None:
    """It is a variable, so that a fact of an earlier task may be it."""
    arguments = {"_ansible_syslog_facility": facility, "_ansible_no_log": False}
    seen = read(sent(arguments, ansible_syslog_facility=facility)[0])
    assert (seen.arguments["_ansible_syslog_facility"], seen.rest == rest) == (facility, True)


@pytest.mark.parametrize("facility", ["LOG_LOCAL3", "LOG_NONE", 'LOG_USER"""\n' + RAN])
def test_it_runs_with_any_facility(facility: str) -> None:
    arguments = {"_ansible_syslog_facility": facility, "_ansible_no_log": False}
    assert answer(sent(arguments, ansible_syslog_facility=facility)[0])["collector"]["name"] == "linux"


TEXTS = [
    '"',
    '"""',
    '""" + ' + RAN + ' + """',
    "'",
    "'''",
    "\\",
    "\\\\",
    '\\"',
    '\\"""',
    "\\N{DASH} \\x \\u \\U",
    "\n\r\t\x00\x1b\x7f",
    "\u2028\u2029\x85\u20ac\U0001f600",
    "\udcff",
    "%s %(x)s {x} {{ x }}",
    "#<<INCLUDE_ANSIBLE_MODULE_COMMON>>",
    '"<<ANSIBLE_VERSION>>"',
    '"<<INCLUDE_ANSIBLE_MODULE_COMPLEX_ARGS>>"',
    "<<INCLUDE_ANSIBLE_MODULE_JSON_ARGS>>",
    "<<SELINUX_SPECIAL_FILESYSTEMS>>",
    "# POWERSHELL_COMMON",
    "WANT_JSON",
    "syslog.LOG_USER",
    "from ansible.module_utils.basic import *",
]


@pytest.mark.parametrize("text", TEXTS, ids=ascii)
def test_any_argument(text: str, rest: str) -> None:
    """In every place that Ansible, or who runs the module, can put it."""
    given = {"_ansible_remote_tmp": text, "_ansible_target_log_info": text, "_ansible_" + text: text, "owners": text}
    seen = read(sent(given, ansible_syslog_facility="LOG_USER")[0])
    assert seen == Read({"_ansible_no_log": True, **given}, rest)


@pytest.mark.parametrize("text", [TEXTS[2], "\\", "<<INCLUDE_ANSIBLE_MODULE_JSON_ARGS>>", "\x00\udcff"], ids=ascii)
def test_it_runs_with_any_argument(text: str) -> None:
    told = answer(sent({"_ansible_target_log_info": text, "_ansible_no_log": False})[0])
    assert told["collector"]["options"]["owners"] == "none"
    assert answer(sent({"owners": text})[0])["msg"].endswith(f"must be one of: all, first, none, got: {text}")
    assert answer(sent({text: "x"})[0])["msg"].startswith(f"Unsupported parameters: {text}. Supported: ")


class Action(AskingAction):
    """An action that makes the module as Ansible does, and keeps its text."""

    def __init__(self) -> None:
        self.text = ""

    def run(self, tmp: t.Any = None, task_vars: t.Any = None) -> dict[str, t.Any]:
        return {}

    def _execute_module(self, *, module_name: str, module_args: t.Any, task_vars: t.Any) -> dict[str, t.Any]:
        told = {"_ansible_syslog_facility": task_vars["ansible_syslog_facility"], "_ansible_target_log_info": CONSTANT}
        self.text = sent({**module_args, **told}, **task_vars)[0]
        return {}


@pytest.mark.parametrize(
    "facility", [*FACILITIES, *(CONSTANT + one for one in FACILITIES), None, 5, ["LOG_X"]], ids=ascii
)
def test_the_actions_hand_on_no_facility_that_could_be_code(facility: t.Any, rest: str) -> None:
    """ansible-core replaces the constant's name in the arguments too, from where no module can keep it."""
    action = Action()
    task_vars = {"ansible_syslog_facility": facility}
    action.ask(NAME, {}, task_vars)
    assert read(action.text).rest == rest
    assert task_vars == {"ansible_syslog_facility": facility}


def test_nor_one_of_the_configuration(monkeypatch: pytest.MonkeyPatch, rest: str) -> None:
    monkeypatch.setattr("ansible.constants.DEFAULT_SYSLOG_FACILITY", 'LOG_USER"""\n' + RAN)
    action = Action()
    action.ask(NAME, {}, {})
    assert read(action.text).rest == rest


def test_both_ways_to_call_it() -> None:
    """A change of what is tested here, told."""
    names = set(inspect.signature(module_common.modify_module).parameters)
    assert {"module_name", "module_path", "module_args", "templar", "task_vars"} <= names
