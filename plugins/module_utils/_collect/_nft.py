# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules of nftables, from what ``nft --json list ruleset`` prints. Source: libnftables-json(5)."""

from __future__ import annotations

import json
import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils._collect import _nat
from ansible_collections.fleetports.compliance.plugins.module_utils._collect._nat import Chain, Narrow, Rule

FAMILIES = {"ip": "ipv4", "ip6": "ipv6"}
_NUMBERS = {6: "tcp", 17: "udp", 136: "udplite", 132: "sctp", 33: "dccp"}
_JUMPS = ("jump", "goto")
_Values = t.List[t.Any]


class Unreadable(Exception):
    """It is not what nft prints."""


class Read(t.NamedTuple):
    """``foreign``: rules of iptables are among them, which only its own tool shows."""

    ruleset: _nat.Ruleset
    foreign: bool


def read(raw: bytes) -> Read:
    """Read a whole ruleset. Raises Unreadable."""
    try:
        items = json.loads(raw.decode("utf-8", "backslashreplace"))["nftables"]
        return _Reader(items).read()
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise Unreadable("nft printed what cannot be read: %s" % error) from error


class _Reader:
    def __init__(self, items: t.Sequence[t.Mapping[str, t.Any]]) -> None:
        self._items = items
        self._sets: t.Dict[Chain, _Values] = {}
        self._table: Chain = ()
        self.foreign = False

    def read(self) -> Read:
        chains: t.Dict[Chain, t.List[Rule]] = {}
        entries: t.List[Chain] = []
        asleep: t.Set[Chain] = set()
        for item in self._items:
            for kind in ("set", "map"):
                if kind in item:
                    self._sets[_key(item[kind])] = item[kind].get("elem", [])
            if "table" in item and "dormant" in item["table"].get("flags", ()):
                asleep.add((item["table"]["family"], item["table"]["name"]))
            if "chain" in item and item["chain"].get("hook") == "prerouting":
                entries.append(_key(item["chain"]))
        for item in self._items:
            if "rule" in item:
                self._table = (item["rule"]["family"], item["rule"]["table"])
                rules = self._rules(item["rule"]["expr"])
                chains.setdefault((*self._table, item["rule"]["chain"]), []).extend(rules)
        awake = [entry for entry in entries if entry[:2] not in asleep]
        return Read(_nat.Ruleset("nftables", chains, awake), self.foreign)

    def _rules(self, expressions: t.Sequence[t.Mapping[str, t.Any]]) -> t.Iterator[Rule]:
        """One rule of nft is several here where sets or maps make it so."""
        packets = [Narrow(family=FAMILIES.get(self._table[0]))]
        for expression in expressions:
            for name, value in expression.items():
                if name == "match":
                    packets = self._matched(packets, value)
                elif name == "xt":
                    self.foreign = self.foreign or value.get("type") == "target"
                else:
                    for narrow, rule in self._acting(name, value):
                        yield from (rule._replace(narrow=both) for both in _within(packets, [narrow]))

    def _matched(self, packets: t.List[Narrow], match: t.Mapping[str, t.Any]) -> t.List[Narrow]:
        if match["op"] in ("==", "in"):
            return _within(packets, self._narrows(match["left"], self._values(match["right"])))
        ranges = _compared(match["op"], match["right"]) if _field(match["left"]) == "port" else None
        return packets if ranges is None else _within(packets, self._narrows(match["left"], ranges))

    def _acting(self, name: str, value: t.Any) -> t.Iterator[t.Tuple[Narrow, Rule]]:
        if name in _JUMPS:
            yield Narrow(), self._jump(value)
        elif name == "vmap":
            yield from self._verdicts(value)
        elif name == "dnat":
            yield from self._destinations(value or {})
        elif name == "redirect":
            yield Narrow(), Rule(Narrow(), "publish", to=_joined(None, (value or {}).get("port")))
        elif name == "tproxy":
            to = _joined(value.get("addr"), value.get("port"))
            yield Narrow(family=FAMILIES.get(value.get("family", ""))), Rule(Narrow(), "tproxy", to=to)

    def _jump(self, value: t.Mapping[str, t.Any]) -> Rule:
        return Rule(Narrow(), "jump", (*self._table, value["target"]))

    def _verdicts(self, value: t.Mapping[str, t.Any]) -> t.Iterator[t.Tuple[Narrow, Rule]]:
        for key, verdict in self._pairs(value["data"]):
            jumps = [verdict[name] for name in _JUMPS if isinstance(verdict, dict) and name in verdict]
            for narrow in self._narrows(value["key"], [key]):
                yield from ((narrow, self._jump(jump)) for jump in jumps)

    def _destinations(self, value: t.Mapping[str, t.Any]) -> t.Iterator[t.Tuple[Narrow, Rule]]:
        address = value.get("addr")
        family = Narrow(family=FAMILIES.get(value.get("family", "")))
        if not (isinstance(address, dict) and "map" in address):
            yield family, Rule(Narrow(), "publish", to=_joined(address, value.get("port")))
            return
        for key, to in self._pairs(address["map"]["data"]):
            for narrow in _within([family], self._narrows(address["map"]["key"], [key])):
                yield narrow, Rule(Narrow(), "publish", to=_joined(to, value.get("port")))

    def _pairs(self, data: t.Any) -> t.Iterator[t.Tuple[t.Any, t.Any]]:
        for element in self._values(data):
            if isinstance(element, list) and len(element) == 2:
                yield _plain(element[0]), element[1]

    def _values(self, right: t.Any) -> _Values:
        if isinstance(right, str) and right.startswith("@"):
            return [_plain(value) for value in self._sets.get((*self._table, right[1:]), [])]
        if isinstance(right, dict) and "set" in right:
            return [_plain(value) for value in right["set"]]
        return right if isinstance(right, list) else [right]

    def _narrows(self, left: t.Any, values: _Values) -> t.List[Narrow]:
        """What the left side says of packets, for each of the values; all of them when it says nothing of interest."""
        if "concat" in left:
            return [
                narrow
                for value in values
                for narrow in self._concatenated(
                    left["concat"], value.get("concat", []) if isinstance(value, dict) else []
                )
            ]
        field = _field(left)
        if field == "port":
            protocol = left["payload"]["protocol"]
            protocols = frozenset([protocol]) if protocol in _nat.PROTOCOLS else None
            return [Narrow(protocols=protocols, ports=tuple(_range(value) for value in values))]
        if field == "protocol":
            return [Narrow(protocols=frozenset(str(_NUMBERS.get(value, value)) for value in values))]
        if field == "address":
            return [Narrow(address=_address(value), network=_address(value) is None) for value in values]
        if field == "device":
            return [Narrow(device=str(value)) for value in values]
        return [Narrow()]

    def _concatenated(self, lefts: t.Sequence[t.Any], values: t.Sequence[t.Any]) -> t.List[Narrow]:
        packets = [Narrow()]
        for left, value in zip(lefts, values):
            packets = _within(packets, self._narrows(left, [_plain(value)]))
        return packets


