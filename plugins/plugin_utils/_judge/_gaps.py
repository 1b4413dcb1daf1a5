# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Gaps that no verdict may pass over: listeners that the collector could not see.

Other gaps speak where they matter: owners, units and addresses that were not seen make the conditions that need
them unknown, and spoil nothing else.
"""

from __future__ import annotations

import typing as t

from .._policy._model import Defaults
from ._model import Finding, HostFacts


def collection_gaps(facts: HostFacts, defaults: Defaults) -> t.Iterator[Finding]:
    """An unverified finding for each gap that may hide what would fail; equal ones once.

    Listeners may. A way in without a port may where the policy fails a host for it; a warning that nobody could give
    is not worth a verdict.
    """
    hiding = {"listeners", "paths"} if defaults.alternate_path == "fail" else {"listeners"}
    told = set()
    for gap in facts.gaps:
        said = (gap["code"], gap.get("protocol"), gap.get("family"), gap["detail"])
        if gap["affects"] in hiding and said not in told:
            told.add(said)
            yield _finding(gap, host=facts.name, severity=defaults.severity)


def _finding(gap: t.Mapping[str, t.Any], *, host: str, severity: str) -> Finding:
    hidden = "ways in without a port" if gap["affects"] == "paths" else "listeners"
    what = " ".join(part for part in (gap.get("protocol"), gap.get("family"), hidden) if part)
    return Finding(
        code="collection-gap",
        verdict="unverified",
        severity=severity,
        message=f"{what} may be missing: {gap['detail']}",
        host=host,
        protocol=gap.get("protocol"),
        family=gap.get("family"),
        found=gap["code"],
    )
