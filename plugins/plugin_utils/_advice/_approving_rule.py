# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rule that would approve what was found: an item of ``rules``, as lines of YAML to copy.

It covers what was seen and no more: its ports, addresses and reach, its program or unit, its hosts. Where a policy
cannot say that, there is none, or a comment says what else it approves. The marks for a person are those of suggested
policies, which the strict lint refuses.
"""

from __future__ import annotations

import ipaddress
import typing as t

from .._common._printable import printable
from .._policy._review_mark import REVIEW
from .._suggest import _write_yaml
from .._suggest._fleet_uses import EPHEMERAL, PortRange
from .._suggest._identity import Identity, exact_host_glob, identity, unit, user
from .._suggest._policy_text import Ids, holder_lines, ports_text
from .._suggest._suggested_rules import folded
from ._commands import CLOSING
from ._rule_hosts import HostNames
from ._rule_notes import MOST_ADDRESSES, notes
from ._subject import Subject

_ITEMS = 12  # ports and ranges of ports
_PLACES = 60  # hosts and groups
_NAMED = 3  # units or users; more say nothing
_APPROVABLE = (CLOSING - {"forbidden-listener"}) | {"ephemeral-udp"}


class _Unsayable(Exception):
    """Something of it that no policy can say."""


def approving_rule(subject: Subject, *, hosts: HostNames, ids: Ids) -> tuple[str, ...]:
    """The lines, or none. ``ids`` gives each rule a name of its own."""
    if subject.finding.code not in _APPROVABLE or not subject.listeners:
        return ()
    try:
        lines = _lines(subject, hosts, ids)
    except _Unsayable:
        return ()
    # What would be shown in another way than it is would be copied in another way than it is.
    return tuple(lines) if all(printable(line) == line for line in lines) else ()


def _lines(subject: Subject, hosts: HostNames, ids: Ids) -> list[str]:
    who = _identity(subject)
    ports = _ports(subject, who)
    units, users, applies_to = _units(subject, who), _users(subject, who), _applies_to(subject, hosts)
    holders = (who.exe, who.units, units, users) if who else ()
    return [
        *(f"  {_write_yaml.comment(note)}" for note in notes(subject, who, holders=holders)),
        f"  - id: {_write_yaml.scalar(ids.new(*_words(subject, who, ports)))}",
        f"    protocol: {subject.finding.protocol}",
        f"    port: {ports_text(ports)}",
        *_addresses(subject),
        f"    reach: {subject.reach}",
        *holder_lines(who, units, users),
        *applies_to,
        f"    owner: {REVIEW}",
        f'    justification: "{REVIEW}: what is it for, and who approved it?"',
    ]


def _identity(subject: Subject) -> Identity | None:
    found = {identity(listener) for listener in subject.listeners}
    if len(found) != 1 or (None in found and subject.finding.code == "wrong-owner"):
        raise _Unsayable  # a rule for any program would undo the one that names another
    return found.pop()


def _ports(subject: Subject, who: Identity | None) -> tuple[PortRange, ...]:
    protocol = str(subject.finding.protocol)
    if subject.finding.code == "ephemeral-udp":
        if who is None or not who.held:
            raise _Unsayable
        return (PortRange(protocol, *EPHEMERAL),)
    found = folded([PortRange(protocol, port, port) for port in subject.ports])
    if not found or len(found) > _ITEMS:
        raise _Unsayable
    return found


def _addresses(subject: Subject) -> list[str]:
    """All of them where they are few; a fleet has an address for each host."""
    found = sorted(set(subject.addresses))
    if not found or subject.reach is None:
        raise _Unsayable
    if len(found) > MOST_ADDRESSES:
        return []
    try:
        known = [str(ipaddress.ip_address(text)) for text in found]
    except ValueError as error:
        raise _Unsayable from error
    return [f"    address: {_write_yaml.flow(known)}"]


def _units(subject: Subject, who: Identity | None) -> tuple[str, ...]:
    if who is None or not who.exe:
        return ()
    return _agreed(unit(listener, owner) for listener in subject.listeners for owner in listener.owners)


def _users(subject: Subject, who: Identity | None) -> tuple[str, ...]:
    if who is None or not who.held:
        return ()
    return _agreed(user(owner) for listener in subject.listeners for owner in listener.owners)


def _agreed(values: t.Iterable[str | None]) -> tuple[str, ...]:
    """What all of them name, if they name few."""
    found = set(values)
    known = sorted(value for value in found if value is not None)
    return tuple(known) if None not in found and len(known) <= _NAMED else ()


def _applies_to(subject: Subject, hosts: HostNames) -> list[str]:
    place = hosts.place(subject.hosts)
    if place.everywhere:
        return []
    if len(place.groups) + len(place.hosts) > _PLACES:
        raise _Unsayable
    globs = [glob for name in place.hosts if (glob := exact_host_glob(name)) is not None]
    if len(globs) < len(place.hosts):
        raise _Unsayable
    parts = [("groups", place.groups), ("hosts", globs)]
    said = ", ".join(f"{key}: {_write_yaml.sequence(names)}" for key, names in parts if names)
    return [f"    applies_to: {{{said}}}"]


def _words(subject: Subject, who: Identity | None, ports: t.Sequence[PortRange]) -> tuple[str, ...]:
    word = who.word if who else str(subject.finding.protocol)
    number = "ephemeral" if subject.finding.code == "ephemeral-udp" else str(ports[0].first)
    return (word, number)
