# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A hazard: a service that should not be open beyond its host or a private network."""

from __future__ import annotations

import dataclasses
import typing as t

from .._policy._policy_model import REACHES


class HazardPorts(t.NamedTuple):
    """A port, or a range of them."""

    protocol: str
    first: int
    last: int

    def has(self, protocol: str, port: int) -> bool:
        return protocol == self.protocol and self.first <= port <= self.last


@dataclasses.dataclass(frozen=True)
class Hazard:
    """One service. ``why`` goes on behind its title and a colon; ``narrower`` is what to do about its binding.

    ``programs`` and ``units`` are globs in lower case. ``its_ports_only``: they mean the service on its ports alone.
    ``often``: how sure a port is of it, ``usually`` or ``sometimes``. ``severity``: pairs of a reach and how grave it
    is from there on, narrow to wide.
    """

    id: str
    title: str
    why: str
    severity: tuple[tuple[str, str], ...]
    ports: tuple[HazardPorts, ...] = ()
    programs: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    its_ports_only: bool = False
    often: str = "usually"
    narrower: str | None = None
    sources: tuple[str, ...] = ()

    def weight(self, reach: int) -> str | None:
        """How grave it is at a reach (a position in REACHES); None: it does not matter there."""
        reached = [severity for name, severity in self.severity if REACHES.index(name) <= reach]
        return reached[-1] if reached else None

    def on(self, protocol: str, port: int) -> bool:
        """Whether this is one of its ports."""
        return any(ports.has(protocol, port) for ports in self.ports)
