# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lint a policy that is valid: what makes it weak, useless or hard to review. Pure: no file, no host, no clock."""

from __future__ import annotations

import dataclasses
import datetime
import typing as t

from .._controls._catalogue import Catalogue
from .._policy._policy_model import Policy
from .._registry._lookup import Registry
from ._control_remarks import control_remarks
from ._never_true import never_remarks
from ._remark import ERROR, STRICT, Remark
from ._rule_pairs import pair_remarks
from ._rule_remarks import LINKED, rule_remarks, strict_rule_remarks, trust_remarks
from ._waiver_remarks import waiver_remarks


def lint(
    policy: Policy,
    *,
    registry: Registry,
    catalogue: Catalogue,
    today: datetime.date,
    strictness: str,
    shown: t.Iterable[Remark] = (),
) -> tuple[Remark, ...]:
    """All remarks, sorted by place. ``strictness`` is basic or strict, where all but doubts of controls are errors.

    ``shown``: remarks that evidence gave rise to (see ``_evidence``).
    """
    found = [*pair_remarks(policy.rules), *never_remarks(policy), *shown]
    for rule in policy.rules:
        found += rule_remarks(rule, registry=registry, today=today, own=policy.service_names)
        if strictness == STRICT:
            found += strict_rule_remarks(rule)
    for waiver in policy.waivers:
        found += waiver_remarks(waiver, today=today)
        found += trust_remarks(waiver, waiver.match.process)
    if strictness == STRICT:
        # On hosts with another layout of folders a linked path is right.
        found = [one if one.code == LINKED else dataclasses.replace(one, level=ERROR) for one in found]
    found += [remark for rule in policy.rules for remark in control_remarks(rule, catalogue)]
    return tuple(sorted(found, key=lambda remark: remark.order))
