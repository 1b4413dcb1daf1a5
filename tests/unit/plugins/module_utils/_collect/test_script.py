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
from ansible_collections.fleetports.compliance.plugins.module_utils._collect import _script, _snapshot


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
            _script.main(json.dumps(arguments))
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
    ],
)
def test_options(given, options):
    read = _script.read_options(given)
    assert read == _snapshot.Options(**options)
    assert isinstance(read.cpu_budget, float)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"owners": "some"}, "value of owners must be one of: all, first, none, got: some"),
        ({"collector": ["linux"]}, "value of collector must be one of: auto, linux, darwin"),
        ({"cpu_budget": "5"}, "value of cpu_budget must be of type float, got: 5"),
        ({"cpu_budget": True}, "value of cpu_budget must be of type float, got: True"),
        ({"http_sys": "yes"}, "value of http_sys must be of type bool, got: yes"),
        ({"owner": "all", "x": 1}, "Unsupported parameters: owner, x. Supported: collector, cpu_budget"),
    ],
)
def test_bad_options(given, message, run, nice, syslog):
    status, answer = run(given)
    assert (status, answer["failed"]) == (1, True)
    assert answer["msg"].startswith(message)
    assert (nice, syslog.said) == ([], [])


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
        ({"_ansible_no_log": True}, []),
    ],
)
def test_the_system_log(extra, said, run, syslog):
    run({"owners": "none", **extra})
    assert syslog.said == said
