# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The bundled catalogue of controls, and what a name that is not in it was meant to be.

``controls-1.json`` is version 1; ``controls-v1.schema.json`` holds its shape. A released version never changes: what
differs is a new file with a new version.
"""

from __future__ import annotations

import functools
import json
import pathlib
import typing as t

from ._control import CatalogueControl
from ._spelling import Spellings

FILE = pathlib.Path(__file__).with_name("controls-1.json")
_FORMAT = 1


class Catalogue:
    """Controls by name. ``titles``: what each kind of evidence is called, in the catalogue's order."""

    def __init__(self, data: t.Mapping[str, t.Any]) -> None:
        """Take the parsed file. Raises ValueError on another format."""
        if data.get("format") != _FORMAT:
            raise ValueError(f"catalogue of format {data.get('format')!r}, this version supports {_FORMAT}")
        self.version: str = data["version"]
        self.date: str = data["date"]
        self.titles: t.Mapping[str, str] = {name: said["title"] for name, said in data["evidence"].items()}
        self.controls = tuple(_controls(data))
        self._spellings = Spellings(data["frameworks"])

    @classmethod
    def load(cls) -> Catalogue:
        """The bundled catalogue, read once per process."""
        return _load()

    def find(self, framework: str, version: str, ident: str) -> CatalogueControl | None:
        """The control that a rule names, by published ids alone: a guess is a hint, never an answer."""
        named = (control for control in self.controls if control.is_named(framework, version, ident))
        return next(named, None)

    def doubt(self, framework: str, version: str, ident: str) -> str | None:
        """What is odd about a control that is not in here; None where it is, or is of a framework of somebody's own."""
        if self.find(framework, version, ident) is not None:
            return None
        editions = self._editions(framework, ident)
        if editions:
            return f"the catalogue has {framework} {ident} of version {' and '.join(editions)}; ids can differ"
        hint = self._spellings.meant(f"{framework} {version} {ident}") or self._spellings.meant(f"{framework} {ident}")
        if framework in self._spellings.ids:
            like = hint.id if hint else self._spellings.close_id(framework, ident)
            return f"the catalogue has no such control of {framework}{f', did you mean {like}?' if like else ''}"
        if hint:
            return f"the catalogue has another spelling, did you mean {hint}?"
        close = self._spellings.close_framework(framework)
        return f"the catalogue has no framework {framework}, did you mean {close}?" if close else None

    def select(self, word: str) -> tuple[CatalogueControl, ...]:
        """The controls that ``framework`` or ``framework:id`` names, all editions. Raises ValueError with a hint."""
        framework, colon, ident = word.partition(":")
        found = tuple(
            control
            for control in self.controls
            if control.framework == framework and (ident in control.ids if colon else True)
        )
        if found:
            return found
        raise ValueError(f"the catalogue has no {word!r} ({self._instead(framework, word)})")

    def _instead(self, framework: str, word: str) -> str:
        hint = self._spellings.meant(word)
        if hint:
            return f"did you mean {hint.word}?"
        if framework in self._spellings.ids:
            return f"of {framework} it has {', '.join(self._spellings.ids[framework])}"
        close = self._spellings.close_framework(framework)
        return f"did you mean {close}?" if close else f"it has {', '.join(self._spellings.ids)}"

    def _editions(self, framework: str, ident: str) -> list[str]:
        """The editions of a framework that have this id."""
        named = (control for control in self.controls if control.framework == framework and ident in control.ids)
        return [control.edition for control in named if control.edition]


@functools.cache
def _load() -> Catalogue:
    return Catalogue(json.loads(FILE.read_text(encoding="utf-8")))


def _controls(data: t.Mapping[str, t.Any]) -> t.Iterator[CatalogueControl]:
    for framework in data["frameworks"]:
        for raw in framework["controls"]:
            yield CatalogueControl(
                framework=framework["framework"],
                framework_title=framework["title"],
                edition=framework["edition"],
                id=raw["id"],
                title=raw["title"],
                summary=raw["summary"],
                evidence=tuple(raw["evidence"]),
                not_shown=tuple(data["limits"][name] for name in raw["not_shown"]),
                aliases=tuple(raw.get("aliases", ())),
            )
