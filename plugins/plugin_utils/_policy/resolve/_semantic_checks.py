# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the schema cannot say: names, ranges, networks, dates and ids that do not hold together.

Runs on documents with problems too, so that all of them come at once: each check looks only at values that the schema
found nothing against.
"""

from __future__ import annotations

import typing as t

from .._message_words import did_you_mean, found
from .._policy_errors import Path
from .._policy_model import PROCESS_FIELDS, PortItem
from ..schema._port_words import notation_problem
from ..source._lists import listed, mappings, placed
from ..source._policy_document import Document
from ._networks import is_wildcard, network
from ._patterns import group_problem, host_problem
from ._port_names import PortResolver, RegistryNames, numbers
from ._process_literals import process_problem

_TARGETS = {"hosts": host_problem, "groups": group_problem, "not_groups": group_problem}


def check_meaning(documents: t.Sequence[Document], registry: RegistryNames) -> None:
    """Report in the documents, which are the layers of one policy, everything that the schema cannot see."""
    checkers = [_Checker(document, registry) for document in documents if isinstance(document.data, dict)]
    shared = _Shared()
    for checker in checkers:
        checker.collect(shared)
    for checker in checkers:
        checker.check(shared)


def service_items(entries: t.Any) -> tuple[PortItem, ...]:
    """The items of one service. Raises ValueError with the message."""
    items: list[PortItem] = []
    for entry in entries:
        for word in listed(entry["port"]):
            span = numbers(word)
            if span is None:
                other = notation_problem(str(word))
                raise ValueError(other or f"a service must consist of numbers and ranges, found {found(word)}")
            items.extend(PortItem(protocol, *span, label=str(word)) for protocol in listed(entry["protocol"]))
    return tuple(items)


class _Shared:
    """What a layer may use of the others: names of services, those among them that are wrong, ids of rules."""

    def __init__(self) -> None:
        self.services: dict[str, tuple[PortItem, ...]] = {}
        self.wrong_services: set[str] = set()
        self.rules: dict[str, None] = {}


class _Checker:
    def __init__(self, document: Document, registry: RegistryNames) -> None:
        self._document = document
        self._registry = registry
        self._ports = PortResolver({}, registry)
        self._wrong_services: set[str] = set()

    def collect(self, shared: _Shared) -> None:
        """Check the services, and add what other layers may use."""
        data = self._document.data
        shared.services.update(self._services(data.get("services")))
        shared.wrong_services |= self._wrong_services
        rules = mappings(data.get("rules"), ("rules",))
        shared.rules.update((rule["id"], None) for rule, _path in rules if isinstance(rule.get("id"), str))

    def check(self, shared: _Shared) -> None:
        """Check everything else."""
        data = self._document.data
        self._ports = PortResolver(shared.services, self._registry)
        self._wrong_services = shared.wrong_services
        self._networks(data.get("networks"))
        rules = mappings(data.get("rules"), ("rules",))
        waivers = mappings(data.get("waivers"), ("waivers",))
        for rule, path in rules:
            self._rule(rule, path)
        names = list(shared.rules)
        for waiver, path in waivers:
            self._waiver(waiver, path, rules=names)
        self._unique(rules)
        self._unique(waivers)

    def _services(self, raw: t.Any) -> dict[str, tuple[PortItem, ...]]:
        services: dict[str, tuple[PortItem, ...]] = {}
        for name, entries in raw.items() if isinstance(raw, dict) else ():
            for entry, path in mappings(entries, ("services", name)):
                for word, at in self._sound(entry.get("port"), (*path, "port")):
                    self._try(at, service_items, [{"protocol": "tcp", "port": word}])
            if self._document.spoiled(("services", name)):
                self._wrong_services.add(name)
            else:
                services[name] = service_items(entries)
        return services

    def _networks(self, raw: t.Any) -> None:
        if not isinstance(raw, dict):
            return
        for key in ("public", "private"):
            self._addresses(raw.get(key), ("networks", key))
        for word, path in [
            pair for key in ("public", "private") for pair in self._sound(raw.get(key), ("networks", key))
        ]:
            if is_wildcard(network(word)):
                self._document.report(path, f"is a wildcard address, not a network, found {found(word)}")
        both = set(map(str, listed(raw.get("public")))) & set(map(str, listed(raw.get("private"))))
        for word, path in placed(raw.get("private"), ("networks", "private")):
            if str(word) in both:
                self._document.report(path, f"is both public and private, found {found(word)}")

    def _rule(self, rule: dict[str, t.Any], path: Path) -> None:
        if self._document.full:
            return
        self._selected(rule, path)
        self._addresses(rule.get("address"), (*path, "address"))
        self._process(rule.get("process"), (*path, "process"))
        self._of_kernel(rule, path)
        self._forbidden(rule, path)
        self._targets(rule.get("applies_to"), (*path, "applies_to"))
        self._order(rule, path, earlier="approved_on", later="review_by")

    def _of_kernel(self, raw: dict[str, t.Any], path: Path) -> None:
        if "process" in raw and raw.get("state") == "kernel":
            message = "cannot be combined with state: kernel: no process owns a socket of the kernel"
            self._document.report((*path, "process"), message)

    def _forbidden(self, rule: dict[str, t.Any], path: Path) -> None:
        """Beside an approval, ``process`` says whose socket is fine too; there is nothing to forbid about that."""
        if "process" in rule and (rule.get("expect"), rule.get("state")) == ("forbidden", "published"):
            message = (
                "cannot be combined with expect: forbidden and state: published: no process holds a published port"
            )
            self._document.report((*path, "process"), message)

    def _waiver(self, waiver: dict[str, t.Any], path: Path, *, rules: t.Sequence[str]) -> None:
        if self._document.full:
            return
        self._order(waiver, path, earlier="approved_on", later="expires")
        self._targets(waiver.get("applies_to"), (*path, "applies_to"))
        match, at = waiver.get("match"), (*path, "match")
        if not isinstance(match, dict):
            return
        self._selected(match, at)
        self._addresses(match.get("address"), (*at, "address"))
        self._process(match.get("process"), (*at, "process"))
        self._of_kernel(match, at)
        for word, where in self._sound(match.get("rule"), (*at, "rule")):
            if word not in rules:
                hint = did_you_mean(word, rules)
                self._document.report(where, f"this policy has no rule with this id, found {found(word)}{hint}")

    def _selected(self, raw: dict[str, t.Any], path: Path) -> None:
        """The ports of a rule or match; a protocol that is wrong is not held against them."""
        protocol = raw.get("protocol")
        usable = protocol is not None and not self._document.spoiled((*path, "protocol"))
        for word, at in self._sound(raw.get("port"), (*path, "port")):
            if word in self._wrong_services:
                continue
            if usable:
                self._try(at, self._ports.items, word, protocols=listed(protocol))
            else:
                self._try(at, self._ports.anywhere, word)

    def _addresses(self, raw: t.Any, path: Path) -> None:
        for word, at in self._sound(raw, path):
            self._try(at, network, word)

    def _process(self, raw: t.Any, path: Path) -> None:
        for field in PROCESS_FIELDS if isinstance(raw, dict) else ():
            for glob, at in self._sound(raw.get(field), (*path, field)):
                problem = process_problem(field, glob)
                if problem:
                    self._document.report(at, problem)

    def _targets(self, raw: t.Any, path: Path) -> None:
        for field, check in _TARGETS.items() if isinstance(raw, dict) else ():
            for name, at in self._sound(raw.get(field), (*path, field)):
                problem = check(name)
                if problem:
                    self._document.report(at, problem)

    def _order(self, raw: dict[str, t.Any], path: Path, *, earlier: str, later: str) -> None:
        both = [(*path, key) for key in (earlier, later)]
        if earlier in raw and later in raw and not any(map(self._document.spoiled, both)) and raw[earlier] > raw[later]:
            self._document.report(both[1], f"is before {earlier}, found {raw[later]} and {raw[earlier]}")

    def _unique(self, things: t.Sequence[tuple[dict[str, t.Any], Path]]) -> None:
        first: dict[str, Path] = {}
        for thing, path in things:
            name = thing.get("id")
            if not isinstance(name, str):
                continue
            if name in first:
                where = self._first(first[name])
                self._document.report((*path, "id"), f"the id is already used, found {found(name)}, first {where}")
            first.setdefault(name, path)

    def _first(self, path: Path) -> str:
        """Where the other one stands; the parts of an inline policy may be of several files."""
        place = self._document.place((*path, "id"))
        if place.line is None:
            return f"at position {path[-1]}"
        return f"at {place}" if self._document.inline else f"on line {place.line}"

    def _sound(self, raw: t.Any, path: Path) -> list[tuple[t.Any, Path]]:
        """The values that nothing was reported about."""
        if not self._document.problems:
            return placed(raw, path)
        return [(word, at) for word, at in placed(raw, path) if not self._document.spoiled(at)]

    def _try(self, path: Path, check: t.Callable[..., t.Any], *args: t.Any, **more: t.Any) -> None:
        """Report what a conversion says when it refuses; to find out what was meant takes its time."""
        if self._document.full:
            return
        try:
            check(*args, **more)
        except ValueError as error:
            self._document.report(path, str(error))
