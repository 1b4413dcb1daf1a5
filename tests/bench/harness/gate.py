# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of the gate: its task for each host against ansible.builtin.debug, and what it reads."""

from __future__ import annotations

import dataclasses
import functools
import json
import pathlib
import resource
import shutil
import subprocess
import sys
import typing as t

import yaml

from . import fleet_evidence
from .rows import Row, Target
from .sides import interleaved, say
from .workspace import PROBES, Workspace

AGAINST = "CPU per host, against ansible.builtin.debug"
AGAINST_DEBUG = Target(ratio=1.0)
READING = Target(seconds=10)
# Each task stands so often in its playbook: one of them is lost in what check and report take, which is in all plays.
TIMES = 5
_ROOT = pathlib.Path(__file__).resolve().parents[3]
_RUN = "bench"
_DEBUG = {"ansible.builtin.debug": {"msg": "{{ inventory_hostname }}"}}


@dataclasses.dataclass(frozen=True)
class Extent:
    """Hosts of the inventories, how often each playbook runs, and the hosts whose lines are read without Ansible."""

    hosts: tuple[int, ...] = (100, 300)
    rounds: int = 3
    read: int = 10_000


SMOKE = Extent(hosts=(3,), rounds=1, read=30)


def rows(place: Workspace, extent: Extent) -> list[Row]:
    """The task as the playbook audit and as the role have it, and the reading alone."""
    say("gate")
    folder = place.path / "gate"
    folder.mkdir()
    found = [row for hosts in extent.hosts for row in _against_debug(place, folder, hosts, rounds=extent.rounds)]
    spent = _make(place, folder, extent.read)
    scene = f"gate: {extent.read:,} hosts"
    return [*found, Row(scene, "CPU of reading the verdicts once for each host", spent, target=READING)]


def _against_debug(place: Workspace, folder: pathlib.Path, hosts: int, *, rounds: int) -> list[Row]:
    """Evidence of an earlier run stands in, so that the tasks have a run of this size and contact nobody."""
    _make_fleet(place, folder, hosts)
    names = json.loads((folder / fleet_evidence.RUN / "run.json").read_text(encoding="utf-8"))["expected"]
    variables = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
    inventory = {"all": {"hosts": dict.fromkeys(names), "vars": variables}}
    (folder / "inventory.yml").write_text(json.dumps(inventory), encoding="utf-8")
    bodies = {"nothing": [], "debug": [_DEBUG], "gate": [_shipped()], "role": [_role("gate")]}
    for name, task in bodies.items():
        tasks = [_role("check"), _role("report"), *task * TIMES]
        play = {"hosts": "all", "gather_facts": False, "vars": _variables(folder), "tasks": tasks}
        (folder / f"{name}.yml").write_text(json.dumps([play]), encoding="utf-8")
    plays = {name: functools.partial(_cpu, place, folder, name) for name in bodies}
    plays["gate"]()  # compiles Ansible's byte code, once
    _check(folder, hosts)
    best = {name: min(runs) / hosts for name, runs in interleaved(plays, rounds=rounds).items()}
    each = {name: (spent - best["nothing"]) / TIMES for name, spent in best.items()}
    fleet = f"{hosts:,} hosts with local connections"
    return [
        Row(f"gate task: {fleet}", AGAINST, each["gate"], each["debug"], AGAINST_DEBUG),
        # Beside it what Ansible does for each host at the end of any role.
        Row(f"gate of the role: {fleet}", AGAINST, each["role"], each["debug"]),
    ]


def _check(folder: pathlib.Path, hosts: int) -> None:
    """A gate that is off, or of another run, would be fast."""
    for path in (folder / "port-audit").glob("*/verdicts.json"):
        found = json.loads(path.read_text(encoding="utf-8"))
        if found["gate"]["fail_on"] != ["fail"] or found["gate"]["closed"] or found["counts"]["assessed"] != hosts:
            raise RuntimeError(f"the gate had nothing to open on: {found}")


def _shipped() -> dict[str, t.Any]:
    """The task that stands in the playbook audit."""
    plays = yaml.safe_load((_ROOT / "playbooks" / "audit.yml").read_text(encoding="utf-8"))
    (found,) = [task for play in plays for task in play["tasks"] if "fleetports.compliance.port_audit_gate" in task]
    return t.cast("dict[str, t.Any]", found)


def _role(part: str) -> dict[str, t.Any]:
    role = {"name": "fleetports.compliance.port_audit", "tasks_from": part, "rolespec_validate": False}
    return {"ansible.builtin.import_role": role}


def _variables(folder: pathlib.Path) -> dict[str, t.Any]:
    return {
        "port_audit_policy": str(folder / "policy.yml"),
        "port_audit_output_dir": str(folder / "port-audit"),
        "port_audit_evidence": [str(folder / fleet_evidence.RUN)],
        "port_audit_max_evidence_age": "36500d",
        "port_audit_formats": ["json"],
        "port_audit_fail_on": ["fail"],
    }


def _make_fleet(place: Workspace, folder: pathlib.Path, hosts: int) -> None:
    """An earlier run, and a policy that approves all that there is."""
    for old in (folder / fleet_evidence.RUN, folder / "port-audit"):
        shutil.rmtree(old, ignore_errors=True)
    text = "version: 1\nname: bench\nrules:\n"
    text += "".join(f"  - {{id: {name}, protocol: {name}, port: 1-65535, reach: public}}\n" for name in ("tcp", "udp"))
    (folder / "policy.yml").write_text(text, encoding="utf-8")
    fleet_evidence.write(folder, hosts=hosts, listeners=10, policy_json="{}", sha256="0" * 64)


def _cpu(place: Workspace, folder: pathlib.Path, name: str) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = ["ansible-playbook", "-i", "inventory.yml", f"{name}.yml"]
    subprocess.run(command, cwd=folder, env=place.environment, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _make(place: Workspace, folder: pathlib.Path, hosts: int) -> float:
    """Make up the verdicts of a run; returns the CPU that reading them takes, each host its own line."""
    command = [sys.executable, str(PROBES / "gate.py"), str(folder), _RUN, str(hosts)]
    done = subprocess.run(command, env=place.environment, stdout=subprocess.PIPE, text=True, check=True)
    return float(done.stdout)
