# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From what an author writes as a port to protocol and numbers."""

from __future__ import annotations

import re
import typing as t

from ....module_utils._socket import PROTOCOLS
from .._message_words import did_you_mean, found, one_of
from .._policy_model import PortItem
from ..schema._port_words import common_hint, notation_problem

LAST = 65535
_GUESSES = 100
_RANGE = re.compile(r"([0-9]+)(?:-([0-9]+))?")
_RANGE_LIKE = re.compile(r"\s*([0-9]+)\s*(?:-|:|\.\.+|\u2013|to)\s*([0-9]+)\s*")  # U+2013: the dash of word processors


class RegistryNames(t.Protocol):
    """What is asked of the registry."""

    def ports(self, name: str, protocol: str) -> tuple[tuple[int, int], ...]:
        """First and last ports of a service name; none if it has none for the protocol."""

    def names_like(self, name: str) -> list[str]:
        """Names for a did-you-mean."""


def numbers(word: int | str) -> tuple[int, int] | None:
    """First and last port of a number or range; None for a name. Raises ValueError with the message."""
    match = _RANGE.fullmatch(str(word))
    if not match:
        like = _RANGE_LIKE.fullmatch(str(word))
        if like:
            first, last = sorted((like[1], like[2]), key=_number)
            if first != like[1] and ":" in str(word):
                return None  # a published port, which is told by its own sentence
            meant = f"{first}-{last}"
            raise ValueError(f"write a range with one dash and no spaces, found {found(word)}, did you mean {meant}?")
        return None
    if any(len(digits) > 1 and digits[0] == "0" for digits in match.groups(default="")):
        raise ValueError(f"write the port without a leading zero, found {found(word)}")
    first, last = _number(match[1]), _number(match[2] or match[1])
    if first > last:
        raise ValueError(f"the range is reversed, found {found(word)}, did you mean {last}-{first}?")
    if first < 1 or last > LAST:
        raise ValueError(f"a port must be a number from 1 to {LAST}, found {found(word)}")
    return first, last


def _number(digits: str) -> int:
    """A port as a number; Python refuses to convert thousands of digits, so what is far too long is just too large."""
    return int(digits) if len(digits) <= len(str(LAST)) else LAST + 1


class PortResolver:
    """Resolves ports; the policy's own ``services`` beat IANA's names."""

    def __init__(self, services: t.Mapping[str, tuple[PortItem, ...]], registry: RegistryNames) -> None:
        self._services = services
        self._registry = registry
        self._like: dict[str, list[str]] = {}

    def items(self, word: int | str, *, protocols: t.Sequence[str]) -> tuple[PortItem, ...]:
        """One item for each protocol and range. Raises ValueError with the message.

        A name must have a port for every one of ``protocols``: half a rule would look like a whole one.
        """
        span = numbers(word)
        if span is not None:
            return tuple(PortItem(protocol, *span, label=str(word)) for protocol in protocols)
        name = str(word)
        without = [protocol for protocol in protocols if not self._named(name, protocol)]
        if without:
            raise ValueError(self._no_port(name, without))
        return tuple(item for protocol in protocols for item in self._named(name, protocol))

    def anywhere(self, word: int | str) -> tuple[PortItem, ...]:
        """The items of a port given without protocol. Raises ValueError with the message."""
        if numbers(word) is not None:
            return self.items(word, protocols=PROTOCOLS)
        having = self._protocols(str(word))
        return self.items(word, protocols=having or PROTOCOLS[:1])

    def _named(self, name: str, protocol: str) -> tuple[PortItem, ...]:
        own = self._services.get(name)
        if own is not None:
            return tuple(PortItem(protocol, item.first, item.last, name) for item in own if item.protocol == protocol)
        return tuple(PortItem(protocol, first, last, name) for first, last in self._registry.ports(name, protocol))

    def _names_like(self, name: str) -> list[str]:
        """Asked once for each name, and for so many only: it takes 0.03 s."""
        if name not in self._like:
            self._like[name] = self._registry.names_like(name) if len(self._like) < _GUESSES else []
        return self._like[name]

    def _protocols(self, name: str) -> list[str]:
        return [protocol for protocol in PROTOCOLS if self._named(name, protocol)]

    def _no_port(self, name: str, without: t.Sequence[str]) -> str:
        having = self._protocols(name)
        if having:
            whose = "this policy's services" if name in self._services else "IANA's registry"
            return f"the service {found(name)} has no port for {one_of(without)} in {whose}, only for {one_of(having)}"
        problem = notation_problem(name)
        if problem:
            return problem
        hint = did_you_mean(name, self._services) or common_hint(name)
        if not hint:
            like = self._names_like(name)
            hint = f", did you mean {one_of(like)}?" if like else ""
        return f"neither this policy nor IANA has a service with this name, found {found(name)}{hint}"
