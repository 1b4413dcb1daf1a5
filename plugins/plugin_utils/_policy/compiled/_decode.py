# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From JSON types, as ``_encode`` writes them, back to a policy."""

from __future__ import annotations

import dataclasses
import datetime
import functools
import ipaddress
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
    SourcePlace,
    Waiver,
    WaiverMatch,
)

Raw = dict[str, t.Any]


def decode(raw: Raw) -> Policy:
    """The policy. Raises TypeError, ValueError, LookupError or AttributeError on what is not one."""
    decoder = _Decoder(raw)
    places = [decoder.place(place) for place in raw["places"]]
    count = len(raw["rules"])
    return Policy(
        name=raw["name"],
        sha256=raw["sha256"],
        sources=tuple(raw["sources"]),
        defaults=_defaults(raw["defaults"], decoder.place(raw["defaults_place"])),
        public_networks=decoder.addresses(raw["public"]),
        private_networks=decoder.addresses(raw["private"]),
        rules=tuple(map(decoder.rule, raw["rules"], places[:count])),
        waivers=tuple(map(decoder.waiver, raw["waivers"], places[count:])),
        service_names={name: _items(items) for name, items in raw["services"].items()},
    )


class _Decoder:
    """Reads the tables once; a rule then takes what it shares with others from there."""

    def __init__(self, raw: Raw) -> None:
        self._files: list[str] = raw["files"]
        self._networks: list[Network] = [ipaddress.ip_network(text) for text in raw["networks"]]
        self._processes = [ProcessPatterns(*map(tuple, fields)) for fields in raw["processes"]]
        self._hosts = [AppliesTo(*map(tuple, fields)) for fields in raw["hosts"]]
        self._controls = [Control(*fields) for fields in raw["controls"]]

    def place(self, raw: t.Any) -> t.Any:
        if raw is None:
            return None
        file, line, column, layer = raw
        return SourcePlace(self._files[file], line, column, self._files[layer])

    def rule(self, raw: list[t.Any], place: SourcePlace) -> Rule:
        name, ports, expect, reach, address, process, hosts, severity, approval, controls, state, *rest = raw
        insecure, *later = rest
        return Rule(
            name,
            place,
            _items(ports),
            expect,
            reach,
            self.addresses(address),
            self._process(process),
            self._hosts[hosts],
            severity,
            _approval(approval),
            tuple([self._controls[number] for number in controls]),
            state,
            insecure,
            *later,
        )

    def waiver(self, raw: list[t.Any], place: SourcePlace) -> Waiver:
        name, match, hosts, expires, justification, approved_by, approved_on, ticket = raw
        return Waiver(
            name,
            place,
            self._match(match),
            self._hosts[hosts],
            datetime.date.fromisoformat(expires),
            justification,
            approved_by,
            _day(approved_on),
            ticket,
        )

    def _match(self, raw: list[t.Any]) -> WaiverMatch:
        ports, codes, rules, address, process, state = raw
        holder = self._process(process)
        return WaiverMatch(_items(ports), tuple(codes), tuple(rules), self.addresses(address), holder, state)

    def addresses(self, numbers: list[int]) -> tuple[Network, ...]:
        return tuple([self._networks[number] for number in numbers])

    def _process(self, number: int | None) -> ProcessPatterns | None:
        return None if number is None else self._processes[number]


def _defaults(raw: list[str], place: SourcePlace | None) -> Defaults:
    names = [field.name for field in dataclasses.fields(Defaults) if field.name != "place"]
    return Defaults(**dict(zip(names, raw, strict=True)), place=place)


def _items(raw: list[list[t.Any]]) -> tuple[PortItem, ...]:
    return tuple([PortItem(*item) for item in raw])


def _approval(raw: list[t.Any]) -> Approval:
    owner, justification, ticket, approved_by, approved_on, review_by, features = raw
    return Approval(owner, justification, ticket, approved_by, _day(approved_on), _day(review_by), features)


@functools.lru_cache(maxsize=4096)
def _day(text: str | None) -> datetime.date | None:
    return None if text is None else datetime.date.fromisoformat(text)
