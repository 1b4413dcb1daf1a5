# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Suggest a policy or a baseline for a task: read evidence again and again, never more than a host at a time."""

from __future__ import annotations

import dataclasses
import datetime
import json
import os
import typing as t

from ..._common._counted import count
from ..._evidence._evidence_errors import EvidenceError
from ..._evidence.files import _atomic_files
from ..._evidence.runs._inside_run import refuse_inside
from ..._evidence.runs._stored_run import Run, newest
from ..._judge._assess import Document
from ..._judge._judge import Judge
from ..._policy._lifecycle import is_beyond_a_year
from ..._policy._load import load_layers
from ..._policy._policy_model import Policy
from ..._policy.source._source import Source
from ..._registry._lookup import Registry
from ..._suggest._baseline import Baseline, BaselineTerms, baseline, waivers_text
from ..._suggest._policy_text import policy_text
from ..._suggest._suggest import Suggestion, suggest


class Written(t.NamedTuple):
    """A text for ``dest``, and what is to be told of it."""

    text: str
    counts: t.Mapping[str, t.Any]


def suggested(runs: t.Sequence[Run], *, name: str) -> Written:
    """A policy that approves what the evidence shows. Raises EvidenceError."""
    registry = Registry.load()
    sources = list(map(_source, runs))

    def text(suggestion: Suggestion) -> str:
        return policy_text(suggestion, name=name, registry=registry, sources=sources)

    found = suggest(_documents(runs), judge=lambda suggestion: Judge(_loaded(text(suggestion), registry), registry))
    if not found.fleet.names:
        raise EvidenceError("this evidence shows nothing of any host")
    apart = sum(not draft.place.groups for draft in found.drafts)
    counts = {
        "hosts": len(found.fleet.names),
        "rules": len(found.drafts),
        "outliers": apart,
        "left_out": dict(found.left_out),
        "unseen": list(found.unseen),
    }
    return Written(text(found), counts)


def suggested_waivers(runs: t.Sequence[Run], *, name: str, terms: BaselineTerms) -> Written:
    """Waivers for what the evidence shows: nothing is approved, and all of it ends. Raises EvidenceError."""
    registry = Registry.load()
    nothing = _loaded(json.dumps({"version": 1, "name": name, "rules": []}), registry)
    return baselined(runs, policy=nothing, terms=terms, name=name)


def baselined(runs: t.Sequence[Run], *, policy: Policy, terms: BaselineTerms, name: str) -> Written:
    """Waivers for what the evidence has that the policy does not approve. Raises EvidenceError."""
    registry = Registry.load()
    sources = list(map(_source, runs))

    def text(found: Baseline) -> str:
        return waivers_text(found, terms, name=name, sources=sources)

    def with_waivers(found: Baseline) -> Judge:
        added = _loaded(text(found), registry).waivers
        return Judge(dataclasses.replace(policy, waivers=(*policy.waivers, *added)), registry)

    found = baseline(_documents(runs), judge=Judge(policy, registry), with_waivers=with_waivers)
    counts = {
        "hosts": len(found.fleet.names),
        "waivers": len(found.drafts),
        "covered": dict(sorted(found.covered.items())),
        "not_covered": dict(sorted(found.never.items())),
    }
    return Written(text(found), counts)


def rules_summary(path: str, counts: t.Mapping[str, t.Any]) -> str:
    """What a person is told of suggested rules."""
    return (
        f"{path}: {count(counts['rules'], 'rule')} from {count(counts['hosts'], 'host')}, "
        f"{counts['outliers']:,} for outliers. "
        "Decide on every REVIEW."
    )


def waivers_summary(path: str, counts: t.Mapping[str, t.Any], *, expires: object) -> str:
    """What a person is told of waivers that were written."""
    never = ", ".join(f"{number} {code}" for code, number in counts["not_covered"].items())
    return (
        f"{path}: {count(counts['waivers'], 'waiver')} for {count(sum(counts['covered'].values()), 'finding')} "
        f"on {count(counts['hosts'], 'host')}, until {expires}. Not covered: {never or 'nothing'}."
    )


def terms(arguments: t.Mapping[str, t.Any], *, today: datetime.date, source: str) -> BaselineTerms:
    """What the person answers for. Raises EvidenceError for what nobody should have to answer for."""
    owner = str(arguments["owner"] or "").strip()
    if not owner:
        raise EvidenceError("owner: required, set the person or team that is responsible")
    expires = _day(str(arguments["expires"] or "").strip())
    if expires <= today:
        raise EvidenceError(f"expires: {expires} is not after today, {today}")
    if is_beyond_a_year(expires, today):
        raise EvidenceError(f"expires: {expires} is more than a year away: write a rule for what may stay longer")
    justification = arguments["justification"] or f"existed before the policy, seen in {source}"
    return BaselineTerms(owner, expires, today, str(justification), arguments["ticket"])


def _day(text: str) -> datetime.date:
    if not text:
        raise EvidenceError("expires: required, set the last day of the waivers")
    try:
        return datetime.date.fromisoformat(text)
    except ValueError as error:
        raise EvidenceError(f"expires: {text!r} is not a date such as 2027-03-31") from error


def keep(written: Written, *, dest: str, force: bool) -> str:
    """Write the file; returns its path. Raises EvidenceError, also for one that is there already."""
    path = os.path.abspath(dest)
    refuse_inside(path, option="dest")
    if os.path.exists(path) and not force:
        raise EvidenceError(f"{dest} already exists; choose another dest or set force: true")
    if not os.path.isdir(os.path.dirname(path)):
        raise EvidenceError(f"{dest} cannot be written: there is no directory {os.path.dirname(path)}")
    _atomic_files.write_text(path, written.text)
    return path


def _source(run: Run) -> str:
    return f"{run.record.id} (not verified against its sums)" if run.unheld else run.record.id


def _documents(runs: t.Sequence[Run]) -> t.Callable[[], t.Iterator[Document]]:
    evidence = newest(runs)
    return lambda: (stored.read() for stored in evidence)


def _loaded(text: str, registry: Registry) -> Policy:
    """Hold what was written against the schema, as any policy: a name that no policy can hold is an error here."""
    return load_layers([Source("suggestion", content=text.encode())], registry=registry)
