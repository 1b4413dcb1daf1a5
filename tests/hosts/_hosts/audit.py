# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Audits of a machine by the collection's own playbook, over SSH."""

from __future__ import annotations

import itertools
import json
import os
import pathlib
import subprocess
import sys
import typing as t

from _fleet.controller import AUDIT, Run

from .machine import Machine

SUGGEST = "fleetports.compliance.suggest"
_TESTS = pathlib.Path(__file__).resolve().parents[1]
POLICY, REACH, PORT_80 = (_TESTS / f"{name}.yml" for name in ("policy", "reach", "port80"))
NAME = "bookworm"
# Who logs in, and what becomes of them, by the name of the way.
WAYS: dict[str, dict[str, t.Any]] = {
    "root": {"ansible_user": "root"},
    "become": {"ansible_user": "auditor", "ansible_become": True},
    "plain": {"ansible_user": "plain"},
}
# An emulated processor is slow, and the search for owners is not what is tested here.
_LIMITS = {"port_audit_cpu_budget": 60, "port_audit_wall_limit": 120}
_PATIENCE = 300  # seconds


class Auditor:
    """Runs playbooks against a machine. The collection is the one that HOSTS_COLLECTIONS_PATH names."""

    def __init__(self, machine: Machine, directory: pathlib.Path) -> None:
        self._machine = machine
        self._root = directory
        self._numbers = itertools.count(1)
        (directory / "ansible.cfg").write_text("[defaults]\n")

    def suggest(self, *runs: Run) -> pathlib.Path:
        """The policy that runs suggest."""
        policy = self._root / f"suggested{next(self._numbers)}.yml"
        done = self.play(SUGGEST, port_audit_runs=[str(run.output) for run in runs], port_audit_dest=str(policy))
        assert done.code == 0, done.text
        return policy

    def audit(self, way: str = "root", *, policy: pathlib.Path = POLICY, **variables: t.Any) -> Run:
        """The run of one audit. ``variables`` are further ones of the playbook."""
        return self.play(AUDIT, way, port_audit_policy=str(policy), **_LIMITS, **variables)

    def play(self, playbook: str, way: str = "root", **variables: t.Any) -> Run:
        """Run a playbook in a folder of its own: a name, or the text of one."""
        directory = self._root / f"run{next(self._numbers)}"
        directory.mkdir()
        (directory / "extra.json").write_text(json.dumps(variables))
        (directory / "inventory.json").write_text(json.dumps(self._inventory(way)))
        program = pathlib.Path(sys.executable).with_name("ansible-playbook")
        done = subprocess.run(
            [str(program), "-i", "inventory.json", "-e", "@extra.json", _file(playbook, directory)],
            cwd=directory,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
            check=False,
        )
        return Run(done.returncode, done.stdout, done.stderr, directory / "port-audit", {})

    def _inventory(self, way: str) -> dict[str, t.Any]:
        shell = self._machine.shell
        variables = {
            "ansible_host": "127.0.0.1",
            "ansible_port": self._machine.port,
            "ansible_python_interpreter": "/usr/bin/python3",
            "ansible_ssh_private_key_file": str(shell.key),
            "ansible_ssh_common_args": f"-F /dev/null -o UserKnownHostsFile={shell.known_hosts}",
            **WAYS[way],
        }
        return {"all": {"hosts": {NAME: variables}}}

    def _environment(self) -> dict[str, str]:
        """Nothing of the user's Ansible."""
        inherited = {key: value for key, value in os.environ.items() if not key.startswith(("ANSIBLE_", "PYTHON"))}
        return {
            **inherited,
            "ANSIBLE_CONFIG": str(self._root / "ansible.cfg"),
            "ANSIBLE_HOME": str(self._root / "home"),
            "ANSIBLE_COLLECTIONS_PATH": os.environ["HOSTS_COLLECTIONS_PATH"],
            "ANSIBLE_PIPELINING": "true",
            "ANSIBLE_NOCOLOR": "true",
            "ANSIBLE_SSH_CONTROL_PATH_DIR": str(self._machine.directory / "s"),
            "ANSIBLE_TIMEOUT": "30",
            "PYTHONDONTWRITEBYTECODE": "1",
        }


def _file(playbook: str, directory: pathlib.Path) -> str:
    if "\n" not in playbook:
        return playbook
    (directory / "playbook.yml").write_text(playbook)
    return "playbook.yml"
