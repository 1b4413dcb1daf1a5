# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs on disk: their records, policies and evidence."""

from __future__ import annotations

import datetime
import json
import pathlib
import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils._socket import Listener
from ansible_collections.fleetports.compliance.plugins.plugin_utils._common._clock import iso
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.document._failure import (
    Failure,
    write_failure,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.files._run_directory import RunDirectory
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.runs._run_record import RunRecord
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._policy_model import Policy
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy.compiled._policy_record import to_record

from .evidence import address, evidence_of, observation
from .listeners import listener
from .policies import SSH, loaded

NOW = datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.UTC)

# Two runs that follow each other, and the day of the first.
FIRST, SECOND = "20261122T000000Z-aaaaaa", "20261123T000000Z-bbbbbb"
FIRST_DAY = NOW.date()


def run_id(started: datetime.datetime, suffix: str = "aaaaaa") -> str:
    """The name of a run that started then."""
    return f"{started:%Y%m%dT%H%M%SZ}-{suffix}"


def record(ident: str, hosts: t.Iterable[str] = (), **fields: t.Any) -> RunRecord:
    """The record of a run for these hosts, which are all of the inventory unless told."""
    expected = tuple(hosts)
    values: dict[str, t.Any] = {
        "id": ident,
        "started": iso(datetime.datetime.strptime(ident[:16], "%Y%m%dT%H%M%S%z")),
        "ended": None,
        "user": "alice",
        "controller": "bastion",
        "ansible_version": "2.19.0",
        "collection_version": "0.1.0",
        "limit": None,
        "expected": expected,
        "inventory": dict.fromkeys(expected, ("all", "web")),
    }
    return RunRecord(**{**values, **fields})


def write_evidence(
    run: RunDirectory, host: str, seen: t.Mapping[str, t.Any], *, policy: Policy, **fields: t.Any
) -> pathlib.Path:
    """Keep what a host answered in a run, with the policy that holds for it; ``fields`` as ``evidence_of`` has them."""
    run.write_policy(lambda: to_record(policy), sha256=policy.sha256)
    document = evidence_of(seen, host, id=run.run_id, policy=policy.sha256, **fields)
    return pathlib.Path(run.write_evidence(document))


def run_of(
    output: pathlib.Path,
    ident: str,
    hosts: t.Mapping[str, t.Sequence[Listener]],
    *,
    gaps: t.Sequence[t.Mapping[str, t.Any]] = (),
    absent: t.Sequence[str] = ("dead",),
    **options: t.Any,
) -> str:
    """The path of a run that never ended: evidence of ``hosts``, nothing of ``absent``, collected with ``options``."""
    directory = RunDirectory(str(output), ident)
    own = {"addresses": [address("10.0.0.5", namespace=None)]}
    for host, seen in hosts.items():
        answer = observation(*seen, host=own, gaps=list(gaps), options=options)
        write_evidence(directory, host, answer, policy=loaded(), groups=("all", "web"))
    directory.write(record(ident, (*hosts, *absent)).to_dict(), name="run.json")
    return directory.path


class StoredRun:
    """A run that started so many hours before NOW, with a host for each port in ``hosts`` (None: it was dead).

    ``fields`` are those of its record, and ``machines``, the machine ids of hosts.
    """

    def __init__(
        self,
        output: pathlib.Path,
        hours_ago: float,
        hosts: t.Mapping[str, int | None],
        *,
        source: t.Mapping[str, t.Any] = SSH,
        suffix: str = "aaaaaa",
        sealed: bool = True,
        **fields: t.Any,
    ) -> None:
        self.started = NOW - datetime.timedelta(hours=hours_ago)
        self.id = run_id(self.started, suffix)
        self.directory = RunDirectory(str(output), self.id)
        self.path = pathlib.Path(self.directory.path)
        self._policy = loaded(source)
        self._machines = fields.pop("machines", {})
        self.directory.write_policy(lambda: to_record(self._policy), sha256=self._policy.sha256)
        for host, port in hosts.items():
            self._host(host, port)
        self.record = record(self.id, hosts, **fields)
        self.directory.write(self.record.to_dict(), name="run.json")
        if sealed:
            self.seal()

    def _host(self, host: str, port: int | None) -> None:
        if port is None:
            write_failure(self.directory, host, Failure("unreachable", "refused", policy=self._policy.sha256))
            return
        seen = observation(listener(port), host={"machine_id": self._machines.get(host)})
        write_evidence(self.directory, host, seen, policy=self._policy, started=self.started)

    def evidence(self, host: str) -> pathlib.Path:
        """The file of a host."""
        return self.path / "evidence" / f"{host}.json"

    def change(self, host: str, change: t.Callable[[dict[str, t.Any]], object], *, seal: bool = False) -> None:
        """Alter the evidence of a host; ``seal`` makes the sums agree with it."""
        document = json.loads(self.evidence(host).read_text())
        change(document)
        self.evidence(host).write_text(json.dumps(document))
        if seal:
            self.seal()

    def seal(self) -> None:
        """Write the manifest anew."""
        self.directory.finish(json.loads((self.path / "run.json").read_text()), name="run.json")
