# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a gate was asked to stop on, and what these words mean."""

from __future__ import annotations

import dataclasses
import difflib
import functools
import typing as t

from .._drift._host_drift import KINDS
from .._judge._finding_codes import CODES
from ._unreachable_limit import NONE, UnreachableLimit

# Worst first. Naming one means it and everything worse.
STOPPING = ("fail", "unverified", "warn")
POLICY = "policy"
NEW = "new"
CHOICES = (*STOPPING, POLICY, NEW)
DRIFT_CHOICES = KINDS

# Upkeep: a bundled or shared policy always has rules that nothing uses, so a gate on these could never open.
_UPKEEP = frozenset(code.name for code in CODES if code.upkeep)


def gate_on(options: t.Mapping[str, t.Any]) -> bool:
    """Whether options of a run ask for a gate: one of the two names something."""
    return bool(options.get("fail_on") or options.get("fail_on_drift"))


@dataclasses.dataclass(frozen=True)
class GateRules:
    """``fail_on``: out of CHOICES; ``fail_on_drift``: out of DRIFT_CHOICES; the gate is on when one of them is named.

    ``limit``: how many unreachable hosts are excused. ``policy_named``: whether somebody named the policy that hosts
    were judged by. Raises ValueError for a name that is none: a misspelt gate must not be an open one.
    """

    fail_on: tuple[str, ...] = ()
    fail_on_drift: tuple[str, ...] = ()
    limit: UnreachableLimit = NONE
    policy_named: bool = True

    def __post_init__(self) -> None:
        _known("fail_on", self.fail_on, CHOICES)
        _known("fail_on_drift", self.fail_on_drift, DRIFT_CHOICES)

    @property
    def on(self) -> bool:
        return gate_on(vars(self))

    @property
    def compares(self) -> bool:
        """Whether it asks for an earlier run."""
        return bool(self.fail_on_drift) or NEW in self.fail_on

    @functools.cached_property
    def verdicts(self) -> frozenset[str]:
        """The verdicts that stop: those named, and all that are worse."""
        named = [rank for rank, verdict in enumerate(STOPPING) if verdict in self.fail_on]
        return frozenset(STOPPING[: max(named) + 1]) if named else frozenset()

    def stops_policy(self, code: str, verdict: str) -> bool:
        """Whether a finding about the policy stops. ``policy`` means them; a verdict does only where one fails."""
        if POLICY in self.fail_on and code not in _UPKEEP:
            return True
        return verdict == "fail" and bool(self.verdicts)


def _known(option: str, given: t.Iterable[str], choices: t.Sequence[str]) -> None:
    for name in given:
        if name not in choices:
            close = difflib.get_close_matches(str(name), choices, n=1)
            guess = f", did you mean {close[0]}?" if close else ""
            raise ValueError(f"{option}: {name!r} is not one of {', '.join(choices)}{guess}")
