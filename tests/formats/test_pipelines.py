# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pipelines of docs/pipelines.md: their YAML by the schemas of its readers, their commands by running them."""

from __future__ import annotations

import json
import os
import pathlib
import re
import subprocess
import sys
import typing as t

import pytest
import yaml
from conftest import ROOT

_BLOCK = re.compile(r"<!-- file: (?P<name>\S+) -->\n```\w+\n(?P<text>.*?)```\n", re.DOTALL)
FILES = {
    match["name"]: match["text"]
    for match in _BLOCK.finditer((ROOT / "docs" / "pipelines.md").read_text(encoding="utf-8"))
}
SCHEMAS = {".github/workflows/port-audit.yml": "vendor.github-workflows", ".gitlab-ci.yml": "vendor.gitlab-ci"}
_SHIM = '#!/bin/sh\necho "$(basename "$0") $*" >> "$CALLS"\n'
_POLICY = """version: 1
name: production
defaults: {unlisted: warn, unassigned: warn, reserved: warn}
rules:
  - {id: ssh, protocol: tcp, port: 22, justification: administration, approved_by: security}
"""
# Not every machine has sudo, and root needs none.
_HERE = "{ansible_connection: local, ansible_python_interpreter: '%s', ansible_become: false}"
_INVENTORY = "all: {hosts: {here: " + _HERE + "}}\n"


def _commands(name: str) -> list[str]:
    """The commands of a pipeline in order."""
    if name == "Jenkinsfile":
        return re.findall(r"\bsh '([^']*)'", FILES[name])
    document = yaml.safe_load(FILES[name])
    if name == ".gitlab-ci.yml":
        return t.cast("list[str]", document["port-audit"]["script"])
    return [step["run"] for step in document["jobs"]["audit"]["steps"] if "run" in step]


@pytest.fixture
def project(tmp_path: pathlib.Path) -> pathlib.Path:
    """A repository as docs/pipelines.md wants it."""
    for name, text in {
        **FILES,
        "policies/production.yml": _POLICY,
        "inventory.yml": _INVENTORY % sys.executable,
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for shim in ("pip", "ansible-galaxy"):
        path = tmp_path / "shims" / shim
        path.parent.mkdir(exist_ok=True)
        path.write_text(_SHIM)
        path.chmod(0o755)
    return tmp_path


def _run(project: pathlib.Path, command: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "PATH": f"{project / 'shims'}:{pathlib.Path(sys.executable).parent}:{os.environ['PATH']}",
        "CALLS": str(project / "calls"),
        "GITHUB_STEP_SUMMARY": str(project / "summary"),
        "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".build" / "dev"),
        "ANSIBLE_HOME": str(project / "home"),
        "ANSIBLE_LOCALHOST_WARNING": "false",
    }
    # As GitHub's and GitLab's runners do it.
    line = ["bash", "-e", "-o", "pipefail", "-c", command]
    return subprocess.run(line, cwd=project, env=environment, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_schema_of_the_service_takes_it(project, name):
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", SCHEMAS[name], name]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_schema_is_strict(project):
    (project / "broken.yml").write_text(FILES[".gitlab-ci.yml"].replace("when: always", "when: sometimes"))
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.gitlab-ci", "broken.yml"]
    assert subprocess.run(command, cwd=project, capture_output=True, check=False).returncode != 0


@pytest.mark.parametrize("name", [name for name in FILES if name.endswith(".yml")])
def test_yamllint_takes_it(project, name):
    rules = "{extends: default, rules: {truthy: {check-keys: false}, line-length: {max: 140}}}"
    command = [sys.executable, "-m", "yamllint", "--strict", "-d", rules, name]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", [*SCHEMAS, "Jenkinsfile"])
def test_its_commands_run_and_what_it_publishes_is_there(project, name):
    for command in _commands(name):
        done = _run(project, command)
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    assert (project / "calls").read_text().splitlines() == [
        "pip install ansible-core jsonschema",
        "ansible-galaxy collection install -r collections/requirements.yml",
    ]
    published = re.findall(r"(?:reports|port-audit)/[\w./-]*", FILES[name])
    assert len(published) >= 2
    assert all((project / path).exists() for path in published)
    report = json.loads((project / "port-audit" / "latest" / "report.json").read_text())
    assert [host["assessed"] for host in report["hosts"]] == [True]
    assert report["summary"]["gate"]["on"]


def test_the_step_shows_summary_and_annotations(project):
    *_before, audit, show = _commands(".github/workflows/port-audit.yml")
    _run(project, audit)
    shown = _run(project, show)
    assert all(line.startswith("::") for line in shown.stdout.splitlines())
    assert (project / "summary").read_text().startswith("## Port audit: ")


def test_a_gate_that_stops_leaves_every_report(project):
    (project / "policies" / "production.yml").write_text(
        _POLICY + "  - {id: must, protocol: tcp, port: 1, expect: required}\n"
    )
    done = _run(project, _commands(".gitlab-ci.yml")[-1])
    assert done.returncode == 2
    assert 'type="missing-listener"' in (project / "reports" / "junit.xml").read_text()
    sarif = json.loads((project / "reports" / "port-audit.sarif").read_text())
    places = [
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in sarif["runs"][0]["results"]
    ]
    assert set(places) == {"policies/production.yml"}


def test_in_a_folder_below_the_root_paths_are_told_from_the_root(project):
    """As the services do it that show them: a checkout, and a step that goes into a folder of it."""
    subprocess.run(["git", "init", "-q", str(project)], check=True)
    formats = [{"format": "sarif"}, {"format": "gitlab"}, {"format": "github"}]
    extra = {"port_audit_policy": "../policies/production.yml", "port_audit_formats": formats}
    (project / "ansible").mkdir()
    (project / "policies" / "production.yml").write_text(
        _POLICY + "  - {id: must, protocol: tcp, port: 1, expect: required}\n"
    )
    (project / "ansible" / "vars.json").write_text(json.dumps(extra))
    done = _run(project, "cd ansible && ansible-playbook -i ../inventory.yml fleetports.compliance.audit -e @vars.json")
    assert done.returncode == 0, done.stdout + done.stderr
    run = project / "ansible" / "port-audit" / "latest"
    [sarif] = json.loads((run / "report.sarif").read_text())["runs"]
    uris = {it["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for it in sarif["results"]}
    quality = json.loads((run / "gl-code-quality-report.json").read_text())
    assert uris == {it["location"]["path"] for it in quality} == {"policies/production.yml"}
    assert "file=policies/production.yml,line=6," in (run / "annotations.txt").read_text()


def test_the_playbook_of_awx_runs(project):
    done = _run(project, "PORT_AUDIT_KEEP=$PWD/kept ansible-playbook -i inventory.yml port-audit-awx.yml")
    assert done.returncode == 0, done.stdout + done.stderr
    assert {path.name for path in (project / "kept" / "latest").glob("*.xml")} == {"junit.xml"}
