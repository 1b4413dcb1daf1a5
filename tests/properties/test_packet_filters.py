# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever the programs of packet filters print: it is read, or said to be unreadable, and what is read is sound."""

from __future__ import annotations

import contextlib
import ipaddress
import json
import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils import _socket
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.packet_filter import (
    _iptables,
    _ipvs,
    _nat,
    _nft,
)
from hypothesis import given
from hypothesis import strategies as st

JSON = t.Any
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(["@s", "@none", "*", "tcp", "ssh", "10.0.0.1", "fd00::1", "\ud800", "80"]),
    st.sampled_from([{"range": [1, 9]}, {"prefix": {"addr": "10.0.0.0", "len": 8}}, {"set": [1, 2]}, {"concat": [1]}]),
)
VALUES = st.recursive(
    ODD, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner), max_leaves=6
)
FIELDS = st.one_of(
    st.builds(
        lambda protocol, field: {"payload": {"protocol": protocol, "field": field}},
        st.sampled_from(["tcp", "udp", "th", "ip", "ip6", "ether", "x"]),
        st.sampled_from(["dport", "sport", "daddr", "protocol", "nexthdr", "x"]),
    ),
    st.builds(
        lambda base, offset, length: {"payload": {"base": base, "offset": offset, "len": length}},
        st.sampled_from(["th", "nh", "ll", "x"]),
        VALUES,
        VALUES,
    ),
    st.builds(lambda key: {"meta": {"key": key}}, st.sampled_from(["iifname", "l4proto", "nfproto", "mark"])),
    VALUES,
)
MAPS = st.builds(
    lambda key, data: {"map": {"key": key, "data": {"set": data}}},
    FIELDS,
    st.lists(st.tuples(VALUES, VALUES), max_size=3),
)
STATEMENTS = st.one_of(
    st.builds(
        lambda op, left, right: {"match": {"op": op, "left": left, "right": right}},
        st.sampled_from(["==", "!=", "<", "in"]),
        FIELDS,
        VALUES,
    ),
    st.builds(lambda key, value: {"mangle": {"key": key, "value": value}}, FIELDS, VALUES | MAPS),
    st.builds(lambda address, port: {"dnat": {"addr": address, "port": port}}, VALUES | MAPS, VALUES | MAPS),
    st.builds(
        lambda name, value: {name: value},
        st.sampled_from(["redirect", "tproxy", "fwd", "dup", "queue", "xt", "jump", "vmap", "drop", "x"]),
        VALUES,
    ),
    VALUES,
)
WORDS = st.sampled_from(
    [
        *(
            "-A",
            "PREROUTING",
            "-j",
            "DNAT",
            "-g",
            "WARP",
            "!",
            '"!"',
            "-p",
            "tcp",
            "--dport",
            "80",
            "1:2",
            "65536",
            "-1",
        ),
        *("-d", "10.0.0.1/32", "-i", "e0", "--comment", '"a b"', '"', '\\"', "*nat", ":X - [0:0]", "COMMIT", "#"),
        *("--to-destination", "REDIRECT", "²"),
    ]
)
ROWS = st.sampled_from(
    [
        "TCP",
        "UDP",
        "FWM",
        "->",
        "0A000001:0050",
        "[fd00::1]:0035",
        "00000007",
        "rr",
        "X:0050",
        "0A000001:0000",
        "-1",
        "\n",
        "Prot",
    ]
)


def sound(walked: _nat.Walked) -> None:
    """What evidence and the judge take as it is."""
    for one in walked.published:
        assert one.protocol in _socket.PROTOCOLS
        assert 0 <= one.port <= 65535
        assert ipaddress.ip_address(one.address).version == {"ipv4": 4, "ipv6": 6}[one.family]
        json.dumps(one).encode("utf-8")
    for path in walked.paths:
        path.detail.encode("utf-8")


@given(st.lists(st.lists(STATEMENTS, max_size=4), max_size=3))
def test_nft(rules: list[list[JSON]]) -> None:
    place = {"family": "inet", "table": "t"}
    items: list[JSON] = [{"chain": {**place, "name": "c", "hook": "prerouting"}}]
    items += [{"set": {**place, "name": "s", "elem": [1, {"range": [5, 7]}]}}]
    items += [{"rule": {**place, "chain": "c", "expr": expressions}} for expressions in rules]
    raw = json.dumps({"nftables": items}).encode("utf-8")
    with contextlib.suppress(_nft.NftUnreadable):
        ruleset = _nft.read(raw).ruleset
        sound(_nat.walk(_nat.pruned(ruleset)))


@given(st.lists(st.lists(WORDS, max_size=12), max_size=6))
def test_iptables_save(lines: list[list[str]]) -> None:
    raw = ("*nat\n" + "\n".join(" ".join(words) for words in lines)).encode("utf-8")
    _iptables.written_by(raw)
    with contextlib.suppress(_iptables.IptablesUnreadable):
        sound(_nat.walk(_nat.pruned(_iptables.read(raw, "ipv4"))))


@given(st.binary(max_size=200))
def test_any_bytes(raw: bytes) -> None:
    for read, error in ((_nft.read, _nft.NftUnreadable), (_ipvs.read, _ipvs.IpvsUnreadable)):
        with contextlib.suppress(error):
            t.cast("t.Callable[[bytes], object]", read)(raw)
    with contextlib.suppress(_iptables.IptablesUnreadable):
        _iptables.read(raw, "ipv6")


@given(st.lists(ROWS, max_size=30))
def test_ip_vs(words: list[str]) -> None:
    with contextlib.suppress(_ipvs.IpvsUnreadable):
        published, paths = _ipvs.read(" ".join(words).encode("utf-8"))
        sound(_nat.Walked(tuple(published), tuple(paths), whole=True))
