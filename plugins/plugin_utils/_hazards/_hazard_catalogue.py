# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The bundled catalogue of hazards.

``hazards-1.json`` is version 1; ``hazards-v1.schema.json`` holds its shape. A released version never changes: what
differs is a new file with a new version.
"""

from __future__ import annotations

import functools
import json
import pathlib
import typing as t

from .._policy._policy_model import REACHES
from ._hazard import Hazard, HazardPorts

FILE = pathlib.Path(__file__).with_name("hazards-1.json")
_FORMAT = 1
Raw = t.Mapping[str, t.Any]


class HazardCatalogue:
    """Hazards by id. ``carriers``: globs for programs that run what others bring, and so say nothing by their name."""

    def __init__(self, data: Raw) -> None:
        """Take the parsed file. Raises ValueError on another format."""
        if data.get("format") != _FORMAT:
            raise ValueError(f"hazards of format {data.get('format')!r}, this version supports {_FORMAT}")
        self.version: str = data["version"]
        self.date: str = data["date"]
        self.carriers: tuple[str, ...] = tuple(data["carriers"])
        self.hazards: t.Mapping[str, Hazard] = {raw["id"]: hazard(raw) for raw in data["hazards"]}

    @classmethod
    def load(cls) -> HazardCatalogue:
        """The bundled catalogue, read once per process."""
        return _load()


@functools.cache
def _load() -> HazardCatalogue:
    return HazardCatalogue(json.loads(FILE.read_text(encoding="utf-8")))


def hazard(raw: Raw) -> Hazard:
    """One entry that is known to be sound."""
    return Hazard(
        id=raw["id"],
        title=raw["title"],
        why=raw["why"],
        severity=tuple((reach, raw["severity"][reach]) for reach in REACHES if reach in raw["severity"]),
        ports=tuple(ports(protocol, item) for protocol, items in raw.get("ports", {}).items() for item in items),
        programs=tuple(raw.get("programs", ())),
        units=tuple(raw.get("units", ())),
        its_ports_only=raw.get("its_ports_only", False),
        often=raw.get("certainty", "usually"),
        narrower=raw.get("narrower"),
        sources=tuple(raw.get("sources", ())),
    )


def ports(protocol: str, item: int | str) -> HazardPorts:
    """``6379`` or ``"5900-5909"``. Raises ValueError."""
    first, dash, last = str(item).partition("-")
    found = HazardPorts(protocol, int(first), int(last if dash else first))
    if not 1 <= found.first <= found.last <= 65535:
        raise ValueError(f"{item} is neither a port nor a range")
    return found
