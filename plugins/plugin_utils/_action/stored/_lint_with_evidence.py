# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hold a policy against stored evidence for the lint: which of its rules and waivers spoke of anything."""

from __future__ import annotations

import datetime
import typing as t

from ..._common._clock import parse_iso
from ..._evidence.runs._stored_run import Run, newest
from ..._judge._judge import Judge
from ..._lint._unused_remarks import EvidenceUse
from ..._policy._lifecycle import today
from ..._policy._policy_model import Policy
from ..._registry._lookup import Registry
from ..._replay._host_replay import Compared
from ..._replay._replay import Replay, outcomes
from ..._replay._replay_tally import ReplayTally


def seen_in(runs: t.Sequence[Run], *, policy: Policy, as_of: datetime.datetime | None) -> EvidenceUse:
    """What the newest evidence of each host shows of a policy, judged at ``as_of`` or the time that it gives.

    Raises EvidenceError for a run that cannot be read. A host whose evidence cannot be judged was not seen.
    """
    judge = Judge(policy, Registry.load())
    tally, judged = ReplayTally(), set()
    for outcome in outcomes(Replay({None: judge}, judge, as_of), newest(runs)):
        if isinstance(outcome, Compared):
            tally.add(outcome)
            judged.add(outcome.host)
    inventory = {host: groups for run in runs for host, groups in run.record.inventory.items()}
    days = [today(parse_iso(run.record.started)) for run in runs]
    return EvidenceUse(
        inventory=inventory,
        unseen=frozenset(inventory) - judged,
        hidden={kind: frozenset(hosts) for kind, hosts in tally.hidden.items()},
        rules_used=frozenset(tally.rules_used),
        waivers_used=frozenset(tally.waivers_used),
        days=(min(days), max(days)),
    )
