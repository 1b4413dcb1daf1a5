# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Times a replay inside fresh processes; prints seconds and memory as one JSON object.

Arguments: policy file, a directory to work in, hosts, listeners of each.
"""

from __future__ import annotations

import json
import pathlib
import resource
import sys
import time
import typing as t

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from ansible_collections.fleetports.compliance.plugins.plugin_utils._action.stored._replay_runs import (
    Files,
    Replayed,
    replay,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.runs._stored_run import open_runs
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._load import load_layers
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy.compiled._policy_record import to_record
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy.source._layers import open_layers
from ansible_collections.fleetports.compliance.plugins.plugin_utils._registry._lookup import Registry
from harness import fleet_evidence

POLICY, PLACE = sys.argv[1], pathlib.Path(sys.argv[2])
HOSTS, LISTENERS = int(sys.argv[3]), int(sys.argv[4])
THEN: dict[str, t.Any] = {"version": 1, "name": "then", "rules": [{"id": "ssh", "protocol": "tcp", "port": 22}]}

registry = Registry.load()
then, now = load_layers(open_layers(THEN), registry=registry), load_layers(open_layers(POLICY), registry=registry)


def made(folder: str, hosts: int) -> str:
    return fleet_evidence.write(
        PLACE / folder, hosts=hosts, listeners=LISTENERS, policy_json=to_record(then), sha256=then.sha256
    )


def replayed(run: str, dest: str) -> Replayed:
    with Files(str(PLACE / dest)).changes() as emit:
        return replay(open_runs([run]), policy=now, against=None, as_of=None, emit=emit)


def memory() -> int:
    """MiB that this process or the largest of its children had at most."""
    both = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return max(resource.getrusage(who).ru_maxrss for who in both) // 1024


def read(run: str) -> float:
    started = time.monotonic()
    for path in pathlib.Path(run, "evidence").iterdir():
        json.loads(path.read_text())
    return time.monotonic() - started


tenth = made("tenth", HOSTS // 10)
replayed(tenth, "out-tenth")
memory_tenth = memory()
run = made("whole", HOSTS)
started = time.monotonic()
done = replayed(run, "out")
seconds = time.monotonic() - started
result = {
    "replay": seconds,
    "read": read(run),
    "judged": done.tally.hosts,
    "changes": done.tally.changes,
    "memory": memory(),
    "memory_tenth": memory_tenth,
}
print(json.dumps(result))
