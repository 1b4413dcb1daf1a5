# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which module an action runs on a host, told by its connection alone."""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys
import types
import typing as t

import ansible
import pytest
from ansible.plugins.loader import connection_loader, shell_loader
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action.host import _run_collector
from ansible_collections.fleetports.compliance.plugins.plugin_utils._common._printable import LONGEST
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.document._evidence_document import (
    nothing_seen,
)
from ansible_collections.fleetports.compliance.tests.unit.plugins.plugin_utils._windows.test_observation import answer

OPTIONS = {
    "owners": "all",
    "cpu_budget": 5.0,
    "wall_limit": 20.0,
    "namespaces": "host",
    "collector": "auto",
    "http_sys": True,
}

# As ActionBase._configure_module() does, in a process whose loader knows nothing yet.
FIND = """
import sys
from ansible.plugins.loader import init_plugin_loader, module_loader
init_plugin_loader()
paths = (module_loader.find_plugin_with_context(sys.argv[1], suffix).plugin_resolved_path for suffix in sys.argv[2:])
print(next(path for path in paths if path))
"""


class Action:
    """Stands for an action plugin with a connection; remembers what it was asked to run."""

    def __init__(self, *, windows: bool = False, persistent: bool = False, result: t.Any = None) -> None:
        shell = types.SimpleNamespace(_IS_WINDOWS=True) if windows else types.SimpleNamespace()
        self._connection = types.SimpleNamespace(_shell=shell, force_persistence=persistent, transport="network_cli")
        self._result = result if result is not None else nothing_seen("unsupported", "nothing", platform="linux")
        self.ran: list[tuple[str, t.Any]] = []

    def ask(self, module: str, arguments: t.Any, task_vars: t.Any) -> t.Any:
        self.ran.append((module, arguments))
        return self._result


def test_a_host_with_python() -> None:
    action = Action()
    assert _run_collector.collect(action, OPTIONS, {}) == action._result
    assert action.ran == [("fleetports.compliance.linux_listening_sockets_info", OPTIONS)]


class Host(Action):
    """An action on a host of one platform: a module that is not for it says so, and shows nothing."""

    def __init__(self, platform: str) -> None:
        super().__init__()
        self._platform = platform

    def ask(self, module: str, arguments: t.Any, task_vars: t.Any) -> t.Any:
        self.ran.append((module.rpartition(".")[2], arguments["collector"]))
        return nothing_seen("unsupported", str(len(self.ran)), platform=self._platform)


LINUX, UNIX = "linux_listening_sockets_info", "unix_listening_sockets_info"


@pytest.mark.parametrize(
    ("platform", "collector", "system", "modules"),
    [
        pytest.param("linux", "auto", None, [LINUX], id="linux"),
        pytest.param("linux", "auto", "Linux", [LINUX], id="linux-by-facts"),
        pytest.param("darwin", "auto", None, [LINUX, UNIX], id="macos"),
        pytest.param("darwin", "auto", "Darwin", [UNIX], id="macos-by-facts"),
        pytest.param("freebsd", "auto", None, [LINUX, UNIX], id="freebsd"),
        pytest.param("other", "auto", "OpenBSD", [UNIX], id="openbsd-by-facts"),
        pytest.param("linux", "auto", "Darwin", [UNIX, LINUX], id="facts-of-another-host"),
        pytest.param("darwin", "auto", "Linux", [LINUX, UNIX], id="facts-from-before"),
        pytest.param("windows", "auto", None, [LINUX], id="cygwin"),
        pytest.param("windows", "auto", "CYGWIN_NT-10.0", [UNIX], id="cygwin-by-facts"),
        pytest.param("linux", "lsof", None, [UNIX], id="commands-on-linux"),
        pytest.param("linux", "darwin", "Linux", [UNIX], id="commands-whatever-the-facts"),
        pytest.param("darwin", "linux", "Darwin", [LINUX], id="netlink-is-asked-for"),
        pytest.param("linux", "windows", None, [LINUX], id="powershell-is-asked-for"),
    ],
)
def test_a_shell_of_unix(platform: str, collector: str, system: str | None, modules: list[str]) -> None:
    host = Host(platform)
    facts = {"ansible_facts": {"system": system}} if system else {}
    found = _run_collector.collect(host, {**OPTIONS, "collector": collector}, facts)
    assert host.ran == [(module, collector) for module in modules]
    assert found["collector"]["gaps"][0]["detail"] == str(len(modules)), "the last answer counts"


@pytest.mark.parametrize("collector", [None, [], "darwin", {}, {"platform": None}])
def test_an_answer_of_no_platform_is_no_answer(collector: t.Any) -> None:
    action = Action(result={"host": {}, "listeners": [], "collector": collector})
    found = _run_collector.collect(action, OPTIONS, {})
    assert (found["failed"], sorted(found)) == (True, ["failed", "msg"])
    assert found["msg"].startswith("the answer of the host does not have the documented form: collector")
    assert len(action.ran) == 1


