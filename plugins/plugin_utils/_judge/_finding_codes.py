# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every code that a finding can have, with what depends on it.

A new code is a row here and a file in ``findings/`` that raises it. The schema of policies lists the codes that a
waiver may name, and a test compares the two.
"""

from __future__ import annotations

import dataclasses

LISTENER, HOST, POLICY = "listener", "host", "policy"  # what a finding is about
ALWAYS, NAMED, NEVER = "always", "named", "never"  # whether a waiver covers it; named: only a waiver that names it
ALLOWED, REQUIRED, FORBIDDEN, DEFAULTS = "allowed", "required", "forbidden", "defaults"  # what raises it


@dataclasses.dataclass(frozen=True)
class FindingCode:
    """One code. ``title`` is for people, a few words.

    ``raised_by``: the expectations of rules that raise it, and ``defaults`` for what names no rule. ``chosen``:
    somebody chose the port, so it counts among unassigned ports. ``upkeep``: it never stops a gate on ``policy``.
    """

    name: str
    about: str
    title: str
    waived: str = NEVER
    raised_by: frozenset[str] = frozenset()
    chosen: bool = True
    upkeep: bool = False


def _by(*what: str) -> frozenset[str]:
    return frozenset(what)


_APPROVING = _by(ALLOWED, REQUIRED)

CODES = (
    FindingCode("forbidden-listener", LISTENER, "Forbidden by a rule", NAMED, _by(FORBIDDEN)),
    FindingCode("wrong-address", LISTENER, "Bound to an address outside its rule", ALWAYS, _APPROVING),
    FindingCode("excess-reach", LISTENER, "Bound more widely than approved", ALWAYS, _APPROVING),
    FindingCode("wrong-owner", LISTENER, "Held by another process than approved", ALWAYS, _APPROVING),
    FindingCode("unassigned-port", LISTENER, "Port not assigned by IANA, not approved", ALWAYS, _by(DEFAULTS)),
    FindingCode("reserved-port", LISTENER, "Port reserved by IANA, not approved", ALWAYS, _by(DEFAULTS)),
    FindingCode("unlisted-listener", LISTENER, "Not approved by any rule", ALWAYS, _by(DEFAULTS)),
    FindingCode("ephemeral-udp", LISTENER, "Unconnected UDP on ephemeral ports", ALWAYS, _by(DEFAULTS), chosen=False),
    FindingCode("unverified-owner", LISTENER, "Owner could not be verified"),
    FindingCode("missing-listener", HOST, "Required listener is missing", NAMED, _by(REQUIRED), chosen=False),
    FindingCode("alternate-path", HOST, "Traffic can enter without a port", ALWAYS, _by(DEFAULTS)),
    FindingCode("not-assessed", HOST, "Host was not assessed"),
    FindingCode("collection-gap", HOST, "Part of the host could not be seen"),
    FindingCode("same-machine", HOST, "Answered as the same machine as another host"),
    FindingCode("expired-waiver", POLICY, "Waiver has expired"),
    FindingCode("expiring-waiver", POLICY, "Waiver ends soon"),
    FindingCode("long-waiver", POLICY, "Waiver lasts beyond a year"),
    FindingCode("unused-waiver", POLICY, "Waiver covers nothing", upkeep=True),
    FindingCode("overdue-review", POLICY, "Review is overdue"),
    FindingCode("unused-rule", POLICY, "Rule matches nothing", upkeep=True),
    FindingCode("unknown-target", POLICY, "Group or host that the inventory does not have"),
)

LISTENER_CODES = tuple(code.name for code in CODES if code.about == LISTENER)
HOST_CODES = tuple(code.name for code in CODES if code.about == HOST)
# Nothing that could not be verified can be waived: a gap is never a pass.
NEVER_WAIVED = frozenset(code.name for code in CODES if code.about != POLICY and code.waived == NEVER)
# Too grave to be covered by a waiver that does not say so.
WAIVED_IF_NAMED = frozenset(code.name for code in CODES if code.waived == NAMED)
