# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A control of a catalogue: what it asks, what an audit can bring to it, and what it cannot."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True)
class CatalogueControl:
    """One control of one edition of a framework.

    ``edition`` is None where the catalogue does not know it; then any version of a rule goes. ``aliases`` are other
    published ids of the same control. ``evidence`` are names of what a run can show, ``not_shown`` is text.
    """

    framework: str
    framework_title: str
    edition: str | None
    id: str
    title: str
    summary: str
    evidence: tuple[str, ...]
    not_shown: tuple[str, ...]
    aliases: tuple[str, ...] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        return (self.id, *self.aliases)

    def is_named(self, framework: str, version: str, ident: str) -> bool:
        """Whether a rule that names these means this control; no spelling but the published ones."""
        return framework == self.framework and version in (self.edition, self.edition or version) and ident in self.ids

    def __str__(self) -> str:
        return " ".join(part for part in (self.framework, self.edition, self.id) if part)
