# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What rules of packet filters publish. The rules of nft and iptables are as their programs print them."""

from __future__ import annotations

import json

import pytest
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.packet_filter import (
    _iptables,
    _ipvs,
    _nat,
    _nft,
)


def equal(left, right, op="=="):
    return {"match": {"op": op, "left": left, "right": right}}


def payload(protocol, field):
    return {"payload": {"protocol": protocol, "field": field}}


def meta(key):
    return {"meta": {"key": key}}


DPORT = payload("tcp", "dport")
TO = {"dnat": {"addr": "10.0.0.2", "port": 80}}


def rule(*expressions, chain="pre", family="ip"):
    return {"rule": {"family": family, "table": "nat", "chain": chain, "expr": list(expressions)}}


def chain(name="pre", hook="prerouting", family="ip"):
    return {"chain": {"family": family, "table": "nat", "name": name, **({"hook": hook} if hook else {})}}


def nft(*items, chains=None):
    ruleset = {"nftables": [{"metainfo": {}}, *(chains or [chain()]), *items]}
    return _nft.read(json.dumps(ruleset).encode())


def said(walked):
    ports = [
        "%s %s:%d%s > %s"
        % (one.protocol, one.address, one.port, "@" + one.device if one.device else "", ",".join(one.to))
        for one in walked.published
    ]
    return ports + ["%s: %s" % (path.kind, path.detail) for path in walked.paths]


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        pytest.param([rule(equal(DPORT, 8080), TO)], ["tcp 0.0.0.0:8080 > 10.0.0.2:80"], id="a port"),
        pytest.param(
            [rule(equal(meta("iifname"), "eth0"), equal(payload("ip", "daddr"), "192.0.2.1"), equal(DPORT, 8080), TO)],
            ["tcp 192.0.2.1:8080@eth0 > 10.0.0.2:80"],
            id="of an address and a device",
        ),
        pytest.param(
            [rule(equal(payload("udp", "dport"), 53), {"dnat": {"addr": "10.0.0.3"}})],
            ["udp 0.0.0.0:53 > 10.0.0.3"],
            id="the port stays",
        ),
        pytest.param(
            [rule(equal(DPORT, {"set": [443, {"range": [9000, 9001]}]}), {"redirect": {"port": 4443}})],
            [
                "tcp 0.0.0.0:443 > this host:4443",
                "tcp 0.0.0.0:9000 > this host:4443",
                "tcp 0.0.0.0:9001 > this host:4443",
            ],
            id="a set with a range",
        ),
        pytest.param(
            [rule(equal(DPORT, 81), {"redirect": None})], ["tcp 0.0.0.0:81 > this host"], id="to the same port"
        ),
        pytest.param(
            [rule(equal(meta("l4proto"), {"set": ["tcp", 17]}), equal(payload("th", "dport"), 53), TO)],
            ["tcp 0.0.0.0:53 > 10.0.0.2:80", "udp 0.0.0.0:53 > 10.0.0.2:80"],
            id="several protocols",
        ),
        pytest.param(
            [
                {"set": {"family": "ip", "table": "nat", "name": "s", "elem": [5, {"elem": {"val": 6, "timeout": 9}}]}},
                rule(equal(DPORT, "@s"), TO),
            ],
            ["tcp 0.0.0.0:5 > 10.0.0.2:80", "tcp 0.0.0.0:6 > 10.0.0.2:80"],
            id="a set by name",
        ),
        pytest.param(
            [
                {"map": {"family": "ip", "table": "nat", "name": "m", "elem": [[81, {"concat": ["10.0.0.5", 80]}]]}},
                rule({"dnat": {"family": "ip", "addr": {"map": {"key": DPORT, "data": "@m"}}}}),
            ],
            ["tcp 0.0.0.0:81 > 10.0.0.5:80"],
            id="a map by name",
        ),
        pytest.param(
            [
                rule(
                    {
                        "dnat": {
                            "addr": {
                                "map": {
                                    "key": {"concat": [payload("ip", "daddr"), DPORT]},
                                    "data": {"set": [[{"concat": ["1.2.3.4", 55]}, {"concat": ["10.5.5.5", 56]}]]},
                                }
                            }
                        }
                    }
                )
            ],
            ["tcp 1.2.3.4:55 > 10.5.5.5:56"],
            id="a map of addresses and ports",
        ),
        pytest.param(
            [
                rule(
                    equal(DPORT, 80),
                    {
                        "dnat": {
                            "addr": {
                                "map": {"key": {"numgen": {}}, "data": {"set": [[0, "10.0.0.1"], [1, "10.0.0.2"]]}}
                            }
                        }
                    },
                ),
            ],
            ["tcp 0.0.0.0:80 > 10.0.0.1,10.0.0.2"],
            id="one of several, by chance",
        ),
        pytest.param([rule(TO)], ["dnat: every protocol to every address goes to 10.0.0.2:80"], id="everything"),
        pytest.param(
            [rule(equal(payload("ip", "daddr"), "192.0.2.1"), TO)],
            ["dnat: every protocol to 192.0.2.1 goes to 10.0.0.2:80"],
            id="a whole address",
        ),
        pytest.param(
            [rule(equal(DPORT, {"range": [1, 2000]}), TO)],
            ["dnat: tcp 1-2000 to every address goes to 10.0.0.2:80"],
            id="too many ports",
        ),
        pytest.param(
            [rule(equal(DPORT, 22, op="!="), TO)],
            ["dnat: tcp 0-21,23-65535 to every address goes to 10.0.0.2:80"],
            id="all but a port",
        ),
        pytest.param(
            [rule(equal(payload("ip", "saddr"), "192.0.2.9"), equal(DPORT, 80), {"counter": {}}, TO)],
            ["tcp 0.0.0.0:80 > 10.0.0.2:80"],
            id="what narrows further is passed over",
        ),
        pytest.param(
            [rule(equal(DPORT, 3000), {"tproxy": {"family": "ip", "addr": "127.0.0.1", "port": 50080}})],
            ["tproxy: tcp 3000 to every address goes to 127.0.0.1:50080"],
            id="tproxy",
        ),
        pytest.param(
            [rule(equal(DPORT, 65534, op=">="), TO)],
            ["tcp 0.0.0.0:65534 > 10.0.0.2:80", "tcp 0.0.0.0:65535 > 10.0.0.2:80"],
            id="from a port on",
        ),
        pytest.param([rule(equal(DPORT, 1, op="<"), TO)], ["tcp 0.0.0.0:0 > 10.0.0.2:80"], id="below a port"),
        pytest.param(
            [{"table": {"family": "ip", "name": "nat", "flags": "dormant"}}, rule(equal(DPORT, 80), TO)],
            [],
            id="a table that sleeps",
        ),
        pytest.param([rule(equal(DPORT, 80), TO, chain="other")], [], id="a chain that nothing leads to"),
        pytest.param([rule(equal(DPORT, 80), {"accept": None})], [], id="a rule that publishes nothing"),
    ],
)
def test_nftables(items, expected):
    assert said(_nat.walk(nft(*items).ruleset)) == expected


