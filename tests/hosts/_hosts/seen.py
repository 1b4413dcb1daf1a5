# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A listener as tests compare it: without pids, and with names in the place of what differs from run to run."""

from __future__ import annotations

import dataclasses
import typing as t

from .names import Names

Listener = t.Mapping[str, t.Any]


class Seen(t.NamedTuple):
    """One listener. ``port`` is a name where the kernel chose the number. ``owners``: ``EXE USER UNIT`` of each."""

    protocol: str
    address: str
    port: int | str
    owners: tuple[str, ...] = ()
    unit: str | None = None
    status: str = "known"
    container: str | None = None
    engine: str | None = None
    published: str | None = None
    device: str | None = None
    dual_stack: bool = False
    mptcp: bool = False

    @property
    def place(self) -> str:
        """Where it listens. Two listeners share a place if one is published by rules and the other is a socket."""
        return f"{self.protocol} {self.address} {self.port}{' published' if self.published else ''}"


@dataclasses.dataclass(frozen=True)
class View:
    """What names the parts of listeners of one machine."""

    names: Names

    def seen(self, listener: Listener) -> Seen:
        """A listener of an evidence document."""
        name = self.names.replaced
        target = " ".join(listener["published_to"])
        fields = {
            field: listener[field] for field in ("protocol", "address", "device", "dual_stack", "mptcp", "engine")
        }
        return Seen(
            **fields,
            port=self.names.port(listener["protocol"], listener["address"], listener["port"]),
            owners=tuple(sorted({name(_owner(owner)) for owner in listener["owners"]})),
            unit=name(listener["unit"]),
            status=listener["owner_status"],
            container=name(listener["container"]),
            published=listener["published_by"] and f"{listener['published_by']} {target}",
        )


def _owner(owner: Listener) -> str:
    return f"{owner['exe']} {owner['user']} {owner['unit']}"
