# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A policy after it was checked: typed, immutable, every name resolved to numbers, every item with its place."""

from __future__ import annotations

import dataclasses
import datetime
import ipaddress
import typing as t

from .._common._typed_json import ADDED_LATER

Network = t.Union[ipaddress.IPv4Network, ipaddress.IPv6Network]
REACHES = ("host", "link", "private", "public")  # narrow to wide
SEVERITIES = ("low", "medium", "high", "critical")
STATES = ("socket", "published", "kernel")
# Of a field that policies of earlier runs have not: they are read without it, and their SHA-256 stays what it was.
_LATER = {ADDED_LATER: True}


@dataclasses.dataclass(frozen=True)
class SourcePlace:
    """Where something stands. ``file`` is the path as given, ``line`` and ``column`` from 1; inline: line None.

    ``layer`` is the name of the policy document that it stands in; it is no part of what makes two places equal.
    """

    file: str
    line: int | None = None
    column: int | None = None
    layer: str | None = dataclasses.field(default=None, compare=False)

    def __str__(self) -> str:
        return self.file if self.line is None else f"{self.file}:{self.line}:{self.column}"


@dataclasses.dataclass(frozen=True)
class PortItem:
    """One protocol and one port or range of a rule, ``first`` <= ``last``. ``label`` is what the author wrote."""

    protocol: str
    first: int
    last: int
    label: str


@dataclasses.dataclass(frozen=True)
class ProcessPatterns:
    """Conditions on every owner; each field is a tuple of globs of which one must match, empty: no condition.

    A new condition is a field at the end of these, a key of the schema, and an answer in ``_judge/conditions``.
    """

    name: tuple[str, ...] = ()
    exe: tuple[str, ...] = ()
    user: tuple[str, ...] = ()
    unit: tuple[str, ...] = ()
    container: tuple[str, ...] = ()

    @property
    def conditions(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """The fields that were given, as (field, globs)."""
        given = ((field, getattr(self, field)) for field in PROCESS_FIELDS)
        return tuple((field, globs) for field, globs in given if globs)


# In the order of the compiled form.
PROCESS_FIELDS = tuple(field.name for field in dataclasses.fields(ProcessPatterns))


@dataclasses.dataclass(frozen=True)
class AppliesTo:
    """Which hosts. ``hosts`` are globs; with neither groups nor hosts: everywhere but ``not_groups``."""

    groups: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    not_groups: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Control:
    framework: str
    version: str
    id: str


@dataclasses.dataclass(frozen=True)
class Approval:
    """Who approved it and why; nothing in here changes a verdict but ``review_by`` (``overdue-review``)."""

    owner: str | None = None
    justification: str | None = None
    ticket: str | None = None
    approved_by: str | None = None
    approved_on: datetime.date | None = None
    review_by: datetime.date | None = None
    security_features: str | None = None


@dataclasses.dataclass(frozen=True)
class Rule:
    id: str
    place: SourcePlace
    ports: tuple[PortItem, ...]
    expect: str = "allowed"  # allowed | required | forbidden
    reach: str | None = None
    address: tuple[Network, ...] = ()
    process: ProcessPatterns | None = None
    applies_to: AppliesTo = AppliesTo()
    severity: str | None = None  # None: the default's
    approval: Approval = Approval()
    controls: tuple[Control, ...] = ()
    state: str | None = None  # of STATES; None: any of them
    insecure: bool = False  # the author says that the service is one of those that PCI DSS 2.2.5 means
    remediation: str | None = dataclasses.field(default=None, metadata=_LATER)  # what to do about its findings
    # Where that is told at length: a URL, or a text such as a name.
    runbook: str | None = dataclasses.field(default=None, metadata=_LATER)


@dataclasses.dataclass(frozen=True)
class WaiverMatch:
    """What a waiver covers; an empty field is no condition. A key that a finding lacks does not match."""

    ports: tuple[PortItem, ...] = ()  # from protocol and port; port alone: any of tcp/udp/...; protocol alone: 0-65535
    codes: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    address: tuple[Network, ...] = ()
    process: ProcessPatterns | None = None
    state: str | None = None


@dataclasses.dataclass(frozen=True)
class Waiver:
    id: str
    place: SourcePlace
    match: WaiverMatch
    applies_to: AppliesTo
    expires: datetime.date  # good to the end of that day, UTC
    justification: str
    approved_by: str
    approved_on: datetime.date | None = None
    ticket: str | None = None


@dataclasses.dataclass(frozen=True)
class Defaults:
    unlisted: str = "fail"
    unassigned: str = "fail"
    reserved: str = "fail"
    reach_host: str = "ignore"
    ephemeral_udp: str = "warn"
    alternate_path: str = "warn"
    severity: str = "medium"
    place: SourcePlace | None = None


@dataclasses.dataclass(frozen=True)
class Policy:
    """The whole policy. ``sha256`` is of its canonical form, so it is the same for a file and the same text inline."""

    name: str
    sha256: str
    sources: tuple[str, ...]  # the files it came from, "inline" for a dict
    defaults: Defaults = Defaults()
    public_networks: tuple[Network, ...] = ()
    private_networks: tuple[Network, ...] = ()
    rules: tuple[Rule, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    service_names: t.Mapping[str, tuple[PortItem, ...]] = dataclasses.field(default_factory=dict)