def over(field, value, protocol="tcp"):
    """A statement that overwrites a field."""
    return {"mangle": {"key": payload(protocol, field), "value": value}}


def raw(base, offset, length, value=22):
    return {"mangle": {"key": {"payload": {"base": base, "offset": offset, "len": length}}, "value": value}}


def ports(number, to="this host:22", address="0.0.0.0", protocols=("tcp",)):
    return ["%s %s:%d > %s" % (protocol, address, number, to) for protocol in protocols]


EVERY = ("dccp", "sctp", "tcp", "udp", "udplite")
AWAY = "dnat: %s to every address goes to %s"
PREFIX = {"prefix": {"addr": "10.0.0.0", "len": 24}}


@pytest.mark.parametrize(
    ("expressions", "expected"),
    [
        pytest.param([equal(DPORT, 8022), over("dport", 22)], ports(8022), id="a port"),
        pytest.param([over("dport", 22)], [AWAY % ("tcp", "this host:22")], id="every port of a protocol"),
        pytest.param(
            [equal(payload("th", "dport"), 8022), over("dport", 22, "th")],
            ports(8022, protocols=EVERY),
            id="of every protocol",
        ),
        pytest.param(
            [
                equal(meta("l4proto"), {"set": ["tcp", "udp"]}),
                equal(payload("th", "dport"), 8022),
                over("dport", 22, "th"),
            ],
            ports(8022, protocols=("tcp", "udp")),
            id="of two protocols",
        ),
        pytest.param([equal(DPORT, 8022), raw("th", 16, 16)], ports(8022, "another place"), id="by its place"),
        pytest.param([equal(DPORT, 8022), raw("th", 0, 32)], ports(8022, "another place"), id="both ports at once"),
        pytest.param([equal(DPORT, 8022), raw("th", 24, 8)], ports(8022, "another place"), id="half of it"),
        pytest.param(
            [equal(DPORT, 8022), raw("nh", 176, 16)], ports(8022, "another place"), id="from the IP header on"
        ),
        pytest.param(
            [equal(DPORT, 8022), raw("nh", 128, 32)], ports(8022, "another place"), id="the address by its place"
        ),
        pytest.param(
            [equal(DPORT, 8022), raw("ll", 288, 16)], ports(8022, "another place"), id="from the link's header on"
        ),
        pytest.param(
            [equal(DPORT, 8022), raw("new", 0, 8)], ports(8022, "another place"), id="from an unknown header on"
        ),
        pytest.param(
            [over("dport", {"map": {"key": DPORT, "data": {"set": [[8022, 22], [8023, 23]]}}})],
            [*ports(8022), *ports(8023, "this host:23")],
            id="by a map",
        ),
        pytest.param(
            [over("dport", {"map": {"key": DPORT, "data": {"set": [[{"range": [90, 91]}, 22], ["*", 80]]}}})],
            [*ports(90), *ports(91), AWAY % ("tcp", "this host:80")],
            id="by a map of ranges, and of all else",
        ),
        pytest.param(
            [equal(payload("ip", "daddr"), "192.0.2.1"), over("daddr", "10.0.0.9", "ip")],
            ["dnat: every protocol to 192.0.2.1 goes to 10.0.0.9"],
            id="an address",
        ),
        pytest.param(
            [equal(DPORT, 80), over("daddr", "10.0.0.9", "ip"), over("dport", 8080)],
            ports(80, "10.0.0.9,this host:8080"),
            id="an address and a port",
        ),
        pytest.param([over("protocol", "udp", "ip")], [AWAY % ("every protocol", "another place")], id="a protocol"),
        pytest.param(
            [equal(DPORT, 80), over("hdrlength", 6, "ip")], ports(80, "another place"), id="a length of a header"
        ),
        *(
            pytest.param([equal(DPORT, 80), statement], [], id="not: %s" % name)
            for name, statement in {
                "where it is from": over("saddr", "10.0.0.1", "ip"),
                "its port": over("sport", 1024),
                "its life": over("ttl", 64, "ip"),
                "the link": over("daddr", "00:11:22:33:44:55", "ether"),
                "a flag": over("flags", 2),
                "a mark": {"mangle": {"key": meta("mark"), "value": 1}},
                "an option": {"mangle": {"key": {"tcp option": {"name": "maxseg", "field": "size"}}, "value": 1000}},
                "its port by its place": raw("th", 0, 16),
                "what follows its port": raw("th", 32, 32),
                "the class of its traffic": raw("nh", 8, 8),
                "the link by its place": raw("ll", 0, 96),
                "what it carries": raw("ih", 0, 64),
            }.items()
        ),
        pytest.param(
            [
                equal(DPORT, 92),
                {"dnat": {"addr": "10.0.0.2", "port": {"map": {"key": DPORT, "data": {"set": [[92, 22]]}}}}},
            ],
            ports(92, "10.0.0.2:22"),
            id="a port of a map",
        ),
        pytest.param(
            [{"redirect": {"port": {"map": {"key": DPORT, "data": {"set": [[8093, 22]]}}}}}],
            ports(8093),
            id="redirected by a map",
        ),
        pytest.param(
            [equal(DPORT, 80), {"dnat": {"addr": {"range": ["10.0.0.1", "10.0.0.9"]}, "port": {"range": [80, 90]}}}],
            ports(80, "10.0.0.1-10.0.0.9:80-90"),
            id="to ranges",
        ),
        pytest.param(
            [
                equal(payload("ip", "daddr"), {"prefix": {"addr": "192.0.2.0", "len": 24}}),
                {"dnat": {"addr": PREFIX, "flags": "netmap", "type_flags": "prefix"}},
            ],
            [AWAY % ("every protocol", "10.0.0.0/24")],
            id="a network to a network",
        ),
        pytest.param(
            [equal(meta("iifname"), "\ud800e"), equal(DPORT, 80), {"dnat": {"addr": "\udcff"}}],
            ["tcp 0.0.0.0:80@\\ud800e > \\xff"],
            id="text that is none",
        ),
        pytest.param(
            [{"fwd": {"dev": "e1"}}], ["forward: every protocol to every address goes to device e1"], id="fwd"
        ),
        pytest.param(
            [equal(DPORT, 80), {"dup": {"addr": "10.0.0.9", "dev": "e1"}}],
            ["copy: tcp 80 to every address goes to 10.0.0.9"],
            id="dup",
        ),
        pytest.param(
            [equal(DPORT, 80), {"queue": {"num": {"range": [1, 3]}}}],
            ["queue: tcp 80 to every address goes to queue 1-3"],
            id="queue",
        ),
        pytest.param(
            [{"queue": None}], ["queue: every protocol to every address goes to queue 0"], id="the first queue"
        ),
        pytest.param(
            [{"flow": {"op": "add", "flowtable": "@f"}}, {"ct helper": "x"}, {"notrack": None}], [], id="idle"
        ),
        pytest.param([equal(DPORT, 80), {"masquerade": None}, {"snat": {"addr": "10.0.0.1"}}], [], id="sources"),
        pytest.param([{"teleport": None}], ["? the statement teleport"], id="a statement that is not known"),
        pytest.param(["jump {\n tcp dport set 22\n}"], ["? the statement jump { tcp dport set 22 }"], id="text"),
        pytest.param([{"jump": {"target": "nowhere"}}], ["? the chain nowhere"], id="a chain that is not there"),
        pytest.param([equal(DPORT, "@none"), TO], [AWAY % ("tcp", "10.0.0.2:80")], id="a set that is not there"),
        pytest.param([equal(DPORT, "ssh"), TO], [AWAY % ("tcp", "10.0.0.2:80")], id="a port that is none"),
        pytest.param([equal(DPORT, -1), TO], [AWAY % ("tcp", "10.0.0.2:80")], id="a port below all"),
        pytest.param([equal(DPORT, 1e300), TO], [AWAY % ("tcp", "10.0.0.2:80")], id="a port beyond all"),
        pytest.param([equal(DPORT, True), TO], [AWAY % ("tcp", "10.0.0.2:80")], id="a truth"),
        pytest.param(
            [equal({"&": [DPORT, 65520]}, 8080), TO],
            [AWAY % ("every protocol", "10.0.0.2:80")],
            id="a part of the port",
        ),
        pytest.param(
            [equal({"payload": {"tunnel": "vxlan", "protocol": "tcp", "field": "dport"}}, 80), TO],
            [AWAY % ("every protocol", "10.0.0.2:80")],
            id="a port within a tunnel",
        ),
    ],
)
def test_what_becomes_of_packets(expressions, expected):
    walked = _nat.walk(nft(rule(*expressions)).ruleset)
    assert [*said(walked), *("? " + what for what in walked.unknown)] == expected


