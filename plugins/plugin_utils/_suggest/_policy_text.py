# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A suggestion as the text of a policy."""

from __future__ import annotations

import re
import typing as t

from .._common._counted import count
from .._policy._policy_model import REACHES
from .._policy._review_mark import REVIEW
from .._registry._lookup import Registry
from . import _write_yaml
from ._fleet_uses import EPHEMERAL, Fleet, PortRange
from ._identity import Identity, host_glob
from ._risks import risks
from ._rule_place import RulePlace
from ._suggest import Suggestion
from ._suggested_rules import Draft, span

_ID = re.compile(r"[^A-Za-z0-9._-]+")
_NAMED = 12  # ports that the comment of a rule names
_LOOKED_AT = 100  # ports of a range that are looked up for its comment,
_LISTED = 4  # and names that are told


class Ids:
    """Identifiers, each given once."""

    def __init__(self) -> None:
        self._given: set[str] = set()
        self._numbers: dict[str, int] = {}  # the last of each name

    def new(self, *words: str) -> str:
        """``web-nginx``, then ``web-nginx-2``."""
        base = _ID.sub("-", "-".join(words)).strip("-._")[:80] or "rule"
        name, number = base, self._numbers.get(base, 1)
        while name in self._given:
            number += 1
            name = f"{base}-{number}"
        self._given.add(name)
        self._numbers[base] = number
        return name


def policy_text(suggestion: Suggestion, *, name: str, registry: Registry, sources: t.Sequence[str]) -> str:
    """The whole policy. ``sources``: the ids of the runs that it was made from."""
    ids, fleet = Ids(), suggestion.fleet
    named = [(ids.new(*_words(draft, fleet, registry)), draft) for draft in suggestion.drafts]
    common = [(ident, draft) for ident, draft in named if draft.place.groups]
    apart = [(ident, draft) for ident, draft in named if not draft.place.groups]
    lines = [*_head(suggestion, name, sources), *_first(risks(named, fleet, registry=registry))]
    lines.append("rules:" if suggestion.drafts else "rules: []")
    lines += [line for ident, draft in common for line in rule_lines(ident, draft, fleet, registry=registry)]
    if apart:
        lines += [
            "",
            "  # Outliers: rules for single hosts, because their groups do not have them. Approve or close them.",
        ]
    lines += [line for ident, draft in apart for line in rule_lines(ident, draft, fleet, registry=registry)]
    return "\n".join(lines) + "\n"


def _head(suggestion: Suggestion, name: str, sources: t.Sequence[str]) -> list[str]:
    left_out = suggestion.left_out
    hosts = count(len(suggestion.fleet.names), "host")
    lines = [
        "---",
        _write_yaml.comment(f"Suggested from what {hosts} showed in {', '.join(sources)}."),
        _write_yaml.comment(
            f"A listener is not approved because it exists: decide on every {REVIEW}. The strict lint refuses the rest."
        ),
    ]
    if suggestion.unseen:
        more = " ..." if len(suggestion.unseen) > _NAMED else ""
        lines.append(
            _write_yaml.comment(f"No evidence shows anything of {', '.join(suggestion.unseen[:_NAMED])}{more}.")
        )
    return [
        *lines,
        "version: 1",
        f"name: {_write_yaml.scalar(name)}",
        "defaults:",
        "  unlisted: fail",
        "  unassigned: fail",
        "  reserved: fail",
        f"  reach_host: ignore # listeners without a rule that only their host can reach: {left_out.get('host', 0):,}",
        f"  ephemeral_udp: warn # listeners without a rule on ephemeral ports: {left_out.get('chance', 0):,}",
    ]


def _first(told: t.Sequence[str]) -> list[str]:
    """The rules to decide first, as comments above all rules."""
    heading = ["# Decide on these rules first:"] if told else []
    return [*heading, *(_write_yaml.comment(f"- {line}") for line in told)]


