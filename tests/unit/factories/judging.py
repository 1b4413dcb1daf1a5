# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts as the judge takes them, and its verdicts."""

from __future__ import annotations

import datetime
import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils._socket import Listener
from ansible_collections.fleetports.compliance.plugins.plugin_utils._judge._judge import Judge
from ansible_collections.fleetports.compliance.plugins.plugin_utils._judge._judgement import (
    Finding,
    HostAddress,
    HostFacts,
    HostResult,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._policy_model import Policy

from .listeners import NAMESPACE
from .policies import REGISTRY

NOW = datetime.datetime(2026, 6, 15, 12, 0, tzinfo=datetime.UTC)

PRIVATE_HOST = (("127.0.0.1", "lo"), ("::1", "lo"), ("10.0.0.5", "eth0"), ("fe80::5", "eth0"))


def host_facts(
    name: str = "web1",
    *,
    groups: t.Iterable[str] = ("web",),
    addresses: t.Iterable[tuple[str, str]] | None = PRIVATE_HOST,
    gaps: t.Iterable[t.Mapping[str, t.Any]] = (),
) -> HostFacts:
    """A host with loopback, one private address and one of its link."""
    own = None if addresses is None else tuple(HostAddress(text, device, NAMESPACE) for text, device in addresses)
    return HostFacts(name=name, groups=frozenset(groups), addresses=own, gaps=tuple(gaps), namespace=NAMESPACE)


def judge(
    given: Policy,
    *listeners: Listener,
    facts: HostFacts | None = None,
    as_of: datetime.datetime = NOW,
) -> HostResult:
    """The verdict of a host."""
    return Judge(given, REGISTRY).judge(facts or host_facts(), listeners, as_of=as_of)


def codes(result: HostResult) -> list[tuple[str, str]]:
    """Codes and verdicts of a result's findings."""
    return [(finding.code, finding.verdict) for finding in result.findings]


def only(result: HostResult) -> Finding:
    """The one finding of a result."""
    (finding,) = result.findings
    return finding