@pytest.mark.parametrize(
    ("family", "hook", "expected"),
    [
        *((family, "prerouting", "seen") for family in ("ip", "inet", "bridge")),
        *((family, "input", "seen") for family in ("ip", "inet", "bridge")),
        *((family, "ingress", "seen") for family in ("netdev", "inet")),
        *((family, hook, "sent on") for family in ("ip", "inet", "bridge") for hook in ("forward", "postrouting")),
        ("netdev", "egress", "sent on"),
        ("ip", "output", None),
    ],
)
def test_ports_are_rewritten_at_many_places(family, hook, expected):
    rules = rule(equal(DPORT, 8022), over("dport", 22), family=family)
    walked = _nat.walk(nft(rules, chains=[chain(family=family, hook=hook)]).ruleset)
    found = said(walked)
    assert ("tcp 0.0.0.0:8022 > this host:22" in found) == (expected == "seen")
    passing = "forward: tcp 8022 to every address goes to this host:22"
    assert (found == [passing]) == (expected == "sent on")
    assert bool(found) == bool(expected)


def test_an_address_has_one_family():
    items = [rule(equal(payload("ip", "daddr"), "192.0.2.1"), equal(DPORT, 80), TO, family="inet")]
    assert said(_nat.walk(nft(*items, chains=[chain(family="inet")]).ruleset)) == ["tcp 192.0.2.1:80 > 10.0.0.2:80"]


