# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reach is the widest scope of the address bound, by the collection's own tables."""

from __future__ import annotations

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._judge._model import HostAddress, HostFacts
from ansible_collections.fleetports.compliance.plugins.plugin_utils._judge._reach import HostReach, ReachTable
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._model import REACHES
from ansible_collections.fleetports.compliance.tests.unit.plugins.plugin_utils._judge.makers import (
    NAMESPACE,
    gap,
    host,
    listener,
    networks,
)


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
        pytest.param(MIXED, {"address": "0.0.0.0", "device": "lo"}, "host", id="of-loopback-device"),
        pytest.param(MIXED, {"address": "0.0.0.0", "device": "eth9"}, "public", id="device-without-address"),
        pytest.param(MIXED, {"address": "::", "dual_stack": False}, "link", id="v6-only"),
        pytest.param(MIXED, {"address": "::", "dual_stack": True}, "public", id="dual-stack-counts-ipv4"),
        pytest.param(MIXED, {"address": "::", "dual_stack": None}, "public", id="maybe-dual-stack-counts-ipv4"),
        pytest.param(MIXED, {"address": "::ffff:0.0.0.0", "device": "eth0"}, "private", id="mapped-wildcard-is-ipv4"),
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
    found = HostReach(ReachTable(), host(addresses=addresses)).of(listener(**bind))
    assert REACHES[found] == reach


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
    facts = host(addresses=LOOPBACK, gaps=[gap("addresses", family=family)])
    assert REACHES[HostReach(ReachTable(), facts).of(listener(address=bind))] == reach


def test_other_gaps_do_not_matter():
    facts = host(addresses=LOOPBACK, gaps=[gap("owners"), gap("listeners")])
    assert REACHES[HostReach(ReachTable(), facts).of(listener(address="0.0.0.0"))] == "host"


def test_refuses_what_is_no_address():
    with pytest.raises(ValueError, match="nonsense"):
        HostReach(ReachTable(), host()).of(listener(address="nonsense"))
