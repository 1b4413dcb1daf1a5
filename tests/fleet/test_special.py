# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a user may ask for beside the usual, and hosts that no collector can see."""

from __future__ import annotations

import pathlib
import shutil

import pytest
import yaml
from _fleet.controller import CALM, Controller, Play, Run
from _fleet.fleet import Fleet

POLICY = {"port_audit_policy": CALM}
# Interpreters that lie about themselves, as sitecustomize of the host's own Python.
OLD_PYTHON = "import sys; sys.version_info = (3, 6, 9, 'final', 0); sys.version = '3.6.9'"
OTHER_PLATFORM = "import platform, sys; sys.platform = 'freebsd14'; platform.system = lambda: 'FreeBSD'"


def interpreter(fleet: Fleet, name: str, customized: str) -> str:
    """Make an interpreter that runs some code first; returns its path."""
    directory = fleet.hub.directory / name
    directory.mkdir()
    (directory / "sitecustomize.py").write_text(customized + "\n")
    path = directory / "python"
    path.write_text(f'#!/bin/sh\nPYTHONPATH={directory} exec /usr/bin/python3 "$@"\n')
    path.chmod(0o755)
    return str(path)


@pytest.fixture(scope="module")
def odd_hosts(controller: Controller, fleet: Fleet) -> Run:
    """Three hosts whose interpreter is too old, of another system and missing, and one as it should be."""
    pythons = {
        "calm1": interpreter(fleet, "old", OLD_PYTHON),
        "calm2": interpreter(fleet, "other", OTHER_PLATFORM),
        "calm3": "/nonexistent/python",
    }
    chosen = {host: {"ansible_python_interpreter": python} for host, python in pythons.items()}
    return controller.audit(*pythons, "web1", variables=POLICY, host_variables=chosen)


def test_the_run_goes_on_past_hosts_that_no_collector_can_see(odd_hosts: Run) -> None:
    assert odd_hosts.code == 0
    assert "Traceback" not in odd_hosts.text
    assert odd_hosts.verdicts() == {**dict.fromkeys(("calm1", "calm2", "calm3"), "unverified"), "web1": "fail"}


@pytest.mark.parametrize(
    ("host", "says"),
    [
        ("calm1", "Python 3.8 or later is needed, found 3.6.9"),
        ("calm2", "sockstat: the host has no such command"),
        ("calm3", "/bin/sh: 1: /nonexistent/python: not found"),
    ],
)
def test_why_a_host_was_not_assessed(odd_hosts: Run, host: str, says: str) -> None:
    assert odd_hosts.codes(host) == ["not-assessed"]
    reasons = {missed["host"]: missed["reason"] for missed in odd_hosts.report["coverage"]["not_assessed"]}
    assert says in reasons[host]
    assert reasons[host].count(says) == 1
    assert "\n" not in reasons[host]


def test_a_gate_takes_them_for_not_assessed(controller: Controller) -> None:
    variables = {**POLICY, "port_audit_fail_on": ["fail"]}
    missing = {"calm3": {"ansible_python_interpreter": "/nonexistent/python"}}
    assert controller.audit("calm3", variables=variables, host_variables=missing).code == 4


def test_a_persistent_connection_is_unsupported(controller: Controller) -> None:
    directory = controller.new_directory()
    (directory / "connection_plugins").mkdir()
    shutil.copyfile(pathlib.Path(__file__).parent / "_fleet" / "device.py", directory / "connection_plugins/device.py")
    playbook = "- hosts: all\n  gather_facts: false\n  roles:\n    - fleetports.compliance.port_audit\n"
    device = {"calm1": {"ansible_connection": "device"}}
    play = Play(playbook, ("calm1", "calm2"), variables=POLICY, host_variables=device)
    run = controller.run(play, directory=directory)
    assert run.code == 0
    assert run.verdicts() == {"calm1": "unverified", "calm2": "pass"}
    [missed] = run.report["coverage"]["not_assessed"]
    assert "modules run on the controller" in missed["reason"]
    assert run.evidence("calm1")["listeners"] == []
    assert [gap["code"] for gap in run.evidence("calm1")["collector"]["gaps"]] == ["unsupported"]


def test_a_delegated_audit_is_an_error(controller: Controller) -> None:
    playbook = f"""\
- hosts: calm1
  gather_facts: false
  tasks:
    - fleetports.compliance.port_audit: {{policy: {CALM}}}
      delegate_to: witness1
"""
    run = controller.run(Play(playbook, ("calm1", "witness1")))
    assert run.code == 2
    assert "cannot be delegated" in run.text
    assert "witness1" in run.text
    assert set(run.connections.values()) == {0}
    assert not run.output.exists()


def test_a_policy_in_the_inventory(controller: Controller) -> None:
    policy = yaml.safe_load(pathlib.Path(CALM).read_text())
    from_file = controller.audit("calm1", variables=POLICY)
    inline = controller.audit("calm1", variables={"port_audit_policy": policy})
    assert inline.code == 0
    assert inline.verdicts() == {"calm1": "pass"}
    assert inline.report["policies"][0]["sources"] == ["inline"]
    assert inline.report["policies"][0]["sha256"] == from_file.report["policies"][0]["sha256"]


def test_a_relative_policy_is_looked_for_where_the_user_is(controller: Controller) -> None:
    directory = controller.new_directory()
    shutil.copyfile(CALM, directory / "mine.yml")
    run = controller.audit("calm1", variables={"port_audit_policy": "mine.yml"}, directory=directory)
    assert run.verdicts() == {"calm1": "pass"}
    assert run.report["policies"][0]["name"] == "calm"


def test_the_bundled_policy_is_the_default(controller: Controller) -> None:
    playbook = "- hosts: all\n  gather_facts: false\n  roles:\n    - fleetports.compliance.port_audit\n"
    bundled = {"port_audit_policy": "{{ role_path }}/files/policies/baseline.yml"}
    run = controller.run(Play(playbook, ("calm1",), variables=bundled))
    assert run.code == 0
    assert run.verdicts()["calm1"] in ("pass", "warn")


def test_a_template_of_the_users_own_comes_first(controller: Controller) -> None:
    directory = controller.new_directory()
    (directory / "mine").mkdir()
    (directory / "mine" / "report.md.j2").write_text(
        "OURS {% for host in report.hosts %}<{{ host.name }}>{% endfor %}\n"
    )
    variables = {**POLICY, "port_audit_template_dirs": ["mine"]}
    run = controller.audit("calm1", variables=variables, directory=directory)
    assert run.code == 0
    assert (run.directory / "report.md").read_text().startswith("OURS ")
    assert "calm1" in (run.directory / "report.md").read_text()
    assert (run.directory / "report.html").read_text().lower().startswith("<!doctype html>")


def test_a_broken_template_is_told_with_its_line(controller: Controller) -> None:
    directory = controller.new_directory()
    (directory / "mine").mkdir()
    (directory / "mine" / "report.md.j2").write_text("fine\n{% for %}\n")
    variables = {**POLICY, "port_audit_template_dirs": ["mine"]}
    run = controller.audit("calm1", variables=variables, directory=directory)
    assert run.code == 2
    assert "Traceback" not in run.text
    assert "report.md.j2:2: " in run.text


def test_only_the_formats_that_were_asked_for(controller: Controller) -> None:
    run = controller.audit("calm1", variables={**POLICY, "port_audit_formats": ["json"]})
    assert {path.name for path in run.directory.glob("report.*")} == {"report.json"}
