# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Linux collector as a script: arguments in, one answer out, and what it does to its process on the way."""

from __future__ import annotations

import json
import os
import sys
import types

import pytest
from ansible_collections.fleetports.compliance.plugins.module_utils._collect import _linux_entry
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _snapshot


class Left(Exception):
    """The process would have ended here, with this status."""


@pytest.fixture
def nice(monkeypatch):
    """What the script asked of its process, which stays as it is."""
    asked = []
    monkeypatch.setattr(os, "nice", asked.append)
    return asked


@pytest.fixture
def syslog(monkeypatch):
    """A system log that keeps what it is told."""
    log = types.SimpleNamespace(LOG_USER=8, LOG_LOCAL3=152, LOG_INFO=6, said=[])
    log.openlog = lambda *words: log.said.append(words)
    log.syslog = lambda *words: log.said.append(words)
    monkeypatch.setitem(sys.modules, "syslog", log)
    return log


@pytest.fixture
def run(monkeypatch, capsys, nice, syslog):
    """Run it with some arguments; returns the exit status and the answer."""

    def leave(status):
        raise Left(status)

    def with_arguments(arguments):
        monkeypatch.setattr(os, "_exit", leave)
        with pytest.raises(Left) as left:
            _linux_entry.main(json.dumps(arguments))
        return left.value.args[0], json.loads(capsys.readouterr().out)

    return with_arguments


def test_an_answer(run, nice):
    status, answer = run({"owners": "none", "_ansible_check_mode": True, "_ansible_verbosity": 0})
    assert (status, answer["changed"], nice) == (0, False, [19])
    assert answer["collector"]["name"] == "linux"
    assert answer["invocation"] == {"module_args": {**_snapshot.Options()._asdict(), "owners": "none"}}
    assert set(answer) == {"changed", "invocation", "host", "collector", "listeners"}


@pytest.mark.parametrize(
    ("given", "options"),
    [
        pytest.param({}, {}, id="nothing"),
        pytest.param({"owners": None, "cpu_budget": None}, {}, id="nothing-by-name"),
        pytest.param({"cpu_budget": 2, "wall_limit": 0.5}, {"cpu_budget": 2.0, "wall_limit": 0.5}, id="numbers"),
        pytest.param({"http_sys": True, "namespaces": "all"}, {"http_sys": True, "namespaces": "all"}, id="others"),
        pytest.param({"cpu_budget": "5.0", "wall_limit": " 7 "}, {"wall_limit": 7.0}, id="numbers-as-text"),
        pytest.param({"cpu_budget": "1e1", "wall_limit": "1_0"}, {"cpu_budget": 10.0, "wall_limit": 10.0}, id="odd"),
        pytest.param({"cpu_budget": True}, {"cpu_budget": 1.0}, id="a-truth-is-a-number"),
        pytest.param({"cpu_budget": -1, "wall_limit": 0}, {"cpu_budget": -1.0, "wall_limit": 0.0}, id="none-left"),
    ],
)
def test_options(given, options):
    read = _linux_entry.read_options(given)
    assert read == _snapshot.Options(**options)
    assert isinstance(read.cpu_budget, float)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"owners": "some"}, "value of owners must be one of: all, first, none, got: some"),
        ({"collector": ["linux"]}, "value of collector must be one of: auto, linux, darwin"),
        ({"owners": True}, "value of owners must be one of: all, first, none, got: True"),
        ({"owners": " all"}, "value of owners must be one of: all, first, none, got:  all"),
        ({"owners": "ALL"}, "value of owners must be one of: all, first, none, got: ALL"),
        ({"cpu_budget": "5s"}, "value of cpu_budget must be of type float, got: 5s"),
        ({"cpu_budget": ""}, "value of cpu_budget must be of type float, got: "),
        ({"cpu_budget": [5]}, "value of cpu_budget must be of type float, got: [5]"),
        ({"cpu_budget": 10**400}, "value of cpu_budget must be of type float, got: 1000"),
        ({"cpu_budget": "inf"}, "value of cpu_budget must be of type float, got: inf"),
        ({"wall_limit": float("inf")}, "value of wall_limit must be of type float, got: inf"),
        ({"wall_limit": "NaN"}, "value of wall_limit must be of type float, got: NaN"),
        ({"http_sys": "ja"}, "value of http_sys must be of type bool, got: ja"),
        ({"http_sys": 2}, "value of http_sys must be of type bool, got: 2"),
        ({"http_sys": ["yes"]}, "value of http_sys must be of type bool, got: ['yes']"),
        ({"http_sys": ""}, "value of http_sys must be of type bool, got: "),
        ({"owner": "all", "x": 1}, "Unsupported parameters: owner, x. Supported: collector, cpu_budget"),
    ],
)
def test_bad_options(given, message, run, nice, syslog):
    status, answer = run(given)
    assert (status, answer["failed"]) == (1, True)
    assert answer["msg"].startswith(message)
    assert (nice, syslog.said) == ([], [])


