# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules of nftables, from what ``nft --json list ruleset`` prints. Source: libnftables-json(5).

A value of another shape than the manual has narrows nothing. A statement that is not known is one that may do anything.
"""

from __future__ import annotations

import json
import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils import _socket
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.packet_filter import _nat
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.packet_filter._nat import (
    Chain,
    FilterRule,
    Narrow,
)

FAMILIES = {"ip": "ipv4", "ip6": "ipv6", "ipv4": "ipv4", "ipv6": "ipv6"}
_JUMPS = ("jump", "goto")
# Hooks of packets that come from outside: all but "output". At "input" they are for this host, at the last three not.
_ENTRIES = ("ingress", "prerouting")
_ARRIVING = ("input",)
_PASSING = ("forward", "postrouting", "egress")
# Statements by which a packet goes nowhere else; "flow" lets what was accepted pass faster.
_HARMLESS = _nat.names(
    "accept continue counter drop flow last limit log map masquerade match meter notrack quota reject reset return"
    " secmark set snat synproxy tunnel"
)
_ANSWERS = "ct "  # "ct helper", "ct timeout", "ct expectation", "ct count"
# Fields that can be overwritten without a packet going elsewhere, of the protocols that have ports, IP and the link.
_LINK = frozenset(["arp", "icmp", "icmpv6", "igmp"])
_IDLE = _nat.names(
    "ackseq checksum cscov csum dscp ecn flags flowlabel frag-off hoplimit id length pcp saddr sequence sport tos"
    " ttl urgptr vtag window"
)
# The same in bits from where a header begins. The transport header has the port in the second 16; the length, protocol
# and addresses of IPv4 and IPv6 lie at different places, so that little is left; the link has two addresses first.
_ALL = 1 << 20
_IDLE_BITS = {"th": ((0, 16), (32, _ALL)), "nh": ((8, 48),), "ll": ((0, 96),), "ih": ((0, _ALL),)}
# Of ebtables, which knows addresses of the link alone, and of arptables.
_LINK_TARGETS = _nat.names("arpreply dnat log mangle mark nflog redirect snat standard ulog")
_Values = t.List[t.Any]
_Acting = t.Iterator[t.Tuple[Narrow, FilterRule]]


class NftUnreadable(Exception):
    """It is not what nft prints."""


class Read(t.NamedTuple):
    """``foreign``: chains with rules of iptables, which only its own tool shows: family, table, chain."""

    ruleset: _nat.Ruleset
    foreign: t.FrozenSet[Chain]


def read(raw: bytes) -> Read:
    """Read a whole ruleset. Raises Unreadable."""
    try:
        items = json.loads(raw.decode("utf-8", "backslashreplace"))["nftables"]
        return _RulesetReader(items).read()
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, OverflowError) as error:
        raise NftUnreadable("nft printed a ruleset that is not understood: %s" % error) from error


class _RulesetReader:
    def __init__(self, items: t.Sequence[t.Mapping[str, t.Any]]) -> None:
        self._items = items
        self._sets: t.Dict[Chain, _Values] = {}
        self._chains: t.Dict[Chain, t.List[FilterRule]] = {}
        self._chain: Chain = ()
        self._foreign: t.Set[Chain] = set()

    def read(self) -> Read:
        for one in (*self._of("set"), *self._of("map")):
            self._sets[_key(one)] = one.get("elem", [])
        asleep = {(one["family"], one["name"]) for one in self._of("table") if "dormant" in one.get("flags", ())}
        hooks: t.Dict[str, t.List[Chain]] = {}
        for one in self._of("chain"):
            self._chains[_key(one)] = []
            hooks.setdefault(str(one.get("hook")), []).append(_key(one))
        for one in self._of("rule"):
            self._chain = (one["family"], one["table"], one["chain"])
            self._chains.setdefault(self._chain, []).extend(self._rules(one.get("expr", ())))

        def at(names: t.Sequence[str]) -> t.List[Chain]:
            return [key for name in names for key in hooks.get(name, ()) if key[:2] not in asleep]

        ruleset = _nat.Ruleset("nftables", self._chains, at(_ENTRIES), at(_ARRIVING), at(_PASSING))
        return Read(ruleset, frozenset(self._foreign))

    def _of(self, kind: str) -> t.Iterator[t.Mapping[str, t.Any]]:
        return (item[kind] for item in self._items if kind in item)

    def _rules(self, expressions: t.Sequence[t.Any]) -> t.Iterator[FilterRule]:
        """One rule of nft is several here where sets or maps make it so."""
        if all(map(_only_filters, expressions)):
            return  # most do, and may match a set of a million addresses
        packets = [Narrow(family=FAMILIES.get(self._chain[0]))]
        for expression in expressions:
            # What it has no JSON for, nft prints as text: a jump to a chain without a name.
            named: t.Dict[str, t.Any] = expression if isinstance(expression, dict) else {str(expression): None}
            for name, value in named.items():
                if name == "match":
                    packets = self._matched(packets, value)
                else:
                    for narrow, rule in self._acting(name, value):
                        yield from (rule._replace(narrow=both) for both in _within(packets, [narrow]))

    def _matched(self, packets: t.List[Narrow], match: t.Mapping[str, t.Any]) -> t.List[Narrow]:
        if match["op"] in ("==", "in"):
            return _within(packets, self._narrows(match["left"], self._values(match["right"])))
        ranges = _compared(match["op"], match["right"]) if _field(match["left"]) == "port" else None
        return _within(packets, [_of_field(match["left"])] if ranges is None else self._narrows(match["left"], ranges))

    def _acting(self, name: str, value: t.Any) -> _Acting:
        acts = getattr(self, "_" + name, None) if name in _ACTING else None
        if acts is not None:
            yield from acts(value)
        elif name in _SENDING:
            yield Narrow(), FilterRule(Narrow(), *_SENDING[name](value if isinstance(value, dict) else {}))
        elif name not in _HARMLESS and not name.startswith(_ANSWERS):
            yield Narrow(), _unknown("the statement %s" % name)

    def _xt(self, value: t.Any) -> _Acting:
        """A rule of iptables. Its matches only narrow, and the target is shown without where it leads.

        An nft that was built without iptables shows neither.
        """
        kind, name = (value["type"], str(value["name"])) if isinstance(value, dict) else ("target", "of iptables")
        if kind != "target" or name in _nat.HARMLESS:
            return
        if self._chain[0] in FAMILIES:
            self._foreign.add(self._chain)
        elif self._chain[0] == "inet" or name not in _LINK_TARGETS:
            yield Narrow(), _unknown("the target %s" % name)

    def _jump(self, value: t.Mapping[str, t.Any]) -> _Acting:
        target = (*self._chain[:2], value["target"])
        known = target in self._chains
        yield Narrow(), FilterRule(Narrow(), "jump", target) if known else _unknown("the chain %s" % value["target"])

    _goto = _jump

    def _vmap(self, value: t.Mapping[str, t.Any]) -> _Acting:
        for key, verdict in self._pairs(value["data"]):
            jumps = [verdict[name] for name in _JUMPS if isinstance(verdict, dict) and name in verdict]
            for narrow in self._narrows(value["key"], [key]):
                for jump in jumps:
                    yield from ((narrow, rule) for _all, rule in self._jump(jump))

    def _dnat(self, value: t.Optional[t.Mapping[str, t.Any]]) -> _Acting:
        given = value or {}
        family = Narrow(family=FAMILIES.get(given.get("family", "")))
        for narrow, address in self._mapped(given.get("addr")):
            for other, port in self._mapped(given.get("port")):
                for both in _within(_within([family], [narrow]), [other]):
                    yield both, FilterRule(Narrow(), "publish", to=_joined(address, port))

    def _redirect(self, value: t.Optional[t.Mapping[str, t.Any]]) -> _Acting:
        for narrow, port in self._mapped((value or {}).get("port")):
            yield narrow, FilterRule(Narrow(), "publish", to=_joined(None, port))

    def _tproxy(self, value: t.Mapping[str, t.Any]) -> _Acting:
        to = _joined(value.get("addr"), value.get("port"))
        yield Narrow(family=FAMILIES.get(value.get("family", ""))), FilterRule(Narrow(), "tproxy", to=to)

    def _mangle(self, value: t.Mapping[str, t.Any]) -> _Acting:
        """Fields that are overwritten: of the packet, or of what the kernel knows of it (a mark)."""
        payload = value["key"].get("payload")
        if payload is None or _is_idle(payload):
            return
        place = _of_field(value["key"])
        for narrow, new in self._mapped(value["value"]):
            for both in _within([place], [narrow]):
                yield both, FilterRule(Narrow(), "rewrite", to=_rewritten(value["key"], new))

    def _mapped(self, value: t.Any) -> t.Iterator[t.Tuple[Narrow, t.Any]]:
        """A value, or each that a map gives, with the packets that get it."""
        if not (isinstance(value, dict) and "map" in value):
            yield Narrow(), value
            return
        for key, one in self._pairs(value["map"]["data"]):
            yield from ((narrow, one) for narrow in self._narrows(value["map"]["key"], [key]))

    def _pairs(self, data: t.Any) -> t.Iterator[t.Tuple[t.Any, t.Any]]:
        values = self._values(data)
        if values is _ANY:
            raise NftUnreadable("nft printed a reference to an unknown map: %s" % (data,))
        for element in values:
            if not (isinstance(element, list) and len(element) == 2):
                raise NftUnreadable("nft printed a map element that is not understood: %s" % (element,))
            yield _plain(element[0]), element[1]

    def _values(self, right: t.Any) -> _Values:
        if isinstance(right, str) and right.startswith("@"):
            known = self._sets.get((*self._chain[:2], right[1:]), _ANY)
            return known if known is _ANY else [_plain(value) for value in known]
        if isinstance(right, dict) and "set" in right:
            members = right["set"]
            return [_plain(value) for value in (members if isinstance(members, list) else [members])]
        return right if isinstance(right, list) else [right]

    def _narrows(self, left: t.Any, values: _Values) -> t.List[Narrow]:
        """What the left side says of packets, for each of the values; all of them when it says nothing of interest."""
        if not isinstance(left, dict) or values is _ANY:
            return [_of_field(left)]
        if "concat" in left:
            return [narrow for value in values for narrow in self._concatenated(left["concat"], value)]
        return _narrowed(left, values)

    def _concatenated(self, lefts: t.Sequence[t.Any], value: t.Any) -> t.List[Narrow]:
        parts = value.get("concat", []) if isinstance(value, dict) else []
        packets = [Narrow()]
        for left, part in zip(lefts, parts):
            packets = _within(packets, self._narrows(left, [_plain(part)]))
        return packets


_MOST = 20000  # rules that one of nft may become
_ANY: _Values = ["*"]  # values that are not known: a set that is not listed
_ACTING = frozenset(["xt", *_JUMPS, "vmap", "dnat", "redirect", "tproxy", "mangle"])


def _forwarded(value: t.Mapping[str, t.Any]) -> t.Tuple[str, Chain, str]:
    return "forward", (), "device %s" % _text(value.get("dev"))


def _copied(value: t.Mapping[str, t.Any]) -> t.Tuple[str, Chain, str]:
    return "copy", (), _text(value.get("addr"))


def _queued(value: t.Mapping[str, t.Any]) -> t.Tuple[str, Chain, str]:
    return "queue", (), "queue %s" % _text(value.get("num", 0))


_SENDING: t.Mapping[str, t.Callable[[t.Mapping[str, t.Any]], t.Tuple[str, Chain, str]]] = {
    "fwd": _forwarded,
    "dup": _copied,
    "queue": _queued,
}


def _only_filters(expression: t.Any) -> bool:
    names = expression if isinstance(expression, dict) else ("",)
    return all(name in _HARMLESS or name.startswith(_ANSWERS) for name in names)


def _unknown(what: str) -> FilterRule:
    return FilterRule(Narrow(), "unknown", to=" ".join(what.split())[:80])


def _within(packets: t.Sequence[Narrow], narrows: t.Sequence[Narrow]) -> t.List[Narrow]:
    if len(packets) * len(narrows) > _MOST:
        return list(packets)  # passed over: it publishes too much then
    found = (one.within(other) for one in packets for other in narrows)
    return [narrow for narrow in found if narrow is not None]


def _key(item: t.Mapping[str, t.Any]) -> Chain:
    key = (item["family"], item["table"], item["name"])
    hash(key)  # a name that is none is told here, and not where it is looked up
    return key


def _field(left: t.Any) -> t.Optional[str]:
    """What of a packet an expression asks for: port, protocol, next header, address, device, family.

    None: nothing of interest.
    """
    if not isinstance(left, dict):
        return None
    payload, meta = _payload(left), left.get("meta")
    if payload is not None:
        field = payload.get("field")
        if field == "dport":
            return "port"
        return {"protocol": "protocol", "nexthdr": "next", "daddr": "address"}.get(str(field))
    key = meta.get("key") if isinstance(meta, dict) else None
    return {"l4proto": "protocol", "iif": "device", "iifname": "device", "nfproto": "family"}.get(str(key))


def _payload(left: t.Any) -> t.Optional[t.Mapping[str, t.Any]]:
    """A field of the packet itself; one of a packet that it carries in a tunnel is none."""
    payload = left.get("payload") if isinstance(left, dict) else None
    return payload if isinstance(payload, dict) and "tunnel" not in payload else None


def _of_field(left: t.Any) -> Narrow:
    """What a field that is there says of a packet, whatever its value: its protocol, its family."""
    payload = _payload(left)
    protocol = str(payload.get("protocol")) if payload is not None else ""
    return Narrow(
        protocols=frozenset([protocol]) if protocol in _socket.PROTOCOLS else None, family=FAMILIES.get(protocol)
    )


def _narrowed(left: t.Any, values: _Values) -> t.List[Narrow]:
    field = _field(left)
    place = _of_field(left)
    if field == "port":
        ranges = [_range(value) for value in values]
        return [place if None in ranges else place._replace(ports=t.cast("_nat.Ranges", tuple(ranges)))]
    if field in ("protocol", "next"):
        names = [_protocol(value) for value in values]
        # What follows the first header is the protocol only where it is no extension header (RFC 8200, section 4).
        if field == "next" and not set(_socket.PROTOCOLS).issuperset(names):
            names = [None]
        return [place if None in names else place._replace(protocols=frozenset(str(name) for name in names))]
    if field == "address":
        addresses = map(_nat.address, values)
        return [place._replace(address=address, network=address is None) for address in addresses]
    if field == "device":
        return [place._replace(device=value if isinstance(value, str) else None) for value in values]
    if field == "family":
        return [place._replace(family=FAMILIES.get(str(value))) for value in values]
    return [place]


def _plain(value: t.Any) -> t.Any:
    """An element without what hangs on it: a timeout, a counter, a comment."""
    if isinstance(value, dict) and "elem" in value:
        return value["elem"]["val"]
    return value


def _range(value: t.Any) -> t.Optional[t.Tuple[int, int]]:
    """A port or a range of them; None: it is none."""
    ends = value["range"] if isinstance(value, dict) and "range" in value else [value, value]
    if not isinstance(ends, list) or len(ends) != 2:
        return None
    first, last = _nat.port(ends[0]), _nat.port(ends[1])
    return None if first is None or last is None or first > last else (first, last)


def _protocol(value: t.Any) -> t.Optional[str]:
    """The name of a transport protocol; None for a range, or any of them."""
    if isinstance(value, str) and value != "*":
        return value
    number = isinstance(value, int) and not isinstance(value, bool)
    return _nat.NUMBERS.get(value, str(value)) if number else None


def _compared(operator: str, port: t.Any) -> t.Optional[_Values]:
    """Ports that a comparison leaves, as ranges; None where it is not with a number."""
    number = _nat.port(port)
    if number is None:
        return None
    spans = {
        "!=": [(0, number - 1), (number + 1, 65535)],
        "<": [(0, number - 1)],
        "<=": [(0, number)],
        ">": [(number + 1, 65535)],
        ">=": [(number, 65535)],
    }.get(operator)
    return None if spans is None else [{"range": list(span)} for span in spans if span[0] <= span[1]]


def _is_idle(payload: t.Mapping[str, t.Any]) -> bool:
    """Whether a part of a packet can be overwritten without the packet going elsewhere."""
    if "base" not in payload:
        protocol, field = payload.get("protocol"), payload.get("field")
        if protocol in ("ether", "vlan"):
            return field != "type"
        return protocol in _LINK or field in _IDLE
    first, last = int(payload["offset"]), int(payload["offset"]) + int(payload["len"])
    return any(start <= first and last <= end for start, end in _IDLE_BITS.get(str(payload["base"]), ()))


def _rewritten(key: t.Any, new: t.Any) -> str:
    """Where a packet goes when that was written into it."""
    field = _field(key)
    if field == "port":
        return _joined(None, new)
    return _text(new) if field == "address" else "another place"


def _text(value: t.Any) -> str:
    if isinstance(value, dict) and "range" in value:
        return "-".join(str(end) for end in value["range"])
    if isinstance(value, dict) and "prefix" in value:
        return "%s/%s" % (value["prefix"]["addr"], value["prefix"]["len"])
    return "several" if isinstance(value, (dict, list)) else str(value)


def _joined(address: t.Any, port: t.Any) -> str:
    """``10.0.0.2:80``, ``[fd00::2]:80``."""
    if isinstance(address, dict) and "concat" in address:
        address, port = [*address["concat"], None][:2]
    host = "this host" if address is None else _text(address)
    if port is None:
        return host
    return "[%s]:%s" % (host, _text(port)) if ":" in host else "%s:%s" % (host, _text(port))
