# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Problems and remarks in the shapes that GitHub and GitLab show beside the lines of a change."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import typing as t

from .._common._checkout import Checkout
from .._common._ci_commands import workflow_command
from .._common._printable import printable
from .._policy._policy_errors import PolicyProblem
from .._policy._policy_model import SourcePlace
from .._policy.source._policy_document import in_no_file
from ._remark import ERROR, Remark

Told = t.Union[PolicyProblem, Remark]


class _QualityEntry(t.NamedTuple):
    level: str
    code: str
    message: str
    place: SourcePlace


def _entry(told: Told, checkout: Checkout | None) -> _QualityEntry:
    file = told.place.file
    named = checkout.named(file) if checkout and not in_no_file(file) else os.path.normpath(file)
    place = dataclasses.replace(told.place, file=printable(named))
    if isinstance(told, Remark):
        return _QualityEntry(told.level, told.code, printable(told.message), place)
    message = ": ".join(part for part in (told.path, told.message) if part)
    return _QualityEntry(ERROR, "invalid-policy", printable(message), place)


def github(told: t.Iterable[Told], checkout: Checkout | None = None) -> list[str]:
    """Workflow commands, one a line: https://docs.github.com/actions (workflow commands)."""
    return [_command(_entry(one, checkout)) for one in told]


def _command(entry: _QualityEntry) -> str:
    where = {"file": entry.place.file, "line": entry.place.line, "col": entry.place.column, "title": entry.code}
    return workflow_command(entry.level, where, entry.message)


def gitlab(told: t.Iterable[Told], checkout: Checkout | None = None) -> str:
    """A Code Quality report. Equal remarks keep their fingerprint while the line they stand on moves."""
    return json.dumps([_quality(_entry(one, checkout)) for one in told], indent=1) + "\n"


def _quality(entry: _QualityEntry) -> dict[str, t.Any]:
    path = entry.place.file
    mark = json.dumps([path, entry.code, entry.message])
    return {
        "description": entry.message,
        "check_name": entry.code,
        "fingerprint": hashlib.sha256(mark.encode()).hexdigest(),
        "severity": "major" if entry.level == ERROR else "minor",
        "location": {"path": path, "lines": {"begin": entry.place.line or 1}},
    }
