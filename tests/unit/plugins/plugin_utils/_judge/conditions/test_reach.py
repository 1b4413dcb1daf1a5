# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reach is the widest scope of the address bound, by the collection's own tables."""

from __future__ import annotations

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._judge._judgement import (
    Delivery,
    HostAddress,
    HostFacts,
    Localnet,
    LocalNetwork,
    Vrf,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._judge.conditions._reach import (
    HostReach,
    ReachTable,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._policy_model import REACHES
from ansible_collections.fleetports.compliance.tests.unit.factories.evidence import gap
from ansible_collections.fleetports.compliance.tests.unit.factories.judging import host_facts
from ansible_collections.fleetports.compliance.tests.unit.factories.listeners import NAMESPACE, listener
from ansible_collections.fleetports.compliance.tests.unit.factories.policies import networks


@pytest.mark.parametrize(
    ("address", "reach"),
    [
        ("127.0.0.1", "host"),
        ("127.255.255.254", "host"),
        ("::1", "host"),
        ("::ffff:127.0.0.1", "host"),
        ("126.255.255.255", "public"),
        ("128.0.0.0", "public"),
        ("::2", "public"),
        ("169.254.1.1", "link"),
        ("fe80::1", "link"),
        ("fe80::1%eth0", "link"),
        ("febf::1", "link"),
        ("255.255.255.255", "link"),
        ("10.0.0.0", "private"),
        ("10.255.255.255", "private"),
        ("11.0.0.0", "public"),
        ("172.15.255.255", "public"),
        ("172.16.0.0", "private"),
        ("172.31.255.255", "private"),
        ("172.32.0.0", "public"),
        ("192.168.1.1", "private"),
        ("192.169.0.0", "public"),
        ("::ffff:192.168.1.1", "private"),
        ("100.64.0.0", "private"),
        ("100.127.255.255", "private"),
        ("100.63.255.255", "public"),
        ("100.128.0.0", "public"),
        ("192.0.0.8", "public"),
        ("192.0.2.1", "public"),
        ("198.18.0.1", "public"),
        ("8.8.8.8", "public"),
        ("fc00::1", "private"),
        ("fdff::1", "private"),
        ("fec0::1", "private"),
        ("2001:db8::1", "public"),
        ("2606:4700::1", "public"),
        ("64:ff9b::808:808", "public"),
        ("64:ff9b:1::1", "private"),
        ("224.0.0.251", "link"),
        ("224.0.1.1", "public"),
        ("239.255.255.250", "private"),
        ("ff01::1", "host"),
        ("ff02::fb", "link"),
        ("ff05::1:3", "private"),
        ("ff08::1", "private"),
        ("ff0e::1", "public"),
        ("ff32::8000:1", "link"),
        ("ff15::1", "private"),
        ("ff3e::1", "public"),
    ],
)
def test_of_an_address(address, reach):
    assert REACHES[ReachTable().of(address)] == reach


@pytest.mark.parametrize("wildcard", ["0.0.0.0", "::", "::ffff:0.0.0.0"])
def test_wildcards_have_no_reach_of_their_own(wildcard):
    assert ReachTable().of(wildcard) is None


@pytest.mark.parametrize(
    ("public", "private", "address", "reach"),
    [
        pytest.param(["10.20.0.0/16"], [], "10.20.1.1", "public", id="own-public"),
        pytest.param(["10.20.0.0/16"], [], "10.21.1.1", "private", id="outside-of-own-public"),
        pytest.param([], ["198.51.100.0/24"], "198.51.100.7", "private", id="own-private"),
        pytest.param(["10.0.0.0/8"], ["10.1.0.0/16"], "10.1.1.1", "private", id="longest-prefix"),
        pytest.param(["10.1.0.0/16"], ["10.0.0.0/8"], "10.1.1.1", "public", id="longest-prefix-public"),
        pytest.param(["10.0.0.0/8"], ["10.0.0.0/8"], "10.1.1.1", "public", id="equal-prefixes"),
        pytest.param(["0.0.0.0/0"], [], "127.0.0.1", "host", id="loopback-stays"),
        pytest.param([], ["0.0.0.0/0"], "127.0.0.1", "host", id="loopback-stays-narrow"),
        pytest.param(["fe80::/10"], [], "fe80::1", "link", id="link-stays"),
        pytest.param(["10.20.0.0/16"], [], "::ffff:10.20.1.1", "public", id="mapped-address"),
        pytest.param(["::ffff:10.20.0.0/112"], [], "10.20.1.1", "public", id="mapped-network"),
        pytest.param([], ["2001:db8::/32"], "2001:db8::1", "private", id="ipv6"),
        pytest.param([], ["::/0"], "8.8.8.8", "public", id="other-version"),
    ],
)
def test_own_networks(public, private, address, reach):
    table = ReachTable(public=networks(*public), private=networks(*private))
    assert REACHES[table.of(address)] == reach


LOOPBACK = [("127.0.0.1", "lo"), ("::1", "lo")]
MIXED = [*LOOPBACK, ("10.0.0.5", "eth0"), ("198.51.100.1", "eth1"), ("fe80::1", "eth0"), ("fe80::2", "eth1")]


@pytest.mark.parametrize(
    ("addresses", "bind", "reach"),
    [
        pytest.param(LOOPBACK, {"address": "0.0.0.0"}, "host", id="only-loopback"),
        pytest.param([*LOOPBACK, ("10.0.0.5", "eth0")], {"address": "0.0.0.0"}, "private", id="widest"),
        pytest.param(MIXED, {"address": "0.0.0.0"}, "public", id="widest-of-all"),
        pytest.param(MIXED, {"address": "0.0.0.0", "device": "eth0"}, "private", id="of-its-device"),
        pytest.param(
            [*MIXED, ("203.0.113.7", "lo")],
            {"address": "0.0.0.0", "device": "eth0"},
            "public",
            id="of-its-device-and-lo",
        ),
        pytest.param(
            [*MIXED, ("2001:db8::1", "eth1")],
            {"address": "::", "device": "eth0"},
            "public",
            id="each-version-for-itself",
        ),
        pytest.param(
            [*LOOPBACK, ("169.254.7.7", "eth0"), ("198.51.100.1", "eth1")],
            {"address": "0.0.0.0", "device": "eth0"},
            "public",
            id="device-with-a-link-address-answers-for-others",
        ),
        pytest.param(
            [*LOOPBACK, ("fe80::1", "eth0"), ("2001:db8::1", "eth1")],
            {"address": "::", "device": "eth0"},
            "public",
            id="device-with-a-link-address-answers-for-others-over-ipv6",
        ),
        pytest.param(
            [*LOOPBACK, ("fe80::1", "eth0"), ("fe80::2", "eth1")],
            {"address": "::", "device": "eth0"},
            "link",
            id="nothing-but-link-addresses",
        ),
        pytest.param(
            [*LOOPBACK, ("10.0.0.5", "eth0")],
            {"address": "0.0.0.0", "device": "eth1"},
            "public",
            id="device-that-has-none-yet",
        ),
        pytest.param(MIXED, {"address": "0.0.0.0", "device": "lo"}, "host", id="of-loopback-device"),
        pytest.param(MIXED, {"address": "0.0.0.0", "device": "eth9"}, "public", id="device-without-address"),
        pytest.param(MIXED, {"address": "::", "dual_stack": False}, "link", id="v6-only"),
        pytest.param(MIXED, {"address": "::", "dual_stack": True}, "public", id="dual-stack-counts-ipv4"),
        pytest.param(MIXED, {"address": "::", "dual_stack": None}, "public", id="maybe-dual-stack-counts-ipv4"),
        pytest.param(
            [*LOOPBACK, ("10.0.0.5", "eth0"), ("2001:db8::1", "eth0")],
            {"address": "::ffff:0.0.0.0", "device": "eth0"},
            "private",
            id="mapped-wildcard-is-ipv4",
        ),
        pytest.param(
            [*LOOPBACK, ("2001:db8::1", "eth0")], {"address": "::ffff:0.0.0.0"}, "host", id="mapped-wildcard-not-ipv6"
        ),
        pytest.param(None, {"address": "0.0.0.0"}, "public", id="addresses-unknown"),
        pytest.param([], {"address": "0.0.0.0"}, "public", id="no-address-known"),
        pytest.param(None, {"address": "127.0.0.1"}, "host", id="addresses-not-needed"),
        pytest.param(MIXED, {"address": "10.9.9.9"}, "private", id="vip-by-itself"),
        pytest.param(LOOPBACK, {"address": "198.51.100.9"}, "public", id="public-vip-by-itself"),
        pytest.param(MIXED, {"address": "224.0.0.251"}, "link", id="multicast-by-itself"),
        pytest.param(LOOPBACK, {"address": "0.0.0.0", "transparent": True}, "public", id="transparent"),
        pytest.param(LOOPBACK, {"address": "127.0.0.1", "transparent": True}, "public", id="transparent-address"),
        pytest.param(LOOPBACK, {"address": "0.0.0.0", "transparent": None}, "host", id="transparency-not-known"),
        pytest.param(LOOPBACK, {"address": "0.0.0.0", "namespace": 77}, "public", id="namespace-without-addresses"),
        pytest.param(LOOPBACK, {"address": "0.0.0.0", "namespace": None}, "host", id="namespace-not-known"),
        pytest.param([*LOOPBACK, ("fe80::1%eth0", "eth0")], {"address": "::"}, "link", id="scope-stripped"),
    ],
)
def test_of_a_listener(addresses, bind, reach):
    found = HostReach(ReachTable(), host_facts(addresses=addresses)).of(listener(**bind))
    assert REACHES[found] == reach


@pytest.mark.parametrize(
    ("namespace", "device", "reach"),
    [
        pytest.param(NAMESPACE, None, "public", id="an address of no known namespace may be its own"),
        pytest.param(NAMESPACE, "lo", "host", id="but not one of another device"),
        pytest.param(77, None, "public", id="in any namespace"),
    ],
)
def test_an_address_of_a_namespace_that_is_not_known(namespace, device, reach):
    own = (HostAddress("127.0.0.1", "lo", NAMESPACE), HostAddress("198.51.100.1", "eth0", None))
    found = HostReach(ReachTable(), HostFacts(name="web1", addresses=own))
    assert REACHES[found.of(listener(address="0.0.0.0", namespace=namespace, device=device))] == reach


def test_addresses_of_its_own_namespace():
    facts = HostFacts(
        name="web1",
        addresses=(
            HostAddress("127.0.0.1", "lo", NAMESPACE),
            HostAddress("198.51.100.1", "eth0", NAMESPACE),
            HostAddress("127.0.0.1", "lo", 77),
            HostAddress("10.0.0.2", "eth0", 77),
        ),
    )
    reach = HostReach(ReachTable(), facts)
    assert REACHES[reach.of(listener(address="0.0.0.0", namespace=77))] == "private"
    assert REACHES[reach.of(listener(address="0.0.0.0", namespace=NAMESPACE))] == "public"


@pytest.mark.parametrize(
    ("family", "bind", "reach"),
    [
        pytest.param(None, "0.0.0.0", "public", id="all-unknown"),
        pytest.param("ipv6", "0.0.0.0", "host", id="the-other-family"),
        pytest.param("ipv6", "::", "public", id="this-family"),
        pytest.param(None, "127.0.0.1", "host", id="not-a-wildcard"),
    ],
)
def test_gap_in_the_addresses(family, bind, reach):
    facts = host_facts(addresses=LOOPBACK, gaps=[gap("addresses", family=family)])
    assert REACHES[HostReach(ReachTable(), facts).of(listener(address=bind))] == reach


def test_other_gaps_do_not_matter():
    facts = host_facts(addresses=LOOPBACK, gaps=[gap("owners"), gap("listeners")])
    assert REACHES[HostReach(ReachTable(), facts).of(listener(address="0.0.0.0"))] == "host"


def test_refuses_what_is_no_address():
    with pytest.raises(ValueError, match="nonsense"):
        HostReach(ReachTable(), host_facts()).of(listener(address="nonsense"))


@pytest.mark.parametrize(
    ("network", "reach"),
    [
        ("203.0.113.7/32", "public"),
        ("10.1.0.0/16", "private"),
        ("10.0.0.0/8", "private"),
        ("10.0.0.0/7", "public"),
        ("8.0.0.0/6", "public"),  # 8-11: a private part in the middle
        ("0.0.0.0/0", "public"),
        ("::/0", "public"),
        ("::/127", "public"),
        ("126.0.0.0/7", "public"),
        ("127.0.0.0/8", "host"),
        ("127.3.0.0/16", "host"),
        ("169.254.0.0/16", "link"),
        ("169.254.7.0/24", "link"),
        ("169.254.0.0/15", "public"),
        ("100.64.0.0/10", "private"),
        ("100.0.0.0/9", "public"),
        ("100.127.255.255/32", "private"),
        ("192.168.0.0/15", "public"),
        ("fe80::/64", "link"),
        ("fe80::/9", "private"),  # with fec0::/10
        ("fc00::/6", "public"),
        ("fc00::/7", "private"),
        ("2001:db8::/64", "public"),
        ("64:ff9b::/47", "public"),
        ("64:ff9b:1::/48", "private"),
        ("::1/128", "host"),
        ("::ffff:10.0.0.0/104", "private"),
        ("::ffff:10.0.0.0/103", "public"),
    ],
)
def test_of_a_network_is_the_widest_that_it_touches(network, reach):
    assert REACHES[ReachTable().of_network(network)] == reach


@pytest.mark.parametrize(
    ("public", "private", "network", "reach"),
    [
        pytest.param(["10.20.0.0/16"], [], "10.0.0.0/8", "public", id="a part is public"),
        pytest.param(["10.20.0.0/16"], [], "10.21.0.0/16", "private", id="beside it"),
        pytest.param(["10.255.0.0/16"], [], "10.128.0.0/9", "public", id="the last part"),
        pytest.param([], ["198.51.100.0/24"], "198.51.100.0/25", "private", id="within"),
        pytest.param([], ["198.51.100.0/24"], "198.51.100.0/23", "public", id="beyond"),
        pytest.param([], ["198.51.100.0/25", "198.51.100.128/25"], "198.51.100.0/24", "private", id="of two parts"),
        pytest.param([], ["198.51.0.0/16"], "198.50.0.0/15", "public", id="before it"),
        pytest.param(["10.1.1.1/32"], [], "10.1.1.0/24", "public", id="one address"),
        pytest.param(["10.1.1.255/32"], [], "10.1.1.0/24", "public", id="the last address"),
    ],
)
def test_of_a_network_by_own_networks(public, private, network, reach):
    table = ReachTable(public=networks(*public), private=networks(*private))
    assert REACHES[table.of_network(network)] == reach


def facts(*held, addresses=(*LOOPBACK, ("10.0.0.5", "eth0"), ("fe80::5", "eth0")), **delivery):
    """A host with these networks (network, device, vrf, table) local beside its addresses."""
    return HostFacts(
        name="web1",
        addresses=tuple(HostAddress(text, device, NAMESPACE) for text, device in addresses),
        delivery=(
            Delivery(
                NAMESPACE, tuple(LocalNetwork(one[0], one[1], vrf=one[2], table=one[3]) for one in held), **delivery
            ),
        ),
    )


def reach_of(given, address="0.0.0.0", **bind):
    return REACHES[HostReach(ReachTable(), given).of(listener(22, address=address, **bind))]


LOCAL4, LOCAL6 = ("203.0.113.7/32", "eth0", None, 255), ("2001:db8::/64", "lo", None, 255)


@pytest.mark.parametrize(
    ("held", "bind", "reach"),
    [
        pytest.param(LOCAL4, {}, "public", id="local"),
        pytest.param(LOCAL4, {"address": "::", "dual_stack": True}, "public", id="through-both"),
        pytest.param(LOCAL4, {"address": "::", "dual_stack": False}, "link", id="not-by-ipv6-alone"),
        pytest.param(LOCAL6, {"address": "::", "dual_stack": False}, "public", id="ipv6"),
        pytest.param(LOCAL6, {}, "private", id="ipv6-not-by-ipv4"),
        pytest.param(LOCAL4, {"address": "10.0.0.5"}, "private", id="bound-to-an-address"),
        pytest.param(LOCAL4, {"device": "eth0"}, "public", id="bound-to-a-device"),
        pytest.param(LOCAL4, {"device": "lo"}, "host", id="bound-to-lo"),
        pytest.param(("203.0.113.0/24", "lo", None, 255), {"device": "lo"}, "public", id="bound-to-lo-with-it"),
        pytest.param(LOCAL4, {"namespace": 77}, "public", id="another-namespace-without-addresses"),
        pytest.param(("169.254.0.0/16", "eth0", None, 255), {}, "private", id="no-wider"),
        pytest.param(("203.0.113.7/32", "lo", None, 254), {}, "public", id="main"),
        pytest.param(("203.0.113.7/32", "lo", None, 100), {}, "private", id="other-table-not-tcp"),
        pytest.param(("203.0.113.7/32", "lo", None, 253), {"protocol": "dccp"}, "private", id="other-table-not-dccp"),
        pytest.param(("203.0.113.7/32", "lo", None, 100), {"protocol": "udp"}, "public", id="other-table-udp"),
        pytest.param(("203.0.113.7/32", "lo", None, 100), {"protocol": "udplite"}, "public", id="other-table-udplite"),
        pytest.param(("203.0.113.7/32", "lo", None, 100), {"protocol": "sctp"}, "public", id="other-table-sctp"),
        pytest.param(("2001:db8::/64", "lo", None, 100), {"address": "::"}, "public", id="other-table-tcp-over-ipv6"),
    ],
)
def test_networks_that_routes_make_local(held, bind, reach):
    assert reach_of(facts(held), **bind) == reach


def test_networks_of_another_namespace():
    given = facts(LOCAL4)
    other = HostAddress("10.9.9.9", "eth0", 77)
    both = HostFacts("web1", addresses=(*(given.addresses or ()), other), delivery=given.delivery)
    assert reach_of(both, namespace=77) == "private"
    assert reach_of(both, namespace=None) == "public"


def test_tcp_and_udp_of_one_port_are_told_apart():
    reach = HostReach(ReachTable(), facts(("203.0.113.7/32", "lo", None, 100)))
    found = [REACHES[reach.of(listener(53, protocol=protocol, address="0.0.0.0"))] for protocol in ("tcp", "udp")]
    assert found == ["private", "public"]


IN_VRF = (*LOOPBACK, ("10.0.0.5", "eth0"), ("198.51.100.1", "eth1"), ("fe80::5", "eth0"), ("fe80::6", "eth1"))
PUBLIC_OUTSIDE = (*LOOPBACK, ("198.51.100.1", "eth0"), ("10.0.0.5", "eth1"))


@pytest.mark.parametrize(
    ("device", "reach"),
    [
        pytest.param("br0", "public", id="a-bridge-has-the-addresses-of-its-ports"),
        pytest.param("eth0", "private", id="a-device-beside-it-has-not"),
    ],
)
def test_bridges(device, reach):
    addresses = [*LOOPBACK, ("10.0.0.5", "br0"), ("203.0.113.1", "eth1"), ("10.0.0.6", "eth0")]
    given = facts(addresses=addresses, bridges={"br0": frozenset({"eth1"})})
    assert reach_of(given, device=device) == reach


@pytest.mark.parametrize(
    ("device", "reach"),
    [
        pytest.param("eth0", "public", id="its-own"),
        pytest.param("lo", "public", id="of-lo"),
        pytest.param(None, "public", id="of-none"),
        pytest.param("eth1", "private", id="of-another"),
    ],
)
def test_networks_for_a_device(device, reach):
    assert reach_of(facts(("203.0.113.0/24", device, None, 255)), device="eth0") == reach


def vrf(closed=()):
    return (Vrf("blue", frozenset({"eth1"}), frozenset(closed)),)


@pytest.mark.parametrize(
    ("addresses", "closed", "accepts", "bind", "reach"),
    [
        pytest.param(IN_VRF, (), (False, False), {}, "private", id="not of the unbound"),
        pytest.param(IN_VRF, (), (True, False), {}, "public", id="tcp accepts"),
        pytest.param(IN_VRF, (), (True, False), {"protocol": "udp"}, "private", id="udp does not"),
        pytest.param(IN_VRF, (), (False, True), {"protocol": "udplite"}, "public", id="udp accepts"),
        pytest.param(IN_VRF, (), (False, True), {}, "private", id="tcp does not"),
        pytest.param(IN_VRF, (), (None, None), {}, "public", id="not known"),
        pytest.param(IN_VRF, (), (False, False), {"protocol": "sctp"}, "public", id="sctp accepts"),
        pytest.param(IN_VRF, (), (False, False), {"device": "blue"}, "public", id="bound to the VRF"),
        pytest.param(IN_VRF, (), (False, False), {"device": "eth1"}, "public", id="bound to a member"),
        pytest.param(IN_VRF, (), (True, True), {"device": "eth0"}, "private", id="bound beside it"),
        pytest.param(PUBLIC_OUTSIDE, (), (False, False), {"device": "blue"}, "public", id="and for what is outside"),
        pytest.param(PUBLIC_OUTSIDE, ("ipv4",), (False, False), {"device": "blue"}, "private", id="closed"),
        pytest.param(
            PUBLIC_OUTSIDE, ("ipv6",), (False, False), {"device": "eth1"}, "public", id="closed for the other"
        ),
        pytest.param(LOOPBACK, ("ipv4",), (False, False), {"device": "blue"}, "public", id="a VRF without address"),
    ],
)
def test_vrfs(addresses, closed, accepts, bind, reach):
    assert reach_of(facts(addresses=addresses, vrfs=vrf(closed), accepts=accepts), **bind) == reach


@pytest.mark.parametrize(
    ("device", "reach"), [(None, "private"), ("blue", "public"), ("eth1", "public"), ("eth0", "private")]
)
def test_network_of_the_table_of_a_vrf(device, reach):
    held = ("203.0.113.7/32", "blue", "blue", 10)
    addresses = (*LOOPBACK, ("10.0.0.5", "eth0"), ("10.1.0.5", "eth1"))
    assert reach_of(facts(held, addresses=addresses, vrfs=vrf()), device=device) == reach


def localnet(*, everywhere=False, devices=(), filtered=False, **more):
    return facts(localnet=Localnet(everywhere, frozenset(devices), filtered), **more)


@pytest.mark.parametrize(
    ("given", "bind", "reach"),
    [
        pytest.param(localnet(everywhere=True), {}, "link", id="everywhere"),
        pytest.param(localnet(devices=["eth0"]), {}, "link", id="a-device"),
        pytest.param(localnet(everywhere=True), {"address": "::1"}, "host", id="ipv6-has-none"),
        pytest.param(localnet(everywhere=True), {"address": "127.255.255.254"}, "link", id="all-of-it"),
        pytest.param(localnet(everywhere=True), {"address": "::ffff:127.0.0.1"}, "link", id="mapped"),
        pytest.param(localnet(everywhere=True), {"address": "ff01::1"}, "host", id="multicast"),
        pytest.param(localnet(everywhere=True), {"device": "lo"}, "host", id="bound-to-lo"),
        pytest.param(localnet(everywhere=True), {"device": "eth9"}, "link", id="bound-to-any-device"),
        pytest.param(localnet(devices=["eth0"]), {"device": "eth0"}, "link", id="bound-to-the-device"),
        pytest.param(localnet(devices=["eth0"]), {"device": "eth1"}, "host", id="bound-to-another"),
        pytest.param(localnet(devices=["eth1"], vrfs=vrf()), {"device": "blue"}, "link", id="bound-to-its-VRF"),
        pytest.param(localnet(devices=["eth0"]), {"namespace": 77}, "host", id="of-another-namespace"),
        pytest.param(localnet(everywhere=True), {"address": "0.0.0.0"}, "private", id="a-wildcard-is-what-it-was"),
        pytest.param(
            localnet(everywhere=True, addresses=LOOPBACK), {"address": "0.0.0.0"}, "link", id="nothing-but-loopback"
        ),
        pytest.param(localnet(everywhere=True), {"address": "10.0.0.5"}, "private", id="another-address"),
        pytest.param(localnet(everywhere=True, filtered=True), {}, "host", id="rules-may-drop-it"),
        pytest.param(localnet(everywhere=True, filtered=None), {}, "host", id="rules-not-known"),
        pytest.param(localnet(everywhere=None), {}, "host", id="setting-not-known"),
    ],
)
def test_route_localnet(given, bind, reach):
    assert reach_of(given, **{"address": "127.0.0.1", **bind}) == reach


@pytest.mark.parametrize(
    ("given", "bind", "doubt"),
    [
        pytest.param(localnet(everywhere=True, filtered=True), {}, True, id="rules"),
        pytest.param(localnet(everywhere=True, filtered=None), {}, True, id="rules-not-known"),
        pytest.param(localnet(everywhere=None), {}, True, id="setting-not-known"),
        pytest.param(localnet(everywhere=None, devices=["eth0"], filtered=True), {"device": "lo"}, False, id="of-lo"),
        pytest.param(localnet(everywhere=True, filtered=True), {"address": "::1"}, False, id="ipv6"),
        pytest.param(localnet(devices=["eth0"], filtered=True), {"device": "eth1"}, False, id="another-device"),
        pytest.param(facts(), {}, False, id="off"),
        pytest.param(facts(), {"state": "published"}, True, id="published"),
        pytest.param(facts(), {"state": "published", "address": "::1"}, False, id="published-over-ipv6"),
    ],
)
def test_loopback_that_may_be_reached(given, bind, doubt):
    reach = HostReach(ReachTable(), given)
    seen = listener(22, **{"address": "127.0.0.1", **bind})
    assert (REACHES[reach.of(seen)], reach.in_doubt(seen)) == ("host", doubt)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [(NAMESPACE, NAMESPACE, True), (NAMESPACE, 77, False), (None, 77, True), (NAMESPACE, None, True)],
)
def test_an_unknown_namespace_could_be_any(one, other, same):
    given = HostFacts(
        "web1", addresses=(HostAddress("127.0.0.1", "lo", other), HostAddress("198.51.100.1", "eth0", one))
    )
    assert (reach_of(given, namespace=other) == "public") is same
