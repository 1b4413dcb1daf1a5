# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of the audit task: controller CPU per host, against a ping and against the playbook that people write today."""

from __future__ import annotations

import dataclasses
import functools
import json
import sys

from .rows import Row, Target
from .scene import TYPICAL, CommandFailed, Scene, Timing, open_scene
from .sides import interleaved, say
from .workspace import Workspace

AGAINST_PING = Target(ratio=1.25)
AGAINST_USUAL = Target(ratio=1 / 3)


@dataclasses.dataclass(frozen=True)
class Extent:
    """``hosts`` of an inventory with local connections, and how often each playbook runs."""

    hosts: int = 30
    rounds: int = 5


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
    "usual": _PLAY.format(facts="true") + _USUAL,
}


def rows(place: Workspace, extent: Extent) -> list[Row]:
    """Every row of the audit task."""
    say("audit: playbooks")
    _prepare(place, extent)
    with open_scene(TYPICAL) as scene:
        scene.connect(TYPICAL.established)
        _play(scene, place, "ping")  # compiles Ansible's byte code, once
        plays = {name: functools.partial(_play, scene, place, name) for name in _PLAYBOOKS}
        results = interleaved(plays, rounds=extent.rounds)
    _check(place, extent)
    cpu = {name: min(run.cpu for run in runs) / extent.hosts for name, runs in results.items()}
    return [
        Row(_name(extent), "CPU per host, against ansible.builtin.ping", cpu["audit"], cpu["ping"], AGAINST_PING),
        Row(
            _name(extent),
            "CPU per host less that of a play without tasks, against ping",
            cpu["audit"] - cpu["nothing"],
            cpu["ping"] - cpu["nothing"],
        ),
        Row(
            _name(extent),
            "CPU per host, against gather_facts, listen_ports_facts, assert and template",
            cpu["audit"],
            cpu["usual"],
            AGAINST_USUAL,
        ),
    ]


def _name(extent: Extent) -> str:
    return f"audit task: {extent.hosts} hosts, {TYPICAL.listeners} listeners and {TYPICAL.processes} processes each"


def _prepare(place: Workspace, extent: Extent) -> None:
    for name, text in _PLAYBOOKS.items():
        place.write(f"{name}.yml", text)
    place.write("usual.j2", _TEMPLATE)
    place.write("policy.yml", policy_text())
    variables = {
        "ansible_connection": "local",
        "ansible_python_interpreter": sys.executable,
        "approved": list(range(2000, 2010)),
    }
    hosts = {f"host{number:02}": None for number in range(extent.hosts)}
    place.write("inventory.yml", json.dumps({"all": {"hosts": hosts, "vars": variables}}))


def policy_text() -> str:
    """A policy of the size that a team keeps by hand: forty rules, half of the scene's ports among them."""
    rules = [
        f"  - {{id: svc-{number}, protocol: [tcp, udp], port: {2000 + number}, reach: public, "
        f'owner: platform, justification: "service {number}", review_by: 2099-01-01}}'
        for number in (*range(10), *range(100, 130))
    ]
    return "version: 1\nname: bench\nrules:\n" + "\n".join(rules) + "\n"


def _play(scene: Scene, place: Workspace, name: str) -> Timing:
    command = ["ansible-playbook", "-i", "inventory.yml", f"{name}.yml"]
    return scene.time(command, env=place.environment, cwd=str(place.path))


def _check(place: Workspace, extent: Extent) -> None:
    """Each host's evidence must be there, with all its listeners: a task that did nothing would be fast."""
    written = list((place.path / "port-audit").glob("*/evidence/*.json"))
    counts = {len(json.loads(file.read_text(encoding="utf-8"))["listeners"]) for file in written}
    if len(written) != extent.hosts * extent.rounds or counts != {TYPICAL.listeners}:
        raise CommandFailed(f"{len(written)} documents of evidence, with {sorted(counts)} listeners")
