# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of the audit task: CPU per host, against a ping and against the playbook that people write today."""

from __future__ import annotations

import dataclasses
import functools
import json
import pathlib
import sys
import typing as t

from .rows import Row, Target
from .scene import BUSY, TYPICAL, CommandFailed, Plan, Scene, Timing, open_scene
from .sides import interleaved, say
from .workspace import Workspace

AGAINST = "CPU per host, against ansible.builtin.ping"
AGAINST_PING = Target(ratio=1.25)
AGAINST_USUAL = Target(ratio=1 / 3)


@dataclasses.dataclass(frozen=True)
class Extent:
    """``hosts`` of an inventory with local connections, and how often each playbook runs."""

    hosts: int = 30
    rounds: int = 7


SMOKE = Extent(hosts=3, rounds=1)

_PLAY = """\
- hosts: all
  gather_facts: {facts}
  tasks:
"""
_EMPTY = _PLAY.format(facts="false").replace("  tasks:\n", "")
_PING = """\
    - ansible.builtin.ping:
"""
_AUDIT = """\
    - fleetports.compliance.port_audit:
        policy: policy.yml
        output_dir: "{{ playbook_dir }}/port-audit"
"""
_KEPT = """\
      register: port_audit
"""
# What people write: facts, listen_ports_facts, a check and a report for each host.
_USUAL = """\
    - community.general.listen_ports_facts:
    - ansible.builtin.assert:
        that: item.port in approved
        quiet: true
      loop: "{{ ansible_facts.tcp_listen + ansible_facts.udp_listen }}"
      loop_control:
        label: "{{ item.port }}"
      ignore_errors: true
    - ansible.builtin.template:
        src: usual.j2
        dest: "{{ playbook_dir }}/usual-{{ inventory_hostname }}.txt"
        mode: "0600"
"""
_TEMPLATE = """\
{% set words = {true: 'ok', false: 'NOT APPROVED'} %}
{{ inventory_hostname }} {{ ansible_facts.distribution }} {{ ansible_facts.kernel }}
{% for item in ansible_facts.tcp_listen + ansible_facts.udp_listen %}
{{ item.protocol }} {{ item.address }} {{ item.port }} {{ item.name }} {{ words[item.port in approved] }}
{% endfor %}
"""
_PLAYBOOKS = {
    "nothing": _EMPTY,
    "ping": _PLAY.format(facts="false") + _PING,
    "audit": _PLAY.format(facts="false") + _AUDIT,
    "registered": _PLAY.format(facts="false") + _AUDIT + _KEPT,
    "usual": _PLAY.format(facts="true") + _USUAL,
}


def rows(place: Workspace, extent: Extent) -> list[Row]:
    """Every row of the audit task."""
    say("audit: playbooks")
    folder = prepare(place.path / "audit", extent.hosts)
    typical = _measured(place, folder, extent, TYPICAL, ("nothing", "ping", "audit", "usual"))
    busy = _measured(place, folder, extent, BUSY, ("ping", "audit"))
    check(folder, 2 * extent.hosts * extent.rounds)
    return [
        Row(_name(extent, TYPICAL), AGAINST, typical["audit"], typical["ping"], AGAINST_PING),
        Row(
            _name(extent, TYPICAL),
            "CPU per host less that of a play without tasks, against ping",
            typical["audit"] - typical["nothing"],
            typical["ping"] - typical["nothing"],
        ),
        Row(
            _name(extent, TYPICAL),
            "CPU per host, against gather_facts, listen_ports_facts, assert and template",
            typical["audit"],
            typical["usual"],
            AGAINST_USUAL,
        ),
        Row(_name(extent, BUSY), AGAINST, busy["audit"], busy["ping"], AGAINST_PING),
    ]


def _measured(
    place: Workspace, folder: pathlib.Path, extent: Extent, plan: Plan, names: t.Sequence[str]
) -> dict[str, float]:
    """The least CPU time per host of each playbook, among the processes of a plan."""
    with open_scene(plan) as scene:
        scene.connect(plan.established)
        play(scene, place, folder, "ping")  # compiles Ansible's byte code, once
        plays = {name: functools.partial(play, scene, place, folder, name) for name in names}
        results = interleaved(plays, rounds=extent.rounds)
    return {name: min(run.cpu for run in runs) / extent.hosts for name, runs in results.items()}


def _name(extent: Extent, plan: Plan) -> str:
    return (
        f"audit task: {extent.hosts} hosts, {plan.listeners} listeners, {plan.processes} processes "
        f"and {plan.descriptors:,} descriptors each"
    )


def prepare(folder: pathlib.Path, hosts: int) -> pathlib.Path:
    """Make a folder with the playbooks and an inventory of so many hosts with local connections; returns it."""
    folder.mkdir()
    for name, text in _PLAYBOOKS.items():
        (folder / f"{name}.yml").write_text(text, encoding="utf-8")
    (folder / "usual.j2").write_text(_TEMPLATE, encoding="utf-8")
    (folder / "policy.yml").write_text(policy_text(), encoding="utf-8")
    variables = {
        "ansible_connection": "local",
        "ansible_python_interpreter": sys.executable,
        "approved": list(range(2000, 2010)),
    }
    names = {f"host{number:04}": None for number in range(hosts)}
    (folder / "inventory.yml").write_text(json.dumps({"all": {"hosts": names, "vars": variables}}), encoding="utf-8")
    return folder


def policy_text() -> str:
    """A policy of the size that a team keeps by hand: forty rules, half of the scene's ports among them."""
    rules = [
        f"  - {{id: svc-{number}, protocol: [tcp, udp], port: {2000 + number}, reach: public, "
        f'owner: platform, justification: "service {number}", review_by: 2099-01-01}}'
        for number in (*range(10), *range(100, 130))
    ]
    return "version: 1\nname: bench\nrules:\n" + "\n".join(rules) + "\n"


def play(
    scene: Scene,
    place: Workspace,
    folder: pathlib.Path,
    name: str,
    command: t.Sequence[str] = ("ansible-playbook",),
) -> Timing:
    """Run a playbook of the folder in the scene. Raises CommandFailed when it fails on any host."""
    return scene.time([*command, "-i", "inventory.yml", f"{name}.yml"], env=place.environment, cwd=str(folder))


def check(folder: pathlib.Path, expected: int) -> None:
    """Each host's evidence must be there, with all its listeners: a task that did nothing would be fast."""
    written = list((folder / "port-audit").glob("*/evidence/*.json"))
    counts = {len(json.loads(file.read_text(encoding="utf-8"))["listeners"]) for file in written}
    if len(written) != expected or counts != {TYPICAL.listeners}:
        raise CommandFailed(f"{len(written)} documents of evidence, with {sorted(counts)} listeners")
