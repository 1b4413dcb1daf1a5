# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Look up what IANA says of a port, in the bundled snapshot of its registry.

Source: IANA, "Service Name and Transport Protocol Port Number Registry"; how it is read: RFC 6335. IANA's own note
holds: an assignment says nothing about what really runs on a port.
"""

from __future__ import annotations

import array
import bisect
import difflib
import functools
import json
import pathlib
import re
import typing as t

from ._registry_entry import FIRST_DYNAMIC, LAST_PORT, SHARED, TRANSPORTS, RegistryStatus, port_range

_DATA = pathlib.Path(__file__).with_name("iana-ports.json")
_FORMAT = 1
_SPAN = re.compile(r'^\["[tusd]+", (\d+), (\d+), ', re.MULTILINE)

# transports (letters), first port, last port, service name (None: reserved), description
_Entry = tuple[str, int, int, str | None, str]


class Registry:
    """A snapshot of IANA's port registry. ``snapshot`` is its date, ``rows`` how many rows IANA's file had.

    Entries stay text until somebody asks for their port: the main process of Ansible loads this and forks for each
    host, and whatever Python's garbage collector walks through would be copied there.
    """

    def __init__(self, text: str) -> None:
        """Take the text of the data file, an entry a line, by first port. Raises ValueError on anything else."""
        head, *lines = text.splitlines() or [""]
        data = json.loads(head + "]}")
        if data.get("format") != _FORMAT:
            raise ValueError(f"registry data of format {data.get('format')!r}, this version supports {_FORMAT}")
        spans = _SPAN.findall(text)
        if lines[-1:] != ["]}"] or len(spans) != len(lines) - 1:
            raise ValueError("registry data that is damaged or not one entry a line")
        self.snapshot: str = data["snapshot"]
        self.rows: int = data["rows"]
        self._lines = lines[:-1]
        self._firsts = array.array("H", [int(first) for first, _last in spans])
        self._ranges = [(int(span[0]), int(span[1]), place) for place, span in enumerate(spans) if span[0] != span[1]]
        self._known: dict[tuple[int, str], RegistryStatus] = {}

    @classmethod
    def load(cls) -> Registry:
        """The bundled snapshot, read once per process. Raises OSError or ValueError when it is damaged."""
        return _load()

    def status(self, port: int, protocol: str) -> RegistryStatus:
        """What IANA says of ``port`` (0-65535) for ``protocol`` (tcp, udp, udplite, sctp, dccp).

        Raises ValueError for a port or protocol that does not exist.
        """
        known = self._known.get((port, protocol))
        if known is None:
            known = self._known[(port, protocol)] = self._status(port, protocol)
        return known

    def ports(self, name: str, protocol: str) -> tuple[tuple[int, int], ...]:
        """The ranges (first, last) of a service name or alias for a protocol, sorted; none: an empty tuple.

        Service names do not depend on case (RFC 6335, section 5.1). Raises ValueError for an unknown protocol.
        """
        return self._by_name.get((name.lower(), _letter(protocol)), ())

    def names_like(self, name: str) -> list[str]:
        """Up to three service names that look like ``name``, the closest first."""
        return difflib.get_close_matches(name.lower(), self._names, n=3, cutoff=0.75)

    def _status(self, port: int, protocol: str) -> RegistryStatus:
        letter = _letter(protocol)
        if not 0 <= port <= LAST_PORT:
            raise ValueError(f"{port!r} is not a port: 0 to {LAST_PORT}")
        if port >= FIRST_DYNAMIC:
            # RFC 6335, section 8.1.2: never assigned, so unassigned would be wrong too.
            return RegistryStatus(port, protocol, status="dynamic", range="dynamic")
        entries = [entry for entry in self._on(port) if letter in entry[0]]
        named = [entry for entry in entries if entry[3] is not None]
        if named:
            return _assigned(port, protocol, named)
        status = "reserved" if entries else "unassigned"
        description = entries[0][4] if entries else None
        return RegistryStatus(port, protocol, status=status, range=port_range(port), description=description or None)

    def _on(self, port: int) -> list[_Entry]:
        """The entries of a port, in IANA's order: the name that comes first is the primary one."""
        places = {place for first, last, place in self._ranges if first <= port <= last}
        places.update(range(bisect.bisect_left(self._firsts, port), bisect.bisect_right(self._firsts, port)))
        return [_entry(self._lines[place]) for place in sorted(places)]

    @functools.cached_property
    def _by_name(self) -> dict[tuple[str, str], tuple[tuple[int, int], ...]]:
        found: dict[tuple[str, str], set[tuple[int, int]]] = {}
        for letters, first, last, name, _description in map(_entry, self._lines):
            if name is not None:
                for letter in letters:
                    found.setdefault((name.lower(), letter), set()).add((first, last))
        return {key: tuple(sorted(ranges)) for key, ranges in found.items()}

    @functools.cached_property
    def _names(self) -> list[str]:
        return sorted({name for name, _letter in self._by_name})


@functools.cache
def _load() -> Registry:
    return Registry(_DATA.read_text(encoding="utf-8"))


def _entry(line: str) -> _Entry:
    return t.cast("_Entry", tuple(json.loads(line.rstrip(","))))


def _letter(protocol: str) -> str:
    letter = TRANSPORTS.get(SHARED.get(protocol, protocol))
    if letter is None:
        raise ValueError(f"{protocol!r} is not a protocol with ports: {', '.join([*TRANSPORTS, *SHARED])}")
    return letter


def _assigned(port: int, protocol: str, entries: t.Sequence[_Entry]) -> RegistryStatus:
    names = list(dict.fromkeys(entry[3] for entry in entries if entry[3] is not None))
    return RegistryStatus(
        port,
        protocol,
        status="assigned",
        range=port_range(port),
        name=names[0],
        aliases=tuple(names[1:]),
        description=entries[0][4] or None,
    )
