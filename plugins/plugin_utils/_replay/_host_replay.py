# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One host under two policies: what would be said of each listener, and where that differs. No I/O."""

from __future__ import annotations

import dataclasses
import datetime
import typing as t

from .._common._clock import parse_iso
from .._evidence.document._read_evidence import nothing_seen_because
from .._judge._assess import Document, judging
from .._judge._finding_codes import HOST_CODES, NEVER_WAIVED
from .._judge._from_evidence import host_facts, listeners
from .._judge._judge import Judge, worst
from .._judge._judgement import Finding, HostResult, JudgedListener
from .._judge._policy_findings import hidden


class PolicyAnswer(t.NamedTuple):
    """What a policy says of one listener. ``codes`` are sorted; ``message`` is of the first finding."""

    verdict: str
    codes: tuple[str, ...] = ()
    rule: str | None = None
    message: str | None = None


class VerdictChange(t.NamedTuple):
    """A listener of which the second policy says something else; or a finding of the host, ``address`` is None then.

    That is a listener that is missing, or a way in without a port, whose ``protocol`` is empty and ``port`` in words.
    """

    host: str
    protocol: str
    port: str
    address: str | None
    owner: str | None
    before: PolicyAnswer
    after: PolicyAnswer


@dataclasses.dataclass(frozen=True)
class Compared:
    """A host under both policies. ``hidden``: of what unused cannot be said, as something on it was not seen."""

    host: str
    before: str
    after: str
    listeners: int
    changes: tuple[VerdictChange, ...]
    rules_used: frozenset[str]
    waivers_used: frozenset[str]
    hidden: frozenset[str]


def compare(document: Document, *, before: Judge, after: Judge, as_of: datetime.datetime | None) -> Compared | None:
    """Judge a host twice at the same time: ``as_of``, or the time its evidence gives.

    None: its evidence shows nothing, under any policy. Raises EvidenceError when it cannot be judged.
    """
    with judging():
        if nothing_seen_because(document) is not None:
            return None
        facts, seen = host_facts(document), listeners(document)
        moment = as_of or parse_iso(document["run"]["as_of"])
        first = before.judge(facts, seen, as_of=moment)
        # One judge for the same policy: half the work.
        second = first if after is before else after.judge(facts, seen, as_of=moment)
        return _compared(first, second)


def _compared(before: HostResult, after: HostResult) -> Compared:
    return Compared(
        host=after.host,
        before=before.verdict,
        after=after.verdict,
        listeners=len(after.listeners),
        changes=(*_listeners(before, after), *_of_host(before, after)),
        rules_used=after.rules_used,
        waivers_used=after.waivers_used,
        hidden=hidden(after),
    )


def _listeners(before: HostResult, after: HostResult) -> t.Iterator[VerdictChange]:
    """Both results have the listeners in the order of the evidence."""
    for old, new in zip(before.listeners, after.listeners, strict=True):
        if old.verdict == new.verdict and not old.findings and not new.findings:
            continue
        first, second = _said(old), _said(new)
        if first[:2] != second[:2]:
            owner = next((finding.owner for finding in (*new.findings, *old.findings)), None)
            listener = new.listener
            yield VerdictChange(
                after.host, listener.protocol, str(listener.port), listener.address, owner, before=first, after=second
            )


def _said(judged: JudgedListener) -> PolicyAnswer:
    return (
        _spoken(judged.verdict, judged.findings) if judged.findings else PolicyAnswer(judged.verdict, (), judged.rule)
    )


def _spoken(verdict: str, findings: t.Sequence[Finding]) -> PolicyAnswer:
    speaking = next((finding for finding in findings if finding.verdict == verdict), findings[0])
    return PolicyAnswer(verdict, tuple(sorted({finding.code for finding in findings})), speaking.rule, speaking.message)


_Key = tuple[str, str, str | None]
# Of the host, and a policy has a say in it.
_OF_HOST = tuple(code for code in HOST_CODES if code not in NEVER_WAIVED)


def _of_host(before: HostResult, after: HostResult) -> t.Iterator[VerdictChange]:
    old, new = _wanted(before), _wanted(after)
    for key in sorted({*old, *new}, key=str):
        first, second = old.get(key, PolicyAnswer("pass")), new.get(key, PolicyAnswer("pass"))
        if first[:2] != second[:2]:
            yield VerdictChange(after.host, key[0], key[1], None, key[2], before=first, after=second)


def _wanted(result: HostResult) -> dict[_Key, PolicyAnswer]:
    """What a host lacks, by protocol and port as its rule has it, and ways in; of several rules what says the worst."""
    found: dict[_Key, list[Finding]] = {}
    for finding in result.findings:
        if finding.code in _OF_HOST:
            what = finding.port_label or finding.found or finding.message
            found.setdefault((finding.protocol or "", what, finding.owner), []).append(finding)
    return {key: _spoken(worst(findings), findings) for key, findings in found.items()}
