# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What became of a host since an earlier run, and whether that stops a gate."""

from __future__ import annotations

import collections
import dataclasses
import typing as t

from .._judge._model import Finding
from ._host import Change, HostDrift

NEW = "new"


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
            "kinds": dict(kinds),
            "changes": {kind: _first(self.drift, kind) for kind in kinds},
            "new": len(self.new),
            "new_findings": [f"{finding.code}: {finding.message}" for finding in self.new[:3]],
        }

    def stops(self, *, fail_on: t.Collection[str], fail_on_drift: t.Collection[str]) -> bool:
        """Whether a gate with these sets stops. One that was not compared stops a gate on drift."""
        return bool(stopping(self.to_dict(), fail_on=fail_on, fail_on_drift=fail_on_drift)[0])


def _first(drift: HostDrift, kind: str) -> list[str]:
    return [_words(change) for change in drift.of([kind])[:3]]


def _words(change: Change) -> str:
    port = f"{change.port}/{change.protocol}" if change.port else f"a {change.protocol} port given by chance"
    turn = " -> ".join(text for text in (change.was, change.now) if text)
    return f"{change.kind}: {port}: {turn}"


def stopping(
    since: t.Mapping[str, t.Any], *, fail_on: t.Collection[str], fail_on_drift: t.Collection[str]
) -> tuple[list[str], list[str]]:
    """What stops a gate, in short, and the reasons. ``since`` is what ``to_dict`` gave."""
    short, reasons = [], []
    if NEW in fail_on and since["new"]:
        short.append(f"{since['new']} new")
        reasons += since["new_findings"]
    for kind in fail_on_drift:
        if since["kinds"].get(kind):
            short.append(f"{since['kinds'][kind]} {kind}")
            reasons += since["changes"][kind]
    if fail_on_drift and since["not_compared"] is not None:
        short.append("drift not known")
        reasons.append(f"not compared: {since['not_compared']}")
    return short, reasons
