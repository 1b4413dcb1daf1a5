# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is taken of a host's answer, and that nothing else is."""

from __future__ import annotations

import copy
import json
import typing as t

import pytest
from ansible.errors import AnsibleConnectionFailure, AnsibleError
from ansible_collections.fleetports.compliance.plugins.module_utils._socket import to_dict
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action.host import _host_answer, _run_collector
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action.host._host_answer import (
    AskingAction,
    ModuleOutput,
    read,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.document._evidence_document import (
    nothing_seen,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.document._evidence_shape import (
    answer_fault,
)
from ansible_collections.fleetports.compliance.tests.unit.factories.hostile_keys import HOSTILE
from ansible_collections.fleetports.compliance.tests.unit.factories.listeners import listener, owner

HONEST: t.Mapping[str, t.Any] = {
    **nothing_seen("x", "y", platform="linux"),
    "listeners": [to_dict(listener(owners=(owner(),)))],
}


def said(document: t.Any, *, before: str = "", after: str = "") -> ModuleOutput:
    return ModuleOutput(0, f"{before}\n{json.dumps(document)}\n{after}", "")


@pytest.mark.parametrize("key", HOSTILE)
def test_a_key_that_ansible_gives_meaning_to_is_left_behind(key: str) -> None:
    assert read(said({**HONEST, key: HOSTILE[key]})) == HONEST


@pytest.mark.parametrize("key", HOSTILE)
def test_so_is_one_of_an_answer_that_failed(key: str) -> None:
    answer = read(said({**HONEST, key: HOSTILE[key], "failed": True, "msg": "no"}))
    assert (sorted(answer), answer["failed"]) == (["failed", "msg"], True)
    assert answer["msg"].startswith("no")
    assert "\n" not in answer["msg"]


def test_so_are_all_of_them_at_once() -> None:
    assert read(said({**HOSTILE, **HONEST})) == HONEST


PLACES: t.Mapping[str, t.Callable[[t.Any], t.Any]] = {
    "host": lambda answer: answer["host"],
    "collector": lambda answer: answer["collector"],
    "collector.options": lambda answer: answer["collector"]["options"],
    "collector.privilege": lambda answer: answer["collector"]["privilege"],
    "collector.namespaces": lambda answer: answer["collector"]["namespaces"],
    "collector.budget": lambda answer: answer["collector"]["budget"],
    "collector.gaps[0]": lambda answer: answer["collector"]["gaps"][0],
    "listeners[0]": lambda answer: answer["listeners"][0],
    "listeners[0].owners[0]": lambda answer: answer["listeners"][0]["owners"][0],
}


def _answer_with(place: str, key: str, value: t.Any) -> dict[str, t.Any]:
    answer = copy.deepcopy(dict(HONEST))
    PLACES[place](answer)[key] = value
    return answer


@pytest.mark.parametrize("place", PLACES)
def test_what_is_not_documented_is_not_taken_inside_either(place: str) -> None:
    answer = _answer_with(place, "ansible_facts", {})
    assert answer_fault(answer) == f"{place}.ansible_facts is not known"


TYPES = [
    ("host", "hostname", 5, "host.hostname is a int"),
    ("host", "addresses", {}, "host.addresses is a dict"),
    ("host", "os", {"id": ["x"]}, "host.os.id is a list"),
    ("host", "os", {"evil": 1}, "host.os.evil is not known"),
    ("host", "ephemeral_ports", {"first": "1"}, "host.ephemeral_ports.first is a str"),
    ("collector", "options", {"owners": {"a": "{{ 1 }}"}}, "collector.options.owners is a dict"),
    ("collector", "sources", ["x", {}], "collector.sources[1] is a dict"),
    ("collector", "platform", "vms", "collector.platform is 'vms'"),
    ("collector", "alternate_paths", [{}], "collector.alternate_paths[0].kind is missing"),
    ("listeners[0]", "port", "22", "listeners[0].port is a str"),
    ("listeners[0]", "port", True, "listeners[0].port is a bool"),
    ("listeners[0]", "port", -1, "listeners[0].port is too small"),
    ("listeners[0]", "port", 65536, "listeners[0].port is too large"),
    ("listeners[0]", "sockets", -1, "listeners[0].sockets is too small"),
    ("listeners[0]", "namespace", 10**400, "listeners[0].namespace is too large"),
    ("listeners[0].owners[0]", "pid", -(10**400), "listeners[0].owners[0].pid is too small"),
    ("listeners[0].owners[0]", "exe_on_host", "true", "listeners[0].owners[0].exe_on_host is a str"),
    ("listeners[0].owners[0]", "name", {"x": 1}, "listeners[0].owners[0].name is a dict"),
]


@pytest.mark.parametrize(("place", "key", "value", "says"), TYPES)
def test_types_are_held(place: str, key: str, value: t.Any, says: str) -> None:
    assert answer_fault(_answer_with(place, key, value)) == says


@pytest.mark.parametrize("missing", ["host", "collector", "listeners"])
def test_half_an_answer(missing: str) -> None:
    assert answer_fault({key: value for key, value in HONEST.items() if key != missing}) == f"{missing} is missing"


def test_an_honest_answer_has_no_fault() -> None:
    assert answer_fault(HONEST) is None


OUTPUTS = [
    pytest.param(said(HONEST, before="Welcome to web1"), id="message of the day"),
    pytest.param(said(HONEST, after="Connection to web1 closed."), id="something after it"),
    pytest.param(said(HONEST, before="{ not JSON", after="nor this }"), id="braces around it"),
    pytest.param(said(HONEST, before='{"a": 1}'), id="another object before it"),
    pytest.param(ModuleOutput(0, json.dumps(HONEST, indent=2), ""), id="on many lines"),
    pytest.param(ModuleOutput(0, json.dumps(HONEST).replace("\n", "\r\n") + "\r\n", ""), id="over a terminal"),
    pytest.param(ModuleOutput(1, json.dumps(HONEST), "warning: x"), id="with something on stderr"),
]


@pytest.mark.parametrize("answered", OUTPUTS)
def test_where_the_answer_is(answered: ModuleOutput) -> None:
    assert read(answered) == HONEST


NO_ANSWER = [
    pytest.param(ModuleOutput(1, "", ""), id="nothing"),
    pytest.param(ModuleOutput(0, "[1]", ""), id="a list"),
    pytest.param(ModuleOutput(0, '{"host": NaN}', ""), id="not a number"),
    pytest.param(ModuleOutput(0, '{"host": 1e999}', ""), id="infinite"),
    pytest.param(ModuleOutput(0, '{"host": ' + "9" * 5000 + "}", ""), id="a number of 5,000 digits"),
    pytest.param(ModuleOutput(0, '{"a":' * 100_000 + "1" + "}" * 100_000, ""), id="too deep"),
    pytest.param(ModuleOutput(0, '{"host": {}', ""), id="cut off"),
    pytest.param(None, id="ansible-core kept it"),
]


@pytest.mark.parametrize("answered", NO_ANSWER)
def test_no_answer_is_a_failure(answered: ModuleOutput | None) -> None:
    answer = read(answered)
    assert (sorted(answer), answer["failed"]) == (["failed", "msg"], True)
    assert "\n" not in answer["msg"]


def test_an_answer_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_host_answer, "LARGEST", 1000)
    assert read(said({**HONEST, "x": "y" * 1000}))["msg"].endswith(" characters, and at most 1,000 are allowed")


@pytest.mark.parametrize("truth", [True, 1, "no", "false", {"x": 1}])
def test_whatever_says_failed_failed(truth: t.Any) -> None:
    assert read(said({**HONEST, "failed": truth})) == {
        "failed": True,
        "msg": "the module failed without a reason",
    }


FAILED = [
    pytest.param({"msg": "a\n::error::b\x1b[2J"}, "a :\\x3aerror::b\\x1b[2J", id="terminal"),
    pytest.param({"msg": "::error::b"}, ":\\x3aerror::b", id="command"),
    pytest.param({"msg": ["a", {"b": "\x9b"}]}, "['a', {'b': '\\x9b'}]", id="no text"),
    pytest.param({"msg": "no", "exception": "Traceback\nOSError: x\n"}, "no: OSError: x", id="exception"),
    pytest.param({"msg": "no: OSError: x", "exception": "Traceback\nOSError: x"}, "no: OSError: x", id="told already"),
    pytest.param({"msg": "no", "exception": "(traceback unavailable)"}, "no", id="none"),
]


@pytest.mark.parametrize(("document", "says"), FAILED)
def test_why_it_failed(document: t.Any, says: str) -> None:
    assert read(said({**document, "failed": True})) == {"failed": True, "msg": says}


WARNINGS = [
    pytest.param(["a\x1b[2J\n::error::b"], ["a\\x1b[2J :\\x3aerror::b"], id="terminal"),
    pytest.param([{"msg": "a", "__ansible_type": "x"}, {"b": 1}, 5, None], ["a", "", "5", "None"], id="records"),
    pytest.param(["x"] * 5000, ["x"] * 20, id="many"),
]


@pytest.mark.parametrize(("given", "taken"), WARNINGS)
def test_warnings(given: t.Any, taken: list[str]) -> None:
    assert read(said({**HONEST, "warnings": given}))["warnings"] == taken


@pytest.mark.parametrize("given", [None, "text", {"a": 1}, 5, []])
def test_no_warnings(given: t.Any) -> None:
    assert "warnings" not in read(said({**HONEST, "warnings": given}))


class Action(AskingAction):
    """An action of which only the part that asks is there. ``raised``: what the connection raises."""

    def __init__(self, raised: Exception | None = None) -> None:
        self._discovered_interpreter_key: t.Any = None
        self._discovered_interpreter: t.Any = False
        self._raised = raised

    def run(self, tmp: t.Any = None, task_vars: t.Any = None) -> dict[str, t.Any]:
        return {}

    def _execute_module(self, **_arguments: t.Any) -> dict[str, t.Any]:
        if self._raised:
            raise self._raised
        return {"ansible_facts": {"x": 1}, "listeners": []}  # as if Ansible had read an answer all the same


def test_what_ansible_makes_of_an_answer_is_not_looked_at() -> None:
    assert Action().ask("m", {}, {}) == {"failed": True, "msg": "ansible-core did not pass on the answer of the host"}


@pytest.mark.parametrize("kind", [AnsibleConnectionFailure, AnsibleError])
def test_what_a_connection_says_is_one_line_to_read(kind: type[AnsibleError]) -> None:
    with pytest.raises(kind) as caught:
        Action(kind("banner\n::error::x\x1b[2J" + "y" * 10_000)).ask("m", {}, {})
    assert caught.type is kind
    text = str(caught.value)
    assert text.startswith("banner :\\x3aerror::x\\x1b[2Jyyy")
    assert len(text) == 500
    assert text.endswith("… " + "y" * 331)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{{ x }} {% x %} {# x #}", "{ { x }} { % x %} { # x #}"),
        ("{{{{ x", "{ { { { x"),
        ("#jinja2:variable_start_string:'[['", "# jinja2:variable_start_string:'[['"),
        ("{x} %}", "{x} %}"),
    ],
)
def test_nothing_in_it_opens_a_template(text: str, told: str) -> None:
    with pytest.raises(AnsibleConnectionFailure) as caught:
        Action(AnsibleConnectionFailure(text)).ask("m", {}, {})
    assert str(caught.value) == told


