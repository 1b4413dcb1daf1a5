# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What auditors ask for: the approved list, the controls it answers to, and the hashes of what was seen."""

from __future__ import annotations

import dataclasses
import typing as t

from ._names import Names


@dataclasses.dataclass(frozen=True)
class ApprovedRule:
    """One rule of a policy, whether anything was seen under it or not. Dates are ISO 8601.

    ``expect``: allowed, required or forbidden. ``review``: current, due (within 30 days), overdue, or none where the
    rule has no date. ``listeners``: those that pass by it; ``hosts``: where.
    """

    policy: str
    rule: str
    place: str
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
class ControlRow:
    """A control that rules name: framework, version and id, for ids drift between releases.

    ``listeners``: those that pass by its rules; ``findings``: by verdict, worst first. Evidence for the control, never
    its closure.
    """

    framework: str
    version: str
    id: str
    rules: Names
    listeners: int
    findings: t.Mapping[str, int]


@dataclasses.dataclass(frozen=True)
class EvidenceFile:
    """The evidence of one host: its file in the run and the SHA-256 of its bytes."""

    host: str
    file: str
    sha256: str
    observed: str


@dataclasses.dataclass(frozen=True)
class Evidence:
    """All evidence of the run. ``digest``: SHA-256 of the lines of ``SHA256SUMS`` that name it, None for no lines."""

    files: tuple[EvidenceFile, ...]
    digest: str | None
