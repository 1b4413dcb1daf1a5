# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts of a run that answered as one machine: with ``connection: local`` every name shows the controller's sockets.

One place is one machine id, one boot and one network namespace. Clones share the machine id, and not the boot.
Containers share the boot, and have namespaces of their own. What is not known is no sign of anything.
"""

from __future__ import annotations

import dataclasses
import typing as t

from .._common._counted import some
from ._judge import order, worst
from ._judgement import Finding, HostResult

_SHOWN = 3
_TODO = (
    "the sockets of one machine were counted for each of these names, so it is unknown whether this host was audited. "
    "Connect to each host itself (ansible_connection: local always audits the controller), or list the machine once in "
    "the inventory"
)


def same_machine(documents: t.Mapping[str, t.Mapping[str, t.Any]]) -> dict[str, tuple[str, ...]]:
    """The hosts of which another one answered from the same place, each with all names of that place, sorted."""
    names: dict[tuple[t.Any, ...], list[str]] = {}
    for host in sorted(documents):
        place = _place(documents[host])
        if None not in place:
            names.setdefault(place, []).append(host)
    several = [tuple(hosts) for hosts in names.values() if len(hosts) > 1]
    return {host: hosts for hosts in several for host in hosts}


def _place(document: t.Mapping[str, t.Any]) -> tuple[t.Any, ...]:
    host = document["host"]
    return (host["machine_id"] or None, host["boot_id"] or None, document["collector"]["namespaces"]["host"])


def with_others(result: HostResult, names: t.Sequence[str], *, severity: str) -> HostResult:
    """The result of a host that answered as the same machine as others: it proves nothing of this host alone."""
    finding = Finding(
        code="same-machine",
        verdict="unverified",
        severity=severity,
        # The same words for each of them, so that reports fold them into one.
        message=f"{len(names):,} hosts answered as the same machine, {some(names, _SHOWN)}: {_TODO}",
        host=result.host,
    )
    findings = tuple(sorted((*result.findings, finding), key=order))
    return dataclasses.replace(result, findings=findings, verdict=_worse(result.verdict, finding))


def _worse(verdict: str, finding: Finding) -> str:
    return worst((dataclasses.replace(finding, verdict=verdict), finding))
