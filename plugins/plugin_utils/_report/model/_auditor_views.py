# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What auditors ask for: the approved list, what there is for which control, and the hashes of what was seen."""

from __future__ import annotations

import dataclasses
import typing as t

from ..._common._durations import age_text
from ..._policy._policy_model import SourcePlace
from ..text._bounded_names import BoundedNames


@dataclasses.dataclass(frozen=True)
class ApprovedRule:
    """One rule of a policy, whether anything was seen under it or not. Dates are ISO 8601.

    ``expect``: allowed, required or forbidden. ``review``: current, due (within 30 days), overdue, or none where the
    rule has no date. ``listeners``: those that pass by it; ``hosts``: where.
    """

    policy: str
    rule: str
    place: SourcePlace
    expect: str
    ports: str
    conditions: str
    applies_to: str
    owner: str | None
    justification: str | None
    ticket: str | None
    approved_by: str | None
    approved_on: str | None
    review_by: str | None
    review: str
    controls: tuple[tuple[str, str, str], ...]
    listeners: int
    hosts: int


@dataclasses.dataclass(frozen=True)
class Fact:
    """A few words with a number in them, ``2 rules without owner``; ``names``: which, sorted, where they have names.

    ``count``: how many things it speaks of; 0 where it says that there are none.
    """

    text: str
    count: int
    names: BoundedNames


@dataclasses.dataclass(frozen=True)
class ControlEvidence:
    """One kind of evidence, by the catalogue's name for it: what this run shows, and what it lacks."""

    name: str
    title: str
    shown: tuple[Fact, ...]
    missing: tuple[Fact, ...]


@dataclasses.dataclass(frozen=True)
class ControlRow:
    """A control that rules name or that was asked for: framework, version and id, for ids drift between releases.

    ``rules`` name it; ``listeners``: those that pass by these; ``findings``: theirs, by verdict, worst first.
    ``title`` is None for a control that nobody described: then there is no ``evidence``, and ``doubt`` says what the
    catalogue has instead. ``evidence`` speaks of the whole run. It supports the control, and never closes it;
    ``not_shown`` is what no run of this collection shows.
    """

    framework: str
    version: str
    id: str
    framework_title: str
    title: str | None
    summary: str | None
    doubt: str | None
    rules: BoundedNames
    listeners: int
    findings: t.Mapping[str, int]
    evidence: tuple[ControlEvidence, ...]
    not_shown: tuple[str, ...]

    @property
    def missing(self) -> int:
        """How many kinds of its evidence lack something."""
        return sum(bool(one.missing) for one in self.evidence)


@dataclasses.dataclass(frozen=True)
class CatalogueInfo:
    """Which catalogue of controls the report was made with."""

    version: str
    date: str


@dataclasses.dataclass(frozen=True)
class EvidenceFile:
    """The evidence of one host: its file in the run and the SHA-256 of its bytes.

    ``age`` in seconds, where it is not of this run.
    """

    host: str
    file: str
    sha256: str
    observed: str
    age: int | None = None

    @property
    def age_text(self) -> str | None:
        return None if self.age is None else age_text(self.age)


@dataclasses.dataclass(frozen=True)
class Evidence:
    """All evidence of the run. ``digest``: SHA-256 of the lines of ``SHA256SUMS`` that name it, None for no lines."""

    files: tuple[EvidenceFile, ...]
    digest: str | None
