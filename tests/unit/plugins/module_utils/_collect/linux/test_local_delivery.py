# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a namespace takes as its own beside its addresses.

The recordings ``vrf_*.bin`` are answers of Linux 6.1 (Debian 12, a virtual machine): e0 with 10.7.0.1, d0 with
198.51.100.1, e1 with 10.8.0.1 in the VRF blue of table 10, and ``local 203.0.113.7 dev blue table 10``.
"""

from __future__ import annotations

import errno
import struct

import pytest
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux import _host_facts, _local_delivery
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.netlink import _rtnetlink, _wire
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.packet_filter import _published
from ansible_collections.fleetports.compliance.tests.unit.factories.netlink import (
    Kernel,
    attribute,
    message,
    recorded,
)

V4, V6 = 2, 10


class Routing(Kernel):
    """Answers by kind of message, and for routes by family, table and type as asked; an int is an errno.

    ``strict``: it filters. One that does not gives every route it has.
    """

    def __init__(self, links=b"", rules=b"", addresses=b"", routes=None, *, strict=True):
        self.answers = {18: links, 22: addresses, 34: rules}
        self.routes = routes or {}
        self.strict = strict
        self.asked = []

    def answer(self, request):
        kind = struct.unpack_from("=H", request, 4)[0]
        if self.protocol != _wire.ROUTE:
            return b""
        if kind != 26:
            return self.answers[kind]
        table = _wire.attributes(request, 28).get(15)
        self.asked.append((request[16], table and struct.unpack("=I", table)[0], request[16 + 7]))
        return self._routes(*self.asked[-1])

    def _routes(self, family, table, wanted):
        if isinstance(self.routes, int):
            return self.routes
        tables = {key[1]: value for key, value in self.routes.items() if key[0] == family}
        if not self.strict or table is None:
            return b"".join(one for raw in tables.values() for one in _split(raw))
        if table and table not in tables:
            return errno.ENOENT
        chosen = [tables[table]] if table else tables.values()
        return b"".join(one for raw in chosen for one in _split(raw) if not wanted or one[16 + 7] == wanted)


def _split(raw):
    for one in _wire.messages(raw):
        if one.kind != _wire.DONE:
            yield message(one.kind, one.payload)


def route(to, device=2, *, table=255, kind=2):
    address, _slash, length = to.partition("/")
    family, size = (V6, 16) if ":" in address else (V4, 4)
    raw = _wire.socket.inet_pton(family, address)
    bits = int(length) if length else 8 * size
    head = struct.pack("=BBBBBBBBI", family, bits, 0, 0, table if table < 256 else 0, 0, 0, kind, 0)
    return message(24, head + attribute(15, table) + (attribute(1, raw) if bits else b"") + attribute(4, device))


def rule(table, family=V4, *attributes, flags=0, action=1, head=(0, 0, 0)):
    to, source, tos = head
    start = struct.pack("=BBBBBBBBI", family, to, source, tos, table if table < 256 else 0, 0, 0, action, flags)
    return message(32, start + attribute(15, table) + attribute(14, 0xFFFFFFFF) + b"".join(attributes))


def link(index, name, kind=b"", *more, flags=0):
    info = attribute(18, attribute(1, kind + b"\0") + attribute(2, b"".join(more))) if kind else b"".join(more)
    return message(16, struct.pack("=BxHiII", 0, 0, index, flags, 0) + attribute(3, name + b"\0") + info)


def vrf(index, name, table=10):
    return link(index, name, b"vrf", attribute(1, table))


def under(master, index, name):
    return link(index, name, b"", attribute(10, master))


def localnet(on):
    return attribute(26, attribute(V4, attribute(1, struct.pack("=33I", *[0] * 25, on, *[0] * 7))))


LINKS = link(1, b"lo", b"", localnet(0), flags=8) + link(2, b"eth0", b"", localnet(0))
L3MDEV = attribute(19, b"\1")
OF_VRF = rule(0, V4, L3MDEV)
MAIN = rule(255) + rule(254) + rule(253) + rule(255, V6) + rule(254, V6)
OWN = [
    {"address": "127.0.0.1", "prefix_length": 8, "device": "lo", "namespace": 7},
    {"address": "10.0.0.5", "prefix_length": 24, "device": "eth0", "namespace": 7},
    {"address": "fe80::5", "prefix_length": 64, "device": "eth0", "namespace": 7},
]


def delivered(kernel, addresses=tuple(OWN), proc="/nowhere"):
    found, gaps = _local_delivery.delivery(7, addresses, proc=str(proc), connect=kernel)
    assert gaps == []
    return found


def networks(found):
    return [(one["network"], one["device"], one["vrf"], one["table"]) for one in found["networks"]]


@pytest.mark.parametrize(
    ("routes", "expected"),
    [
        pytest.param([route("203.0.113.7")], [("203.0.113.7/32", "eth0", None, 255)], id="of a load balancer"),
        pytest.param([route("203.0.113.0/24", 1)], [("203.0.113.0/24", "lo", None, 255)], id="AnyIP"),
        pytest.param([route("2001:db8::/64", 1)], [("2001:db8::/64", "lo", None, 255)], id="AnyIP over IPv6"),
        pytest.param([route("0.0.0.0/0", 1)], [("0.0.0.0/0", "lo", None, 255)], id="everything"),
        pytest.param([route("126.0.0.0/7", 1)], [("126.0.0.0/7", "lo", None, 255)], id="more than loopback"),
        pytest.param([route("203.0.113.7", kind=4)], [("203.0.113.7/32", "eth0", None, 255)], id="anycast"),
        pytest.param([route("2001:db8::7", kind=4)], [("2001:db8::7/128", "eth0", None, 255)], id="anycast over IPv6"),
        pytest.param([route("203.0.113.7", 99)], [("203.0.113.7/32", None, None, 255)], id="device that is gone"),
        pytest.param([route("10.0.0.5"), route("fe80::5")], [], id="repeats an address"),
        pytest.param([route("10.0.0.0/24")], [("10.0.0.0/24", "eth0", None, 255)], id="more than an address"),
        pytest.param(
            [route("127.0.0.0/8", 1), route("127.0.0.1", 1), route("127.9.0.0/16", 1), route("::1", 1)],
            [],
            id="loopback",
        ),
        pytest.param([route("224.0.0.0/3", 1)], [("224.0.0.0/3", "lo", None, 255)], id="more than multicast"),
        pytest.param([route("fe80::/64", 1)], [("fe80::/64", "lo", None, 255)], id="more than what every link has"),
        pytest.param([route("10.0.0.255", kind=3), route("255.255.255.255", kind=3)], [], id="broadcast"),
        pytest.param([route("ff00::/8", kind=5), route("224.0.0.0/4"), route("ff02::1")], [], id="multicast"),
        pytest.param([route("fe80::", kind=4)], [], id="what every link has"),
        pytest.param(
            [route("203.0.113.0/25"), route("203.0.113.128/25"), route("203.0.113.9")],
            [("203.0.113.0/24", "eth0", None, 255)],
            id="in as few as can be",
        ),
    ],
)
def test_networks_of_the_local_table(routes, expected):
    by_family = {}
    for one in routes:
        by_family[one[16], 255] = by_family.get((one[16], 255), b"") + one
    assert networks(delivered(Routing(LINKS, MAIN, routes=by_family))) == expected


MARK = attribute(10, 7)
OF_100 = {(V4, 100): route("203.0.113.7", 1, table=100), (V6, 100): route("2001:db8::7", 1, table=100, kind=4)}


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        pytest.param(b"", [], id="no rule names it"),
        pytest.param(rule(100), [("203.0.113.7/32", "lo", None, 100)], id="named"),
        pytest.param(rule(100, V6), [("2001:db8::7/128", "lo", None, 100)], id="named for IPv6"),
        pytest.param(rule(100, V4, MARK), [], id="for packets with a mark"),
        pytest.param(rule(100, V4, MARK, attribute(16, 0xFF)), [], id="with bits of a mark"),
        pytest.param(
            rule(100, V4, attribute(10, 0x100), attribute(16, 0xFF)),
            [("203.0.113.7/32", "lo", None, 100)],
            id="with a mask that leaves nothing of the mark",
        ),
        pytest.param(rule(100, V4, attribute(16, 0xFF)), [("203.0.113.7/32", "lo", None, 100)], id="for those without"),
        pytest.param(rule(100, V4, MARK, flags=2), [("203.0.113.7/32", "lo", None, 100)], id="not of that mark"),
        pytest.param(rule(100, action=6), [], id="a rule that names no table"),
        pytest.param(rule(100, 128), [], id="a rule of multicast routing"),
    ],
)
def test_networks_of_another_table(rules, expected):
    assert networks(delivered(Routing(LINKS, MAIN + rules, routes=OF_100))) == expected


def test_table_of_a_number_that_needs_an_attribute():
    kernel = Routing(LINKS, MAIN + rule(1000), routes={(V4, 1000): route("203.0.113.7", table=1000)})
    assert networks(delivered(kernel)) == [("203.0.113.7/32", "eth0", None, 1000)]


def test_table_main():
    kernel = Routing(LINKS, MAIN, routes={(V4, 254): route("203.0.113.7", table=254)})
    assert networks(delivered(kernel)) == [("203.0.113.7/32", "eth0", None, 254)]


@pytest.fixture
def router(monkeypatch):
    """Whoever has one other route has too many to read them all."""
    monkeypatch.setattr(_local_delivery, "FEW_ROUTES", 1)
    return route("8.0.0.0/8", table=254, kind=1) * 2, route("2001::/16", table=254, kind=1) * 2


def test_a_host_with_few_routes_is_asked_once():
    kernel = Routing(LINKS, MAIN, routes={**OF_100, (V4, 254): route("0.0.0.0/0", table=254, kind=1)})
    delivered(kernel)
    assert kernel.asked == [(V4, None, 0), (V6, None, 0)]


@pytest.mark.parametrize("few", [True, False])
def test_it_is_the_same_however_it_is_asked(monkeypatch, few):
    monkeypatch.setattr(_local_delivery, "FEW_ROUTES", 100 if few else 1)
    other = route("8.0.0.0/8", table=254, kind=1) * 2
    routes = {
        (V4, 255): route("10.0.0.255", kind=3) + route("203.0.113.1") + route("203.0.113.2", kind=4),
        (V4, 254): other + route("203.0.113.3", table=254) + route("203.0.113.4", table=254, kind=4),
        (V4, 100): route("203.0.113.5", table=100),
        (V6, 255): route("ff00::/8", kind=5) + route("2001:db8::1") + route("2001:db8::2", kind=4),
        (V6, 254): route("2001::/16", table=254, kind=1) * 2
        + route("2001:db8::3", table=254)
        + route("2001:db8::4", table=254, kind=4),
    }
    found = delivered(Routing(LINKS, MAIN, routes=routes))
    assert [(one[0], one[3]) for one in networks(found)] == [
        ("2001:db8::3/128", 254),
        ("2001:db8::4/128", 254),
        ("203.0.113.3/32", 254),
        ("2001:db8::1/128", 255),
        ("2001:db8::2/128", 255),
        ("203.0.113.1/32", 255),
        ("203.0.113.2/32", 255),
    ]


def test_a_router_is_asked_for_nothing_but_what_is_local(router):
    """Any answer that is not narrowed in the kernel may have a million routes."""
    kernel = Routing(LINKS, MAIN, routes={**OF_100, (V4, 254): router[0], (V6, 254): router[1]})
    delivered(kernel)
    kernel.asked = [one for one in kernel.asked if one[1] is not None]
    assert [one for one in kernel.asked if one[0] == V4] == [(V4, 255, 0), (V4, 253, 2), (V4, 254, 2)]
    assert (V4, 255, 0) in kernel.asked
    assert (V6, 255, 0) in kernel.asked
    assert all(wanted for _family, table, wanted in kernel.asked if table != 255)


def test_many_tables_are_asked_for_at_once(router):
    rules = b"".join(rule(table) for table in range(100, 120))
    kernel = Routing(
        LINKS,
        MAIN + rules,
        routes={
            (V4, 110): route("203.0.113.7", table=110),
            (V4, 77): route("1.1.1.1", table=77),
            (V4, 254): router[0],
        },
    )
    assert networks(delivered(kernel)) == [("203.0.113.7/32", "eth0", None, 110)]
    assert [one for one in kernel.asked if one[0] == V4] == [(V4, None, 0), (V4, 255, 0), (V4, 0, 2)]


def test_a_kernel_that_does_not_filter(router):
    routes = {
        (V4, 255): route("10.0.0.5") + route("203.0.113.7"),
        (V4, 254): router[0] + route("203.0.113.8", table=254),
        (V4, 100): route("203.0.113.9", table=100),
    }
    kernel = Routing(LINKS, MAIN, routes=routes, strict=False)
    assert networks(delivered(kernel)) == [
        ("203.0.113.8/32", "eth0", None, 254),
        ("203.0.113.7/32", "eth0", None, 255),
    ]
    assert [one for one in kernel.asked if one[0] == V4] == [(V4, None, 0), (V4, 255, 0)]


@pytest.mark.usefixtures("router")
def test_a_kernel_that_does_not_filter_and_has_too_many(monkeypatch):
    monkeypatch.setattr(_wire, "MOST_PASSED", 10)
    routes = {(V4, 254): b"".join(route("10.0.%d.0/24" % each, table=254, kind=1) for each in range(11))}
    _found, (gap,) = _local_delivery.delivery(
        7, OWN, proc="/nowhere", connect=Routing(LINKS, MAIN, routes=routes, strict=False)
    )
    assert (gap.code, gap.affects) == ("too-many", "addresses")


def test_the_table_of_a_vrf_is_asked_by_its_number(router):
    kernel = Routing(LINKS + vrf(4, b"blue"), MAIN + OF_VRF, routes={(V4, 254): router[0]})
    delivered(kernel)
    assert [one[1] for one in kernel.asked if one[0] == V4] == [None, 255, 10, 253, 254]


def test_a_network_that_begins_with_an_address():
    own = [{"address": "203.0.113.0", "prefix_length": 32, "device": "eth0", "namespace": 7}]
    kernel = Routing(LINKS, MAIN, routes={(V4, 255): route("203.0.113.0") + route("203.0.113.0/24")})
    assert networks(delivered(kernel, own)) == [("203.0.113.0/24", "eth0", None, 255)]


@pytest.mark.parametrize("refused", [{"links": errno.EPERM}, {"rules": errno.EPERM}, {"routes": errno.EPERM}])
def test_what_cannot_be_read_is_a_gap_of_the_addresses(refused):
    found, (gap,) = _local_delivery.delivery(
        7, OWN, proc="/nowhere", connect=Routing(**{"links": LINKS, "rules": MAIN, **refused})
    )
    assert (gap.code, gap.affects, gap.family) == ("dump-refused", "addresses", None)
    assert found["networks"] == []


def test_a_kernel_without_rules():
    kernel = Routing(LINKS, errno.EOPNOTSUPP, routes={(V4, 255): route("203.0.113.7")})
    assert networks(delivered(kernel)) == [("203.0.113.7/32", "eth0", None, 255)]


def test_where_the_addresses_are_not_known_one_gap_is_enough():
    assert _local_delivery.delivery(7, None, proc="/nowhere", connect=Routing(errno.EPERM))[1] == []


@pytest.mark.parametrize("parse", [_rtnetlink.parse_route, _rtnetlink.parse_rule, _rtnetlink.parse_device])
def test_message_too_short(parse):
    with pytest.raises(_wire.NetlinkError):
        parse(b"\x02")


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param(struct.pack("=BBBBBBBBI", V4, 33, 0, 0, 255, 0, 0, 2, 0), id="more bits than an address has"),
        pytest.param(
            struct.pack("=BBBBBBBBI", V4, 32, 0, 0, 255, 0, 0, 2, 0) + _wire.pack_attribute(1, b"\0" * 16),
            id="an address of another family",
        ),
        pytest.param(struct.pack("=BBBBBBBBI", V4, 32, 0, 0, 255, 0, 0, 2, 0) + b"\2\0\1\0", id="attribute too short"),
    ],
)
def test_route_that_is_none(payload):
    with pytest.raises(_wire.NetlinkError):
        _rtnetlink.parse_route(payload)


# --- VRFs

RECORDED = {
    (V4, 255): recorded("vrf_ipv4_local"),
    (V6, 255): recorded("vrf_ipv6_local"),
    (V4, 10): recorded("vrf_ipv4_own"),
    (V6, 10): recorded("vrf_ipv6_own"),
}


def test_recorded_vrf(monkeypatch, tmp_path):
    names = {1: "lo", 2: "e0", 3: "e1", 4: "blue", 5: "d0"}
    monkeypatch.setattr(_host_facts, "device", names.__getitem__)
    (tmp_path / "sys/net/ipv4").mkdir(parents=True)
    (tmp_path / "sys/net/ipv4/tcp_l3mdev_accept").write_text("1\n")
    kernel = Routing(recorded("vrf_links"), recorded("vrf_rules"), recorded("vrf_addresses"), RECORDED)
    addresses, _gaps = _host_facts.addresses(7, connect=kernel)
    found = delivered(kernel, addresses, tmp_path)
    assert networks(found) == [("203.0.113.7/32", "blue", "blue", 10)]
    assert found["vrfs"] == [{"device": "blue", "members": ["e1"], "closed": []}]
    assert found["l3mdev_accept"] == {"tcp": True, "udp": None}
    assert found["route_localnet"] == {"all": None, "devices": [], "filter": False}


def test_an_address_of_a_vrf_is_none_of_the_others():
    links = LINKS + vrf(4, b"blue") + under(4, 3, b"eth1")
    own = [*OWN, {"address": "203.0.113.7", "prefix_length": 32, "device": "eth1", "namespace": 7}]
    kernel = Routing(links, MAIN, routes={(V4, 10): route("203.0.113.7", 3, table=10), (V4, 255): route("203.0.113.7")})
    assert networks(delivered(kernel, own)) == [("203.0.113.7/32", "eth0", None, 255)]


def test_a_table_of_a_vrf_that_a_rule_names():
    links = LINKS + vrf(4, b"blue")
    kernel = Routing(links, MAIN + rule(10), routes={(V4, 10): route("203.0.113.7", 4, table=10)})
    assert networks(delivered(kernel)) == [
        ("203.0.113.7/32", "blue", None, 10),
        ("203.0.113.7/32", "blue", "blue", 10),
    ]


def test_ports_of_a_bridge_in_a_vrf_are_in_it():
    links = vrf(4, b"blue") + under(4, 5, b"br0")
    links += under(5, 6, b"veth1") + link(7, b"br1", b"bridge") + under(7, 8, b"veth2")
    (one,) = delivered(Routing(LINKS + links, MAIN))["vrfs"]
    assert one["members"] == ["br0", "veth1"]


def test_masters_that_go_round():
    links = under(6, 5, b"a") + under(5, 6, b"b")
    found = delivered(Routing(LINKS + links, MAIN))
    assert found["vrfs"] == []
    assert [one["device"] for one in found["bridges"]] == ["a", "b"]


def test_bridges_have_all_that_is_below_them():
    links = link(7, b"br1", b"bridge") + under(7, 8, b"bond0") + under(8, 9, b"eth8") + vrf(4, b"blue")
    links += under(4, 3, b"eth1")
    assert delivered(Routing(LINKS + links, MAIN))["bridges"] == [
        {"device": "bond0", "members": ["eth8"]},
        {"device": "br1", "members": ["bond0", "eth8"]},
    ]


UNREACHABLE = {(V4, 10): route("0.0.0.0/0", 0, table=10, kind=7)}


@pytest.mark.parametrize(
    ("rules", "routes", "closed"),
    [
        pytest.param(OF_VRF + rule(255), UNREACHABLE, ["ipv4"], id="its own table first, and it ends there"),
        pytest.param(rule(255) + OF_VRF, UNREACHABLE, [], id="what is local first"),
        pytest.param(OF_VRF + rule(255), {}, [], id="goes on where it has no route"),
        pytest.param(
            OF_VRF + rule(255), {(V4, 10): route("10.0.0.0/8", 0, table=10, kind=7)}, [], id="ends for some alone"
        ),
        pytest.param(OF_VRF, {(V4, 10): route("0.0.0.0/0", 0, table=10, kind=6)}, ["ipv4"], id="blackhole"),
        pytest.param(rule(0, V4, L3MDEV, MARK) + rule(255), UNREACHABLE, [], id="for packets with a mark"),
        pytest.param(rule(0, V4, L3MDEV, head=(0, 8, 0)) + rule(255), UNREACHABLE, [], id="for some sources"),
        pytest.param(
            rule(0, V4, L3MDEV, attribute(14, 0)) + rule(255), UNREACHABLE, [], id="without the default route"
        ),
        pytest.param(rule(0, V4, L3MDEV, flags=2) + rule(255), UNREACHABLE, [], id="turned round"),
        pytest.param(rule(255), UNREACHABLE, [], id="no rule"),
    ],
)
def test_vrf_whose_packets_never_come_to_what_is_local_for_others(rules, routes, closed):
    links = LINKS + vrf(4, b"blue")
    (one,) = delivered(Routing(links, rules + rule(254), routes=routes))["vrfs"]
    assert one["closed"] == closed


# --- route_localnet


@pytest.fixture(autouse=True)
def no_packet_filter(monkeypatch):
    monkeypatch.setattr(_published, "has_rules", lambda _proc, _connect: False)


def settings(tmp_path, **values):
    for name, value in values.items():
        place = tmp_path / "sys/net/ipv4/conf" / name
        place.mkdir(parents=True, exist_ok=True)
        (place / "route_localnet").write_text("%s\n" % value)
    return tmp_path


@pytest.mark.parametrize(
    ("links", "everywhere", "expected"),
    [
        pytest.param(LINKS, 0, None, id="off"),
        pytest.param(LINKS, 1, {"all": True, "devices": [], "filter": False}, id="everywhere"),
        pytest.param(
            link(1, b"lo", flags=8) + link(2, b"eth0", b"", localnet(1)) + link(3, b"eth1", b"", localnet(0)),
            0,
            {"all": False, "devices": ["eth0"], "filter": False},
            id="one device",
        ),
        pytest.param(
            link(1, b"lo", b"", localnet(1), flags=8) + link(2, b"eth0", b"", localnet(0)),
            0,
            None,
            id="lo does nothing",
        ),
        pytest.param(link(1, b"lo", b"", localnet(1), flags=8), 1, None, id="nobody else to come by"),
        pytest.param(LINKS, "", {"all": None, "devices": [], "filter": False}, id="not readable"),
        pytest.param(link(2, b"eth0"), 0, None, id="a device without IPv4"),
    ],
)
def test_route_localnet(tmp_path, links, everywhere, expected):
    proc = settings(tmp_path, all=everywhere)
    assert delivered(Routing(links, MAIN), proc=proc)["route_localnet"] == expected


@pytest.mark.parametrize("rules", [True, None])
def test_route_localnet_behind_a_packet_filter(tmp_path, monkeypatch, rules):
    monkeypatch.setattr(_published, "has_rules", lambda _proc, _connect: rules)
    found = delivered(Routing(LINKS, MAIN), proc=settings(tmp_path, all=1))
    assert found["route_localnet"]["filter"] is rules


@pytest.mark.parametrize(
    ("place", "kind", "expected"),
    [
        pytest.param("sys/net/ipv4/conf/all/route_localnet", "proc", None, id="the switch"),
        pytest.param("sys/net/ipv4/conf/all", "proc", None, id="its folder"),
        pytest.param("sys", "tmpfs", None, id="all switches"),
        pytest.param("sys", "proc", False, id="read-only, as in a container"),
        pytest.param("sys/net", "proc", False, id="to be written in a container of LXC"),
        pytest.param("sys/net/ipv4/conf/all/route_localnet2", "proc", False, id="another file"),
    ],
)
def test_a_switch_that_something_is_mounted_over_is_not_believed(tmp_path, place, kind, expected):
    proc = settings(tmp_path, all=0, eth0=0)
    (tmp_path / "self").mkdir()
    (tmp_path / "self" / "mounts").write_text("proc %s proc rw 0 0\nx %s/%s %s ro 0 0\n" % (proc, proc, place, kind))
    assert _local_delivery._setting(str(proc), "ipv4/conf/all/route_localnet") is expected


def test_route_localnet_where_netlink_is_refused(tmp_path):
    proc = settings(tmp_path, all=0, default=1, lo=1, eth0=1, eth1=0)
    found, (gap,) = _local_delivery.delivery(7, OWN, proc=str(proc), connect=Routing(errno.EPERM))
    assert gap.affects == "addresses"
    assert found["route_localnet"] == {"all": False, "devices": ["eth0"], "filter": False}


@pytest.mark.parametrize(
    ("before", "length", "after"),
    [
        pytest.param([(0, 1), (8, 1)], 4, [(0, 0)], id="all"),
        pytest.param([(0, 2), (4, 2), (8, 2)], 4, [(0, 1), (8, 2)], id="as far as it goes"),
        pytest.param([(4, 2), (8, 2)], 4, [(4, 2), (8, 2)], id="neighbours that are no halves"),
        pytest.param([(0, 1), (2, 4), (2, 3)], 4, [(0, 1)], id="inside"),
        pytest.param([(each, 4) for each in range(16)], 4, [(0, 0)], id="one by one"),
        pytest.param([(3, 4), (3, 4)], 4, [(3, 4)], id="twice"),
    ],
)
def test_collapsed(before, length, after):
    assert _local_delivery.collapsed((_local_delivery.Block(*one) for one in before), bits=length) == [
        _local_delivery.Block(*one) for one in after
    ]
