# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The model of a large fleet's report, from the made-up estate of the benchmarks."""

from __future__ import annotations

import dataclasses
import random

from ansible_collections.fleetports.compliance.plugins.plugin_utils._judge._assess import Assessor
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report._build_report import (
    HostReport,
    ReportModel,
    build,
)
from ansible_collections.fleetports.compliance.tests.bench.harness import estate
from ansible_collections.fleetports.compliance.tests.unit.factories import sample
from ansible_collections.fleetports.compliance.tests.unit.factories.policies import REGISTRY, loaded

JUDGED = 2000  # hosts that are judged; the others are the same once more under names of their own, which is quicker


def model(*, hosts: int, listeners: int) -> ReportModel:
    """Of so many hosts, one in fifty of them not assessed."""
    policy = loaded(estate.policy())
    assessor = Assessor({policy.sha256: policy}, REGISTRY)
    estate_hosts = estate.hosts(hosts)
    reports = [_report(host, listeners, assessor, policy.sha256) for host in estate_hosts[:JUDGED]]
    for number, host in enumerate(estate_hosts[JUDGED:]):
        reports.append(dataclasses.replace(reports[number % JUDGED], name=host.name, groups=host.groups))
    return build(sample.run(policies=(policy,), left_out=(), limit=None), reports, [])


def _report(host: estate.Host, listeners: int, assessor: Assessor, sha256: str) -> HostReport:
    number = int(host.name.split(".")[0].rpartition("-")[2])
    if number % estate.UNREACHED == 0:
        reason = "unreachable: Connection timed out"
        return HostReport(host.name, host.groups, assessor.unseen(host.name, reason), reason=reason)
    document = estate.evidence(host, count=listeners, chance=random.Random(number), sha256=sha256)  # noqa: S311 - no secret
    result = assessor.judge(document)
    return HostReport(host.name, host.groups, result, {**document, "listeners": []})
