# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``port_audit_hazards``: hazards of one's own, and what of the bundled ones is otherwise in one's own network."""

from __future__ import annotations

import dataclasses
import re
import typing as t

from ...module_utils._socket import PROTOCOLS
from .._policy._allowed_text import text_problem
from .._policy._message_words import did_you_mean, found, one_of
from .._policy._policy_model import REACHES, SEVERITIES
from ._hazard import Hazard
from ._hazard_catalogue import HazardCatalogue, hazard, ports
from ._known_hazards import Hazards

_TEXTS = ("id", "title", "why", "narrower")
_LISTS = ("programs", "units", "sources")
_KEYS = (*_TEXTS, *_LISTS, "ports", "its_ports_only", "certainty", "severity", "silent")
_NEEDED = ("title", "why", "severity")
_CERTAINTY = ("usually", "sometimes")
_MATTERS = REACHES[1:]  # what only its own host reaches is no hazard
_LONGEST = 500
_SPAN = re.compile(r"[1-9][0-9]{0,4}(-[1-9][0-9]{0,4})?")


class HazardsProblem(Exception):
    """The choice cannot be used; the text says which entry and why."""


def read_hazards(values: t.Sequence[t.Any], catalogue: HazardCatalogue) -> Hazards:
    """The bundled hazards with these changes. Raises HazardsProblem, naming the entry.

    An entry is a mapping with an ``id``: one that the catalogue has changes what it names, ``silent: true`` takes it
    away, and another id is a hazard of one's own. ``redis:silent`` and ``redis:low`` are short for two of these.
    """
    chosen = dict(catalogue.hazards)
    seen: set[str] = set()
    for number, value in enumerate(values):
        try:
            _change(chosen, _spelled_out(value), seen)
        except ValueError as error:
            raise HazardsProblem(f"hazards[{number}]: {error}") from error
    return Hazards(catalogue, chosen.values())


def _spelled_out(value: t.Any) -> t.Mapping[str, t.Any]:
    if isinstance(value, str):
        name, colon, word = (part.strip() for part in value.partition(":"))
        if not name or not colon:
            raise ValueError(f"must be a mapping, id:silent or id:severity, found {found(value)}")
        return {"id": name, "silent": True} if word == "silent" else {"id": name, "severity": word}
    if not isinstance(value, t.Mapping):
        raise ValueError(f"must be a mapping with an id, found {found(value)}")
    return value


def _change(chosen: dict[str, Hazard], value: t.Mapping[str, t.Any], seen: set[str]) -> None:
    _check(value)
    name = value["id"]
    if name in seen:
        raise ValueError(f"the id {name} occurs twice")
    seen.add(name)
    if value.get("silent"):
        _silence(chosen, value)
    elif name in chosen:
        chosen[name] = _changed(chosen[name], value)
    else:
        chosen[name] = _own(value, chosen)


def _silence(chosen: dict[str, Hazard], value: t.Mapping[str, t.Any]) -> None:
    name = value["id"]
    if set(value) != {"id", "silent"}:
        raise ValueError(f"{name} is silent: it needs no other key")
    if chosen.pop(name, None) is None:
        raise ValueError(f"the catalogue has no {name}{did_you_mean(name, chosen)}")


def _changed(before: Hazard, value: t.Mapping[str, t.Any]) -> Hazard:
    after = hazard({"title": before.title, "why": before.why, "severity": {}, **_with_reach(value)})
    given = {"often" if key == "certainty" else key for key in value if key != "silent"}
    return dataclasses.replace(before, **{name: getattr(after, name) for name in given})


def _own(value: t.Mapping[str, t.Any], chosen: t.Iterable[str]) -> Hazard:
    name = value["id"]
    for key in _NEEDED:
        if key not in value:
            hint = did_you_mean(name, chosen)
            raise ValueError(f"the catalogue has no {name}{hint or '.'} A hazard of your own needs {key}")
    if not any((*value.get("ports", {}).values(), value.get("programs"), value.get("units"))):
        raise ValueError("a hazard of your own needs ports, programs or units")
    return hazard(_with_reach(value))


def _with_reach(value: t.Mapping[str, t.Any]) -> t.Mapping[str, t.Any]:
    """A severity without a reach holds from a private network on; globs are compared in lower case."""
    changed = dict(value)
    if isinstance(value.get("severity"), str):
        changed["severity"] = {"private": value["severity"]}
    for key in ("programs", "units"):
        if key in value:
            changed[key] = [glob.lower() for glob in value[key]]
    return changed


def _check(value: t.Mapping[str, t.Any]) -> None:
    for key in value:
        if key not in _KEYS:
            raise ValueError(f"a hazard has no key {found(key)}{did_you_mean(str(key), _KEYS)}")
    if "id" not in value:
        raise ValueError("a hazard needs an id")
    for key, given in value.items():
        _CHECKS.get(key, _check_text if key in _TEXTS else _check_texts)(given, key)


def _check_text(value: t.Any, key: str) -> None:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{key} must be text, found {found(value)}")
    problem = text_problem(value)
    if problem:
        raise ValueError(f"{key} {problem}")
    if len(value) > _LONGEST:
        raise ValueError(f"{key} has more than {_LONGEST} characters")


def _check_texts(value: t.Any, key: str) -> None:
    if not isinstance(value, list):
        raise ValueError(f"{key} must be a list, found {found(value)}")
    for item in value:
        _check_text(item, key)


def _check_ports(value: t.Any, key: str) -> None:
    if not isinstance(value, t.Mapping):
        raise ValueError(f"{key} must be a mapping such as {{tcp: [6379]}}, found {found(value)}")
    for protocol, items in value.items():
        if protocol not in PROTOCOLS:
            raise ValueError(f"{key}: the protocol must be {one_of(PROTOCOLS)}, found {found(protocol)}")
        for item in items if isinstance(items, list) else [items]:
            _check_port(protocol, item)
        if not isinstance(items, list):
            raise ValueError(f"{key}: {protocol} must be a list, found {found(items)}")


def _check_port(protocol: str, item: t.Any) -> None:
    whole = isinstance(item, int) and not isinstance(item, bool)
    try:
        # int() takes spaces, underscores, signs and the digits of other scripts too.
        if whole or (isinstance(item, str) and _SPAN.fullmatch(item)):
            ports(protocol, item)
            return
    except ValueError:
        pass
    raise ValueError(f"a port is a number from 1 to 65535 or a range such as 5900-5909, found {found(item)}")


def _check_switch(value: t.Any, key: str) -> None:
    if not isinstance(value, bool):
        raise ValueError(f"{key} must be true or false, found {found(value)}")


def _check_certainty(value: t.Any, key: str) -> None:
    if value not in _CERTAINTY:
        raise ValueError(f"{key} must be {one_of(_CERTAINTY)}, found {found(value)}")


def _check_severity(value: t.Any, key: str) -> None:
    if isinstance(value, t.Mapping) and value:
        for reach, word in value.items():
            if reach not in _MATTERS:
                raise ValueError(f"{key}: the reach must be {one_of(_MATTERS)}, found {found(reach)}")
            _check_word(word, f"{key}: {reach}")
    else:
        _check_word(value, key)


def _check_word(value: t.Any, key: str) -> None:
    if not isinstance(value, str) or value not in SEVERITIES:
        raise ValueError(f"{key} must be {one_of(SEVERITIES)}, found {found(value)}")


_CHECKS: t.Mapping[str, t.Callable[[t.Any, str], None]] = {
    "ports": _check_ports,
    "its_ports_only": _check_switch,
    "silent": _check_switch,
    "certainty": _check_certainty,
    "severity": _check_severity,
}
