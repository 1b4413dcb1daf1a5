# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The keywords of JSON Schema that the policy schema uses, each with a message for people.

jsonschema does the walking; its own messages quote the schema, not the mistake. Each function has jsonschema's
signature: validator, the keyword's value, the instance, the subschema around it. A message says what is wrong, what
was found, and what was probably meant.
"""

from __future__ import annotations

import contextlib
import datetime
import re
import typing as t

from ._document import Day
from ._words import did_you_mean, found, one_of, suggestion

with contextlib.suppress(ImportError):  # whoever needs these keywords says so: see _schema
    from jsonschema import ValidationError

Schema = t.Mapping[str, t.Any]
Errors = t.Iterator[ValidationError]

_KINDS = {
    "object": ("a mapping", dict),
    "array": ("a list", list),
    "string": ("text", str),
    "integer": ("a whole number", int),
}
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DATE_LIKE = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")


def is_kind(value: t.Any, kind: str) -> bool:
    """Whether a plain value is of a JSON type. True is no integer, and neither is 22.0."""
    return isinstance(value, _KINDS[kind][1]) and not isinstance(value, bool)


def type_(_validator: t.Any, wanted: str | list[str], value: t.Any, schema: Schema) -> Errors:
    kinds = [wanted] if isinstance(wanted, str) else wanted
    if not any(is_kind(value, kind) for kind in kinds):
        names = one_of([_KINDS[kind][0] for kind in kinds])
        hint = ": quote it" if "string" in kinds and isinstance(value, (bool, int, float)) else ""
        yield ValidationError(f"must be {names}, found {found(value)}{hint}")
    elif isinstance(value, Day) and not _may_be_date(schema):
        yield ValidationError(f"must be text, found the date {value}: quote it")


def _may_be_date(schema: Schema) -> bool:
    return schema.get("format") == "date"


def enum(_validator: t.Any, allowed: list[str], value: t.Any, _schema: Schema) -> Errors:
    if isinstance(value, str) and value not in allowed:
        yield ValidationError(f"must be {one_of(allowed)}, found {found(value)}{did_you_mean(value, allowed)}")


def const(_validator: t.Any, wanted: t.Any, value: t.Any, _schema: Schema) -> Errors:
    if value != wanted and type(value) is type(wanted):
        yield ValidationError(f"must be {found(wanted)}, found {found(value)}")


def required(_validator: t.Any, names: list[str], value: t.Any, schema: Schema) -> Errors:
    """A missing key; not when another key there is this one misspelt, for that is reported at the key."""
    if not isinstance(value, dict):
        return
    known = schema.get("properties", {})
    meant = {suggestion(key, known) for key in value if key not in known}
    for name in names:
        if name not in value and name not in meant:
            yield ValidationError(f"the key {name} is missing")


def additional_properties(validator: t.Any, extra: t.Any, value: t.Any, schema: Schema) -> Errors:
    if not isinstance(value, dict):
        return
    known = schema.get("properties", {})
    for key in value:
        if key in known:
            continue
        if extra is False:
            hint = did_you_mean(key, known) or f"; known are {', '.join(known)}"
            yield ValidationError(f"unknown key{hint}", path=(key,))
        else:
            yield from validator.descend(value[key], extra, path=key)


def properties(validator: t.Any, known: Schema, value: t.Any, schema: Schema) -> Errors:
    if not isinstance(value, dict):
        return
    for key, subschema in known.items():
        if key not in value:
            continue
        if subschema is False:
            yield ValidationError(str(schema["description"]), path=(key,))
        else:
            yield from validator.descend(value[key], subschema, path=key)


def property_names(validator: t.Any, subschema: Schema, value: t.Any, _schema: Schema) -> Errors:
    if isinstance(value, dict):
        for key in value:
            for error in validator.descend(key, subschema):
                yield ValidationError(error.message, path=(key,))


def items(validator: t.Any, subschema: Schema, value: t.Any, _schema: Schema) -> Errors:
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from validator.descend(item, subschema, path=index)


def if_(validator: t.Any, condition: Schema, value: t.Any, schema: Schema) -> Errors:
    if "then" in schema and validator.evolve(schema=condition).is_valid(value):
        yield from validator.descend(value, schema["then"])


def min_length(_validator: t.Any, least: int, value: t.Any, _schema: Schema) -> Errors:
    if isinstance(value, str) and len(value) < least:
        yield ValidationError("must not be empty")


def max_length(_validator: t.Any, most: int, value: t.Any, _schema: Schema) -> Errors:
    if isinstance(value, str) and len(value) > most:
        yield ValidationError(f"must have at most {most} characters, found {len(value)}")


def min_items(_validator: t.Any, least: int, value: t.Any, _schema: Schema) -> Errors:
    if isinstance(value, list) and len(value) < least:
        yield ValidationError("must not be an empty list")


def min_properties(_validator: t.Any, least: int, value: t.Any, schema: Schema) -> Errors:
    if isinstance(value, dict) and len(value) < least:
        known = ", ".join(schema.get("properties", {}))
        yield ValidationError(f"must not be empty: it takes {known}")


def minimum(_validator: t.Any, least: int, value: t.Any, schema: Schema) -> Errors:
    if is_kind(value, "integer") and value < least:
        yield ValidationError(f"must be at least {least}, found {value}")


def maximum(_validator: t.Any, most: int, value: t.Any, schema: Schema) -> Errors:
    if is_kind(value, "integer") and value > most:
        yield ValidationError(f"must be at most {most}, found {value}")


def pattern(_validator: t.Any, wanted: str, value: t.Any, schema: Schema) -> Errors:
    if isinstance(value, str) and value and not re.search(wanted, value):
        yield ValidationError(f"must be made of {schema.get('$comment', wanted)}; found {found(value)}")


def format_(_validator: t.Any, wanted: str, value: t.Any, _schema: Schema) -> Errors:
    if wanted == "date" and isinstance(value, str):
        problem = _date_problem(value)
        if problem:
            yield ValidationError(problem)


def _date_problem(text: str) -> str | None:
    if _DATE.fullmatch(text):
        try:
            datetime.date.fromisoformat(text)
        except ValueError as error:
            return f"there is no such day, found {text}: {error}"
        return None
    like = _DATE_LIKE.fullmatch(text)
    hint = f", did you mean {like[1]}-{like[2]:0>2}-{like[3]:0>2}?" if like else ""
    return f"must be a day as YYYY-MM-DD, found {found(text)}{hint}"


KEYWORDS: t.Mapping[str, t.Any] = {
    "type": type_,
    "enum": enum,
    "const": const,
    "required": required,
    "additionalProperties": additional_properties,
    "properties": properties,
    "propertyNames": property_names,
    "items": items,
    "if": if_,
    "minLength": min_length,
    "maxLength": max_length,
    "minItems": min_items,
    "minProperties": min_properties,
    "minimum": minimum,
    "maximum": maximum,
    "pattern": pattern,
    "format": format_,
}
