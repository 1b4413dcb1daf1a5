# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which known hazards the findings of a run name."""

from __future__ import annotations

import typing as t

from ..model._inputs import RunInfo
from ..model._report import FindingGroup, HazardsFound


def build_hazards(run: RunInfo, groups: t.Iterable[FindingGroup]) -> HazardsFound:
    """Each hazard once. One that is not in the catalogue of this report is left out."""
    known, catalogue = run.hazards.hazards, run.hazards.catalogue
    named = sorted({group.hazard for group in groups if group.hazard in known})
    return HazardsFound(catalogue.version, catalogue.date, tuple(known[name] for name in named))
