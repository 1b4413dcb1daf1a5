# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``port_audit_controls``: controls that a report speaks of beside those that rules name."""

from __future__ import annotations

import typing as t

from .._policy._message_words import did_you_mean, found
from ._catalogue import Catalogue
from ._control import CatalogueControl

_NEEDED = ("framework", "version", "id")
_TEXTS = (*_NEEDED, "title", "summary")
_LISTS = ("evidence", "not_shown")


class ControlsProblem(Exception):
    """The choice cannot be used; the text says which entry and why."""


def read_controls(values: t.Sequence[t.Any], catalogue: Catalogue) -> tuple[CatalogueControl, ...]:
    """Each control once, in the order asked for. Raises ControlsProblem, naming the entry.

    An entry is ``framework``, ``framework:id``, or a mapping that describes a control of one's own.
    """
    chosen: dict[CatalogueControl, None] = {}
    for number, value in enumerate(values):
        try:
            chosen.update(dict.fromkeys(_entry(value, catalogue)))
        except ValueError as error:
            raise ControlsProblem(f"controls[{number}]: {error}") from error
    return tuple(chosen)


def _entry(value: t.Any, catalogue: Catalogue) -> tuple[CatalogueControl, ...]:
    if isinstance(value, str):
        return catalogue.select(value)
    if isinstance(value, t.Mapping):
        return (_own(value, catalogue),)
    raise ValueError(f"must be a framework, framework:id or a mapping, found {found(value)}")


def _own(value: t.Mapping[str, t.Any], catalogue: Catalogue) -> CatalogueControl:
    _check(value)
    known = catalogue.find(value["framework"], value["version"], value["id"])
    if known is not None:
        raise ValueError(f"the catalogue has {known}: write it as {known.framework}:{known.id}")
    for name in value.get("evidence", ()):
        if name not in catalogue.titles:
            hint = did_you_mean(name, catalogue.titles) or f": it is one of {', '.join(catalogue.titles)}"
            raise ValueError(f"the catalogue has no kind of evidence named {name!r}{hint}")
    return CatalogueControl(
        framework=value["framework"],
        framework_title=value["framework"],
        edition=value["version"],
        id=value["id"],
        title=value.get("title", ""),
        summary=value.get("summary", ""),
        evidence=tuple(dict.fromkeys(value.get("evidence", ()))),
        not_shown=tuple(value.get("not_shown", ())),
    )


def _check(value: t.Mapping[str, t.Any]) -> None:
    known = (*_TEXTS, *_LISTS)
    for key in value:
        if key not in known:
            raise ValueError(f"a control has no key {key!r}{did_you_mean(str(key), known)}")
    for key in _NEEDED:
        if key not in value:
            raise ValueError(f"a control of your own needs {key}")
    for key, said in value.items():
        _check_list(said, key) if key in _LISTS else _check_text(said, key)


def _check_list(value: t.Any, key: str) -> None:
    if not isinstance(value, list):
        raise ValueError(f"{key} must be a list, found {found(value)}")
    for item in value:
        _check_text(item, key)


def _check_text(value: t.Any, key: str) -> None:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{key} must be text, found {found(value)}: quote it")
