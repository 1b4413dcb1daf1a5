# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules, waivers and policies: as records, and loaded from their source."""

from __future__ import annotations

import datetime
import ipaddress
import typing as t

from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._load import load_layers
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
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy.source._layers import open_layers
from ansible_collections.fleetports.compliance.plugins.plugin_utils._registry._lookup import Registry

REGISTRY = Registry.load()

NONE: dict[str, t.Any] = {"version": 1, "name": "none", "rules": []}
SSH: dict[str, t.Any] = {"version": 1, "name": "ssh", "rules": [{"id": "ssh", "protocol": "tcp", "port": 22}]}
WEB: dict[str, t.Any] = {"version": 1, "name": "web", "rules": [{"id": "web", "protocol": "tcp", "port": 81}]}

# What somebody answers for who asks for a baseline.
BASELINE: dict[str, t.Any] = {"owner": "platform", "expires": "2027-03-31", "justification": None, "ticket": "CHG-1"}


class FakeRegistry:
    """The registry's interface with a handful of names."""

    PORTS: t.Mapping[tuple[str, str], tuple[tuple[int, int], ...]] = {
        ("domain", "tcp"): ((53, 53),),
        ("domain", "udp"): ((53, 53),),
        ("telnet", "tcp"): ((23, 23),),
        ("x11", "tcp"): ((6000, 6063),),
        ("twice", "tcp"): ((10, 10), (20, 25)),
        ("overlay", "tcp"): ((1, 1),),
    }

    def ports(self, name: str, protocol: str) -> tuple[tuple[int, int], ...]:
        return self.PORTS.get((name, protocol), ())

    def names_like(self, name: str) -> list[str]:
        return [known for known, _protocol in self.PORTS if known[0] == name[0]]


def loaded(*source: t.Any, registry: t.Any = REGISTRY, **options: t.Any) -> Policy:
    """The policy of a source, as users may write it; SSH unless told. ``options`` are those of ``open_layers``."""
    return load_layers(open_layers(*(source or (SSH,)), **options), registry=registry)


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
