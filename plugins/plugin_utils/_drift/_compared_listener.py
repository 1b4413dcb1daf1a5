# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A listener as two runs are compared by it."""

from __future__ import annotations

import dataclasses
import typing as t

from .._policy._policy_model import REACHES
from ._holder import Holder

Place = tuple[str, str, str, int, str]  # protocol, family, address, port, device


@dataclasses.dataclass(frozen=True)
class ComparedListener:
    """A listener as it is compared. ``holder`` None: not known; ``whole``: nobody else can hold it.

    ``ephemeral``: the host assigned the port; ``assigned_anew``: and assigns another at each start of the service.
    """

    place: Place
    holder: Holder | None
    label: str | None
    reach: int
    whole: bool
    ephemeral: bool = False
    assigned_anew: bool = False

    @property
    def words(self) -> str:
        _protocol, family, address, port, device = self.place
        host = f"[{address}]" if family == "ipv6" else address
        where = f"{host}:{port}{f'%{device}' if device else ''}" if address else "an ephemeral port"
        exe = ", ".join(dict.fromkeys(exe for exe, _unit in self.holder or ()))
        units = ", ".join(dict.fromkeys(unit for _exe, unit in self.holder or () if unit))
        who = f" by {exe}{f' ({units})' if units else ''}" if exe else ""
        return f"{where}{who}, reach {REACHES[self.reach]}"


def without_port(one: ComparedListener) -> tuple[str, ...]:
    protocol, family, address, _port, device = one.place
    return (protocol, family, address, device)


def by_place(one: ComparedListener) -> tuple[t.Any, ...]:
    return (*one.place, one.holder or (), one.reach)