def _within(packets: t.Sequence[Narrow], narrows: t.Sequence[Narrow]) -> t.List[Narrow]:
    found = (one.within(other) for one in packets for other in narrows)
    return [narrow for narrow in found if narrow is not None]


def _key(item: t.Mapping[str, t.Any]) -> Chain:
    return (item["family"], item["table"], item["name"])


def _field(left: t.Mapping[str, t.Any]) -> t.Optional[str]:
    payload, meta = left.get("payload", {}), left.get("meta", {}).get("key")
    field = payload.get("field")
    if field == "dport":
        return "port"
    if meta == "l4proto" or field in ("protocol", "nexthdr"):
        return "protocol"
    if field == "daddr":
        return "address"
    return "device" if meta in ("iif", "iifname") else None


def _plain(value: t.Any) -> t.Any:
    """An element without what hangs on it: a timeout, a counter, a comment."""
    if isinstance(value, dict) and "elem" in value:
        return value["elem"]["val"]
    return value


def _range(value: t.Any) -> t.Tuple[int, int]:
    if isinstance(value, dict):
        first, last = value["range"]
        return int(first), int(last)
    return int(value), int(value)


def _compared(operator: str, port: t.Any) -> t.Optional[_Values]:
    """Ports that a comparison leaves, as ranges; None where it is not with a number."""
    if not isinstance(port, int):
        return None
    spans = {
        "!=": [(0, port - 1), (port + 1, 65535)],
        "<": [(0, port - 1)],
        "<=": [(0, port)],
        ">": [(port + 1, 65535)],
        ">=": [(port, 65535)],
    }.get(operator)
    return None if spans is None else [{"range": list(span)} for span in spans if span[0] <= span[1]]


def _address(value: t.Any) -> t.Optional[str]:
    """An address; None for a network or a range of them: what is published may then be any of the host's."""
    return value if isinstance(value, str) else None


def _text(value: t.Any) -> str:
    if isinstance(value, dict) and "range" in value:
        return "%s-%s" % tuple(value["range"])
    return "several" if isinstance(value, (dict, list)) else str(value)


def _joined(address: t.Any, port: t.Any) -> str:
    """``10.0.0.2:80``, ``[fd00::2]:80``."""
    if isinstance(address, dict) and "concat" in address:
        address, port = [*address["concat"], None][:2]
    host = "this host" if address is None else _text(address)
    if port is None:
        return host
    return "[%s]:%s" % (host, _text(port)) if ":" in host else "%s:%s" % (host, _text(port))