def test_an_answer_that_cannot_be_is_no_answer() -> None:
    """Nothing was asked, so that nothing listens: the host would pass."""
    clean = nothing_seen("x", "y", platform="linux")
    found = _run_collector.collect(
        Action(result={**clean, "collector": {**clean["collector"], "gaps": []}}), OPTIONS, {}
    )
    says = "the answer of the host has an impossible value: collector.sources is empty, and no gap gives the"
    assert (found["failed"], found["msg"].startswith(says), sorted(found)) == (True, True, ["failed", "msg"])


def test_what_a_host_says_of_a_gap_is_one_line_to_read() -> None:
    action = Action(result=nothing_seen("\x1b[2J", platform="linux", detail="a\n::error::b\x9b \u202e" + "c" * 10_000))
    (gap,) = _run_collector.collect(action, OPTIONS, {})["collector"]["gaps"]
    assert gap["code"] == "\\x1b[2J"
    assert gap["detail"].startswith("a :\\x3aerror::b\\x9b \\u202eccc")
    assert len(gap["detail"]) == LONGEST


@pytest.mark.parametrize("collector", ["auto", "windows"])
def test_windows(collector: str) -> None:
    action = Action(windows=True, result={**answer(), "warnings": ["slow"]})
    found = _run_collector.collect(action, {**OPTIONS, "collector": collector}, {})
    assert action.ran == [("fleetports.compliance.win_listening_sockets_info", {"http_sys": True})]
    assert found["collector"]["platform"] == "windows"
    assert found["listeners"]
    assert found["warnings"] == ["slow"]
    assert "raw" not in found


@pytest.mark.parametrize("collector", ["linux", "darwin", "freebsd", "lsof"])
def test_a_collector_that_does_not_run_on_windows(collector: str) -> None:
    action = Action(windows=True)
    found = _run_collector.collect(action, {**OPTIONS, "collector": collector}, {})
    assert (action.ran, found["listeners"]) == ([], [])
    assert (found["collector"]["gaps"][0]["code"], found["collector"]["platform"]) == ("unsupported", "windows")


def test_a_module_that_failed_stays_failed() -> None:
    failed = {"failed": True, "msg": "no PowerShell"}
    assert _run_collector.collect(Action(windows=True, result=failed), OPTIONS, {}) == failed


def test_a_persistent_connection_runs_nothing() -> None:
    action = Action(persistent=True)
    found = _run_collector.collect(action, OPTIONS, {})
    assert (action.ran, found["collector"]["gaps"][0]["code"]) == ([], "unsupported")


class TestAnsible:
    """What ansible-core itself makes of our files and of its connections."""

    @pytest.mark.parametrize("shell", ["powershell", "cmd"])
    def test_shells_of_windows_are_known(self, shell: str) -> None:
        assert shell_loader.get(shell)._IS_WINDOWS is True

    @pytest.mark.parametrize("shell", ["sh"])
    def test_shells_of_others_are_not(self, shell: str) -> None:
        assert getattr(shell_loader.get(shell), "_IS_WINDOWS", False) is False

    @pytest.mark.parametrize("name", ["winrm", "psrp"])
    def test_connections_to_windows_prefer_powershell(self, name: str) -> None:
        connection = connection_loader.get(name, class_only=True)
        assert connection.module_implementation_preferences[0] == ".ps1"
        assert connection.allow_executable is False

    @pytest.mark.parametrize(
        ("module", "suffixes", "ending"),
        [
            (_run_collector.LINUX_COLLECTOR, ("",), "/linux_listening_sockets_info.py"),
            (_run_collector.UNIX_COLLECTOR, ("",), "/unix_listening_sockets_info.py"),
            (_run_collector.WINDOWS_COLLECTOR, (".ps1", ".exe", ""), "/win_listening_sockets_info.ps1"),
        ],
    )
    def test_the_file_that_is_run(self, module: str, suffixes: tuple[str, ...], ending: str) -> None:
        """On a host with Python no suffix is asked for, and the first file by the alphabet is taken: never a .ps1."""
        here = str(_run_collector.__file__)
        environment = {
            "ANSIBLE_COLLECTIONS_PATH": here[: here.index("/ansible_collections/")],
            "HOME": os.environ["HOME"],
            # ansible-test puts it on no other path.
            "PYTHONPATH": str(pathlib.Path(ansible.__file__).parents[1]),
        }
        command = [sys.executable, "-c", FIND, module, *suffixes]
        found = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
        assert found.strip().endswith(ending)
