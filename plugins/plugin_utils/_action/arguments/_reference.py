# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The earlier run that a run is compared with, as the tasks take it."""

from __future__ import annotations

import typing as t

from ..._evidence.runs._stored_run import open_runs
from ..._gate._gate_rules import DRIFT_CHOICES, NEW
from .._base import Arguments, TaskRefused
from ..stored._compare_runs import Reference

FAIL_ON_DRIFT: t.Mapping[str, t.Any] = {
    "fail_on_drift": {"type": "list", "elements": "str", "choices": list(DRIFT_CHOICES), "default": []}
}
REFERENCE: t.Mapping[str, t.Any] = {
    "reference": {"type": "list", "elements": "path", "default": []},
    **FAIL_ON_DRIFT,
}


def reference(arguments: Arguments, *, run_id: str) -> Reference | None:
    """The runs to compare with; None when there are none to be. Raises Refused, EvidenceError."""
    paths = [path for path in arguments["reference"] if path]
    needed = [f"fail_on {NEW}"] if NEW in arguments["fail_on"] else []
    needed += ["fail_on_drift"] if arguments["fail_on_drift"] else []
    if not paths:
        if needed:
            raise TaskRefused(f"{' and '.join(needed)} needs an earlier run: name one in reference.")
        return None
    runs = open_runs(paths, verify=arguments["verify"])
    if run_id in {run.record.id for run in runs}:
        raise TaskRefused(f"reference: {run_id} is this run itself: name an earlier run.")
    return Reference(runs)