def test_a_filter_of_ten_thousand_rules_is_followed():
    chains = {
        ("ip", "f", "in"): [_nat.FilterRule(_nat.Narrow(), "jump", ("ip", "f", "x"))] * 100000,
        ("ip", "f", "x"): [],
    }
    walked = _nat.walk(_nat.pruned(_nat.Ruleset("nftables", chains, [("ip", "f", "in")])))
    assert walked.whole


def big(number):
    elements = ["10.%d.%d.%d" % (one >> 16 & 255, one >> 8 & 255, one & 255) for one in range(number)]
    return {"set": {"family": "ip", "table": "nat", "name": "big", "elem": elements}}


def test_sets_that_are_very_large():
    """What a rule that only filters matches is not looked at, and what would become too many rules is passed over."""
    match = equal(payload("ip", "daddr"), "@big")
    assert nft(big(3000), rule(match, {"drop": None})).ruleset.chains["ip", "nat", "pre"] == []
    (found,) = nft(big(30000), rule(match, equal(DPORT, 80), TO)).ruleset.chains["ip", "nat", "pre"]
    assert (found.narrow.ports, found.narrow.address) == (((80, 80),), None)
    many = tuple((port, port) for port in range(0, 60000, 2))
    within = _nat.Narrow(ports=many).within(_nat.Narrow(ports=((1, 65535), *many)))
    assert within.ports == many


def test_jumps_that_go_too_deep():
    chains = {
        ("ip", "f", str(number)): [_nat.FilterRule(_nat.Narrow(), "jump", ("ip", "f", str(number + 1)))]
        for number in range(3000)
    }
    chains["ip", "f", "3000"] = [_nat.FilterRule(_nat.Narrow(), "publish", to="x")]
    assert not _nat.walk(_nat.pruned(_nat.Ruleset("nftables", chains, [("ip", "f", "0")]))).whole


def test_jumps_and_verdict_maps():
    chains = [chain(), chain("svc", hook=None), chain("sep", hook=None)]
    data = {"set": [[7000, {"jump": {"target": "svc"}}], [7001, {"drop": None}]]}
    found = nft(
        rule({"vmap": {"key": DPORT, "data": data}}),
        rule(equal(DPORT, 7000), {"goto": {"target": "sep"}}, chain="svc"),
        rule(TO, chain="sep"),
        rule({"jump": {"target": "svc"}}, chain="sep"),
        chains=chains,
    )
    assert said(_nat.walk(found.ruleset)) == ["tcp 0.0.0.0:7000 > 10.0.0.2:80"]


def test_rules_that_contradict_each_other_publish_nothing():
    chains = [chain(), chain("svc", hook=None)]
    found = nft(
        rule(equal(DPORT, 80), {"jump": {"target": "svc"}}),
        rule(equal(DPORT, 81), TO, chain="svc"),
        rule(equal(DPORT, 81), {"tproxy": {"port": 50080}}, chain="svc"),
        chains=chains,
    )
    assert said(_nat.walk(found.ruleset)) == []


def test_a_table_of_both_families():
    items = [rule(equal(DPORT, 80), {"redirect": {"port": 8080}}, family="inet")]
    found = nft(*items, chains=[chain(family="inet")])
    assert said(_nat.walk(found.ruleset)) == ["tcp 0.0.0.0:80 > this host:8080", "tcp :::80 > this host:8080"]


