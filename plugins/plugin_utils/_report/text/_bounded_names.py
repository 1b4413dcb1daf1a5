# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names in a row of a report."""

from __future__ import annotations

import dataclasses

from ..._common._counted import FEW

MANY = 60  # names behind a click; report.json has all of them


@dataclasses.dataclass(frozen=True)
class BoundedNames:
    """Names in order. A row of a report never grows with the fleet: it shows ``shown`` and counts the ``more``."""

    all: tuple[str, ...]
    limit: int = MANY

    @property
    def total(self) -> int:
        return len(self.all)

    @property
    def few(self) -> bool:
        return len(self.all) <= FEW

    @property
    def shown(self) -> tuple[str, ...]:
        return self.all[: self.limit]

    @property
    def more(self) -> int:
        return max(0, len(self.all) - self.limit)
