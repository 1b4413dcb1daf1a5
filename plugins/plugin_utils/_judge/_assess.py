# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From evidence to verdicts: judge documents by the policies they were collected under. No I/O."""

from __future__ import annotations

import contextlib
import datetime
import typing as t

from .._common._clock import parse_iso
from .._evidence._evidence_errors import EvidenceError
from .._evidence.document._read_evidence import nothing_seen_because
from .._hazards._known_hazards import Hazards
from .._policy._policy_model import Policy
from .._registry._lookup import Registry
from ._from_evidence import host_facts, listeners
from ._judge import Judge, not_assessed
from ._judgement import Finding, HostResult

Document = t.Mapping[str, t.Any]


POLICY_MISSING = "the policy of its run is not in the run directory"


@contextlib.contextmanager
def judging() -> t.Iterator[None]:
    """What passed every check and still cannot be judged is an EvidenceError of one host, and no end of a report."""
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise EvidenceError(f"its evidence cannot be used: {type(error).__name__}: {error}") from error


class Assessor:
    """Judges evidence; one judge per policy, however many hosts."""

    def __init__(self, policies: t.Mapping[str, Policy], registry: Registry, hazards: Hazards | None = None) -> None:
        """``hazards``: see Judge."""
        self._policies = policies
        self._judges = {sha256: Judge(policy, registry, hazards) for sha256, policy in policies.items()}

    def judge(self, document: Document) -> HostResult:
        """The result of one host, as of the time its evidence gives. Raises EvidenceError when it cannot be judged.

        A host that no collector could look at was not assessed, whatever the policy says of an empty list.
        """
        judge = self._judges.get(document["run"]["policy"])
        if judge is None:
            raise EvidenceError(POLICY_MISSING)
        with judging():
            reason = nothing_seen_because(document)
            if reason is not None:
                return self.unseen(document["host"]["name"], reason)
            as_of = parse_iso(document["run"]["as_of"])
            return judge.judge(host_facts(document), listeners(document), as_of=as_of)

    def unseen(self, host: str, reason: str) -> HostResult:
        """The result of a host without evidence: unverified, and why."""
        return not_assessed(host, reason, severity=self._severity())

    def told_apart(
        self, results: t.Mapping[str, HostResult], documents: t.Mapping[str, Document]
    ) -> dict[str, HostResult]:
        """The results, changed, of hosts that answered as the same machine; ``documents``: of hosts that were seen."""
        from ._same_machine import same_machine, with_others  # the audit of one host never asks

        severity = self._severity()
        together = same_machine(documents)
        return {host: with_others(results[host], names, severity=severity) for host, names in together.items()}

    def policy_findings(
        self,
        results: t.Mapping[str, HostResult],
        *,
        used: t.Mapping[str, str],
        inventory: t.Mapping[str, frozenset[str]],
        not_assessed: frozenset[str],
        as_of: datetime.datetime,
    ) -> tuple[Finding, ...]:
        """What is wrong with the policies themselves; ``used`` says which policy judged which host."""
        from ._policy_findings import policy_findings  # the audit of one host never asks

        found: list[Finding] = []
        for sha256, policy in self._policies.items():
            judged = {host: result for host, result in results.items() if used.get(host) == sha256}
            found.extend(
                policy_findings(policy, inventory=inventory, results=judged, not_assessed=not_assessed, as_of=as_of)
            )
        return tuple(found)

    def _severity(self) -> str:
        severities = {policy.defaults.severity for policy in self._policies.values()}
        return severities.pop() if len(severities) == 1 else "medium"
