# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long tasks take on a machine, in one run. The processor is emulated: only ratios mean anything."""

from __future__ import annotations

import itertools
import json
import typing as t

from .audit import Auditor

# By their names in the record.
TASKS = {
    "nothing": "ansible.builtin.meta: noop",
    "ss": "ansible.builtin.raw: ss -lntup",
    "ping": "ansible.builtin.ping:",
    "setup": "ansible.builtin.setup:",
    "collector": "fleetports.compliance.listening_sockets_info:",
}
# The control group of root's logins has used this much CPU time, in microseconds.
_USED = "awk '$1 == \"usage_usec\" { print $2 }' /sys/fs/cgroup/user.slice/user-0.slice/cpu.stat"
_MARK = """
    - ansible.builtin.raw: {used}
      register: used
    - ansible.builtin.set_fact:
        marks: "{{{{ marks | default([]) + [[now(utc=true).timestamp(), used.stdout | int]] }}}}"
"""
_END = """
    - ansible.builtin.copy:
        content: "{{ marks | to_json }}"
        dest: "{{ playbook_dir }}/marks.json"
        mode: "0600"
      delegate_to: localhost
      vars: {ansible_connection: ansible.builtin.local, ansible_python_interpreter: "{{ ansible_playbook_python }}"}
"""


class Cost(t.NamedTuple):
    """Seconds: of the task as the controller sees it, and of CPU time on the machine."""

    wall: float
    cpu: float


def measured(auditor: Auditor) -> dict[str, Cost]:
    """The cost of each task, less that of none."""
    mark = _MARK.format(used=_USED)
    tasks = "".join(f"{mark}    - {task}\n" for task in TASKS.values())
    run = auditor.play(f"- hosts: all\n  gather_facts: false\n  tasks:\n{tasks}{mark}{_END}")
    assert run.code == 0, run.text
    marks = json.loads((run.output.parent / "marks.json").read_text())
    costs = [Cost(after[0] - before[0], (after[1] - before[1]) / 1e6) for before, after in itertools.pairwise(marks)]
    nothing, *others = costs
    return {
        name: Cost(it.wall - nothing.wall, it.cpu - nothing.cpu)
        for name, it in zip(list(TASKS)[1:], others, strict=True)
    }
