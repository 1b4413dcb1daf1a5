# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A replay in words and as data."""

from __future__ import annotations

import dataclasses
import typing as t

from .._common._counted import count, few_hosts, first_lines
from .._common._printable import printable
from .._judge._judgement import VERDICTS, Finding
from ._host_replay import PolicyAnswer, VerdictChange
from ._replay import Unseen
from ._replay_tally import Crossing, ReplayTally, VerdictChangeGroup

REPLAY_VERSION = 1
_LINES = 20  # groups that are said; the file has all of them
_INTO = {
    "fail": "newly fail",
    "unverified": "become unverified",
    "warn": "newly warn",
}


def document(
    tally: ReplayTally,
    *,
    unseen: t.Sequence[Unseen],
    policy_findings: t.Iterable[Finding],
    about: t.Mapping[str, t.Any],
) -> dict[str, t.Any]:
    """``replay.json``. ``about``: the policies, the evidence and the time it was judged at."""
    return {
        "replay_version": REPLAY_VERSION,
        **about,
        "hosts": {"judged": tally.hosts, "changed": tally.changed_hosts, "unseen": len(unseen)},
        "listeners": {"judged": tally.listeners},
        "changes": tally.changes,
        "into": _crossings(tally.into),
        "out_of": _crossings(tally.out_of),
        "verdicts": {
            "before": {verdict: tally.verdicts_before[verdict] for verdict in VERDICTS},
            "after": {verdict: tally.verdicts_after[verdict] for verdict in VERDICTS},
        },
        "groups": [_group(group) for group in tally.groups],
        "not_judged": [dataclasses.asdict(one) for one in unseen],
        "policy_findings": [{"code": finding.code, "message": finding.message} for finding in policy_findings],
    }


def _crossings(crossings: t.Mapping[str, Crossing]) -> dict[str, t.Any]:
    return {verdict: dataclasses.asdict(crossing) for verdict, crossing in crossings.items()}


def _group(group: VerdictChangeGroup) -> dict[str, t.Any]:
    return {
        "protocol": group.protocol,
        "port": group.port,
        "owner": group.owner,
        "missing": group.missing,
        "before": said(group.before),
        "after": said(group.after),
        "listeners": group.listeners,
        "hosts": group.hosts,
        "names": group.names,
    }


def said(said: PolicyAnswer) -> dict[str, t.Any]:
    return {"verdict": said.verdict, "codes": list(said.codes), "rule": said.rule, "message": said.message}


def change(change: VerdictChange) -> dict[str, t.Any]:
    """One line of the file of changes."""
    values = change._asdict()
    return {**values, "before": said(change.before), "after": said(change.after)}


def summary(
    tally: ReplayTally, *, unseen: t.Sequence[Unseen], policy_findings: t.Sequence[Finding], absent: int
) -> list[str]:
    """What a person reads first. ``absent``: hosts that the runs were meant for and left no evidence."""
    return [
        _headline(tally),
        *_turned(tally),
        *_groups(tally),
        *([f"Not judged, because there is no evidence: {count(absent, 'host')}"] if absent else []),
        *_listed("Not judged", [f"{one.host}: {one.reason}" for one in unseen]),
        *_listed("On the policy", [f"{finding.code}: {finding.message}" for finding in policy_findings]),
    ]


def _turned(tally: ReplayTally) -> list[str]:
    into = {words: tally.into[verdict] for verdict, words in _INTO.items()}
    lines = [f"  {_crossing(crossing)} would {words}" for words, crossing in into.items() if crossing.hosts]
    if tally.out_of["fail"].hosts:
        lines.append(f"  {_crossing(tally.out_of['fail'])} would no longer fail")
    return lines


def _groups(tally: ReplayTally) -> list[str]:
    return _listed("Changes", [_line(group) for group in tally.groups])


def _listed(title: str, lines: t.Sequence[str]) -> list[str]:
    """A title and its lines, as many as one reads; nothing for none."""
    return [title, *map(printable, first_lines(lines, _LINES))] if lines else []


def _headline(tally: ReplayTally) -> str:
    judged = f"{count(tally.listeners, 'listener')} on {count(tally.hosts, 'host')}"
    if not tally.changes:
        return f"Nothing would change: {judged} judged."
    changes = f"{count(tally.changes, 'change')} on {count(tally.changed_hosts, 'host')}"
    return f"{changes}, of {judged}."


def _crossing(crossing: Crossing) -> str:
    return f"{count(crossing.listeners, 'listener')} on {count(crossing.hosts, 'host')}"


def _line(group: VerdictChangeGroup) -> str:
    what = f"{group.port}/{group.protocol}" if group.protocol else f"an alternate path ({group.port})"
    missing = " missing" if group.missing and group.protocol else ""
    owner = f" by {group.owner}" if group.owner else missing
    hosts = few_hosts(group.names, of=group.hosts)
    turn = f"{_verdict(group.before)} -> {_verdict(group.after)}"
    rule = f", rule {group.after.rule}" if group.after.rule else ""
    return f"{what}{owner} on {hosts}: {turn}{rule}"


def _verdict(said: PolicyAnswer) -> str:
    return f"{said.verdict} ({', '.join(said.codes)})" if said.codes else said.verdict