INTERPRETERS = [
    ("/usr/bin/python3.11", True),
    ("/opt/rh/rh-python38+x/root/usr/bin/python3", True),
    ("/usr/bin/python3\n", False),
    ("/usr/bin/python3;id", False),
    ("/usr/bin/{{ x }}", False),
    ("/usr/bin/python3 -c x", False),
    ("python3", False),
    ("/\x1b[2J", False),
    ("/usr/bin/p\u0443thon", False),
    (False, False),
    (["/usr/bin/python3"], False),
]


@pytest.mark.parametrize(("path", "handed_on"), INTERPRETERS)
def test_the_interpreter_that_ansible_found(path: t.Any, handed_on: bool) -> None:
    action = Action()
    action._discovered_interpreter_key, action._discovered_interpreter = "discovered_interpreter_python", path
    facts = {"ansible_facts": {"discovered_interpreter_python": path}} if handed_on else {}
    assert action.own_words({}) == facts


@pytest.mark.parametrize("key", [None, "port_audit_policy", "discovered_interpreter_", "discovered_interpreter_a.b"])
def test_no_other_fact(key: str | None) -> None:
    action = Action()
    action._discovered_interpreter_key, action._discovered_interpreter = key, "/usr/bin/python3"
    assert action.own_words({}) == {}


