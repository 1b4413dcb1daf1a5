# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What became of a host since an earlier run."""

from __future__ import annotations

import collections
import dataclasses
import typing as t

from .._judge._judgement import Finding
from ._host_drift import HostDrift


@dataclasses.dataclass(frozen=True)
class Since:
    """``new``: what fails now and did not fail then."""

    drift: HostDrift
    new: tuple[Finding, ...] = ()

    def to_dict(self) -> dict[str, t.Any]:
        """What the gate needs to know, as JSON types."""
        kinds = collections.Counter(change.kind for change in self.drift.changes)
        return {
            "not_compared": self.drift.reason,
            "partly": list(self.drift.partly),
            "kinds": dict(kinds),
            "perhaps": {kind: list(doubt) for kind, doubt in self.drift.doubts.items()},
            "changes": {kind: _first(self.drift, kind) for kind in kinds},
            "new": len(self.new),
            "new_findings": [f"{finding.code}: {finding.message}" for finding in self.new[:3]],
        }


def _first(drift: HostDrift, kind: str) -> list[str]:
    return [f"{change.kind}: {change.place}: {change.turn}" for change in drift.of([kind])[:3]]