@pytest.mark.parametrize("text", [True, "yes", " Yes\n", "y", "on", "ON", "1", "true", "T", 1, 1.0])
def test_yes(text):
    assert _linux_entry.read_options({"http_sys": text}).http_sys is True


@pytest.mark.parametrize("text", [False, "no", " No ", "n", "off", "0", "false", "F", 0, 0.0])
def test_no(text):
    assert _linux_entry.read_options({"http_sys": text}).http_sys is False


ODD = [True, False, None, 0, 1, 2, -1, 1.0, 1.5, "", " ", "0", "1", " 1 ", "01", "1e2", "1_0", "0x1", "5.0", "5,0", "٣"]
ODD += [
    "yes",
    "Yes ",
    "no",
    "On",
    "tRue",
    "maybe",
    "None",
    "all",
    " all",
    "none",
    "first",
    "host",
    "auto",
    "linux",
    "None",
]
ODD += [[], [1], {}, {"a": 1}, "a\n", "\udcff", "yes\u00a0"]


@pytest.mark.parametrize("name", sorted(_snapshot.argument_spec()))
@pytest.mark.parametrize("value", ODD, ids=ascii)
def test_what_ansible_takes(name, value):
    """The other modules of the collection are read by Ansible's own code: the same is taken, and as the same."""
    if value is None:
        pytest.skip("a default in every version")
    arg_spec = pytest.importorskip("ansible.module_utils.common.arg_spec")
    spec = {name: _snapshot.argument_spec()[name]}
    try:
        result = arg_spec.ArgumentSpecValidator(spec).validate({name: value})
        expected = None if result.error_messages else result.validated_parameters[name]
    except UnicodeError:
        expected = None
    try:
        taken = getattr(_linux_entry.read_options({name: value}), name)
    except _linux_entry.BadArgument:
        taken = None
    assert (taken, type(taken)) == (expected, type(expected))


INVOKED = (
    "Invoked with owners=none cpu_budget=5.0 wall_limit=20.0 namespaces=host collector=auto http_sys=False"  # one line
)


@pytest.mark.parametrize(
    ("extra", "said"),
    [
        ({}, [("ansible-linux_listening_sockets_info", 0, 8), (6, INVOKED)]),
        (
            {"_ansible_syslog_facility": "LOG_LOCAL3"},
            [("ansible-linux_listening_sockets_info", 0, 152), (6, INVOKED)],
        ),
        ({"_ansible_syslog_facility": "LOG_NONE"}, [("ansible-linux_listening_sockets_info", 0, 8), (6, INVOKED)]),
        (
            {"_ansible_target_log_info": "audit 7"},
            [("ansible-linux_listening_sockets_info", 0, 8), (6, "audit 7 " + INVOKED)],
        ),
        ({"_ansible_syslog_facility": "openlog"}, [("ansible-linux_listening_sockets_info", 0, 8), (6, INVOKED)]),
        ({"_ansible_syslog_facility": "LOG_X'\"\n;"}, [("ansible-linux_listening_sockets_info", 0, 8), (6, INVOKED)]),
        ({"_ansible_syslog_facility": ["LOG_MAIL"]}, [("ansible-linux_listening_sockets_info", 0, 8), (6, INVOKED)]),
        (
            {"_ansible_target_log_info": "a\n\0\udcff\x1bb"},
            [("ansible-linux_listening_sockets_info", 0, 8), (6, "a????b " + INVOKED)],
        ),
        ({"_ansible_no_log": True}, []),
    ],
)
def test_the_system_log(extra, said, run, syslog):
    run({"owners": "none", **extra})
    assert syslog.said == said


@pytest.mark.parametrize("error", [OSError("no log"), ValueError("NUL"), UnicodeEncodeError("utf-8", "x", 0, 1, "y")])
def test_a_log_that_cannot_be_written_keeps_nobody_from_looking(error, run, syslog):
    def fail(*_words):
        raise error

    syslog.syslog = fail
    status, answer = run({"owners": "none"})
    assert (status, answer["collector"]["name"]) == (0, "linux")


def test_a_python_without_a_log(run, monkeypatch):
    monkeypatch.setitem(sys.modules, "syslog", None)
    assert run({"owners": "none"})[0] == 0