@pytest.mark.parametrize(
    ("following", "expected"),
    [
        pytest.param("tcp", ["tcp [::]:80"], id="a transport protocol"),
        pytest.param(6, ["tcp [::]:80"], id="its number"),
        pytest.param("udp", [], id="another one"),
        pytest.param("ip", ["tcp [::]:80"], id="hop-by-hop options, as nft names 0"),
        pytest.param("ipv6-route", ["tcp [::]:80"], id="a routing header"),
        pytest.param("ah", ["tcp [::]:80"], id="an authentication header"),
        pytest.param({"set": ["ip", "udp"]}, ["tcp [::]:80"], id="one of several"),
        pytest.param({"set": ["tcp", "udp"]}, ["tcp [::]:80"], id="several transport protocols"),
    ],
)
def test_extension_headers_come_before_the_protocol(following, expected):
    given = rule(
        equal(payload("ip6", "nexthdr"), following), equal(DPORT, 80), {"redirect": {"port": 22}}, family="ip6"
    )
    walked = _nat.walk(nft(given, chains=[chain(family="ip6")]).ruleset)
    assert ["%s [%s]:%d" % (one.protocol, one.address, one.port) for one in walked.published] == expected


def test_output_is_not_from_outside():
    assert said(_nat.walk(nft(rule(equal(DPORT, 80), TO), chains=[chain(hook="output")]).ruleset)) == []


def test_rules_of_iptables_are_told():
    assert nft(rule(equal(DPORT, 80), {"xt": {"type": "target", "name": "DNAT"}})).foreign
    assert not nft(rule(equal(DPORT, 80), {"xt": {"type": "match", "name": "comment"}}, TO)).foreign


RULE = b'{"nftables": [{"rule": {"family": "ip", "table": "t", "chain": "c", "expr": [%s]}}]}'


@pytest.mark.parametrize(
    "given",
    [
        b"",
        b"{}",
        b"[]",
        b'{"nftables": [{"rule": {}}]}',
        b'{"nftables": 3}',
        b"\xff",
        b'{"nftables": [{"rule": ',
        b"[" * 100000,
        b'{"nftables": [' + b'{"a":' * 100000,
        RULE % b'{"match": 1}, {"redirect": null}',
        RULE % b'{"match": {"op": "=="}}, {"redirect": null}',
        RULE % b'{"dnat": 1}',
        RULE % b'{"jump": null}',
        RULE % b'{"mangle": {"key": {"payload": {"base": "th", "offset": 1e999, "len": 16}}, "value": 1}}',
        RULE % b'{"mangle": {"key": {"payload": {"base": "th", "offset": null, "len": 16}}, "value": 1}}',
        RULE % b'{"vmap": {"key": {}, "data": "@none"}}',
        RULE % b'{"vmap": {"key": {}, "data": {"set": [1]}}}',
        RULE % b'{"jump": {"target": ["a"]}}',
        RULE % b'{"xt": {"type": "target"}}',
        b'{"nftables": [{"chain": {"family": [], "table": "t", "name": "c"}}]}',
    ],
)
def test_what_nft_does_not_print(given):
    with pytest.raises(_nft.NftUnreadable):
        _nft.read(given)


@pytest.mark.parametrize("port", [b"1e999", b"-1e999", b"NaN", b"1" + b"0" * 400, b"-5", b"[[]]", b"{}", b"null"])
def test_numbers_that_are_no_ports(port):
    text = RULE % (
        b'{"match": {"op": "==", "left": {"payload": {"protocol": "tcp", "field": "dport"}}, "right": %s}}' % port
    )
    rules = _nft.read(text[:-5] + b', {"dnat": {"addr": "10.0.0.2", "port": %s}}]}}]}' % port).ruleset.chains
    assert {one.narrow.ports for found in rules.values() for one in found} <= {None}


def test_a_loop_has_an_end():
    rules = [_nat.FilterRule(_nat.Narrow(), "jump", ("a", "b", str(number))) for number in range(40)]
    ruleset = _nat.Ruleset("nftables", {("a", "b", str(number)): rules for number in range(40)}, [("a", "b", "0")])
    assert not _nat.walk(ruleset).whole


SAVED = """# Generated by iptables-save v1.8.9 (nf_tables)
*mangle
:PREROUTING ACCEPT [0:0]
-A PREROUTING -p tcp -m tcp --dport 3000 -j TPROXY --on-port 50080 --on-ip 127.0.0.1 --tproxy-mark 0x1/0x1
COMMIT
*nat
:PREROUTING ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:DOCKER - [0:0]
-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
-A OUTPUT ! -d 127.0.0.0/8 -p tcp -m tcp --dport 1 -j DNAT --to-destination 10.0.0.9
-A DOCKER -i docker0 -j RETURN
-A DOCKER ! -i docker0 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80
-A DOCKER -d 192.0.2.1/32 -i e0 -p udp --dports 53,1000:1001 --comment "-j" -j DNAT --to-destination 10.0.0.3
-A PREROUTING -d 10.96.0.0/12 -p tcp -m tcp --dport 25 -j REDIRECT --to-ports 2525
-A PREROUTING -p tcp -m tcp ! --dport 22 -j DNAT --to-destination 10.0.0.8
COMMIT
"""


