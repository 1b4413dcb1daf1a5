# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What packet filters publish: rules of any of them as narrowings and actions, and a walk from where packets come in.

Only what can only narrow is read; what narrows further (sources, marks, limits, states) is passed over, so that a rule
publishes at most too much, never too little.
"""

from __future__ import annotations

import re
import socket
import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils import _socket
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _host_files
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux import _portless_entries

NUMBERS = {6: "tcp", 17: "udp", 33: "dccp", 132: "sctp", 136: "udplite"}
MOST_PORTS = 1024  # of one rule that become listeners; a wider range is one way in without a port
MOST_STEPS = 50000
_MOST_PAIRS = 1 << 20
DEEPEST = 100  # jumps; nf_tables allows 16 (NFT_JUMP_STACK_SIZE)
WILDCARD = {"ipv4": "0.0.0.0", "ipv6": "::"}
_FAMILIES = {"ipv4": socket.AF_INET, "ipv6": socket.AF_INET6}
_PORT = re.compile(r"[0-9]{1,5}\Z")


def names(text: str) -> t.FrozenSet[str]:
    return frozenset(text.split())


# Targets of iptables that send a packet nowhere else, whichever of its fields they change: include/uapi/linux/
# netfilter/xt_*.h, ipt_*.h and ip6t_*.h; the last line is what is often installed beside the kernel (xtables-addons).
# SNAT, MASQUERADE and SNPT change where it comes from, CLUSTERIP the link's address, SYNPROXY answers for the listener.
HARMLESS = names(
    "ACCEPT AUDIT CHECKSUM CLASSIFY CLUSTERIP CONNMARK CONNSECMARK CONTINUE CT DROP DSCP ECN HL HMARK IDLETIMER"
    " LED LOG MARK MASQUERADE NFLOG NOTRACK RATEEST REJECT RETURN SECMARK SET SNAT SNPT SYNPROXY TCPMSS TCPOPTSTRIP"
    " TOS TRACE TTL ULOG"
    " ACCOUNT DHCPMAC FLOWOFFLOAD IPMARK LOGMARK NETFLOW RAWSNAT"
)

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


class FilterRule(t.NamedTuple):
    """``action``: ``jump`` (to the chain ``target``), or what becomes of the packet (``to``: where it goes).

    ``publish``: its destination is translated; ``rewrite``: fields of it are overwritten; ``tproxy``; ``forward``: it
    leaves by another device; ``copy``: a copy does; ``queue``: a program gets it; ``unknown``: nobody here knows,
    ``to`` names what it is.
    """

    narrow: Narrow
    action: str
    target: Chain = ()
    to: str = ""


class Ruleset(t.NamedTuple):
    """``by``: nftables | iptables. The rest are chains that packets from outside come into.

    ``entries``: before it is known whether they are for this host, ``arriving``: when they are, ``passing``: when not.
    """

    by: str
    chains: t.Mapping[Chain, t.Sequence[FilterRule]]
    entries: t.Sequence[Chain]
    arriving: t.Sequence[Chain] = ()
    passing: t.Sequence[Chain] = ()


# What counts where. A destination is translated before it is looked up, in PREROUTING; NETMAP elsewhere translates
# sources. What is not for this host can still be given another destination on its way.
_ENTERING = frozenset(["publish", "rewrite", "tproxy", "forward", "copy", "queue", "unknown"])
_ARRIVING = frozenset(["rewrite", "copy", "queue", "unknown"])
_PASSING = frozenset(["rewrite"])


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
    """``whole``: every rule was followed. ``unknown``: what was met and nobody here knows."""

    published: t.Tuple[Published, ...]
    paths: t.Tuple[_portless_entries.AnyPath, ...]
    whole: bool
    unknown: t.Tuple[str, ...] = ()


def walk(ruleset: Ruleset) -> Walked:
    """Follow packets from outside through the chains."""
    walker = _Walker(ruleset)
    for entries, acts in (
        (ruleset.entries, _ENTERING),
        (ruleset.arriving, _ARRIVING),
        (ruleset.passing, _PASSING),
    ):
        walker.acts = acts
        for entry in entries:
            walker.follow(entry, Narrow(), ())
    ports: t.Dict[t.Tuple[t.Any, ...], Published] = {}
    for one in walker.published:
        known = ports.setdefault(one[:5], one)
        ports[one[:5]] = known._replace(to=tuple(sorted({*known.to, *one.to})), network=known.network or one.network)
    published = sorted(ports.values(), key=lambda one: (*one[:4], one.device or ""))
    whole = walker.steps < MOST_STEPS and not walker.too_deep
    return Walked(tuple(published), tuple(dict.fromkeys(walker.paths)), whole, tuple(sorted(walker.unknown)))


def pruned(ruleset: Ruleset) -> Ruleset:
    """Without jumps to where nothing is published: a filter may have ten thousand that drop and accept."""
    leading: t.Dict[Chain, t.Set[Chain]] = {}
    fruitful: t.Set[Chain] = set()
    for chain, rules in ruleset.chains.items():
        for rule in rules:
            if rule.action == "jump":
                leading.setdefault(rule.target, set()).add(chain)
            else:
                fruitful.add(chain)
    rest = list(fruitful)
    while rest:
        more = leading.get(rest.pop(), set()) - fruitful
        fruitful |= more
        rest.extend(more)
    chains = {
        chain: [rule for rule in rules if rule.action != "jump" or rule.target in fruitful]
        for chain, rules in ruleset.chains.items()
        if chain in fruitful
    }
    return ruleset._replace(chains=chains)


class _Walker:
    def __init__(self, ruleset: Ruleset) -> None:
        self._ruleset = ruleset
        self.steps = 0
        self.too_deep = False
        self.acts = _ENTERING
        self.published: t.List[Published] = []
        self.paths: t.List[_portless_entries.AnyPath] = []
        self.unknown: t.Set[str] = set()

    def follow(self, chain: Chain, packets: Narrow, above: t.Tuple[Chain, ...]) -> None:
        if len(above) > DEEPEST:
            self.too_deep = True
            return
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
            elif rule.action in self.acts:
                self._act(rule, narrowed)

    def _act(self, rule: FilterRule, packets: Narrow) -> None:
        to = _host_files.unicode_text(rule.to)
        if rule.action == "unknown":
            self.unknown.add(to)
        elif self.acts is _PASSING:
            self._way("forward", packets, to)
        elif rule.action in ("publish", "rewrite"):
            self._publish(packets, to)
        else:
            self._way(rule.action, packets, to)

    def _way(self, kind: str, packets: Narrow, to: str) -> None:
        detail = "%s goes to %s" % (_host_files.unicode_text(_words(packets)), to)
        protocols = tuple(sorted(packets.protocols or ()))
        self.paths.append(
            _portless_entries.RulePath(kind, detail, protocols=protocols, ports=tuple(_spans(packets.ports or ())))
        )

    def _publish(self, packets: Narrow, to: str) -> None:
        protocols = [name for name in _socket.PROTOCOLS if packets.protocols is None or name in packets.protocols]
        wide = packets.ports is None or sum(last - first for first, last in packets.ports) >= MOST_PORTS
        if packets.ports is None or not protocols or wide:
            self._way("dnat", packets, to)
            return
        families = [packets.family] if packets.family else list(WILDCARD)
        if packets.address:
            families = [family for family in families if (family == "ipv6") == (":" in packets.address)]
        device = None if packets.device is None else _host_files.unicode_text(packets.device)
        for family in families:
            address = packets.address or WILDCARD[family]
            for protocol in protocols:
                for first, last in packets.ports:
                    self.published += [
                        Published(protocol, family, address, port, device, (to,), self._ruleset.by, packets.network)
                        for port in range(first, last + 1)
                    ]


def address(text: t.Any) -> t.Optional[str]:
    """An address of either family as the kernel writes it; None when it is none."""
    for number in _FAMILIES.values():
        try:
            return socket.inet_ntop(number, socket.inet_pton(number, text))
        except (OSError, TypeError, ValueError):
            continue
    return None


def port(value: t.Any) -> t.Optional[int]:
    """A port, of a number or its digits; None when it is none."""
    if isinstance(value, str) and _PORT.match(value):
        value = int(value)
    whole = isinstance(value, int) and not isinstance(value, bool)
    return value if whole and 0 <= value <= 65535 else None


def _both(one: t.Optional[t.FrozenSet[str]], other: t.Optional[t.FrozenSet[str]]) -> t.Optional[t.FrozenSet[str]]:
    if one is None or other is None:
        return other if one is None else one
    return one & other


def _overlap(one: t.Optional[Ranges], other: t.Optional[Ranges]) -> t.Optional[Ranges]:
    if one is None or other is None:
        return other if one is None else one
    if len(one) * len(other) > _MOST_PAIRS:
        return min(one, other, key=len)  # passed over: it publishes too much then
    pairs = [(max(a, c), min(b, d)) for a, b in one for c, d in other]
    return tuple(pair for pair in pairs if pair[0] <= pair[1])


def _spans(ports: Ranges) -> t.Iterator[str]:
    return ("%d" % first if first == last else "%d-%d" % (first, last) for first, last in ports)


def _words(packets: Narrow) -> str:
    """``tcp 3000-3010 to 10.0.0.1 on eth0``."""
    protocols = "/".join(sorted(packets.protocols)) if packets.protocols is not None else "every protocol"
    ports = ""
    if packets.ports is not None:
        ports = " " + ",".join(_spans(packets.ports))
    return "%s%s to %s%s" % (
        protocols,
        ports,
        packets.address or "every address",
        " on %s" % packets.device if packets.device else "",
    )
