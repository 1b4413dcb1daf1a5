# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The schema as such: what editors and people get from it, and what happens without jsonschema."""

from __future__ import annotations

import importlib.metadata
import json
import pathlib
import re
import typing as t

import pytest
from ansible_collections.fleetports.compliance.plugins.module_utils._socket import PROTOCOLS
from ansible_collections.fleetports.compliance.plugins.plugin_utils._judge._finding_codes import (
    HOST_CODES,
    LISTENER_CODES,
    NEVER_WAIVED,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._policy_errors import (
    MissingLibrary,
    PolicyError,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._policy_model import (
    REACHES,
    SEVERITIES,
    STATES,
    Defaults,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy.resolve import _port_names
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy.schema import _schema
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy.schema._schema_messages import KEYWORDS
from ansible_collections.fleetports.compliance.tests.unit.factories.policies import loaded
from jsonschema import Draft202012Validator, ValidationError

SCHEMA: dict[str, t.Any] = json.loads(_schema.schema_text())
DOCS = pathlib.Path(__file__).parents[6] / "docs" / "policy-reference.md"
NO_KEYWORDS = {"$schema", "$id", "$ref", "$defs", "$comment", "title", "description", "examples", "default", "then"}


def named(schema: dict[str, t.Any], at: str = "$") -> t.Iterator[tuple[str, dict[str, t.Any]]]:
    """Every subschema that describes something of its own: definitions, properties, items; not those of ``if``."""
    yield at, schema
    for keyword in ("properties", "$defs"):
        for name, item in schema.get(keyword, {}).items():
            yield from named(item, f"{at}.{keyword}.{name}")
    for keyword in ("items", "additionalProperties", "propertyNames"):
        if isinstance(schema.get(keyword), dict):
            yield from named(schema[keyword], f"{at}.{keyword}")


def whole(schema: dict[str, t.Any]) -> dict[str, t.Any]:
    if "$ref" not in schema:
        return schema
    return {**whole(SCHEMA["$defs"][schema["$ref"].removeprefix("#/$defs/")]), **schema}


def keywords(schema: t.Any) -> set[str]:
    """All keywords used anywhere."""
    if not isinstance(schema, dict):
        return set()
    found = set(schema)
    for keyword, value in schema.items():
        below = value.values() if keyword in ("properties", "$defs") else [value]
        found |= set().union(*map(keywords, below)) if keyword != "examples" else set()
    return found


PARTS = [pytest.param(schema, id=at) for at, schema in named(SCHEMA)]


def test_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert SCHEMA["$id"] == "urn:fleetports:compliance:port-policy:v1"


@pytest.mark.parametrize("schema", PARTS)
class TestEveryPart:
    def test_is_described(self, schema: dict[str, t.Any]) -> None:
        assert {"title", "description", "examples"} <= whole(schema).keys()

    def test_has_examples_that_are_valid(self, schema: dict[str, t.Any]) -> None:
        validator = Draft202012Validator({**SCHEMA, "$id": "urn:test", **whole(schema), "$defs": SCHEMA["$defs"]})
        if schema is not SCHEMA:
            validator = Draft202012Validator({**whole(schema), "$defs": SCHEMA["$defs"]})
        for example in whole(schema)["examples"]:
            assert [error.message for error in validator.iter_errors(example)] == []

    def test_is_closed_when_it_is_a_mapping(self, schema: dict[str, t.Any]) -> None:
        if whole(schema).get("type") == "object":
            assert "additionalProperties" in whole(schema)


def test_uses_no_alternatives_and_nothing_remote() -> None:
    assert not {"oneOf", "anyOf", "allOf", "not", "$dynamicRef"} & keywords(SCHEMA)
    assert {text.partition("/")[0] for text in re.findall(r'"\$ref": "([^"]*)"', _schema.schema_text())} == {"#"}


def test_every_keyword_has_a_message_of_its_own() -> None:
    assert keywords(SCHEMA) - NO_KEYWORDS == set(KEYWORDS)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        pytest.param("action", ("fail", "warn", "ignore"), id="actions"),
        pytest.param("severity", SEVERITIES, id="severities"),
        pytest.param("protocol", PROTOCOLS, id="protocols"),
        pytest.param("code", {*LISTENER_CODES, *HOST_CODES} - NEVER_WAIVED, id="codes"),
    ],
)
def test_knows_the_words_of_the_other_rooms(name: str, words: t.Collection[str]) -> None:
    assert set(SCHEMA["$defs"][name]["enum"]) == set(words)


def test_reaches_and_protocols_are_the_models() -> None:
    assert SCHEMA["$defs"]["rule"]["properties"]["reach"]["enum"] == list(REACHES)
    assert SCHEMA["$defs"]["state"]["enum"] == list(STATES)
    assert _port_names.PROTOCOLS == PROTOCOLS


def test_defaults_are_the_models() -> None:
    said = {key: item["default"] for key, item in SCHEMA["$defs"]["defaults"]["properties"].items()}
    assert said == {key: getattr(Defaults(), key) for key in said}


@pytest.mark.parametrize("schema", [part for part in PARTS if "properties" in part.values[0]])
def test_reference_has_every_key_as_the_schema_describes_it(schema: dict[str, t.Any]) -> None:
    page = DOCS.read_text(encoding="utf-8")
    rows = re.findall(r"^\| \*{0,2}`(\w+)`(\*\* \(required\))? \| .* \| (.*) \|$", page, re.MULTILINE)
    for key, item in schema["properties"].items():
        meaning = whole(item)["description"].replace("|", "\\|")
        assert any(
            row[0] == key and bool(row[1]) == (key in schema.get("required", ())) and meaning in row[2] for row in rows
        )


def test_reference_has_no_key_that_is_gone() -> None:
    page = DOCS.read_text(encoding="utf-8")
    keys = set(re.findall(r"^\| \*{0,2}`(\w+)`(?:\*\* \(required\))? \| .* \| .* \|$", page, re.MULTILINE)) - {"010"}
    assert keys == {key for part in PARTS for key in part.values[0].get("properties", {})}


class TestWithoutJsonschema:
    def test_says_what_is_missing_as_ansible_does(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(_schema, "_IMPORT_ERROR", ImportError("No module named 'jsonschema'"))
        with pytest.raises(
            MissingLibrary, match=r"Failed to import the required Python library \(jsonschema >= 4\.18\)"
        ):
            loaded({"version": 1, "name": "x", "rules": []})

    def test_is_a_problem_of_one_line(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(_schema, "_IMPORT_ERROR", ImportError("No module named 'jsonschema'"))
        with pytest.raises(PolicyError) as caught:
            loaded("/no/such/file")
        assert len(caught.value.problems) == 1
        assert len(str(caught.value).splitlines()) == 1

    @pytest.mark.parametrize("version", ["4.17.3", "3.2.0", "4.10.0"])
    def test_refuses_an_old_one(self, version: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(importlib.metadata, "version", lambda _name: version)
        with pytest.raises(MissingLibrary, match=rf"found {re.escape(version)}"):
            loaded({"version": 1, "name": "x", "rules": []})

    @pytest.mark.parametrize("version", ["4.18.0", "4.26.0", "5.0.0a1"])
    def test_takes_a_newer_one(self, version: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(importlib.metadata, "version", lambda _name: version)
        assert loaded({"version": 1, "name": "x", "rules": []}).name == "x"


def test_validation_errors_are_jsonschemas() -> None:
    assert isinstance(next(KEYWORDS["minLength"](None, 1, "", {})), ValidationError)
