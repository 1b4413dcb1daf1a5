# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Short ways to make policies, listeners and hosts for the judge's tests."""

from __future__ import annotations

import datetime
import ipaddress
import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils._socket import Listener, Owner
from ansible_collections.fleetports.compliance.plugins.plugin_utils._judge._judge import Judge
from ansible_collections.fleetports.compliance.plugins.plugin_utils._judge._judgement import (
    Finding,
    HostAddress,
    HostFacts,
    HostResult,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._policy_model import (
    AppliesTo,
    Approval,
    Defaults,
    Policy,
    PortItem,
    ProcessPatterns,
    Rule,
    SourcePlace,
    Waiver,
    WaiverMatch,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._registry._lookup import Registry

NOW = datetime.datetime(2026, 6, 15, 12, 0, tzinfo=datetime.UTC)
NAMESPACE = 4026531840

PRIVATE_HOST = (("127.0.0.1", "lo"), ("::1", "lo"), ("10.0.0.5", "eth0"), ("fe80::5", "eth0"))

SSHD = Owner(
    pid=700,
    name="sshd",
    exe="/usr/sbin/sshd",
    exe_deleted=False,
    exe_on_host=True,
    uid=0,
    user="root",
    unit="ssh.service",
)
JAVA = Owner(
    pid=900,
    name="java",
    exe="/usr/bin/java",
    exe_deleted=False,
    exe_on_host=True,
    uid=1000,
    user="app",
    unit="app.service",
)


def owner(base: Owner = SSHD, **changes: t.Any) -> Owner:
    """An owner, sshd unless told."""
    return base._replace(**changes)


def listener(port: int = 22, protocol: str = "tcp", *owners: Owner, **changes: t.Any) -> Listener:
    """A listener of the host's own namespace, all of whose owners were seen; sshd holds it unless told."""
    address = changes.pop("address", "0.0.0.0")
    held = owners or (SSHD,)
    made = Listener(
        protocol=protocol,
        family="ipv6" if ":" in address else "ipv4",
        address=address,
        port=port,
        state="listen" if protocol in ("tcp", "sctp", "dccp") else "unconnected",
        namespace=NAMESPACE,
        owners=held,
        owners_complete=True,
        owner_status="known",
        unit=held[0].unit,
        unit_source="process",
        ephemeral=False,
    )
    return made._replace(**changes)


def unowned(status: str, port: int = 22, protocol: str = "tcp", **changes: t.Any) -> Listener:
    """A listener for which no owner was seen."""
    plain = {"owners": (), "owners_complete": False, "owner_status": status, "unit": None, "unit_source": None}
    return listener(port, protocol, **{**plain, **changes})


def items(ports: str) -> tuple[PortItem, ...]:
    """``"22/tcp 8000-8099/udp"`` as items."""
    return tuple(_item(text) for text in ports.split())


def _item(text: str) -> PortItem:
    label, protocol = text.split("/")
    first, _dash, last = label.partition("-")
    return PortItem(protocol, int(first), int(last or first), label)


def networks(*texts: str) -> tuple[t.Any, ...]:
    """Networks from text."""
    return tuple(ipaddress.ip_network(text) for text in texts)


def rule(ports: str = "22/tcp", name: str = "ssh", **changes: t.Any) -> Rule:
    """A rule; ``process`` may be a dict of globs, ``address`` text."""
    if isinstance(changes.get("process"), dict):
        changes["process"] = ProcessPatterns(**{key: _texts(value) for key, value in changes["process"].items()})
    if isinstance(changes.get("address"), str):
        changes["address"] = networks(*changes["address"].split())
    if "review_by" in changes:
        changes["approval"] = Approval(review_by=changes.pop("review_by"))
    return Rule(**{"id": name, "place": SourcePlace("policy.yml", 10, 5), "ports": items(ports), **changes})


def _texts(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else value


def waiver(ports: str = "", name: str = "W-1", **changes: t.Any) -> Waiver:
    """A waiver for every host, to the end of 2026, approved this year."""
    match = {"ports": items(ports)}
    for key in ("codes", "rules"):
        match[key] = _texts(changes.pop(key, ()))
    if "address" in changes:
        match["address"] = networks(changes.pop("address"))
    match["state"] = changes.pop("state", None)
    if "process" in changes:
        match["process"] = ProcessPatterns(**{key: _texts(value) for key, value in changes.pop("process").items()})
    given = {
        "applies_to": AppliesTo(groups=("all",)),
        "expires": datetime.date(2026, 12, 31),
        "justification": "migration",
        "approved_by": "security",
        **changes,
    }
    return Waiver(id=name, place=SourcePlace("policy.yml", 50, 5), match=WaiverMatch(**match), **given)


def policy(*parts: Rule | Waiver, **changes: t.Any) -> Policy:
    """A policy of rules and waivers; ``defaults`` may be a dict."""
    if isinstance(changes.get("defaults"), dict):
        changes["defaults"] = Defaults(**{"place": SourcePlace("policy.yml", 3, 1), **changes["defaults"]})
    return Policy(
        name="test",
        sha256="0" * 64,
        sources=("policy.yml",),
        rules=tuple(part for part in parts if isinstance(part, Rule)),
        waivers=tuple(part for part in parts if isinstance(part, Waiver)),
        **changes,
    )


def gap(affects: str, **more: t.Any) -> dict[str, t.Any]:
    """A gap as evidence has it."""
    return {
        "code": "permission",
        "affects": affects,
        "detail": "not permitted",
        "protocol": None,
        "family": None,
        **more,
    }


def host(
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
    return Judge(given, Registry.load()).judge(facts or host(), listeners, as_of=as_of)


def codes(result: HostResult) -> list[tuple[str, str]]:
    """Codes and verdicts of a result's findings."""
    return [(finding.code, finding.verdict) for finding in result.findings]


def only(result: HostResult) -> Finding:
    """The one finding of a result."""
    (finding,) = result.findings
    return finding
