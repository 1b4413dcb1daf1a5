# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What make audit turns its switches into, and what it refuses before Ansible starts."""

from __future__ import annotations

import json
import os
import pathlib
import shutil
import subprocess
import sys
import typing as t

import audit
import pytest

OUTPUT = pathlib.Path("/out")


def given(command: list[str]) -> dict[str, t.Any]:
    """The extra variables of a command line."""
    return t.cast("dict[str, t.Any]", json.loads(command[command.index("--extra-vars") + 1]))


def test_this_machine_and_the_bundled_policy_are_the_default() -> None:
    command = audit.command({}, output=OUTPUT)
    assert command[1:4] == [
        "fleetports.compliance.audit",
        "--inventory",
        str(audit.ROOT / "tools" / "this_machine.ini"),
    ]
    assert given(command) == {"port_audit_output_dir": "/out"}
    assert not {"--become", "--limit"} & set(command)


def test_the_switches_reach_ansible(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    environment = {"INVENTORY": "a,b", "POLICY": "my policy.yml", "LIMIT": "a:!b", "ARGS": "-u root -e 'x=1 2'"}
    command = audit.command({**environment, "BECOME": "1", "GATE": "1"}, output=OUTPUT)
    assert command[command.index("--inventory") + 1] == "a,b"
    assert command[command.index("--limit") + 1] == "a:!b"
    assert command[-5:] == ["--become", "-u", "root", "-e", "x=1 2"]
    assert given(command)["port_audit_policy"] == str(tmp_path / "my policy.yml")
    assert given(command)["port_audit_fail_on"] == ["fail", "warn", "unverified", "policy"]


def test_a_gate_without_a_policy_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert audit.main({"GATE": "1"}) == 2
    assert "POLICY=baseline" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("switches", "said"),
    [
        pytest.param({"GATE": "1"}, "POLICY=baseline", id="a gate without a policy"),
        pytest.param({"INVENTORY": "hosts.yml"}, "there is no such file or folder", id="no such inventory"),
        pytest.param({"ARGS": "-e 'x=1"}, "ARGS=-e 'x=1: these are no arguments", id="a quote that does not end"),
    ],
)
def test_what_is_refused_is_refused_before_anything_is_made(
    tmp_path: pathlib.Path, switches: dict[str, str], said: str
) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("audit.sh", "audit.py", "find_python.sh"):
        shutil.copy(audit.ROOT / "tools" / name, tools)
    for name in ("make_venv.sh", "install_collection.sh"):
        (tools / name).write_text("#!/bin/sh\nmkdir -p .venv\n")
        (tools / name).chmod(0o700)
    environment = {"PATH": os.environ["PATH"], "PYTHON": sys.executable, **switches}
    script = str(tools / "audit.sh")
    done = subprocess.run([script], env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, said in done.stderr) == (2, True), done.stderr
    assert not (tmp_path / ".venv").exists()


def test_the_bundled_policy_has_a_name() -> None:
    assert given(audit.command({"GATE": "1", "POLICY": "baseline"}, output=OUTPUT))["port_audit_policy"] == "baseline"


@pytest.mark.parametrize("off", ["", "0", "no", "False"])
def test_a_switch_that_is_off_is_off(off: str) -> None:
    assert "port_audit_fail_on" not in given(audit.command({"GATE": off}, output=OUTPUT))


def test_become_on_this_machine_asks_where_sudo_would(monkeypatch: pytest.MonkeyPatch) -> None:
    def sudo(*_command: object, **_options: object) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess([], 1)

    monkeypatch.setattr(subprocess, "run", sudo)
    monkeypatch.setattr(shutil, "which", "/usr/bin/{}".format)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert audit.become({"BECOME": "1"}) == ["--become", "--ask-become-pass"]
    assert audit.become({"BECOME": "1", "INVENTORY": "fleet"}) == ["--become"]


def test_become_without_sudo_leaves_the_words_to_ansible(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert audit.become({"BECOME": "1"}) == ["--become"]


def test_root_on_this_machine_has_nothing_to_become(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert audit.become({"BECOME": "1"}) == []


def test_an_inventory_that_is_not_there_is_refused(
    tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert audit.main({"INVENTORY": "hosts.yml"}) == 2
    assert capsys.readouterr().err.startswith("INVENTORY=hosts.yml: there is no such file or folder")


def test_an_audit_of_no_host_is_no_success(
    tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ansible exits 0 when no host matches; and a report of an earlier run must not be shown for it."""
    (tmp_path / "earlier").mkdir()
    (tmp_path / "latest").symlink_to("earlier")
    monkeypatch.setattr(subprocess, "run", lambda *_command, **_options: subprocess.CompletedProcess([], 0))
    assert audit.main({"OUTPUT": str(tmp_path)}) == 1
    assert "No host was audited" in capsys.readouterr().err


def test_a_report_of_no_host_is_no_success(
    tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def playbook(*_command: object, **_options: object) -> subprocess.CompletedProcess[str]:
        (tmp_path / "run").mkdir()
        (tmp_path / "run" / "summary.txt").write_text("0 hosts\n")
        (tmp_path / "run" / "run.json").write_text('{"expected": []}')
        (tmp_path / "latest").symlink_to("run")
        return subprocess.CompletedProcess([], 0)

    monkeypatch.setattr(subprocess, "run", playbook)
    assert audit.main({"OUTPUT": str(tmp_path), "INVENTORY": "a,"}) == 1
    assert "No host was audited" in capsys.readouterr().err


@pytest.mark.parametrize("status", [0, 2, 4])
def test_the_summary_is_shown_and_the_exit_code_is_ansibles(
    tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    def playbook(*_command: object, **_options: object) -> subprocess.CompletedProcess[str]:
        (tmp_path / "run").mkdir()
        (tmp_path / "run" / "summary.txt").write_text("all is well\n\n")
        (tmp_path / "run" / "run.json").write_text('{"expected": ["a"]}')
        (tmp_path / "latest").symlink_to("run")
        return subprocess.CompletedProcess([], status)

    monkeypatch.setattr(subprocess, "run", playbook)
    assert audit.main({"OUTPUT": str(tmp_path), "INVENTORY": "a,"}) == status
    assert capsys.readouterr().out == "all is well\n"


def test_our_collection_is_found_before_the_users(monkeypatch: pytest.MonkeyPatch) -> None:
    found = audit.settings({"ANSIBLE_COLLECTIONS_PATH": "/theirs"})
    assert found["ANSIBLE_COLLECTIONS_PATH"] == f"{audit.VENV}/collections:/theirs"
    assert found["ANSIBLE_STDOUT_CALLBACK"] == "brief"


def test_who_asks_for_ansibles_words_gets_them() -> None:
    assert "ANSIBLE_STDOUT_CALLBACK" not in audit.settings({"ARGS": "-vv"})


@pytest.mark.parametrize("inventory", ["", "fleet"])
def test_an_account_without_a_home_gets_one(tmp_path: pathlib.Path, inventory: str) -> None:
    found = audit.settings({"HOME": str(tmp_path / "none"), "INVENTORY": inventory})
    assert found["HOME"] == str(audit.ROOT / ".build")
    assert ("ANSIBLE_REMOTE_TMP" in found) is (inventory == "")


def test_an_account_with_a_home_keeps_it(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda _path, _mode: True)
    assert audit.settings({"HOME": str(tmp_path)})["HOME"] == str(tmp_path)
