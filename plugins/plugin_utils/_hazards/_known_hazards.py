# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which hazard a listener is: by its program or unit where somebody is seen to hold it, else by its port."""

from __future__ import annotations

import fnmatch
import functools
import re
import typing as t

from ...module_utils._socket import Listener, Owner
from .._common._printable import printable, said
from .._policy._policy_model import SEVERITIES
from ._hazard import Hazard, HazardPorts
from ._hazard_catalogue import HazardCatalogue

_NAMED = 60  # characters of a name that a host chose
_REMEMBERED = 4096
_SEPARATORS = re.compile(r"[/\\]")
_EXTENSION = re.compile(r"\.exe$", re.IGNORECASE)


class KnownHazard(t.NamedTuple):
    """What is known of a listener: the id of its hazard, how grave it is at its reach, and why, in a sentence."""

    hazard: str
    severity: str
    why: str


class _Held(t.NamedTuple):
    """All that the answer depends on. ``targets``: ports that its traffic is sent to.

    ``executables``: the names of the file of each owner, none where it was not seen: a process chooses its own name.
    ``by_chance``: the port lies where the host takes ports that nobody chose.
    """

    protocol: str
    port: int
    targets: tuple[int, ...]
    programs: tuple[str, ...]
    executables: tuple[tuple[str, ...], ...]
    units: tuple[str, ...]
    reach: int
    by_chance: bool


class Hazards:
    """Hazards made ready: built once, asked for any number of listeners."""

    def __init__(self, catalogue: HazardCatalogue, hazards: t.Iterable[Hazard] | None = None) -> None:
        """``hazards`` take the place of those of the catalogue."""
        chosen = tuple(catalogue.hazards.values() if hazards is None else hazards)
        self.catalogue = catalogue
        self.hazards = {hazard.id: hazard for hazard in chosen}
        self._carriers = _matches(catalogue.carriers)
        # Most listeners are none of them, so all are asked for at once first.
        self._programs = _matches(tuple(glob for hazard in chosen for glob in hazard.programs))
        self._units = _matches(tuple(glob for hazard in chosen for glob in hazard.units))
        self._ports = {place for hazard in chosen for ports in hazard.ports for place in _places(ports)}
        self._known: dict[_Held, KnownHazard | None] = {}

    @classmethod
    def bundled(cls) -> Hazards:
        """Those that come with the collection, made ready once per process."""
        return _bundled()

    def of(self, listener: Listener, reach: int) -> KnownHazard | None:
        """What a listener is; ``reach``: a position in REACHES. None: nothing that matters at this reach."""
        held = _held(listener, reach)
        if held not in self._known:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[held] = self._look(held)
        return self._known[held]

    def _look(self, held: _Held) -> KnownHazard | None:
        """Programs that are known, and are none of these, are none of these in their units or on their ports either.

        All of them: a child that only inherited the socket says nothing of its parent.
        """
        told = bool(held.executables) and all(map(self._tells, held.executables))
        for found in (self._by_program, *(() if told else (self._by_unit, self._by_port))):
            hazards = list(found(held))
            if hazards:
                return _gravest(hazards, held.reach)
        return None

    def _tells(self, names: tuple[str, ...]) -> bool:
        return any(not self._carriers(name.lower()) for name in names)

    def _by_program(self, held: _Held) -> t.Iterator[tuple[Hazard, str]]:
        if not any(self._programs(name.lower()) for name in held.programs):
            return
        for hazard in self.hazards.values():
            name = _first(held.programs, hazard.programs)
            if name is not None and _in_place(hazard, held):
                yield hazard, _named(hazard, held, name)

    def _by_unit(self, held: _Held) -> t.Iterator[tuple[Hazard, str]]:
        if not any(self._units(name.lower()) for name in held.units):
            return
        for hazard in self.hazards.values():
            name = _first(held.units, hazard.units)
            if name is not None and _in_place(hazard, held):
                yield hazard, _named(hazard, held, f"Unit {name}")

    def _by_port(self, held: _Held) -> t.Iterator[tuple[Hazard, str]]:
        if self._ports.isdisjoint((held.protocol, port) for port in (held.port, *held.targets)):
            return
        for hazard in self.hazards.values():
            if not held.by_chance and hazard.on(held.protocol, held.port):
                yield hazard, f"Port {held.port}/{held.protocol} is {hazard.often} {hazard.title}"
            else:
                target = next((port for port in held.targets if hazard.on(held.protocol, port)), None)
                if target is not None:
                    yield hazard, f"It leads to port {target}, which is {hazard.often} {hazard.title}"


@functools.cache
def _bundled() -> Hazards:
    return Hazards(HazardCatalogue.load())


def _places(ports: HazardPorts) -> t.Iterator[tuple[str, int]]:
    return ((ports.protocol, port) for port in range(ports.first, ports.last + 1))


def _first(names: t.Iterable[str], patterns: tuple[str, ...]) -> str | None:
    """The first of a host's names that a pattern matches, fit for a sentence."""
    return next((said(name, limit=_NAMED) for name in names if _matches(patterns)(name.lower())), None)


def _in_place(hazard: Hazard, held: _Held) -> bool:
    """Whether its program, seen here, means it."""
    return not hazard.its_ports_only or hazard.on(held.protocol, held.port)


def _named(hazard: Hazard, held: _Held, name: str) -> str:
    if hazard.its_ports_only and hazard.often != "usually":
        return f"{name} on port {held.port}/{held.protocol} is {hazard.often} {hazard.title}"
    return f"{name} serves {hazard.title}"


def _gravest(found: t.Iterable[tuple[Hazard, str]], reach: int) -> KnownHazard | None:
    """Of several the gravest at this reach; of equals the first by id."""
    weighed = [
        (-SEVERITIES.index(severity), hazard.id, KnownHazard(hazard.id, severity, printable(f"{what}: {hazard.why}.")))
        for hazard, what in found
        if (severity := hazard.weight(reach)) is not None
    ]
    return min(weighed)[2] if weighed else None


def _held(listener: Listener, reach: int) -> _Held:
    owners = listener.owners
    units = (listener.unit, listener.socket_unit, *(owner.unit for owner in owners))
    return _Held(
        protocol=listener.protocol,
        port=listener.port,
        targets=tuple(filter(None, map(_target, listener.published_to))),
        programs=tuple(dict.fromkeys(name for owner in owners for name in _programs(owner))),
        executables=tuple(dict.fromkeys(tuple(_programs(owner)) if owner.exe else () for owner in owners)),
        units=tuple(dict.fromkeys(filter(None, units))),
        reach=reach,
        by_chance=bool(listener.ephemeral),
    )


def _programs(owner: Owner) -> t.Iterator[str]:
    """The names of its executable, without folder and ``.exe``; its own name where that was not seen."""
    paths = [path for path in (owner.exe_alias, owner.exe) if path] or [owner.name or ""]
    for path in paths:
        name = _EXTENSION.sub("", _SEPARATORS.split(path)[-1])
        if name:
            yield name


def _target(text: str) -> int | None:
    """The port of ``10.0.0.2:80``."""
    port = text.rpartition(":")[2]
    return int(port) if port.isascii() and port.isdigit() and len(port) <= 5 else None


@functools.lru_cache(maxsize=1024)
def _matches(patterns: tuple[str, ...]) -> t.Callable[[str], t.Any]:
    """Whether one of them matches. Compiled when it is first asked for: most hazards never are."""
    return re.compile("|".join(map(fnmatch.translate, patterns)) or r"(?!)").match
