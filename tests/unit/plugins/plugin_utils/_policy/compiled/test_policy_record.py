# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The policy that a run keeps: an equal policy comes back, the shape is the documented one, all else is refused."""

from __future__ import annotations

import dataclasses
import json
import pathlib
import typing as t

import jsonschema
import pytest
import yaml
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy import _load
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._policy_errors import PolicyError
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._policy_model import Policy
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy.compiled._canonical import (
    digest,
    to_json,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy.compiled._policy_record import (
    from_record,
    to_record,
)
from ansible_collections.fleetports.compliance.tests.unit.factories.policies import loaded

POSITIVE = pathlib.Path(__file__).parents[1] / "positive"
SCHEMA = json.loads(pathlib.Path(_load.__file__).with_name("policy-record-v1.schema.json").read_text(encoding="utf-8"))
RECORDS = sorted(pathlib.Path(__file__).with_name("records").glob("*.json"))
FILES = sorted(POSITIVE.glob("*.yml"))


@pytest.fixture(name="policy", params=FILES, ids=lambda path: path.stem)
def each_policy(request: pytest.FixtureRequest) -> Policy:
    return loaded(str(request.param))


def test_gives_an_equal_policy_back(policy: Policy) -> None:
    again = from_record(to_record(policy))
    assert again == policy
    assert digest(again) == policy.sha256
    assert [rule.place.layer for rule in again.rules] == [rule.place.layer for rule in policy.rules]


def test_it_has_the_documented_shape(policy: Policy) -> None:
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(to_record(policy)))


def test_the_compiled_form_of_earlier_versions_is_read(policy: Policy) -> None:
    assert from_record(to_json(policy)) == policy


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem[:8])
def test_what_earlier_versions_kept_is_read_and_has_the_same_sum(path: pathlib.Path) -> None:
    """Written before rules had a remediation: one as a record, one in the compiled form."""
    assert digest(from_record(path.read_text(encoding="utf-8"))) == path.stem


def test_a_remediation_is_part_of_the_sum() -> None:
    rule = "{id: a, protocol: tcp, port: 22%s}"
    source = "version: 1\nname: a\nrules:\n  - "
    sums = {digest(loaded(yaml.safe_load(source + rule % more))) for more in ("", ", remediation: b", ", runbook: b")}
    assert len(sums) == 3


def test_a_reader_finds_what_a_rule_says() -> None:
    record = json.loads(to_record(loaded(str(POSITIVE / "design.yml"))))
    rule = record["rules"][0]
    assert (record["policy_record"], rule["expect"]) == (1, "allowed")
    assert rule["ports"][0] == {"protocol": "tcp", "first": 22, "last": 22, "label": "22"}
    assert sorted(rule["place"]) == ["column", "file", "layer", "line"]


@pytest.fixture(name="raw")
def one_record() -> dict[str, t.Any]:
    policy = loaded(str(POSITIVE / "design.yml"))
    return t.cast("dict[str, t.Any]", json.loads(to_record(policy)))


def _without(key: str) -> t.Callable[[dict[str, t.Any]], t.Any]:
    return lambda raw: {name: value for name, value in raw.items() if name != key}


def _in_rule(**values: t.Any) -> t.Callable[[dict[str, t.Any]], t.Any]:
    return lambda raw: {**raw, "rules": [{**raw["rules"][0], **values}]}


def _in_ports(**values: t.Any) -> t.Callable[[dict[str, t.Any]], t.Any]:
    return _in_rule(ports=[{"protocol": "tcp", "first": 22, "last": 22, "label": "22", **values}])


UNKNOWN_VALUES = [
    pytest.param(_in_rule(expect="maybe"), id="expectation"),
    pytest.param(_in_rule(reach="moon"), id="reach"),
    pytest.param(_in_rule(severity="grave"), id="severity"),
    pytest.param(_in_rule(state="open"), id="state"),
    pytest.param(_in_ports(protocol="icmp"), id="protocol"),
    pytest.param(_in_ports(first=-1), id="port below 0"),
    pytest.param(_in_ports(last=65536), id="port above 65535"),
    pytest.param(lambda raw: {**raw, "defaults": {**raw["defaults"], "unlisted": "explode"}}, id="default"),
]


@pytest.mark.parametrize("damage", UNKNOWN_VALUES)
def test_refuses_what_the_schema_refuses(raw: dict[str, t.Any], damage: t.Callable[[dict[str, t.Any]], t.Any]) -> None:
    changed = damage(raw)
    assert not jsonschema.Draft202012Validator(SCHEMA).is_valid(changed)
    with pytest.raises(PolicyError, match="cannot be read back: ValueError"):
        from_record(json.dumps(changed))


def test_refuses_an_unknown_word_in_the_compiled_form_too() -> None:
    policy = loaded(str(POSITIVE / "design.yml"))
    rule = dataclasses.replace(policy.rules[0], reach="moon")
    with pytest.raises(PolicyError, match="reach is 'moon', not one of host, link"):
        from_record(to_json(dataclasses.replace(policy, rules=(rule, *policy.rules[1:]))))


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda raw: {**raw, "policy_record": 2}, id="another version"),
        pytest.param(_without("policy_record"), id="no version"),
        pytest.param(_without("waivers"), id="no waivers"),
        pytest.param(lambda raw: {**raw, "extra": 1}, id="a key too many"),
        pytest.param(lambda raw: {**raw, "name": 1}, id="a number for a name"),
        pytest.param(lambda raw: {**raw, "rules": {}}, id="no list of rules"),
        pytest.param(lambda raw: {**raw, "public_networks": ["10.0.0.1/8"]}, id="no network"),
        pytest.param(lambda raw: {**raw, "public_networks": [1]}, id="a number for a network"),
        pytest.param(_in_rule(insecure=1), id="a number for a truth"),
        pytest.param(
            _in_rule(ports=[{"protocol": "tcp", "first": True, "last": 1, "label": ""}]), id="a truth for a port"
        ),
        pytest.param(_in_ports(first=30, last=3), id="a range backwards"),
        pytest.param(_in_rule(place=None), id="no place"),
        pytest.param(_in_rule(approval={"owner": "x"}), id="half an approval"),
        pytest.param(lambda raw: [raw], id="a list"),
        pytest.param(lambda raw: None, id="nothing"),
        pytest.param(lambda raw: "compiled", id="a text"),
        pytest.param(lambda raw: {"compiled": 3}, id="an older compiled form"),
    ],
)
def test_refuses_what_is_damaged(raw: dict[str, t.Any], damage: t.Callable[[dict[str, t.Any]], t.Any]) -> None:
    with pytest.raises(PolicyError, match="cannot be read back"):
        from_record(json.dumps(damage(raw)))


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000])
def test_refuses_what_is_no_json(text: str) -> None:
    with pytest.raises(PolicyError, match="cannot be read back"):
        from_record(text)
