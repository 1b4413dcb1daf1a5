# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Evidence that another run collected and that answers for a host in this one."""

from __future__ import annotations

import dataclasses
import typing as t

from ..._common._clock import IsoTime

Document = t.Mapping[str, t.Any]


@dataclasses.dataclass(frozen=True)
class Origin:
    """Which run collected it, and how it is judged here: by which policy, at what time, in which groups.

    ``absent``: why the run that was last meant for the host has no evidence of it; None where it has.
    """

    run: str
    policy: str
    as_of: IsoTime
    groups: tuple[str, ...]
    absent: str | None = None

    def bind(self, document: Document) -> Document:
        """The document as it is judged here. Its file stays what its own run wrote, byte for byte."""
        binding = {**document["run"], "policy": self.policy, "as_of": self.as_of}
        return {**document, "run": binding, "host": {**document["host"], "groups": sorted(self.groups)}}
