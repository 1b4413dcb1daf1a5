# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What packet filters publish: rules of any of them as narrowings and actions, and a walk from where packets come in.

Only what can only narrow is read; what narrows further (sources, marks, limits, states) is passed over, so that a rule
publishes at most too much, never too little.
"""

from __future__ import annotations

import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils._collect import _paths

PROTOCOLS = ("tcp", "udp", "udplite", "sctp", "dccp")
MOST_PORTS = 1024  # of one rule that become listeners; a wider range is one way in without a port
MOST_STEPS = 50000
WILDCARD = {"ipv4": "0.0.0.0", "ipv6": "::"}

Ranges = t.Tuple[t.Tuple[int, int], ...]
Chain = t.Tuple[str, ...]  # family, table, name


class Narrow(t.NamedTuple):
    """Which packets; None: all of them. ``ports`` are inclusive ranges of the destination's port.

    ``network``: of addresses that need not be the host's own.
    """

    protocols: t.Optional[t.FrozenSet[str]] = None
    ports: t.Optional[Ranges] = None
    address: t.Optional[str] = None
    device: t.Optional[str] = None
    family: t.Optional[str] = None
    network: bool = False

    def within(self, other: Narrow) -> t.Optional[Narrow]:
        """Packets that are of both; None when there are none."""
        protocols = _both(self.protocols, other.protocols)
        ports = _overlap(self.ports, other.ports)
        if protocols == frozenset() or ports == () or (self.family and other.family and self.family != other.family):
            return None
        return Narrow(
            protocols,
            ports,
            other.address or self.address,
            other.device or self.device,
            other.family or self.family,
            self.network or other.network,
        )


class Rule(t.NamedTuple):
    """``action``: ``jump`` (to the chain ``target``), ``publish`` (``to``: where it goes) or ``tproxy``."""

    narrow: Narrow
    action: str
    target: Chain = ()
    to: str = ""


class Ruleset(t.NamedTuple):
    """``entries``: chains that packets from outside come into. ``by``: nftables | iptables."""

    by: str
    chains: t.Mapping[Chain, t.Sequence[Rule]]
    entries: t.Sequence[Chain]


class Published(t.NamedTuple):
    """One port that a rule gives away. ``device`` is a name; ``network``: asked of addresses that may be others'."""

    protocol: str
    family: str
    address: str
    port: int
    device: t.Optional[str]
    to: t.Tuple[str, ...]
    by: str
    network: bool = False


class Walked(t.NamedTuple):
    """``whole``: every rule was followed."""

    published: t.Tuple[Published, ...]
    paths: t.Tuple[_paths.RawPath, ...]
    whole: bool


def walk(ruleset: Ruleset) -> Walked:
    """Follow packets from outside through the chains."""
    walker = _Walker(ruleset)
    for entry in ruleset.entries:
        walker.follow(entry, Narrow(), ())
    ports: t.Dict[t.Tuple[t.Any, ...], Published] = {}
    for one in walker.published:
        known = ports.setdefault(one[:5], one)
        ports[one[:5]] = known._replace(to=tuple(sorted({*known.to, *one.to})), network=known.network or one.network)
    published = sorted(ports.values(), key=lambda one: (*one[:4], one.device or ""))
    return Walked(tuple(published), tuple(dict.fromkeys(walker.paths)), walker.steps < MOST_STEPS)


class _Walker:
    def __init__(self, ruleset: Ruleset) -> None:
        self._ruleset = ruleset
        self.steps = 0
        self.published: t.List[Published] = []
        self.paths: t.List[_paths.RawPath] = []

    def follow(self, chain: Chain, packets: Narrow, above: t.Tuple[Chain, ...]) -> None:
        for rule in self._ruleset.chains.get(chain, ()):
            self.steps += 1
            if self.steps >= MOST_STEPS:
                return
            narrowed = packets.within(rule.narrow)
            if narrowed is None:
                continue
            if rule.action == "jump":
                if rule.target not in above:
                    self.follow(rule.target, narrowed, (*above, chain))
            elif rule.action == "tproxy":
                self.paths.append(_paths.RawPath("tproxy", "%s goes to %s" % (_words(narrowed), rule.to)))
            else:
                self._publish(narrowed, rule.to)

    def _publish(self, packets: Narrow, to: str) -> None:
        protocols = [name for name in PROTOCOLS if packets.protocols is None or name in packets.protocols]
        wide = packets.ports is None or sum(last - first for first, last in packets.ports) >= MOST_PORTS
        if packets.ports is None or packets.protocols is None or wide:
            self.paths.append(_paths.RawPath("dnat", "%s goes to %s" % (_words(packets), to)))
            return
        families = [packets.family] if packets.family else list(WILDCARD)
        for family in families:
            address = packets.address or WILDCARD[family]
            for protocol in protocols:
                for first, last in packets.ports:
                    self.published += [
                        Published(
                            protocol, family, address, port, packets.device, (to,), self._ruleset.by, packets.network
                        )
                        for port in range(first, last + 1)
                    ]


def _both(one: t.Optional[t.FrozenSet[str]], other: t.Optional[t.FrozenSet[str]]) -> t.Optional[t.FrozenSet[str]]:
    if one is None or other is None:
        return other if one is None else one
    return one & other


def _overlap(one: t.Optional[Ranges], other: t.Optional[Ranges]) -> t.Optional[Ranges]:
    if one is None or other is None:
        return other if one is None else one
    pairs = [(max(a, c), min(b, d)) for a, b in one for c, d in other]
    return tuple(pair for pair in pairs if pair[0] <= pair[1])


def _words(packets: Narrow) -> str:
    """``tcp 3000-3010 to 10.0.0.1 on eth0``."""
    protocols = "/".join(sorted(packets.protocols)) if packets.protocols is not None else "every protocol"
    ports = ""
    if packets.ports is not None:
        ports = " " + ",".join("%d" % a if a == b else "%d-%d" % (a, b) for a, b in packets.ports)
    return "%s%s to %s%s" % (
        protocols,
        ports,
        packets.address or "every address",
        " on %s" % packets.device if packets.device else "",
    )
