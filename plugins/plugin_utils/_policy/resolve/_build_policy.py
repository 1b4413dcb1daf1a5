# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From data that is known to be sound to the typed policy."""

from __future__ import annotations

import datetime
import typing as t

from .._policy_model import (
    AppliesTo,
    Approval,
    Control,
    Defaults,
    Network,
    Policy,
    PortItem,
    ProcessPatterns,
    Rule,
    Waiver,
    WaiverMatch,
)
from ..source._lists import listed
from ..source._policy_document import Document
from ._networks import network
from ._port_names import LAST, PortResolver, RegistryNames
from ._semantic_checks import service_items

Raw = t.Mapping[str, t.Any]


Services = t.Mapping[str, tuple[PortItem, ...]]


def services_of(document: Document) -> Services:
    """What a document without problems calls its services."""
    return {name: service_items(entries) for name, entries in document.data.get("services", {}).items()}


def build(document: Document, *, registry: RegistryNames, label: str, services: Services) -> Policy:
    """The policy of a document without problems; ``sha256`` is still empty. ``label`` says where it came from.

    ``services`` are those of all layers: a name is one thing for the whole policy.
    """
    data = document.data
    builder = _PolicyBuilder(document, PortResolver(services, registry))
    networks = data.get("networks", {})
    return Policy(
        name=data["name"],
        sha256="",
        sources=(label,),
        defaults=builder.defaults(data.get("defaults", {})),
        public_networks=_networks(networks.get("public")),
        private_networks=_networks(networks.get("private")),
        rules=tuple(builder.rule(raw, index) for index, raw in enumerate(data["rules"])),
        waivers=tuple(builder.waiver(raw, index) for index, raw in enumerate(data.get("waivers", ()))),
        service_names=services_of(document),
    )


class _PolicyBuilder:
    def __init__(self, document: Document, ports: PortResolver) -> None:
        self._document = document
        self._ports = ports

    def defaults(self, raw: Raw) -> Defaults:
        return Defaults(**raw, place=self._document.key_place(("defaults",)))

    def rule(self, raw: Raw, index: int) -> Rule:
        return Rule(
            id=str(raw["id"]),
            place=self._document.place(("rules", index)),
            ports=self._items(raw),
            expect=raw.get("expect", "allowed"),
            reach=raw.get("reach"),
            address=_networks(raw.get("address")),
            process=_process(raw.get("process")),
            applies_to=_applies_to(raw.get("applies_to")),
            severity=raw.get("severity"),
            approval=_approval(raw),
            controls=tuple(Control(**control) for control in raw.get("controls", ())),
            state=raw.get("state"),
            insecure=raw.get("insecure", False),
            remediation=raw.get("remediation"),
            runbook=raw.get("runbook"),
        )

    def waiver(self, raw: Raw, index: int) -> Waiver:
        return Waiver(
            id=raw["id"],
            place=self._document.place(("waivers", index)),
            match=self._match(raw["match"]),
            applies_to=_applies_to(raw["applies_to"]),
            expires=datetime.date.fromisoformat(raw["expires"]),
            justification=raw["justification"],
            approved_by=raw["approved_by"],
            approved_on=_date(raw.get("approved_on")),
            ticket=raw.get("ticket"),
        )

    def _match(self, raw: Raw) -> WaiverMatch:
        return WaiverMatch(
            ports=self._items(raw),
            codes=tuple(listed(raw.get("codes"))),
            rules=tuple(listed(raw.get("rule"))),
            address=_networks(raw.get("address")),
            process=_process(raw.get("process")),
            state=raw.get("state"),
        )

    def _items(self, raw: Raw) -> tuple[PortItem, ...]:
        """Each item once, in the order written."""
        protocols = listed(raw.get("protocol"))
        if "port" not in raw:
            return tuple(PortItem(protocol, 0, LAST, label="any port") for protocol in dict.fromkeys(protocols))
        items: dict[PortItem, None] = {}
        for word in listed(raw["port"]):
            found = self._ports.items(word, protocols=protocols) if protocols else self._ports.anywhere(word)
            items.update(dict.fromkeys(found))
        return tuple(items)


def _networks(raw: t.Any) -> tuple[Network, ...]:
    return tuple(network(text) for text in listed(raw))


def _process(raw: Raw | None) -> ProcessPatterns | None:
    return ProcessPatterns(**{field: tuple(listed(globs)) for field, globs in raw.items()}) if raw else None


def _applies_to(raw: Raw | None) -> AppliesTo:
    return AppliesTo(**{field: tuple(listed(names)) for field, names in (raw or {}).items()})


def _approval(raw: Raw) -> Approval:
    return Approval(
        owner=raw.get("owner"),
        justification=raw.get("justification"),
        ticket=raw.get("ticket"),
        approved_by=raw.get("approved_by"),
        approved_on=_date(raw.get("approved_on")),
        review_by=_date(raw.get("review_by")),
        security_features=raw.get("security_features"),
    )


def _date(text: str | None) -> datetime.date | None:
    return datetime.date.fromisoformat(text) if text is not None else None
