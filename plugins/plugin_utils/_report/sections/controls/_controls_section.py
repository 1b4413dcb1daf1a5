# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The controls that rules name or that were asked for, with what this run brings to each and what it lacks."""

from __future__ import annotations

import collections
import functools
import typing as t

from ...._controls._catalogue import Catalogue
from ...._controls._control import CatalogueControl
from ...model._auditor_views import ApprovedRule, ControlEvidence, ControlRow
from ...model._inputs import HostReport
from ...text._bounded_names import BoundedNames
from ...text._order import by_verdict
from ._counts import WholeRun
from ._evidence_kinds import KINDS

_Named = tuple[str, str, str]  # framework, version, id
_NO_EDITION = "any version"


def build_controls(whole: WholeRun, catalogue: Catalogue) -> tuple[ControlRow, ...]:
    """One row a control, in order of framework, version and id."""
    return _ControlRows(whole, catalogue).rows()


class _ControlRows:
    def __init__(self, whole: WholeRun, catalogue: Catalogue) -> None:
        self._whole = whole
        self._catalogue = catalogue
        self._described: dict[_Named, CatalogueControl] = {}
        self._keys: dict[_Named, _Named] = {}
        self._evidence = functools.cache(self._kind)

    def rows(self) -> tuple[ControlRow, ...]:
        rules = self._rules(self._whole.approved)
        findings = self._findings(self._whole.hosts)
        self._ask(self._whole.run.controls, {*rules, *findings})
        named = sorted({*rules, *findings, *self._described})
        return tuple(self._row(key, rules.get(key, []), findings.get(key, {})) for key in named)

    def _rules(self, approved: t.Iterable[ApprovedRule]) -> dict[_Named, list[ApprovedRule]]:
        found: dict[_Named, list[ApprovedRule]] = {}
        for rule in approved:
            for key in {self._key(named) for named in rule.controls}:
                found.setdefault(key, []).append(rule)
        return found

    def _findings(self, hosts: t.Iterable[HostReport]) -> dict[_Named, collections.Counter[str]]:
        found: dict[_Named, collections.Counter[str]] = {}
        for host in hosts:
            for finding in host.result.findings:
                for key in {self._key(named) for named in finding.controls}:
                    found.setdefault(key, collections.Counter())[finding.verdict] += 1
        return found

    def _key(self, named: _Named) -> _Named:
        """The name that a control goes by, whichever of its published ids a rule has."""
        if named not in self._keys:
            control = self._describe(named)
            key = (control.framework, control.edition or named[1], control.id) if control else named
            if control:
                self._described[key] = control
            self._keys[named] = key
        return self._keys[named]

    def _describe(self, named: _Named) -> CatalogueControl | None:
        own = (control for control in self._whole.run.controls if control.is_named(*named))
        return next(own, None) or self._catalogue.find(*named)

    def _ask(self, asked: t.Iterable[CatalogueControl], named: t.Collection[_Named]) -> None:
        """Add those that no rule names."""
        for control in asked:
            if not any(control.is_named(*key) for key in named):
                self._described[control.framework, control.edition or _NO_EDITION, control.id] = control

    def _row(self, key: _Named, rules: t.Sequence[ApprovedRule], findings: t.Mapping[str, int]) -> ControlRow:
        control = self._described.get(key)
        return ControlRow(
            *key,
            framework_title=control.framework_title if control else key[0],
            title=control.title if control else None,
            summary=control.summary if control else None,
            doubt=None if control else self._catalogue.doubt(*key),
            rules=BoundedNames(tuple(sorted({rule.rule for rule in rules}))),
            listeners=sum(rule.listeners for rule in rules),
            findings=by_verdict(findings),
            evidence=tuple(self._evidence(name) for name in control.evidence) if control else (),
            not_shown=control.not_shown if control else (),
        )

    def _kind(self, name: str) -> ControlEvidence:
        shown, missing = KINDS[name](self._whole)
        return ControlEvidence(name, self._catalogue.titles[name], tuple(shown), tuple(missing))