def test_iptables():
    assert said(_nat.walk(_iptables.read(SAVED.encode(), "ipv4"))) == [
        "tcp 0.0.0.0:25 > this host:2525",
        "tcp 0.0.0.0:8080 > 172.17.0.2:80",
        "udp 192.0.2.1:53@e0 > 10.0.0.3",
        "udp 192.0.2.1:1000@e0 > 10.0.0.3",
        "udp 192.0.2.1:1001@e0 > 10.0.0.3",
        "tproxy: tcp 3000 to every address goes to 127.0.0.1:50080",
        "dnat: tcp to every address goes to 10.0.0.8",
    ]


@pytest.mark.parametrize(
    "line",
    [
        "-A ",
        '-A PREROUTING -m comment --comment "open',
        "-A X -p tcp --dport http -j DNAT",
        "-A X -p tcp --dport 65536 -j DNAT",
        "-A X -p tcp --dport ٣ -j DNAT",
        "-A X -p tcp --dport 1_0 -j DNAT",
        "-A X -p tcp --dport 9999999999999999999999 -j DNAT",
        "-A X -p tcp --dports 1,,2 -j DNAT",
        "-A X -j DNAT -j DNAT",
        "-A X -j",
        '-A X -m string --string "a\\" --algo bm -j DNAT --to-destination 1.1.1.1 -m comment --comment "b"',
        '-A X -m comment --comment "a"b -j DNAT',
        '-A X -m comment --comment a"b" -j DNAT',
    ],
)
def test_what_iptables_save_does_not_print(line):
    with pytest.raises(_iptables.IptablesUnreadable):
        _iptables.read(b"*nat\n" + line.encode(), "ipv4")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        pytest.param('-m comment --comment "!" -j DNAT', "tcp 0.0.0.0:80", id="a comment that is a negation"),
        pytest.param('-m comment --comment "! " -j DNAT', "tcp 0.0.0.0:80", id="a comment that begins with one"),
        pytest.param('-m comment --comment "a ! -j" -j DNAT', "tcp 0.0.0.0:80", id="a comment that holds a target"),
        pytest.param("-m comment --comment -j -j DNAT", "tcp 0.0.0.0:80", id="a comment that is a target"),
        pytest.param("-m comment --comment --dport -j DNAT", "tcp 0.0.0.0:80", id="a comment that is an option"),
        pytest.param('-m comment --comment "--dport 81" -j DNAT', "tcp 0.0.0.0:80", id="a comment with an option"),
        pytest.param('-m comment --comment "it\\\'s \\"x\\" \\\\" -j DNAT', "tcp 0.0.0.0:80", id="escapes"),
        pytest.param('-m comment --comment "x \\\\" -j DNAT', "tcp 0.0.0.0:80", id="a backslash at the end"),
        pytest.param('-m comment --comment "a\n-A PREROUTING -j RETURN\nb" -j DNAT', "tcp 0.0.0.0:80", id="lines"),
        pytest.param('-m comment --comment "a\u2028\x0b\x0c\x85b" -j DNAT', "tcp 0.0.0.0:80", id="other ends of lines"),
        pytest.param('-m comment --comment "" -j DNAT', "tcp 0.0.0.0:80", id="an empty comment"),
        pytest.param('-m comment --comment "#" -j DNAT', "tcp 0.0.0.0:80", id="a comment that is a remark"),
        pytest.param('-m string --string "!" --algo bm --to 65535 -j DNAT', "tcp 0.0.0.0:80", id="a text to match"),
        pytest.param("-m set --match-set ! src -j DNAT", "tcp 0.0.0.0:80", id="a set named like a negation"),
        pytest.param("-m set ! --match-set -j src -j DNAT", "tcp 0.0.0.0:80", id="not in a set named like a target"),
        pytest.param("-i ! -j DNAT", "tcp 0.0.0.0:80@!", id="a device named like a negation"),
        pytest.param("-i -j -j DNAT", "tcp 0.0.0.0:80@-j", id="a device named like a target"),
        pytest.param("! -i e0 -j DNAT", "tcp 0.0.0.0:80", id="another device"),
        pytest.param("-m recent --rcheck ! --name x -j DNAT", "tcp 0.0.0.0:80", id="an option without a value"),
        pytest.param("-m tcp ! --syn -j DNAT", "tcp 0.0.0.0:80", id="a negated one without a value"),
        pytest.param("-s ! 10.0.0.0/8 -j DNAT", "tcp 0.0.0.0:80", id="a negation as it once was written"),
        pytest.param("-d ! 10.0.0.1 -j DNAT", "tcp 0.0.0.0:80", id="a negated address as it once was written"),
        pytest.param("-g DNAT", "tcp 0.0.0.0:80", id="goto"),
        pytest.param("-m nfacct --nfacct-name -j -j DNAT", "tcp 0.0.0.0:80", id="a counter named like a target"),
        pytest.param("-m condition --condition -g -j DNAT", "tcp 0.0.0.0:80", id="a condition named like one"),
        pytest.param("-m iface --iface ! --up -j DNAT", "tcp 0.0.0.0:80", id="an interface named like a negation"),
        pytest.param("-m devgroup --src-group -j -j DNAT", "tcp 0.0.0.0:80", id="a group named like a target"),
        pytest.param('-m comment --comment "-j" -j DNAT', "tcp 0.0.0.0:80", id="a quoted target"),
        pytest.param('-m comment --comment "a"\t-m  tcp -j DNAT', "tcp 0.0.0.0:80", id="blanks of other kinds"),
    ],
)
def test_what_people_write_into_rules(words, expected):
    line = "*nat\n-A PREROUTING -p tcp -m tcp --dport 80 %s --to-destination 10.0.0.3\nCOMMIT\n" % words
    assert said(_nat.walk(_iptables.read(line.encode(), "ipv4"))) == [expected + " > 10.0.0.3"]


