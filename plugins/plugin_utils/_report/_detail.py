# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts one by one. A prose report is bounded: what it leaves out is counted, and stands in report.json."""

from __future__ import annotations

import collections
import typing as t

from .._judge._model import JudgedListener
from . import _labels
from ._groups import observed
from ._inputs import HostReport, RunInfo
from ._order import by_verdict, verdict_rank
from ._views import HostDetail, HostView, ListenerRow

FULL_HOSTS = 500  # up to here every host is shown with all its listeners
MOST_HOSTS = 500  # beyond: so many of those that do not pass, with what is wrong on them


def build_detail(run: RunInfo, hosts: t.Sequence[HostReport]) -> HostDetail:
    """Worst first; in a large fleet hosts and listeners that pass are left out."""
    only_findings = len(hosts) > FULL_HOSTS
    ordered = sorted(hosts, key=lambda host: (verdict_rank(host.result.verdict), host.name))
    wanted = [host for host in ordered if not (only_findings and host.result.verdict == "pass")]
    shown = wanted[:MOST_HOSTS] if only_findings else wanted
    names = {host.name for host in shown}
    left_out = [host.result.verdict for host in hosts if host.name not in names]
    policies = {policy.sha256: policy.name for policy in run.policies}
    return HostDetail(
        hosts=tuple(_host(host, policies, only_findings=only_findings) for host in shown),
        left_out=len(left_out),
        left_out_by_verdict=by_verdict(collections.Counter(left_out)),
        only_findings=only_findings,
    )


def _host(host: HostReport, policies: t.Mapping[str, str], *, only_findings: bool) -> HostView:
    listeners = host.result.listeners
    shown = [judged for judged in listeners if not (only_findings and judged.verdict == "pass")]
    return HostView(
        name=host.name,
        verdict=host.result.verdict,
        counts=_counts(host),
        groups=tuple(group for group in host.groups if group not in ("all", "ungrouped")),
        reason=host.reason,
        policy=policies.get(host.policy or ""),
        gaps=host.gaps,
        findings=tuple(finding for finding, judged in observed(host) if judged is None),
        listeners=tuple(_listener(judged) for judged in sorted(shown, key=_listener_order)),
        listeners_total=len(listeners),
        listeners_left_out=len(listeners) - len(shown),
        **_facts(host.document),
    )


def _counts(host: HostReport) -> dict[str, int]:
    counts = by_verdict(collections.Counter(finding.verdict for finding in host.result.findings))
    return {verdict: number for verdict, number in counts.items() if number}


def _facts(document: t.Mapping[str, t.Any] | None) -> dict[str, t.Any]:
    """What the evidence says of the host itself; all None where there is none."""
    if document is None:
        return dict.fromkeys(("os", "kernel", "observed", "privileged", "clock_offset"))
    return {
        "os": (document["host"]["os"] or {}).get("name"),
        "kernel": document["host"]["kernel"],
        "observed": document["collected"]["started"],
        "privileged": document["collector"]["privilege"]["all_processes"],
        "clock_offset": document["collected"]["clock_offset"],
    }


def _listener_order(judged: JudgedListener) -> tuple[t.Any, ...]:
    return (verdict_rank(judged.verdict), judged.listener.port, judged.listener.identity)


def _listener(judged: JudgedListener) -> ListenerRow:
    listener = judged.listener
    return ListenerRow(
        verdict=judged.verdict,
        protocol="tcp (mptcp)" if listener.mptcp else listener.protocol,
        port=listener.port,
        address=_labels.address(listener),
        reach=judged.reach,
        registry=_labels.registry(judged.registry),
        owner=_labels.owner(judged),
        exe=_labels.exe(listener),
        user=_labels.user(listener),
        unit=_labels.unit(listener),
        why=tuple(finding.message for finding in judged.findings),
        rule=judged.rule,
        basis=judged.basis,
    )
