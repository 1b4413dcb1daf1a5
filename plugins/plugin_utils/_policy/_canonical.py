# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The compiled form of a policy as JSON: every name resolved, every place kept. No pickle: it is data, not code.

Fields at their defaults are left out, which makes reading it back fast.
"""

from __future__ import annotations

import dataclasses
import datetime
import functools
import hashlib
import ipaddress
import json
import typing as t

from ._errors import PolicyError, Problem
from ._model import (
    AppliesTo,
    Approval,
    Control,
    Defaults,
    Network,
    Place,
    Policy,
    PortItem,
    Process,
    Rule,
    Waiver,
    WaiverMatch,
)

FORMAT = 1
_PLACES = frozenset({"place", "sources", "sha256"})


def to_json(policy: Policy) -> str:
    """The compiled form, one line of text. ``from_json`` gives an equal policy back."""
    return json.dumps({"compiled": FORMAT, **_plain(policy)}, ensure_ascii=False, separators=(",", ":"))


def digest(policy: Policy) -> str:
    """SHA-256 of what the policy says, wherever it stands: a file and the same text inline have the same."""
    said = _plain(policy, without=_PLACES)
    text = json.dumps(said, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def from_json(text: str) -> Policy:
    """Read the compiled form back. Raises PolicyError when it is damaged or of another version."""
    try:
        raw = json.loads(text)
        if raw.pop("compiled", None) != FORMAT:
            raise ValueError("of another version")
        return _policy(raw)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        problem = Problem(Place("compiled policy"), "", f"cannot be read back: {type(error).__name__}: {error}")
        raise PolicyError([problem]) from error


def _plain(value: t.Any, *, without: frozenset[str] = frozenset()) -> t.Any:
    if dataclasses.is_dataclass(value):
        return {
            field.name: _plain(getattr(value, field.name), without=without)
            for field in dataclasses.fields(value)
            if field.name not in without and getattr(value, field.name) != field.default
        }
    if isinstance(value, tuple):
        return [_plain(item, without=without) for item in value]
    if isinstance(value, t.Mapping):
        return {key: _plain(item, without=without) for key, item in value.items()}
    if isinstance(value, (datetime.date, ipaddress.IPv4Network, ipaddress.IPv6Network)):
        return str(value)
    return value


def _policy(raw: dict[str, t.Any]) -> Policy:
    return Policy(
        name=raw["name"],
        sha256=raw["sha256"],
        sources=tuple(raw["sources"]),
        defaults=_defaults(raw.get("defaults", {})),
        public_networks=_networks(raw.get("public_networks")),
        private_networks=_networks(raw.get("private_networks")),
        rules=tuple(_rule(rule) for rule in raw.get("rules", ())),
        waivers=tuple(_waiver(waiver) for waiver in raw.get("waivers", ())),
        service_names={name: _items(items) for name, items in raw.get("service_names", {}).items()},
    )


def _rule(raw: dict[str, t.Any]) -> Rule:
    raw["place"] = Place(**raw["place"])
    raw["ports"] = _items(raw["ports"])
    if "address" in raw:
        raw["address"] = _networks(raw["address"])
    if "process" in raw:
        raw["process"] = _process(raw["process"])
    if "applies_to" in raw:
        raw["applies_to"] = _applies_to(raw["applies_to"])
    if "approval" in raw:
        raw["approval"] = _approval(raw["approval"])
    if "controls" in raw:
        raw["controls"] = tuple(_control(**control) for control in raw["controls"])
    return Rule(**raw)


def _waiver(raw: dict[str, t.Any]) -> Waiver:
    raw["place"] = Place(**raw["place"])
    raw["match"] = _match(raw["match"])
    raw["applies_to"] = _applies_to(raw["applies_to"])
    raw["expires"] = _date(raw["expires"])
    if "approved_on" in raw:
        raw["approved_on"] = _date(raw["approved_on"])
    return Waiver(**raw)


def _match(raw: dict[str, t.Any]) -> WaiverMatch:
    return WaiverMatch(
        ports=_items(raw.get("ports", ())),
        codes=tuple(raw.get("codes", ())),
        rules=tuple(raw.get("rules", ())),
        address=_networks(raw.get("address")),
        process=_process(raw["process"]) if "process" in raw else None,
    )


def _defaults(raw: dict[str, t.Any]) -> Defaults:
    if "place" in raw:
        raw["place"] = Place(**raw["place"])
    return Defaults(**raw)


def _approval(raw: dict[str, t.Any]) -> Approval:
    for key in ("approved_on", "review_by"):
        if key in raw:
            raw[key] = _date(raw[key])
    return Approval(**raw)


def _items(raw: t.Iterable[dict[str, t.Any]]) -> tuple[PortItem, ...]:
    return tuple(PortItem(**item) for item in raw)


def _process(raw: dict[str, list[str]]) -> Process:
    return Process(**{field: tuple(globs) for field, globs in raw.items()})


def _applies_to(raw: dict[str, list[str]]) -> AppliesTo:
    return AppliesTo(**{field: tuple(names) for field, names in raw.items()})


def _networks(raw: t.Iterable[str] | None) -> tuple[Network, ...]:
    return tuple(_network(text) for text in raw or ())


# Policies repeat themselves: the same few controls, days and networks in every rule.
_network = functools.lru_cache(maxsize=8192)(ipaddress.ip_network)
_date = functools.lru_cache(maxsize=8192)(datetime.date.fromisoformat)
_control = functools.lru_cache(maxsize=8192)(Control)
