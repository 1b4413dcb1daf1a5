# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The policy that a run keeps beside its evidence: JSON with names for everything, for auditors and later versions.

Its shape is ``policy-record-v1.schema.json`` in the folder above, which also lists the words and numbers that are
allowed. Anyone who can write to a stored run may have changed it, so reading holds every value to that list. The keys
are the fields of the model: a field that gets another name there needs a new version here.
"""

from __future__ import annotations

import dataclasses
import datetime
import functools
import ipaddress
import json
import pathlib
import types
import typing as t

from .._policy_errors import PolicyError, PolicyProblem
from .._policy_model import Policy, PortItem, SourcePlace
from ._canonical import from_json

KEY, VERSION = "policy_record", 1
_SCHEMA = pathlib.Path(__file__).parents[1].joinpath("policy-record-v1.schema.json")
_NETWORKS = (ipaddress.IPv4Network, ipaddress.IPv6Network)


def to_record(policy: Policy) -> str:
    """The document, ASCII, indented. ``from_record`` gives an equal policy back."""
    return json.dumps({KEY: VERSION, **_plain(policy)}, indent=1) + "\n"


def from_record(text: str) -> Policy:
    """Read a policy that a run kept, also one in the compiled form of earlier versions. Raises PolicyError."""
    try:
        raw = json.loads(text)
        if isinstance(raw, dict) and "compiled" in raw:
            return t.cast(Policy, _value(_plain(from_json(text)), Policy))  # the same policy, held to the schema
        return _read(raw)
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        message = f"cannot be read back: {type(error).__name__}: {error}"
        raise PolicyError([PolicyProblem(SourcePlace("stored policy"), "", message)]) from error


def _read(raw: t.Any) -> Policy:
    version = raw.pop(KEY, None)
    if version != VERSION:
        raise ValueError(f"version {version!r} of {KEY}, this version supports {VERSION}")
    return t.cast(Policy, _value(raw, Policy))


def _plain(value: t.Any) -> t.Any:
    """Records as objects, dates and networks as their text."""
    if dataclasses.is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, t.Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, (datetime.date, *_NETWORKS)) else value


@functools.cache
def _fields(kind: type) -> dict[str, t.Any]:
    return t.get_type_hints(kind)


def _value(raw: t.Any, kind: t.Any) -> t.Any:
    """A value of that type. Raises ValueError or TypeError for any other."""
    origin, parts = t.get_origin(kind), t.get_args(kind)
    if origin in (t.Union, types.UnionType):
        return _one_of(raw, parts)
    if origin is tuple:
        return tuple(_value(item, parts[0]) for item in _exact(raw, list))
    if origin is not None:  # a mapping by text
        return {_exact(key, str): _value(item, parts[1]) for key, item in _exact(raw, dict).items()}
    if dataclasses.is_dataclass(kind):
        return _record(raw, t.cast(type, kind))
    return datetime.date.fromisoformat(_exact(raw, str)) if kind is datetime.date else _exact(raw, kind)


def _one_of(raw: t.Any, kinds: t.Sequence[t.Any]) -> t.Any:
    if set(kinds) == set(_NETWORKS):
        return ipaddress.ip_network(_exact(raw, str))
    (kind,) = (kind for kind in kinds if kind is not types.NoneType)
    return None if raw is None else _value(raw, kind)


def _record(raw: t.Any, kind: type) -> t.Any:
    fields = _fields(kind)
    if _exact(raw, dict).keys() != fields.keys():
        raise ValueError(f"{kind.__name__} has the keys {', '.join(fields)}")
    for name in fields.keys() & _limited(kind.__name__).keys():
        _allow(raw[name], _limited(kind.__name__)[name], name)
    made = kind(**{name: _value(raw[name], part) for name, part in fields.items()})
    if isinstance(made, PortItem) and made.first > made.last:
        raise ValueError(f"the range {made.first}-{made.last} ends before it begins")
    return made


@functools.cache
def _limited(kind: str) -> dict[str, dict[str, t.Any]]:
    """The fields of a record for which the schema has a list of words, or bounds."""
    properties = json.loads(_SCHEMA.read_text(encoding="utf-8"))["$defs"].get(kind, {}).get("properties", {})
    return {name: part for name, part in properties.items() if part.keys() & {"enum", "minimum"}}


def _allow(raw: t.Any, limits: dict[str, t.Any], name: str) -> None:
    if "enum" in limits and raw not in limits["enum"]:
        raise ValueError(f"{name} is one of {', '.join(word or 'null' for word in limits['enum'])}")
    if "minimum" in limits and not limits["minimum"] <= _exact(raw, int) <= limits["maximum"]:
        raise ValueError(f"{name} is a number from {limits['minimum']} to {limits['maximum']}")


def _exact(raw: t.Any, kind: type) -> t.Any:
    """True is an int to isinstance."""
    if raw.__class__ is not kind:
        raise TypeError(f"expected {kind.__name__}, found {raw.__class__.__name__}")
    return raw
