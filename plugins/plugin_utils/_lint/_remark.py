# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the lint says: one remark for each thing that is allowed and yet should not stay so."""

from __future__ import annotations

import dataclasses

from .._common._printable import printable
from .._policy._policy_model import Rule, SourcePlace, Waiver

BASIC, STRICT = "basic", "strict"
ERROR, WARNING = "error", "warning"


@dataclasses.dataclass(frozen=True)
class Remark:
    """``code`` names the kind; ``level`` is error or warning."""

    code: str
    level: str
    message: str
    place: SourcePlace

    def __str__(self) -> str:
        layer = f" (layer {self.place.layer})" if self.place.layer else ""
        return printable(f"{self.place}: {self.level}: {self.message} [{self.code}]{layer}")

    @property
    def order(self) -> tuple[str, int, int, str, str]:
        """Sorts remarks as they stand in the files."""
        return (self.place.file, self.place.line or 0, self.place.column or 0, self.code, self.message)


def about(item: Rule | Waiver, code: str, message: str, *, level: str = WARNING) -> Remark:
    """A remark about a rule or a waiver."""
    kind = "rule" if isinstance(item, Rule) else "waiver"
    return Remark(code, level, f"{kind} {item.id} {message}", item.place)
