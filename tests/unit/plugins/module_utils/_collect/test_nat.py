# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What rules of packet filters publish. The rules of nft and iptables are as their programs print them."""

from __future__ import annotations

import json

import pytest
from ansible_collections.fleetports.compliance.plugins.module_utils._collect import _iptables, _ipvs, _nat, _nft


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


def test_output_is_not_from_outside():
    assert said(_nat.walk(nft(rule(equal(DPORT, 80), TO), chains=[chain(hook="output")]).ruleset)) == []


def test_rules_of_iptables_are_told():
    assert nft(rule(equal(DPORT, 80), {"xt": {"type": "target", "name": "DNAT"}})).foreign
    assert not nft(rule(equal(DPORT, 80), {"xt": {"type": "match", "name": "comment"}}, TO)).foreign


@pytest.mark.parametrize("raw", [b"", b"{}", b"[]", b'{"nftables": [{"rule": {}}]}', b'{"nftables": 3}', b"\xff"])
def test_what_nft_does_not_print(raw):
    with pytest.raises(_nft.Unreadable):
        _nft.read(raw)


def test_a_loop_has_an_end():
    rules = [_nat.Rule(_nat.Narrow(), "jump", ("a", "b", str(number))) for number in range(40)]
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
    with pytest.raises(_iptables.Unreadable):
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
    ],
)
def test_what_people_write_into_rules(words, expected):
    line = "*nat\n-A PREROUTING -p tcp -m tcp --dport 80 %s --to-destination 10.0.0.3\nCOMMIT\n" % words
    assert said(_nat.walk(_iptables.read(line.encode(), "ipv4"))) == [expected + " > 10.0.0.3"]


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
FWM  00000007 rr
  -> 0A000004:0000      Route   1      0          0
"""


def test_ipvs():
    published, paths = _ipvs.read(IPVS.encode())
    assert said(_nat.Walked(tuple(published), tuple(paths), True)) == [
        "tcp 10.0.0.1:80 > 10.0.0.2:8080,10.0.0.3:8080",
        "udp fd00::1:53 > [fd00::2]:53",
        "sctp 10.0.0.1:81 > nowhere",
        "dnat: firewall mark 00000007 goes to 10.0.0.4:0",
    ]


def test_a_row_of_ipvs_that_is_none():
    with pytest.raises(_ipvs.Unreadable):
        _ipvs.read(b"TCP  0A0000:0050 rr\n")


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