def test_warnings_of_both() -> None:
    action = Action()
    action._discovery_warnings = ["Platform \x1b[2J on host x"]
    assert action.own_words({"warnings": ["a"]}) == {"warnings": ["a", "Platform \\x1b[2J on host x"]}
    assert len(action.own_words({"warnings": ["a"] * 20})["warnings"]) == _host_answer.WARNINGS


def test_the_collector_of_windows_may_answer_anything() -> None:
    """Whatever it holds, there is an observation or a failure, never an exception."""
    values: list[t.Any] = [None, 5, "x", [], {}, [1], [None], [[]], [{}], [{"pid": []}], [{"port": 10**400, "pid": 1}]]
    sources = ("tcp", "udp", "processes", "services", "users", "addresses", "dynamic_ports", "system", "machine_id")
    for value in values:
        for source in (*sources, "elevated", "http_sys", "clock"):
            raw = {"raw": {source: value}, "failed_sources": value}
            action = Windows(read(said(raw)))
            found = _run_collector.collect(action, {**_run_collector.Options()._asdict()}, {})
            assert found.get("failed") or not answer_fault(found)


class Windows:
    def __init__(self, answer: t.Any) -> None:
        shell = type("Shell", (), {"_IS_WINDOWS": True})
        self._connection = type("Connection", (), {"_shell": shell, "force_persistence": False})
        self._answer = answer

    def ask(self, module: str, arguments: t.Any, task_vars: t.Any) -> t.Any:
        return self._answer
