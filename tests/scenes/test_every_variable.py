# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every variable of every playbook, as the text that ``-e name=value`` makes of it, and as nothing at all."""

from __future__ import annotations

import datetime
import json
import pathlib
import re
import typing as t

import pytest
from _scenes.typed import CORES, Shell, Typed

ROOT = pathlib.Path(__file__).parents[2]
_NAME = re.compile(r"(?<!_)\b(port_audit_[a-z_]+)\b")
_ENTRY = re.compile(r"tasks_from: (\w+)")
_RESULTS = {"port_audit_result", "port_audit_report_files", "port_audit_report_summary"}
HOSTS = ("-i", "inventory.json")

# What a person may write for each, as text. A variable that is missing here fails the test of its playbook.
TEXTS = {
    "after": "{run}",
    "against": "policy.yml",
    "annotations": "GitHub",
    "annotations_path": "quality.json",
    "as_of": "2026-11-29",
    "before": "{run}",
    "collector": "Auto",
    "controls": "pci-dss:2.2.4, nist-800-53",
    "cpu_budget": "4.5",
    "dest": "{playbook}-out",
    "evidence": "elsewhere, other place",
    "fail_on": "fail",
    "fail_on_drift": "opened, widened",
    "force": "yes",
    "formats": "json, HTML",
    "hazards": "redis:silent, smb:low",
    "hosts": "db",
    "http_sys": "no",
    "include_outside": "No",
    "keep_policies": "off",
    "max_evidence_age": "24h",
    "max_unreachable": "5%",
    "namespaces": "host",
    "output_dir": "port-audit",
    "output_trusted": "false",
    "owners": "All",
    "policies": "policy.yml",
    "policy": "policy.yml",
    "policy_name": "mine",
    "reference": "{run}",
    "return_listeners": "1",
    "runs": "{run}",
    "serial": "1",
    "strategy": "ansible.builtin.linear",
    "strictness": "Basic",
    "suggest_as": "Rules",
    "template_dirs": "templates, more templates",
    "verify": "true",
    "waiver_expires": "{soon}",
    "waiver_justification": "was there before",
    "waiver_owner": "platform",
    "waiver_ticket": "CHG-1",
    "wall_limit": "19",
}
# Of rules there is nobody who answers for them, and one of these is the other's stand-in.
LEFT_OUT = {"suggest": ("waiver_owner", "waiver_expires", "waiver_justification", "waiver_ticket")}
PLAYBOOKS = sorted(path.stem for path in (ROOT / "playbooks").glob("*.yml"))
# What each cannot do without.
NEEDED = {
    "baseline": ("policy", "runs", "waiver_owner", "waiver_expires"),
    "drift": ("before", "after"),
    "policy_check": ("policy",),
    "replay": ("policy", "runs"),
    "report": ("runs",),
    "suggest": ("runs",),
}


def variables(playbook: str) -> list[str]:
    """Every variable that the playbook reads, and the parts of the role that it imports."""
    text = (ROOT / "playbooks" / f"{playbook}.yml").read_text()
    for entry in set(_ENTRY.findall(text)):
        text += (ROOT / "roles" / "port_audit" / "tasks" / f"{entry}.yml").read_text()
    lines = [line for line in text.splitlines() if "{{" in line or "name: port_audit_" in line]
    found = {name for line in lines for name in _NAME.findall(line)} - _RESULTS
    return sorted(name.removeprefix("port_audit_") for name in found)


@pytest.fixture(params=CORES)
def shell(request: pytest.FixtureRequest, tmp_path: pathlib.Path) -> Shell:
    return _prepared(Shell(tmp_path, request.param))


@pytest.fixture
def newest(tmp_path: pathlib.Path) -> Shell:
    return _prepared(Shell(tmp_path, "newest"))


def _prepared(shell: Shell) -> Shell:
    """With a policy, and a run that is over."""
    (shell.work / "policy.yml").write_text(json.dumps({"version": 1, "name": "p", "rules": []}))
    for name in ("templates", "more templates", "elsewhere", "other place"):
        (shell.work / name).mkdir()
    first = shell.types(*HOSTS, "-e", "port_audit_policy=policy.yml", "-e", "port_audit_hosts=db")
    assert first.code == 0, first.said
    return shell


def _given(shell: Shell, playbook: str, names: t.Iterable[str]) -> list[str]:
    run = (shell.work / "port-audit" / "latest").resolve()
    words = {"run": f"port-audit/{run.name}", "playbook": playbook, "soon": _soon()}
    texts = {name: TEXTS[name].format(**words) for name in names}
    return [part for name, text in texts.items() for part in ("-e", f'port_audit_{name}="{text}"')]


def _soon() -> str:
    return str(datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=20))


def _runs(shell: Shell, playbook: str, arguments: t.Sequence[str]) -> Typed:
    return shell.types(*HOSTS, *arguments, playbook=f"fleetports.compliance.{playbook}")


@pytest.mark.parametrize("playbook", PLAYBOOKS)
def test_every_variable_as_text(shell: Shell, playbook: str) -> None:
    names = [name for name in variables(playbook) if name not in LEFT_OUT.get(playbook, ())]
    assert len(names) >= 3
    done = _runs(shell, playbook, _given(shell, playbook, names))
    # A gate may close on what this machine has. What is refused is refused before that.
    assert done.code == 0 or '"msg": "gate: ' in done.said or "The policy would turn" in done.said, done.said
    if playbook == "audit":
        options = done.record()["options"]
        assert options["formats"] == ["json", "HTML"]
        assert done.run is not None
        assert (done.run / "report.html").exists()
        assert options["fail_on_drift"] == ["opened", "widened"]
        assert options["evidence"] == ["elsewhere", "other place"]
        assert options["template_dirs"] == ["templates", "more templates"]
        assert options["verify"] is True


@pytest.mark.parametrize("playbook", PLAYBOOKS)
@pytest.mark.parametrize("nothing", [pytest.param(None, id="null"), pytest.param("", id="empty")])
def test_every_variable_as_nothing_is_unset(newest: Shell, playbook: str, nothing: str | None) -> None:
    # The hosts of a play and how they are run are Ansible's own.
    skipped = {"hosts", "serial", "strategy", *NEEDED.get(playbook, ())}
    given = {f"port_audit_{name}": nothing for name in variables(playbook) if name not in skipped}
    arguments = [*_given(newest, playbook, NEEDED.get(playbook, ())), "-e", json.dumps(given)]
    assert _runs(newest, playbook, arguments).code == 0
