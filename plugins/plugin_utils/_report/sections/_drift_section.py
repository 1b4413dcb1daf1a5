# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What changed since an earlier run, for the report."""

from __future__ import annotations

import typing as t

from ..._drift._drift_tally import DriftTally
from ..._drift._host_drift import KINDS
from ..model._inputs import HostReport, RunInfo
from ..model._report import Drift, DriftRow, NotCompared
from ..text._bounded_names import BoundedNames


def build_drift(run: RunInfo, hosts: t.Iterable[HostReport]) -> Drift | None:
    """None when the run was compared with no other. Hosts that were not assessed are told with the coverage."""
    if not run.reference:
        return None
    tally, new = DriftTally(), 0
    for host in hosts:
        if host.since is not None:
            tally.add(host.name, host.since.drift)
            new += len(host.since.new)
    rows = [DriftRow(**group.change._asdict(), hosts=BoundedNames(group.hosts)) for group in tally.groups]
    reasons = [NotCompared(reason, BoundedNames(names)) for reason, names in tally.not_compared.items()]
    return Drift(
        reference=run.reference,
        compared=tally.compared,
        kinds={kind: tally.kinds[kind] for kind in KINDS},
        rows=tuple(rows),
        not_compared=tuple(reasons),
        new=new,
    )
