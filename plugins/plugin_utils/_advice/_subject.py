# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Equal findings of a fleet as one subject of advice: what of all their listeners it depends on."""

from __future__ import annotations

import dataclasses
import typing as t

from ...module_utils._socket import Listener
from .._judge._judgement import Finding
from .._policy._policy_model import Rule

_KINDS = 8  # of listeners that one rule could still name together


@dataclasses.dataclass
class Kinds:
    """Gathers listeners, one of each kind; of more kinds than a rule could name it remembers only that."""

    listeners: dict[t.Any, Listener] = dataclasses.field(default_factory=dict)
    containers: set[str | None] = dataclasses.field(default_factory=set)
    too_many: bool = False

    def add(self, listener: Listener) -> None:
        if len(self.listeners) < _KINDS:
            self.listeners.setdefault(_kind(listener), listener)
        elif not self.too_many:
            self.too_many = _kind(listener) not in self.listeners
        if len(self.containers) < 2:
            self.containers.add(listener.container)


@dataclasses.dataclass
class Spread:
    """Whether every host has every port on every address that any of them has, and at the same reach.

    Hosts come one after the other, so that two sets are enough for any fleet.
    """

    host: str | None = None
    here: set[t.Any] = dataclasses.field(default_factory=set)
    first: set[t.Any] | None = None
    differs: bool = False

    def add(self, host: str, place: tuple[int | None, str, str]) -> None:
        """``place``: a port, an address and its reach."""
        if host != self.host:
            self._compare()
            self.host, self.here = host, set()
        self.here.add(place)

    def uneven(self) -> bool:
        """Asked once all are there."""
        self._compare()
        pairs = {(port, address) for port, address, _reach in self.here}
        ports, addresses = (set(values) for values in zip(*pairs, strict=True))
        return self.differs or len(pairs) < len(ports) * len(addresses)

    def _compare(self) -> None:
        if self.first is None:
            self.first = self.here or None
        else:
            self.differs = self.differs or self.first != self.here


def _kind(listener: Listener) -> tuple[t.Any, ...]:
    """Equal for listeners of which a rule and a command would say the same."""
    owners = listener.owners
    return (
        *(listener.state, listener.owner_status, listener.owners_complete, listener.unit, listener.unit_conflict),
        *(listener.socket_unit, listener.engine, bool(listener.published_to)),
        tuple([(it.exe, it.exe_alias, it.exe_on_host, it.unit, it.user, it.container is None) for it in owners]),
    )


@dataclasses.dataclass(frozen=True)
class Subject:
    """``rule``: of the policy, where one speaks. ``listeners``: one of each kind, none where there are too many.

    ``addresses`` as they are bound, without devices. ``container``: where all of them are in this one.
    ``platform``: of all hosts, as evidence names it, None where they differ. ``hosts`` by name, in order.
    ``uneven``: see Spread. ``other_namespace``: one of them is in a network namespace that is not the host's own.
    """

    finding: Finding
    rule: Rule | None
    listeners: tuple[Listener, ...]
    ports: tuple[int, ...]
    addresses: tuple[str, ...]
    reach: str | None
    hosts: tuple[str, ...]
    container: str | None = None
    platform: str | None = None
    uneven: bool = False
    other_namespace: bool = False
