# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a report is made of: the run, and for each host its verdicts and evidence or the reason there is none."""

from __future__ import annotations

import dataclasses
import datetime
import typing as t

from ..._common._clock import parse_iso
from ..._common._durations import age_text
from ..._controls._control import CatalogueControl
from ..._drift._since import Since
from ..._gate._gate_rules import GateRules
from ..._gate._unreachable_limit import NONE, UnreachableLimit
from ..._hazards._known_hazards import Hazards
from ..._judge._judgement import HostResult
from ..._policy._lifecycle import today
from ..._policy._policy_model import Policy


class Earlier(t.NamedTuple):
    """Evidence of another run that answers for a host: the run's id, and its age in seconds when this run ended.

    ``absent``: why the run that was last meant for the host has none; None where runs were merged and it has.
    """

    run: str
    age: int
    absent: str | None = None

    @property
    def text(self) -> str:
        """Its age in words."""
        return age_text(self.age)


@dataclasses.dataclass(frozen=True)
class HostReport:
    """One host that the run was meant for. ``document``: its evidence; ``reason``: why it was not assessed, or None.

    ``evidence``: the evidence's file in the run and the SHA-256 of its bytes, where it came from a file.
    ``since``: how it compares with an earlier run, None without one. ``unreachable``: nobody could connect to it, which
    is why it was not assessed. ``earlier``: where its evidence is not of this run.
    """

    name: str
    groups: tuple[str, ...]
    result: HostResult
    document: t.Mapping[str, t.Any] | None = None
    reason: str | None = None
    evidence: tuple[str, str] | None = None
    since: Since | None = None
    unreachable: bool = False
    earlier: Earlier | None = None

    @property
    def policy(self) -> str | None:
        """SHA-256 of the policy this host was judged by, as its evidence recorded it."""
        sha256 = self.document["run"]["policy"] if self.document else None
        return None if sha256 is None else str(sha256)

    @property
    def stood_in(self) -> bool:
        """Whether it did not answer, and is assessed by evidence that it gave before."""
        return self.reason is None and self.earlier is not None and self.earlier.absent is not None

    @property
    def gaps(self) -> tuple[t.Mapping[str, t.Any], ...]:
        """What the collector could not see on this host."""
        return tuple(self.document["collector"]["gaps"]) if self.document else ()


@dataclasses.dataclass(frozen=True)
class RunInfo:
    """Who ran what, where and when. Times are UTC, ISO 8601.

    ``as_of``: the time that hosts were judged at, where somebody set it; None: the time when each was audited.
    ``left_out``: hosts of the inventory that this run was not meant for. ``gate``: the set that makes the gate fail,
    empty when it is off, and ``drift_gate`` the kinds of drift that do. ``reference``: the ids of the earlier runs that
    this one is compared with. ``max_unreachable``: how many hosts the gate forgives that could not be reached.
    ``policy_named``: whether somebody named the policy that hosts are judged by, which a gate needs.
    ``controls``: those asked for beside the ones that rules name. ``hazards``: by which findings are graver.
    ``registry_snapshot``: the date of IANA's data, ``registry_rows``: how many rows it had.
    ``sources``: the runs that it was merged from. ``on_trust``: what the user answers for because it was not checked,
    in sentences.
    """

    id: str
    started: str
    ended: str
    user: str
    controller: str
    ansible_version: str
    collection_version: str
    as_of: str | None = None
    limit: str | None = None
    left_out: tuple[str, ...] = ()
    gate: tuple[str, ...] = ()
    drift_gate: tuple[str, ...] = ()
    reference: tuple[str, ...] = ()
    max_unreachable: UnreachableLimit = NONE
    policy_named: bool = True
    policies: tuple[Policy, ...] = ()
    controls: tuple[CatalogueControl, ...] = ()
    hazards: Hazards = dataclasses.field(default_factory=Hazards.bundled)
    registry_snapshot: str = ""
    registry_rows: int = 0
    sources: tuple[str, ...] = ()
    on_trust: tuple[str, ...] = ()

    @property
    def day(self) -> datetime.date:
        """The day by which waivers and reviews are over: that of ``as_of``, or of the end of the run."""
        return today(parse_iso(self.as_of or self.ended))

    @property
    def rules(self) -> GateRules:
        """What stops the gate of this run. Raises ValueError for a name that a gate does not know."""
        return GateRules(self.gate, self.drift_gate, self.max_unreachable, self.policy_named)