@pytest.mark.parametrize(
    ("chain_name", "words", "expected"),
    [
        pytest.param(
            "PREROUTING",
            "-d 192.0.2.0/24 -j NETMAP --to 10.0.0.0/24",
            [AWAY % ("every protocol", "10.0.0.0/24")],
            id="NETMAP",
        ),
        pytest.param(
            "PREROUTING",
            "-p tcp --dport 80 -j NETMAP --to 10.0.0.0/24",
            ports(80, "10.0.0.0/24"),
            id="NETMAP of a port",
        ),
        pytest.param("POSTROUTING", "-s 10.0.0.0/24 -j NETMAP --to 192.0.2.0/24", [], id="NETMAP of sources"),
        pytest.param(
            "PREROUTING",
            "-p udp --dport 53:54 -j DNAT --to-destination 10.0.0.2-10.0.0.5:5300-5310/53 --random",
            [port for at in (53, 54) for port in ports(at, "10.0.0.2-10.0.0.5:5300-5310/53", protocols=["udp"])],
            id="DNAT with ranges and a shift",
        ),
        pytest.param(
            "PREROUTING",
            "-p tcp --dport 80 -j REDIRECT --to-ports 8080-8090",
            ports(80, "this host:8080-8090"),
            id="REDIRECT",
        ),
        pytest.param(
            "PREROUTING", "-p 132 --dport 80 -j REDIRECT", ports(80, "this host", protocols=["sctp"]), id="SCTP"
        ),
        pytest.param(
            "PREROUTING",
            "-j DNPT --src-pfx 2001:db8::/64 --dst-pfx fd00::/64",
            [AWAY % ("every protocol", "fd00::/64")],
            id="DNPT",
        ),
        pytest.param(
            "PREROUTING",
            "-p tcp --dport 80 -j TPROXY --on-port 50080",
            ["tproxy: tcp 80 to every address goes to this host:50080"],
            id="TPROXY",
        ),
        pytest.param(
            "PREROUTING",
            "-j TEE --gateway 10.0.0.9",
            ["copy: every protocol to every address goes to 10.0.0.9"],
            id="TEE",
        ),
        pytest.param(
            "INPUT",
            "-p tcp -j NFQUEUE --queue-balance 0:3 --queue-bypass",
            ["queue: tcp to every address goes to queue 0-3"],
            id="NFQUEUE",
        ),
        pytest.param("INPUT", "-p tcp --dport 80 -j CLUSTERIP --new --hashmode sourceip", [], id="CLUSTERIP"),
        pytest.param("PREROUTING", "-j SET --add-set x src", [], id="SET"),
        pytest.param("PREROUTING", "-p tcp --dport 80 -j CONNMARK --restore-mark", [], id="CONNMARK"),
        pytest.param("PREROUTING", "-p tcp --dport 80", [], id="no target"),
        pytest.param("PREROUTING", "-j WARP --to mars", ["? the target WARP"], id="a target that is not known"),
        pytest.param("INPUT", "-j WARP", ["? the target WARP"], id="the same for this host"),
        pytest.param("FORWARD", "-j WARP", [], id="the same for others"),
        pytest.param("OUTPUT", "-j WARP", [], id="the same from this host"),
        pytest.param("PREROUTING", "-j OWN", ports(99, "10.0.0.9"), id="a chain"),
        pytest.param("PREROUTING", "-g LOG", ports(99, "10.0.0.8"), id="a chain that is named like a target"),
    ],
)
def test_targets_of_iptables(chain_name, words, expected):
    text = (
        "*nat\n:PREROUTING ACCEPT [0:0]\n:OWN - [0:0]\n:LOG - [0:0]\n:EMPTY - [0:0]\n-A PREROUTING -j EMPTY\n-A %s %s\n"
        "-A OWN -p tcp --dport 99 -j DNAT --to-destination 10.0.0.9\n"
        "-A LOG -p tcp --dport 99 -j DNAT --to-destination 10.0.0.8\nCOMMIT\n"
    )
    walked = _nat.walk(_nat.pruned(_iptables.read((text % (chain_name, words)).encode(), "ipv4")))
    assert [*said(walked), *("? " + what for what in walked.unknown)] == expected


