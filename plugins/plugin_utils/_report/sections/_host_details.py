# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts one by one. A prose report is bounded: what it leaves out is counted, and stands in report.json."""

from __future__ import annotations

import collections
import typing as t

from ..._judge._judgement import JudgedListener
from ..._judge._listener_labels import inside
from ..model._inputs import HostReport, RunInfo
from ..model._report import HostDetail, HostView, ListenerRow
from ..text import _labels
from ..text._order import by_verdict, verdict_rank
from ._finding_rows import observed

FULL_HOSTS = 500  # up to here every host is shown
FULL_LISTENERS = 2500  # up to here every listener is shown (850 bytes each)
# Beyond, the page has everything packed, and so many of those that do not pass as text.
WORST_HOSTS = 100
WORST_LISTENERS = 1000


def build_detail(run: RunInfo, hosts: t.Sequence[HostReport]) -> HostDetail:
    """Worst first; in a large fleet hosts and listeners that pass are left out."""
    all_hosts = len(hosts) <= FULL_HOSTS
    all_listeners = sum(len(host.result.listeners) for host in hosts) <= FULL_LISTENERS
    ordered = sorted(hosts, key=lambda host: (verdict_rank(host.result.verdict), host.name))
    shown = ordered if all_hosts else [host for host in ordered if host.result.verdict != "pass"][:WORST_HOSTS]
    names = {host.name for host in shown}
    policies = {policy.sha256: policy.name for policy in run.policies}
    left_out = [host.result.verdict for host in hosts if host.name not in names]
    return HostDetail(
        hosts=tuple(_hosts(shown, policies, all_listeners=all_listeners)),
        left_out=len(left_out),
        left_out_by_verdict=by_verdict(collections.Counter(left_out)),
        all_hosts=all_hosts,
        all_listeners=all_listeners,
    )


def _hosts(
    hosts: t.Iterable[HostReport], policies: t.Mapping[str, str], *, all_listeners: bool
) -> t.Iterator[HostView]:
    """Views of hosts, the first of which may use up the room for listeners."""
    room = FULL_LISTENERS if all_listeners else WORST_LISTENERS
    for host in hosts:
        wanted = (judged for judged in host.result.listeners if all_listeners or judged.verdict != "pass")
        shown = sorted(wanted, key=_listener_order)[:room]
        room -= len(shown)
        yield _host(host, policies, shown)


def _host(host: HostReport, policies: t.Mapping[str, str], shown: t.Sequence[JudgedListener]) -> HostView:
    total = len(host.result.listeners)
    namespace = None if host.document is None else host.document["collector"]["namespaces"]["host"]
    return HostView(
        name=host.name,
        verdict=host.result.verdict,
        counts=_counts(host),
        groups=tuple(group for group in host.groups if group not in ("all", "ungrouped")),
        reason=host.reason,
        earlier=host.earlier,
        policy=policies.get(host.policy or ""),
        gaps=host.gaps,
        findings=tuple(finding for finding, judged in observed(host) if judged is None),
        listeners=tuple(_listener(judged, namespace) for judged in shown),
        listeners_total=total,
        listeners_left_out=total - len(shown),
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


def _why(judged: JudgedListener) -> tuple[str, ...]:
    """What its findings say, and what is known of it, each once."""
    said = (line for finding in judged.findings for line in (finding.message, finding.why) if line)
    return tuple(dict.fromkeys(said))


def _listener(judged: JudgedListener, namespace: int | None) -> ListenerRow:
    """``namespace`` is the host's own: of a listener in another one it is said where it is."""
    listener = judged.listener
    return ListenerRow(
        verdict=judged.verdict,
        protocol="tcp (mptcp)" if listener.mptcp else listener.protocol,
        port=listener.port,
        address=_labels.address(listener) + inside(listener, namespace),
        reach=judged.reach,
        registry=_labels.registry(judged.registry),
        owner=_labels.owner(judged),
        exe=_labels.exe(listener),
        user=_labels.user(listener),
        unit=_labels.unit(listener),
        why=_why(judged),
        rule=judged.rule,
        basis=judged.basis,
    )
