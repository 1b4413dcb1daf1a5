# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a finding points: a line of the policy file, as the readers of code expect it."""

from __future__ import annotations

import dataclasses
import os
import urllib.parse

from ..._common._checkout import Checkout
from ..._common._printable import printable
from ..._policy._policy_model import SourcePlace
from ..._policy.source._policy_document import in_no_file
from ..model._report import ReportModel

FALLBACK = "port-policy.yml"  # stands for a policy that is in no file: readers refuse a result that names none


@dataclasses.dataclass(frozen=True)
class SourceLocation:
    """A line and column, from 1, of a file. ``file`` is relative to the root of the repository, or absolute."""

    file: str
    line: int = 1
    column: int = 1

    @property
    def uri(self) -> str:
        """As a URI reference (RFC 3986)."""
        quoted = urllib.parse.quote(self.file, errors="replace")
        return f"file://{quoted}" if os.path.isabs(self.file) else quoted


class SourceLocations:
    """Finds the spot of every finding.

    ``policy_file`` names the file where the policy's own names will not do; ``checkout``: what they are told from.
    """

    def __init__(self, model: ReportModel, policy_file: str | None, checkout: Checkout | None = None) -> None:
        self._policy_file = policy_file
        self._checkout = checkout
        self._names: dict[str, str] = {}
        sources = [source for policy in model.policies for source in policy.sources]
        self._default = SourceLocation(self._file(sources[0] if sources else "inline"))

    def find(self, place: SourcePlace | None) -> SourceLocation:
        """The spot of a place; what points nowhere points at the top of the policy."""
        if place is None:
            return self._default
        return SourceLocation(self._file(place.file), place.line or 1, place.column or 1)

    def _file(self, name: str) -> str:
        if self._policy_file:
            return self._policy_file
        if in_no_file(name):
            return FALLBACK
        if name not in self._names:  # few files, many findings
            named = self._checkout.named(name) if self._checkout else os.path.normpath(name)
            self._names[name] = printable(named)
        return self._names[name]