def rule_lines(ident: str, draft: Draft, fleet: Fleet, *, registry: Registry) -> list[str]:
    """One rule with its comments."""
    notes = [_registered(draft.ports, registry), *draft.notes[:_NAMED]]
    if draft.identity is not None and draft.identity.published:
        notes.append("A packet filter publishes it without a socket, as container engines do.")
    if draft.identity is not None and draft.identity.kernel:
        notes.append("The kernel itself owns the socket.")
    if draft.identity is None:
        notes.append("Not every owner was seen or has a name: approved by port number only.")
    if any((ports.first, ports.last) == EPHEMERAL for ports in draft.ports):
        notes.append("It listens on ephemeral ports, other ones after each restart: configure a fixed port if you can.")
    return [
        "",
        *(f"  {_write_yaml.comment(note)}" for note in notes),
        f"  - id: {_write_yaml.scalar(ident)}",
        f"    protocol: {draft.ports[0].protocol}",
        f"    port: {ports_text(draft.ports)}",
        f"    reach: {REACHES[draft.reach]}",
        *holder_lines(draft.identity, draft.units, draft.users),
        *applies_to(draft.place, fleet, everywhere=False),
        f"    owner: {REVIEW}",
        f'    justification: "{REVIEW}: what is it for, and who approved it?"',
    ]


def _words(draft: Draft, fleet: Fleet, registry: Registry) -> tuple[str, ...]:
    hosts = draft.place.hosts
    place = draft.place.groups[0] if draft.place.groups else fleet.names[hosts[0]] if len(hosts) == 1 else "outlier"
    first = draft.ports[0]
    who = draft.identity
    if who is not None:
        word: str | None = who.word
    else:
        # One of many ports would give the rule a name that is wrong for the others.
        word = registry.status(first.first, first.protocol).name if len(draft.ports) == 1 else "by-port-number"
    return (*(() if place == "all" else (place,)), word or f"{first.protocol}-{first.first}")


def ports_text(ports: t.Sequence[PortRange]) -> str:
    """``[22, "8000-8099"]``."""
    return _write_yaml.flow([one.first if one.first == one.last else span(one) for one in ports])


def _registered(ports: t.Sequence[PortRange], registry: Registry) -> str:
    """What IANA has the ports for."""
    said = [f"{span(one)}/{one.protocol} {_status(one, registry)}" for one in ports[:_NAMED]]
    more = [f"and {len(ports) - _NAMED} more"] if len(ports) > _NAMED else []
    return f"IANA: {', '.join([*said, *more])}"


def _status(ports: PortRange, registry: Registry) -> str:
    """The name or status of a port; of a range those that come first, each once."""
    if (ports.first, ports.last) == EPHEMERAL:
        return "ephemeral"
    looked_at = range(ports.first, min(ports.last, ports.first + _LOOKED_AT) + 1)
    known = [registry.status(port, ports.protocol) for port in looked_at]
    names = list(dict.fromkeys(status.name or status.status for status in known))
    return ", ".join([*names[:_LISTED], *(["..."] if len(names) > _LISTED else [])])


def holder_lines(identity: Identity | None, units: t.Sequence[str], users: t.Sequence[str]) -> list[str]:
    """The lines that say who holds it; None: nobody that a rule could name."""
    if identity is None:
        return ["    state: socket"]
    lines = ["    state: published"] if identity.published else ["    state: kernel"] if identity.kernel else []
    return [*lines, f"    process: {process_text(identity, units, users)}"] if identity.held else lines


def process_text(identity: Identity, units: t.Sequence[str], users: t.Sequence[str]) -> str:
    """The condition on the process."""
    container = ("*",) if identity.contained else ()
    return _write_yaml.mapping(
        [
            ("exe", identity.exe),
            ("user", () if identity.contained else users),
            ("unit", () if identity.contained else identity.units or units),
            ("container", container),
        ]
    )


def applies_to(place: RulePlace, fleet: Fleet, *, everywhere: bool) -> list[str]:
    """The line that says where; ``everywhere``: whether ``all`` has to be said."""
    if place.groups == ("all",) and not everywhere:
        return []
    if place.groups:
        return [f"    applies_to: {{groups: {_write_yaml.sequence(place.groups)}}}"]
    names = [host_glob(fleet.names[host]) for host in place.hosts]
    return [f"    applies_to: {{hosts: {_write_yaml.sequence(names)}}}"]
