# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules of iptables, from what ``iptables-save`` and ``ip6tables-save`` print. Source: iptables-extensions(8)."""

from __future__ import annotations

import shlex
import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils._collect import _nat
from ansible_collections.fleetports.compliance.plugins.module_utils._collect._nat import Chain, Narrow, Rule

ENTRY = "PREROUTING"
_PROTOCOLS = {"6": "tcp", "17": "udp", "136": "udplite", "132": "sctp", "33": "dccp"}


class Unreadable(Exception):
    """It is not what iptables-save prints."""


def read(raw: bytes, family: str) -> _nat.Ruleset:
    """Read the tables of one family, ``ipv4`` or ``ipv6``. Raises Unreadable."""
    chains: t.Dict[Chain, t.List[Rule]] = {}
    entries: t.List[Chain] = []
    table = ""
    for line in raw.decode("utf-8", "backslashreplace").splitlines():
        if line.startswith("*"):
            table = line[1:]
            entries.append((family, table, ENTRY))
        elif line.startswith("-A "):
            try:
                words = shlex.split(line)
                chains.setdefault((family, table, words[1]), []).extend(_rules(words[2:], family, table))
            except (ValueError, IndexError) as error:
                raise Unreadable("iptables-save printed what cannot be read: %s" % error) from error
    return _nat.Ruleset("iptables", chains, entries)


def _rules(words: t.Sequence[str], family: str, table: str) -> t.Iterator[Rule]:
    options = _options(words)
    action = options.get("-j") or options.get("-g")
    narrow = Narrow(
        protocols=_protocols(options),
        ports=_ports(options.get("--dport") or options.get("--dports")),
        address=_address(options.get("-d")),
        device=options.get("-i"),
        family=family,
        network="-d" in options and _address(options["-d"]) is None,
    )
    if action == "DNAT":
        yield Rule(narrow, "publish", to=options.get("--to-destination", "somewhere"))
    elif action == "REDIRECT":
        port = options.get("--to-ports")
        yield Rule(narrow, "publish", to="this host%s" % (":" + port if port else ""))
    elif action == "TPROXY":
        to = "%s:%s" % (options.get("--on-ip", "this host"), options.get("--on-port", "the same port"))
        yield Rule(narrow, "tproxy", to=to)
    elif action is not None and action not in ("ACCEPT", "DROP", "RETURN"):
        yield Rule(narrow, "jump", (family, table, action))


def _options(words: t.Sequence[str]) -> t.Dict[str, str]:
    """Options with their value. One that is negated narrows to all else, which is left as all."""
    found: t.Dict[str, str] = {}
    negated = False
    for position, word in enumerate(words):
        if word == "!":
            negated = True
        elif word.startswith("-"):
            value = words[position + 1] if position + 1 < len(words) else ""
            if not negated and not value.startswith("-") and value != "!":
                found.setdefault(word, value)
            negated = False
    return found


def _protocols(options: t.Mapping[str, str]) -> t.Optional[t.FrozenSet[str]]:
    protocol = options.get("-p")
    return None if protocol in (None, "all") else frozenset([_PROTOCOLS.get(str(protocol), str(protocol))])


def _ports(text: t.Optional[str]) -> t.Optional[_nat.Ranges]:
    """``80``, ``8000:8099``, ``80,443,8000:8099``."""
    if text is None:
        return None
    ranges = []
    for part in text.split(","):
        first, colon, last = part.partition(":")
        ranges.append((int(first or 0), int(last or 65535) if colon else int(first)))
    return tuple(ranges)


def _address(text: t.Optional[str]) -> t.Optional[str]:
    """An address; None for a network of several: what is published may then be any of the host's."""
    address, _slash, length = (text or "").partition("/")
    return address if address and length in ("", "32", "128", "255.255.255.255") else None
