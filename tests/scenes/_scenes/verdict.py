# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a policy says of what the collector saw."""

from __future__ import annotations

import datetime
import typing as t

from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.document._evidence_document import (
    assemble,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._judge._from_evidence import host_facts, listeners
from ansible_collections.fleetports.compliance.plugins.plugin_utils._judge._judge import Judge
from ansible_collections.fleetports.compliance.plugins.plugin_utils._judge._judgement import Finding, HostResult
from ansible_collections.fleetports.compliance.tests.unit.factories.policies import REGISTRY, loaded


class Verdict(t.NamedTuple):
    verdict: str
    basis: str | None
    findings: tuple[Finding, ...]

    @property
    def says(self) -> str:
        """Code, what was expected and what was found, of the first finding."""
        first = self.findings[0]
        return "%s: expected %s, found %s" % (first.code, first.expected, first.found)


def outcome_of(result: t.Mapping[str, t.Any], policy: t.Mapping[str, t.Any]) -> HostResult:
    """What a policy says of the whole host."""
    scene = loaded({"version": 1, "name": "scene", **policy})
    now = datetime.datetime.now(datetime.UTC)
    run = {"id": "scene", "policy": scene.sha256, "as_of": now.isoformat()}
    document = assemble(result, name="host", groups=["all"], run=run, started=now, ended=now)
    return Judge(scene, REGISTRY).judge(host_facts(document), listeners(document), as_of=now)


def judged(result: t.Mapping[str, t.Any], port: int, process: t.Mapping[str, t.Any]) -> Verdict:
    """The verdict of the listener on a TCP port by a rule that wants that process of it, if any."""
    rule: dict[str, t.Any] = {"id": "service", "protocol": "tcp", "port": port}
    if process:
        rule["process"] = dict(process)
    outcome = outcome_of(result, {"rules": [rule]})
    (one,) = [one for one in outcome.listeners if (one.listener.protocol, one.listener.port) == ("tcp", port)]
    return Verdict(one.verdict, one.basis, tuple(one.findings))


def reach_of(result: t.Mapping[str, t.Any]) -> list[tuple[dict[str, t.Any], str]]:
    """The listeners of a result, each with its reach."""
    judged = outcome_of(result, {"rules": []}).listeners
    return [(one, each.reach) for one, each in zip(result["listeners"], judged, strict=True)]
