# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is proposed is right: it loads, it is what IANA says, and it is all of what was meant."""

from __future__ import annotations

import json
import re
import typing as t

import pytest
import yaml
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._policy_errors import PolicyError
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy.schema._hints import _KEYS, _VALUES, _key
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy.schema._port_words import COMMON
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy.schema._schema import schema_text
from ansible_collections.fleetports.compliance.plugins.plugin_utils._registry._lookup import Registry
from ansible_collections.fleetports.compliance.tests.unit.factories.policies import loaded

SCHEMA = json.loads(schema_text())
KINDS = {
    "expect": SCHEMA["$defs"]["rule"],
    "expires": SCHEMA["$defs"]["waiver"],
    "codes": SCHEMA["$defs"]["match"],
    "exe": SCHEMA["$defs"]["process"],
    "not_groups": SCHEMA["$defs"]["applies_to"],
    "rules": SCHEMA,
}
MEANT = re.compile(r"did you mean (.+?)(?: \(.*\))?\?")


def problem(port: t.Any) -> str:
    with pytest.raises(PolicyError) as caught:
        load(port)
    return str(caught.value)


def load(port: t.Any, protocol: t.Any = "tcp") -> t.Any:
    rule = {"id": "r", "protocol": protocol, "port": port}
    return loaded({"version": 1, "name": "n", "rules": [rule]}).rules[0]


@pytest.mark.parametrize("name", sorted(COMMON))
def test_what_people_call_a_service(name: str) -> None:
    registry = Registry.load()
    assert not any(registry.ports(name, protocol) for protocol in ("tcp", "udp")), "IANA has this name itself"
    for service, port in COMMON[name]:
        if service:
            spans = registry.ports(service, "tcp") + registry.ports(service, "udp")
            assert (port, port) in spans
    said = problem(name)
    assert all((service or str(port)) in said for service, port in COMMON[name])


@pytest.mark.parametrize(
    ("written", "ports"),
    [
        ("all", {1, 65535}),
        ("80,443", {80, 443}),
        ("80, 443", {80, 443}),
        ("22,8000-8099", {22, 8000, 8099}),
        ("1024-", {1024, 65535}),
        ("-1024", {1, 1024}),
        ("httpd", {80, 443}),
        ("!22", {1, 21, 23, 65535}),
        ("443/tcp", {443}),
        ("8000-8099/tcp", {8000, 8099}),
        ("80/tcp,443/tcp", {80, 443}),
        ("80,443/tcp", {80, 443}),
    ],
)
def test_a_proposal_loads_and_is_whole(written: str, ports: set[int]) -> None:
    said = MEANT.search(problem(written))
    assert said
    proposal = said[1].rpartition("port: ")[2]
    rule = load(yaml.safe_load(proposal))
    assert {end for item in rule.ports for end in (item.first, item.last)} == ports


def test_own_services_may_have_such_names() -> None:
    services = {name: [{"protocol": "tcp", "port": 1}] for name in ("all", "web", "rdp", "tcp", "private")}
    rule = {"id": "r", "protocol": "tcp", "port": list(services)}
    policy = loaded({"version": 1, "name": "n", "services": services, "rules": [rule]})
    assert {item.label for item in policy.rules[0].ports} == set(services)


@pytest.mark.parametrize("marker", sorted(_KEYS))
def test_proposed_keys_are_there(marker: str) -> None:
    known = KINDS[marker]["properties"]
    others = [kind for other, kind in KINDS.items() if other != marker]
    assert marker in known
    assert not any(marker in kind["properties"] for kind in others)
    for word in _KEYS[marker]:
        meant = _key(word, known)
        assert meant is not None
        inner = re.fullmatch(r"(\w+): \{(\w+): \.\.\.\}", meant)
        if inner:
            assert inner[1] in known
            kind = known[inner[1]]["$ref"].rpartition("/")[2]
            assert inner[2] in SCHEMA["$defs"][kind]["properties"]
        elif not meant.startswith(":"):
            assert meant in known


def test_proposed_values_are_there() -> None:
    definitions = SCHEMA["$defs"]
    enums = [
        *(definitions[name]["enum"] for name in ("action", "severity", "protocol", "code")),
        *(definitions["rule"]["properties"][name]["enum"] for name in ("expect", "reach")),
    ]
    for marker, words in _VALUES.items():
        (allowed,) = [enum for enum in enums if marker in enum]
        for hint in words.values():
            said = MEANT.match(hint.removeprefix(", "))
            if said:
                meant = yaml.safe_load(said[1])
                assert set(meant if isinstance(meant, list) else [meant]) <= set(allowed)
