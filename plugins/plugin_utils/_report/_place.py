# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a finding points: a line of the policy file, as the readers of code expect it."""

from __future__ import annotations

import dataclasses
import os
import re
import urllib.parse

from .._policy._document import INLINE
from ._text import printable
from ._views import ReportModel

_PLACE = re.compile(r"(?P<file>.*?)(?::(?P<line>\d+):(?P<column>\d+))?", re.DOTALL)
_NO_FILE = "inline"  # as Policy.sources has it; places say INLINE
FALLBACK = "port-policy.yml"  # stands for a policy that is in no file: readers refuse a result that names none


@dataclasses.dataclass(frozen=True)
class Spot:
    """A line and column, from 1, of a file. ``file`` is relative to the folder the run was started in, or absolute."""

    file: str
    line: int = 1
    column: int = 1

    @property
    def uri(self) -> str:
        """As a URI reference (RFC 3986)."""
        quoted = urllib.parse.quote(self.file, errors="replace")
        return f"file://{quoted}" if os.path.isabs(self.file) else quoted


class Spots:
    """Finds the spot of every finding. ``policy_file`` names the file where the policy's own names will not do."""

    def __init__(self, model: ReportModel, policy_file: str | None) -> None:
        self._policy_file = policy_file
        sources = [source for policy in model.policies for source in policy.sources]
        self._default = Spot(self._file(sources[0] if sources else _NO_FILE))

    def find(self, place: str | None) -> Spot:
        """The spot of ``file:line:column``; what points nowhere points at the top of the policy."""
        match = _PLACE.fullmatch(place) if place else None
        if match is None:
            return self._default
        file = self._file(match["file"])
        return Spot(file, max(1, int(match["line"])), max(1, int(match["column"]))) if match["line"] else Spot(file)

    def _file(self, name: str) -> str:
        if self._policy_file:
            return self._policy_file
        return FALLBACK if name in (_NO_FILE, INLINE) else os.path.normpath(printable(name))
