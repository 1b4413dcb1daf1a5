# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Gaps that no verdict may pass over: listeners that the collector could not see.

Other gaps speak where they matter: owners, units and addresses that were not seen make the conditions that need
them unknown, and spoil nothing else.
"""

from __future__ import annotations

import typing as t

from ._model import Finding, HostFacts


def collection_gaps(facts: HostFacts, *, severity: str) -> t.Iterator[Finding]:
    """An unverified finding for each gap that may hide listeners; equal ones once."""
    told = set()
    for gap in facts.gaps:
        said = (gap["code"], gap.get("protocol"), gap.get("family"), gap["detail"])
        if gap["affects"] == "listeners" and said not in told:
            told.add(said)
            yield _finding(gap, host=facts.name, severity=severity)


def _finding(gap: t.Mapping[str, t.Any], *, host: str, severity: str) -> Finding:
    what = " ".join(part for part in (gap.get("protocol"), gap.get("family")) if part)
    return Finding(
        code="collection-gap",
        verdict="unverified",
        severity=severity,
        message=f"{what + ' ' if what else ''}listeners may be missing: {gap['detail']}",
        host=host,
        protocol=gap.get("protocol"),
        family=gap.get("family"),
        found=gap["code"],
    )