@pytest.mark.parametrize(
    ("line", "plain"),
    [
        pytest.param("-A X -p tcp -j DNAT", True, id="no quotes"),
        pytest.param('-A X -m comment --comment "a b" -j DNAT', True, id="quotes"),
        pytest.param('"a" "" "b"', True, id="nothing else"),
        pytest.param("  -A\t X ", True, id="blanks"),
        pytest.param('-A X --comment "a \\" b"', False, id="an escaped quote"),
        pytest.param('-A X --comment "a', False, id="a quote that goes on in the next line"),
        pytest.param('-A X --comment "a"b', False, id="a quote within a word"),
        pytest.param('-A X --comment b"a"', False, id="a word before a quote"),
        pytest.param('-A X "a""b"', False, id="quotes without a blank"),
    ],
)
def test_lines_that_are_read_the_short_way_are_read_the_same(line, plain):
    words = _iptables._simple(line)
    assert (words is not None) == plain
    if words is not None:
        whole, _end = _iptables._line(line, 0)
        assert [(word, type(word)) for word in words] == [(word, type(word)) for word in whole]


def test_the_rules_of_a_cluster_are_read_the_short_way(monkeypatch):
    """Also those of which nothing is published are not read to their end: they are most of a hundred thousand."""
    text = (
        "*nat\n:PREROUTING ACCEPT [0:0]\n:SERVICES - [0:0]\n:MARK-MASQ - [0:0]\n:SVC - [0:0]\n"
        '-A PREROUTING -m comment --comment "service portals" -j SERVICES\n-A MARK-MASQ -j MARK --set-xmark 0x4/0x4\n'
        '-A SERVICES -d 10.96.0.1/32 -p tcp -m comment --comment "x:http IP" -m tcp --dport 80 -j SVC\n'
        '-A SVC ! -s 10.244.0.0/16 -d 10.96.0.1/32 -m comment --comment "x:http IP" -m tcp --dport 80 -j MARK-MASQ\n'
        '-A SVC -p tcp -m comment --comment "x:http" -m tcp -j DNAT --to-destination 10.244.0.2:8080\nCOMMIT\n'
    )
    monkeypatch.delattr(_iptables, "_line")
    rules = _iptables.read(text.encode(), "ipv4")
    assert sum(map(len, rules.chains.values())) == 3
    assert said(_nat.walk(_nat.pruned(rules))) == ["tcp 10.96.0.1:80 > 10.244.0.2:8080"]


def test_options_of_a_target_narrow_nothing():
    line = "*nat\n-A PREROUTING -p tcp -j DNAT --to-destination 10.0.0.3 --dport 80 -d 10.0.0.1\n"
    assert said(_nat.walk(_iptables.read(line.encode(), "ipv4"))) == ["dnat: tcp to every address goes to 10.0.0.3"]


IPVS = """IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port Forward Weight ActiveConn InActConn
TCP  0A000001:0050 rr
  -> 0A000002:1F90      Masq    1      0          0
  -> 0A000003:1F90      Masq    1      0          0
UDP  [fd00:0000:0000:0000:0000:0000:0000:0001]:0035 wlc
  -> [fd00:0000:0000:0000:0000:0000:0000:0002]:0035      Masq    1      0          0
SCTP 0A000001:0051 rr
FWM  0000001F rr
  -> 0A000004:0000      Route   1      0          0
TCP  0A000005:0000 rr persistent 300
"""


def test_ipvs():
    published, paths = _ipvs.read(IPVS.encode())
    assert said(_nat.Walked(tuple(published), tuple(paths), True)) == [
        "tcp 10.0.0.1:80 > 10.0.0.2:8080,10.0.0.3:8080",
        "udp fd00::1:53 > [fd00::2]:53",
        "sctp 10.0.0.1:81 > nowhere",
        "dnat: firewall mark 31 (0x1f) goes to 10.0.0.4:0",
        "dnat: tcp to 10.0.0.5 goes to nowhere",
    ]


@pytest.mark.parametrize(
    "row",
    [
        "TCP  0A0000:0050 rr",
        "TCP",
        "FWM",
        "FWM  7 rr",
        "FWM  0000000g rr",
        "FWM  +0000007 rr",
        "TCP  0A000001",
        "TCP  0A000001:",
        "TCP  0A000001:-050 rr",
        "TCP  0A000001:0x50 rr",
        "TCP  0A000001:1_00 rr",
        "TCP  0A000001:00050 rr",
        "TCP  +A000001:0050 rr",
        "TCP  [::g]:0050 rr",
        "TCP  [0A000001]:0050 rr",
        "TCP  []:0050 rr",
        "QUIC 0A000001:0050 rr",
        "  -> 0A000001:0050 Masq",
        "TCP  0A000001:0050 rr\n  ->",
        "TCP  0A000001:0050 rr\n  -> X:0050",
        "\xff\xfe",
    ],
)
def test_a_row_of_ipvs_that_is_none(row):
    with pytest.raises(_ipvs.IpvsUnreadable):
        _ipvs.read(row.encode("latin-1"))


@pytest.mark.parametrize(
    ("address", "network"),
    [("192.0.2.1", False), ({"prefix": {"addr": "10.0.0.0", "len": 8}}, True)],
    ids=["an address", "a network"],
)
def test_addresses_that_need_not_be_the_host_s(address, network):
    found = nft(rule(equal(payload("ip", "daddr"), address), equal(DPORT, 80), TO))
    (one,) = _nat.walk(found.ruleset).published
    assert one.network == network


def test_a_network_of_iptables():
    published = _nat.walk(_iptables.read(SAVED.encode(), "ipv4")).published
    assert [(one.port, one.network) for one in published if one.network] == [(25, True)]
