# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules and waivers that can never be true, each part of them sound by itself."""

from __future__ import annotations

import ipaddress
import typing as t

from ...module_utils._socket import UDP
from .._common._mapped import unmap
from .._judge._finding_codes import ALLOWED, CODES, DEFAULTS, FORBIDDEN, REQUIRED, WAIVED_IF_NAMED
from .._judge.conditions._reach import PUBLIC, ReachTable, prefixes
from .._policy._policy_model import REACHES, Network, Policy, Rule, Waiver
from ._remark import ERROR, Remark, about

# What a rule gives rise to, by what it expects; the rest comes from defaults, and names no rule.
_OF_RULES = {
    expect: frozenset(code.name for code in CODES if expect in code.raised_by)
    for expect in (ALLOWED, REQUIRED, FORBIDDEN)
}
_OF_DEFAULTS = frozenset(code.name for code in CODES if DEFAULTS in code.raised_by)


def never_remarks(policy: Policy) -> t.Iterator[Remark]:
    """What can never be true, and what to write instead."""
    table = ReachTable(public=policy.public_networks, private=policy.private_networks)
    own = (*policy.public_networks, *policy.private_networks)
    expects = {rule.id: rule.expect for rule in policy.rules}
    for rule in policy.rules:
        yield from _nowhere(rule)
        yield from _reach(rule, table, own)
    for waiver in policy.waivers:
        yield from _nowhere(waiver)
        yield from _covers_nothing(waiver, expects)


def _nowhere(item: Rule | Waiver) -> t.Iterator[Remark]:
    """Groups that are left out again."""
    targets = item.applies_to
    out = set(targets.not_groups)
    if "all" in out or (targets.groups and not targets.hosts and out.issuperset(targets.groups)):
        yield about(item, "never-true", "applies to no host: not_groups excludes all hosts that it names", level=ERROR)


def _reach(rule: Rule, table: ReachTable, own: t.Sequence[Network]) -> t.Iterator[Remark]:
    """Addresses that are wider than the reach allows."""
    if rule.reach is None or not rule.address:
        return
    widest = REACHES.index(rule.reach)
    wider = [net for net in rule.address if _narrowest(net, table, own) > widest]
    if wider:
        names = ", ".join(map(str, wider))
        least = REACHES[min(_narrowest(net, table, own) for net in wider)]
        whole = len(wider) == len(rule.address)
        message = f"can never pass{'' if whole else ' on some addresses'}: reach {rule.reach}, and {names} is {least}"
        yield about(rule, "never-true", message, **({"level": ERROR} if whole else {}))


def _narrowest(net: Network, table: ReachTable, own: t.Sequence[Network]) -> int:
    """The narrowest class of its addresses: looked up at both ends of it and of each prefix inside of it."""
    plain = unmap(net)
    if int(plain.network_address) == 0:
        return 0  # the wildcard: what it reaches is for the host to say
    first, last = int(plain.network_address), int(plain.broadcast_address)
    edges = {first, last}
    for version, prefix, shift, _reach in prefixes(own):
        if version == plain.version:
            ends = prefix << shift, ((prefix + 1) << shift) - 1
            edges.update(edge for end in ends for edge in (end - 1, end, end + 1) if first <= edge <= last)
    kind = ipaddress.IPv4Address if plain.version == 4 else ipaddress.IPv6Address
    classes = [table.of(str(kind(edge))) for edge in edges]
    return min(PUBLIC if reach is None else reach for reach in classes)


def _covers_nothing(waiver: Waiver, expects: t.Mapping[str, str]) -> t.Iterator[Remark]:
    """Codes that no finding can have which the rest of ``match`` lets by."""
    match = waiver.match
    named = set(match.codes)
    possible = _possible(waiver, expects)
    if named and not named & possible:
        codes = " or ".join(sorted(named))
        yield about(
            waiver, "never-true", f"covers nothing: no {codes} finding can match the other conditions", level=ERROR
        )
    elif named - possible:
        codes = " or ".join(sorted(named - possible))
        yield about(waiver, "never-true", f"covers no {codes}: no such finding can match the other conditions")
    elif not named and not possible - WAIVED_IF_NAMED:
        message = "covers nothing: a waiver covers findings of this rule only if codes names them, such as "
        yield about(waiver, "never-true", message + " or ".join(sorted(possible)), level=ERROR)


def _possible(waiver: Waiver, expects: t.Mapping[str, str]) -> set[str]:
    match = waiver.match
    codes = set(_OF_DEFAULTS).union(*_OF_RULES.values())
    if match.rules:
        codes = set().union(*(_OF_RULES[expects.get(rule, "required")] for rule in match.rules))
    if match.address:
        codes -= {"missing-listener", "alternate-path"}
    if match.process:
        codes.discard("missing-listener")
    if match.ports:
        codes.discard("alternate-path")
        if not any(item.protocol in UDP for item in match.ports):
            codes.discard("ephemeral-udp")
    return codes
