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
import typing as t

from ..._common._typed_json import Misfit, TypedJson, at, exact, one_of
from .._policy_errors import PolicyError, PolicyProblem
from .._policy_model import Network, Policy, PortItem, SourcePlace
from ._canonical import from_json

KEY, POLICY_RECORD_VERSION = "policy_record", 1
_SCHEMA = pathlib.Path(__file__).parents[1].joinpath("policy-record-v1.schema.json")
_NETWORKS = (ipaddress.IPv4Network, ipaddress.IPv6Network)


def to_record(policy: Policy) -> str:
    """The document, ASCII, indented. ``from_record`` gives an equal policy back."""
    return json.dumps({KEY: POLICY_RECORD_VERSION, **_plain(policy)}, indent=1) + "\n"


def from_record(text: str) -> Policy:
    """Read a policy that a run kept, also one in the compiled form of earlier versions. Raises PolicyError."""
    try:
        raw = json.loads(text)
        if isinstance(raw, dict) and "compiled" in raw:
            return t.cast(Policy, _READER.read(_plain(from_json(text)), Policy))  # the same policy, held to the schema
        return _read(raw)
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        message = f"cannot be read back: {type(error).__name__}: {error}"
        raise PolicyError([PolicyProblem(SourcePlace("stored policy"), "", message)]) from error


def _read(raw: t.Any) -> Policy:
    version = raw.pop(KEY, None)
    if version != POLICY_RECORD_VERSION:
        raise ValueError(f"version {version!r} of {KEY}, this version supports {POLICY_RECORD_VERSION}")
    return t.cast(Policy, _READER.read(raw, Policy))


def _plain(value: t.Any) -> t.Any:
    """Records as objects, dates and networks as their text."""
    if dataclasses.is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, t.Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, (datetime.date, *_NETWORKS)) else value


def _date(raw: t.Any) -> datetime.date:
    return datetime.date.fromisoformat(exact(raw, str))


def _network(raw: t.Any) -> Network:
    return ipaddress.ip_network(exact(raw, str))  # it takes a number for an address


def _check_values(raw: t.Mapping[str, t.Any], kind: type) -> None:
    """Hold the values of one object to the schema. Raises Misfit."""
    for name, limits in _limited(kind.__name__).items():
        at(name, functools.partial(_allow, limits), raw[name])
    if kind is PortItem and raw["first"] > raw["last"]:
        raise Misfit(f"is the range {raw['first']}-{raw['last']}, which ends before it begins")


@functools.cache
def _limited(kind: str) -> dict[str, dict[str, t.Any]]:
    """The fields of a record for which the schema has a list of words, or bounds."""
    properties = json.loads(_SCHEMA.read_text(encoding="utf-8"))["$defs"].get(kind, {}).get("properties", {})
    return {name: part for name, part in properties.items() if part.keys() & {"enum", "minimum"}}


def _allow(limits: dict[str, t.Any], raw: t.Any) -> None:
    if "enum" in limits:
        one_of(raw, limits["enum"])
    elif not limits["minimum"] <= exact(raw, int) <= limits["maximum"]:
        raise Misfit(f"is {raw}, not a number from {limits['minimum']} to {limits['maximum']}")


_READER = TypedJson(whole=True, own={datetime.date: _date, Network: _network}, check=_check_values)
