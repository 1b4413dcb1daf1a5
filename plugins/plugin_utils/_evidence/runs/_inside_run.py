# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a file that is to be written would lie in the directory of a run, where only that run writes."""

from __future__ import annotations

import os

from .._evidence_errors import EvidenceError
from ..files import _manifest
from ._run_record import RUN_FILE

_KEPT = (_manifest.SUMS_FILE, "evidence", "failures", "policies")  # one of them, beside run.json


def entry(path: str) -> str:
    """The absolute path of what a file would take the place of: links on the way are followed, the last one is not."""
    folder, name = os.path.split(os.path.abspath(os.path.expanduser(path)))
    return os.path.join(os.path.realpath(folder), name)


def run_around(path: str, *, own: str | None = None) -> str | None:
    """The directory of the run that a path is in, or is; None where there is no such run.

    ``own``: the directory of a run that may not be there yet.
    """
    place, known = entry(path), own and os.path.realpath(own)
    while True:
        if place == known or _is_run(place):
            return place
        place, before = os.path.dirname(place), place
        if place == before:
            return None


def _is_run(place: str) -> bool:
    return os.path.isfile(os.path.join(place, RUN_FILE)) and any(
        os.path.lexists(os.path.join(place, name)) for name in _KEPT
    )


def refuse_inside(path: str, *, option: str) -> None:
    """Raise EvidenceError for a path in a run, which is to stay as it was written. ``option`` names what gave it."""
    run = run_around(path)
    if run is not None:
        raise EvidenceError(
            f"{option}: {path} is in the run {os.path.basename(run)}, and nothing may replace or add files in a "
            "run: choose another place"
        )
