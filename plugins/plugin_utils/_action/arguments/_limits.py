# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run lets pass of hosts that do not answer, as the tasks take it."""

from __future__ import annotations

import datetime
import re
import typing as t

from ..._common._durations import read_duration
from ..._gate._unreachable_limit import UnreachableLimit, read_limit
from .._base import Arguments, TaskRefused
from .._substitute_evidence import EvidenceSearch

_SPACE = re.compile(r"(?<=[0-9])\s+(?=[%mhdw]$)")
MAX_UNREACHABLE: t.Mapping[str, t.Any] = {"max_unreachable": {"type": "raw", "default": 0}}
STAND_IN: t.Mapping[str, t.Any] = {
    "max_evidence_age": {"type": "str", "default": ""},
    "evidence": {"type": "list", "elements": "path", "default": []},
}


def unreachable_limit(arguments: Arguments) -> UnreachableLimit:
    """How many unreachable hosts the gate forgives. Raises Refused."""
    try:
        return read_limit(_joined(arguments["max_unreachable"]))
    except ValueError as error:
        raise TaskRefused(f"max_unreachable: {error}") from error


def evidence_age(arguments: Arguments) -> datetime.timedelta | None:
    """How old evidence may be; None when no limit is given. Raises Refused."""
    try:
        return read_duration(_joined(arguments["max_evidence_age"]))
    except ValueError as error:
        raise TaskRefused(f"max_evidence_age: {error}") from error


def _joined(value: t.Any) -> t.Any:
    """``5 %`` and ``24 h`` as ``5%`` and ``24h``."""
    return _SPACE.sub("", value.strip()) if isinstance(value, str) else value


def search(arguments: Arguments) -> EvidenceSearch | None:
    """Where to look for evidence of hosts that do not answer; None when nothing may stand in. Raises Refused."""
    limit = evidence_age(arguments)
    places = tuple(path for path in arguments["evidence"] if path)
    if limit is None and places:
        raise TaskRefused("evidence: needs max_evidence_age, such as 24h.")
    return EvidenceSearch(places, limit) if limit else None
