# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A play whose tasks are run by the actions of this collection, as Ansible makes and calls them."""

from __future__ import annotations

import importlib
import json
import pathlib
import types
import typing as t

from ansible.parsing.dataloader import DataLoader
from ansible.playbook.task import Task
from ansible.template import Templar
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action.host._host_answer import ModuleOutput

from .evidence import observation
from .listeners import listener

ACTIONS = "ansible_collections.fleetports.compliance.plugins.action"
Result = dict[str, t.Any]


class Play:
    """Tasks on the hosts ``a`` and ``b`` of the group ``web``.

    ``answers``: by host what its collector answers, or what the connection raises. A host that is not in it listens on
    22/tcp.
    """

    def __init__(self, *hosts: str) -> None:
        self.hosts = list(hosts or ("a", "b"))
        self.answers: dict[str, t.Any] = {}
        self.vars: dict[str, t.Any] = {}

    def task(self, name: str, /, host: str | None = None, **arguments: t.Any) -> Result:
        """What a task returns on a host, the first unless told. ``task`` has its keywords, as ``delegate_to``."""
        host = host or self.hosts[0]
        keywords = arguments.pop("task", {})
        result: Result = self._action(name, host, keywords, arguments).run(task_vars=self._vars(host))
        return result

    def audited(self, **options: t.Any) -> list[Result]:
        """Open a run and audit every host in it."""
        return [self.task("port_audit_check", **options), *self.on_hosts(**options)]

    def on_hosts(self, **options: t.Any) -> list[Result]:
        """Audit every host in the run that is open."""
        policy = {key: options[key] for key in ("policy",) if key in options}
        return [self.task("port_audit", host, **policy) for host in self.hosts]

    def _vars(self, host: str) -> dict[str, t.Any]:
        return {
            "inventory_hostname": host,
            "group_names": ["web"],
            "groups": {"all": self.hosts, "web": self.hosts},
            "ansible_play_hosts": self.hosts,
            "ansible_play_hosts_all": self.hosts,
            **self.vars,
        }

    def _action(self, name: str, host: str, keywords: t.Mapping[str, t.Any], arguments: dict[str, t.Any]) -> t.Any:
        task, loader = Task(), DataLoader()
        task.args = arguments
        for keyword, value in keywords.items():
            setattr(task, keyword, value)
        loader.set_basedir(str(pathlib.Path.cwd()))
        shell = types.SimpleNamespace(tmpdir="/nowhere")
        connection = types.SimpleNamespace(_shell=shell, transport="ssh", force_persistence=False)
        action = importlib.import_module(f"{ACTIONS}.{name}").ActionModule(
            task=task,
            connection=connection,
            play_context=None,
            loader=loader,
            templar=Templar(loader=loader),
            shared_loader_obj=None,
        )
        action._load_name = f"fleetports.compliance.{name}"
        action._execute_module = lambda **_module: self._answer(action, host)
        return action

    def _answer(self, action: t.Any, host: str) -> Result:
        """The part of Ansible that reaches the host."""
        answer = self.answers.get(host, observation(listener(22)))
        if isinstance(answer, Exception):
            raise answer
        action._said = ModuleOutput(0, json.dumps(answer), "")
        return {}
