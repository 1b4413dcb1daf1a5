# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a document has the shape of evidence: parts and types, as ``evidence-v1.schema.json`` has them.

A host writes most of its evidence itself, and files get altered: what is of another type must cost that host its
verdict, and not the fleet its report. jsonschema takes a hundred times as long for a fleet's listeners, so this reads
of the schema only ``type``, ``enum``, ``required``, ``properties``, ``items`` and ``$ref``; of a host's answer, before
it becomes evidence, ``additionalProperties``, ``minimum`` and ``maximum`` too.
"""

from __future__ import annotations

import functools
import json
import os
import typing as t

_SCHEMA = os.path.join(os.path.dirname(os.path.dirname(__file__)), "evidence-v1.schema.json")
_SEEN = 256  # a host may think of any number of further names
_TYPES: t.Mapping[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}


class _Part(t.NamedTuple):
    """``types`` are exact, for True is an int to isinstance. ``choices`` and ``parts`` are of an object's fields."""

    types: frozenset[type]
    values: frozenset[t.Any]
    required: tuple[str, ...]
    fields: t.Mapping[str, frozenset[type]]
    choices: tuple[tuple[str, frozenset[t.Any]], ...]
    parts: tuple[tuple[str, _Part], ...]
    items: _Part | None
    closed: bool
    limits: tuple[tuple[str, float, float], ...]
    # Names and types that were found right: most objects of a fleet look like one before.
    seen: set[tuple[t.Any, ...]]


def fault(document: t.Any) -> str | None:
    """The first thing that is not as the schema has it, with its place: ``listeners[3].port is a str``; or None."""
    found = _fault(_evidence(), document)
    return found.lstrip(".") if found else None


def answer_fault(answer: t.Mapping[str, t.Any]) -> str | None:
    """As fault, of what a collector answers: ``host``, ``collector`` and ``listeners``, with nothing else in them."""
    for name in ("host", "collector", "listeners"):
        if name not in answer:
            return f"{name} is missing"
        found = _fault(_answers()[name], answer[name])
        if found:
            return f"{name}{found}"
    return None


@functools.cache
def _evidence() -> _Part:
    schema = _schema()
    return _part(schema, schema["$defs"])


@functools.cache
def _answers() -> t.Mapping[str, _Part]:
    """By name. Who the host is says the inventory, and not every collector has all of its facts."""
    schema = _schema()
    parts = {name: {**schema["properties"][name]} for name in ("host", "collector", "listeners")}
    facts = {key: node for key, node in parts["host"]["properties"].items() if key not in ("name", "groups")}
    parts["host"] = {**parts["host"], "properties": facts, "required": []}
    return {name: _part(node, schema["$defs"], strict=True) for name, node in parts.items()}


def _schema() -> t.Any:
    with open(_SCHEMA, encoding="utf-8") as stream:
        return json.load(stream)


def _part(node: t.Mapping[str, t.Any], definitions: t.Mapping[str, t.Any], *, strict: bool = False) -> _Part:
    if "$ref" in node:
        return _part(definitions[node["$ref"].rpartition("/")[2]], definitions, strict=strict)
    properties = node.get("properties", {})
    inner = {name: _part(child, definitions, strict=strict) for name, child in properties.items()}
    return _Part(
        types=_types(node),
        values=frozenset(node.get("enum", ())),
        required=tuple(node.get("required", ())),
        fields={name: part.types for name, part in inner.items() if part.types},
        choices=tuple((name, part.values) for name, part in inner.items() if part.values),
        parts=tuple((name, part) for name, part in inner.items() if part.fields or part.required or part.items),
        items=_part(node["items"], definitions, strict=strict) if "items" in node else None,
        closed=strict and node.get("additionalProperties") is False,
        limits=_limits(properties) if strict else (),
        seen=set(),
    )


def _limits(properties: t.Mapping[str, t.Any]) -> tuple[tuple[str, float, float], ...]:
    """A whole number without any is one that the kernel keeps in 64 bits."""
    return tuple(
        (name, child.get("minimum", -(2**63)), child.get("maximum", 2**64))
        for name, child in properties.items()
        if _types(child) & {int}
    )


def _types(node: t.Mapping[str, t.Any]) -> frozenset[type]:
    """Of a choice, those of what there is to choose from. Empty: any."""
    named = [node["type"]] if isinstance(node.get("type"), str) else node.get("type", [])
    return frozenset(
        {kind for name in named for kind in _TYPES[name]} | {type(value) for value in node.get("enum", ())}
    )


def _fault(part: _Part, value: t.Any) -> str | None:
    kind = type(value)
    if part.types and kind not in part.types:
        return f" is a {kind.__name__}"
    if kind is dict:
        return _in_object(part, value)
    return _in_list(part.items, value) if kind is list and part.items else None


def _in_object(part: _Part, value: t.Mapping[str, t.Any]) -> str | None:
    looks = (*value, *map(type, value.values()))
    if looks not in part.seen:
        found = _in_fields(part, value)
        if found:
            return found
        if len(part.seen) < _SEEN:
            part.seen.add(looks)
    found = _in_values(part, value)
    if found:
        return found
    for name, inner in part.parts:
        found = _fault(inner, value[name]) if name in value else None
        if found:
            return f".{name}{found}"
    return None


def _in_values(part: _Part, value: t.Mapping[str, t.Any]) -> str | None:
    for name, values in part.choices:
        if name in value and value[name] not in values:
            return f".{name} is {value[name]!r}"
    for name, least, most in part.limits:
        number = value.get(name)
        if number is not None and not least <= number <= most:
            return f".{name} is too {'large' if number > most else 'small'}"
    return None


def _in_fields(part: _Part, value: t.Mapping[str, t.Any]) -> str | None:
    for name in part.required:
        if name not in value:
            return f".{name} is missing"
    for name, types in part.fields.items():
        if name in value and type(value[name]) not in types:
            return f".{name} is a {type(value[name]).__name__}"
    unknown = min((str(name) for name in value if name not in part.fields), default=None) if part.closed else None
    return None if unknown is None else f".{unknown} is not known"


def _in_list(part: _Part, value: t.Sequence[t.Any]) -> str | None:
    if not (part.fields or part.required or part.items):
        wrong = next((number for number, item in enumerate(value) if type(item) not in part.types), None)
        return None if wrong is None else f"[{wrong}] is a {type(value[wrong]).__name__}"
    for number, item in enumerate(value):
        found = _fault(part, item)
        if found:
            return f"[{number}]{found}"
    return None
