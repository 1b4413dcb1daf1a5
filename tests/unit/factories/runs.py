# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finished runs on disk, for the tests of what is taken from them."""

from __future__ import annotations

import datetime
import json
import pathlib
import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils._socket import Listener, to_dict
from ansible_collections.fleetports.compliance.plugins.plugin_utils._common._clock import iso
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.document._evidence_document import (
    assemble,
    nothing_seen,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.document._failure import (
    Failure,
    write_failure,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.files._run_directory import RunDirectory
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.runs._run_record import RunRecord
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._load import load_policy
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._policy_model import Policy
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy.compiled._policy_record import to_record
from ansible_collections.fleetports.compliance.plugins.plugin_utils._registry._lookup import Registry

NOW = datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.UTC)
SSH: dict[str, t.Any] = {"version": 1, "name": "ssh", "rules": [{"id": "ssh", "protocol": "tcp", "port": 22}]}
WEB: dict[str, t.Any] = {"version": 1, "name": "web", "rules": [{"id": "web", "protocol": "tcp", "port": 81}]}


def policy(source: dict[str, t.Any] | None = None) -> Policy:
    return load_policy(source or SSH, registry=Registry.load())


def run_id(hours_ago: float, suffix: str = "aaaaaa") -> str:
    return f"{NOW - datetime.timedelta(hours=hours_ago):%Y%m%dT%H%M%SZ}-{suffix}"


class Made:
    """A run that started so many hours before NOW, with a host for each port in ``hosts`` (None: it was dead)."""

    def __init__(
        self,
        output: pathlib.Path,
        hours_ago: float,
        hosts: t.Mapping[str, int | None],
        *,
        source: dict[str, t.Any] | None = None,
        suffix: str = "aaaaaa",
        sealed: bool = True,
        **fields: t.Any,
    ) -> None:
        self.id = run_id(hours_ago, suffix)
        self.started = NOW - datetime.timedelta(hours=hours_ago)
        self.directory = RunDirectory(str(output), self.id)
        self.path = pathlib.Path(self.directory.path)
        self._policy = policy(source)
        self.directory.write_policy(lambda: to_record(self._policy), sha256=self._policy.sha256)
        for host, port in hosts.items():
            self._host(host, port, machine=fields.get("machines", {}).get(host))
        self.record = RunRecord(
            id=self.id,
            started=iso(self.started),
            ended=fields.get("ended"),
            user="alice",
            controller=fields.get("controller", "bastion"),
            ansible_version="2.19.0",
            collection_version="0.1.0",
            limit=fields.get("limit"),
            expected=tuple(hosts),
            inventory=fields.get("inventory", dict.fromkeys(hosts, ("all", "web"))),
        )
        self.directory.write(self.record.to_dict(), name="run.json")
        if sealed:
            self.seal()

    def _host(self, host: str, port: int | None, *, machine: str | None) -> None:
        if port is None:
            sha256 = self._policy.sha256
            write_failure(self.directory, host, Failure("unreachable", "refused", policy=sha256))
            return
        observation = nothing_seen("x", "y")
        observation["collector"] = {**observation["collector"], "gaps": [], "sources": ["sock_diag"]}
        observation["host"] = {"machine_id": machine}
        seen = Listener(protocol="tcp", family="ipv4", address="0.0.0.0", port=port, state="listen")
        observation["listeners"] = [to_dict(seen)]
        binding = {"id": self.id, "policy": self._policy.sha256, "as_of": iso(self.started)}
        self.directory.write_evidence(
            assemble(observation, name=host, groups=["all"], run=binding, started=self.started, ended=self.started)
        )

    def evidence(self, host: str) -> pathlib.Path:
        return self.path / "evidence" / f"{host}.json"

    def change(self, host: str, change: t.Callable[[dict[str, t.Any]], object], *, seal: bool = False) -> None:
        """Alter the evidence of a host; ``seal`` makes the sums agree with it."""
        document = json.loads(self.evidence(host).read_text())
        change(document)
        self.evidence(host).write_text(json.dumps(document))
        if seal:
            self.seal()

    def seal(self) -> None:
        self.directory.write_manifest()
