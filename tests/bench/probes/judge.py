# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Times policy and judge inside one fresh interpreter; prints the least CPU seconds of each as one JSON object.

Arguments: policy file, JSON file of listeners, repetitions, a directory for the cache.
"""

from __future__ import annotations

import datetime
import gc
import json
import pathlib
import sys
import time
import typing as t

import jsonschema
import yaml
from ansible_collections.fleetports.compliance.plugins.module_utils._socket import listener_from_dict
from ansible_collections.fleetports.compliance.plugins.plugin_utils._judge._judge import Judge
from ansible_collections.fleetports.compliance.plugins.plugin_utils._judge._judgement import HostAddress, HostFacts
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy import _load
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._cache import compiled
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy.source._layers import open_layers
from ansible_collections.fleetports.compliance.plugins.plugin_utils._registry._lookup import Registry

POLICY, LISTENERS, REPETITIONS, CACHE = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
NAMESPACE = 4026531840
HOST = HostFacts(
    name="host",
    groups=frozenset({"all", "web"}),
    addresses=(
        HostAddress("127.0.0.1", "lo", NAMESPACE),
        HostAddress("::1", "lo", NAMESPACE),
        HostAddress("10.1.2.3", "eth0", NAMESPACE),
        HostAddress("fe80::1", "eth0", NAMESPACE),
        HostAddress("2001:db8::1", "eth0", NAMESPACE),
    ),
)
AS_OF = datetime.datetime(2026, 6, 1, tzinfo=datetime.UTC)


def best(work: t.Callable[[], t.Any]) -> float:
    """The least of the repetitions, each from a collected heap."""
    times = []
    for _ in range(REPETITIONS):
        gc.collect()
        started = time.process_time()
        work()
        times.append(time.process_time() - started)
    return min(times)


started = time.process_time()
registry = Registry.load()
registry_seconds = time.process_time() - started
schema = json.loads(pathlib.Path(_load.__file__).with_name("port-policy-v1.schema.json").read_text(encoding="utf-8"))


class PlainLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """YAML as JSON would have it: dates stay text."""


PlainLoader.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in resolvers if not tag.endswith(":timestamp")]
    for first, resolvers in PlainLoader.yaml_implicit_resolvers.items()
}


def load() -> t.Any:
    return _load.load_layers(open_layers(POLICY), registry=registry)


def plain_jsonschema() -> None:
    """The peer: the same file and schema, no positions, nothing checked or resolved after it."""
    with open(POLICY, encoding="utf-8") as stream:
        document = yaml.load(stream, Loader=PlainLoader)  # noqa: S506 - a safe one, less dates
    jsonschema.Draft202012Validator(schema).validate(document)


started = time.process_time()
policy = load()
first_load = time.process_time() - started
compiled(POLICY, registry_loader=Registry.load, cache_dir=CACHE)
listeners = tuple(listener_from_dict(raw) for raw in json.loads(pathlib.Path(LISTENERS).read_text(encoding="utf-8")))


def judge() -> t.Any:
    return Judge(policy, registry).judge(HOST, listeners, as_of=AS_OF)


def each_with_each() -> int:
    """The peer: every rule's ports compared with every listener, and nothing else."""
    return sum(
        item.protocol == listener.protocol and item.first <= listener.port <= item.last
        for listener in listeners
        for rule in policy.rules
        for item in rule.ports
    )


ready = Judge(policy, registry)
result = judge()
print(
    json.dumps(
        {
            "rules": len(policy.rules),
            "listeners": len(result.listeners),
            "verdicts": sorted({listener.verdict for listener in result.listeners}),
            "registry": registry_seconds,
            "first_load": first_load,
            "load": best(load),
            "cached": best(lambda: compiled(POLICY, registry_loader=Registry.load, cache_dir=CACHE)),
            "plain": best(plain_jsonschema),
            "judge": best(judge),
            "judge_again": best(lambda: ready.judge(HOST, listeners, as_of=AS_OF)),
            "each_with_each": best(each_with_each),
        }
    )
)
