# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Item 6: an address matches literally after unmapping; a wildcard is inside /0 only."""

from __future__ import annotations

import ipaddress

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._judge.conditions._addresses import (
    Networks,
    parse,
    unmap,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10.0.0.1", "10.0.0.1"),
        ("::ffff:10.0.0.1", "10.0.0.1"),
        ("::ffff:0.0.0.0", "0.0.0.0"),
        ("fe80::1%eth0", "fe80::1"),
        ("::", "::"),
    ],
)
def test_parse(text, expected):
    assert parse(text) == ipaddress.ip_address(expected)


def test_parse_refuses():
    with pytest.raises(ValueError, match="nonsense"):
        parse("nonsense")


@pytest.mark.parametrize(
    ("networks", "address", "inside"),
    [
        pytest.param(["10.0.0.0/8"], "10.1.2.3", True, id="network"),
        pytest.param(["10.0.0.0/8"], "11.0.0.1", False, id="outside"),
        pytest.param(["10.0.0.1/32"], "10.0.0.1", True, id="address"),
        pytest.param(["10.0.0.0/8"], "::ffff:10.1.2.3", True, id="mapped-address"),
        pytest.param(["::ffff:10.0.0.0/104"], "10.1.2.3", True, id="mapped-network"),
        pytest.param(["::ffff:0:0/96"], "0.0.0.0", True, id="mapped-everything"),
        pytest.param(["fe80::/10"], "fe80::1%eth0", True, id="scope"),
        pytest.param(["10.0.0.0/8"], "0.0.0.0", False, id="wildcard-in-a-network"),
        pytest.param(["0.0.0.0/1"], "0.0.0.0", False, id="wildcard-in-half-of-everything"),
        pytest.param(["0.0.0.0/32"], "0.0.0.0", True, id="wildcard-by-itself"),
        pytest.param(["0.0.0.0/32"], "::ffff:0.0.0.0", True, id="wildcard-of-ipv4-on-a-socket-of-ipv6"),
        pytest.param(["::ffff:0.0.0.0/128"], "0.0.0.0", True, id="mapped-wildcard-by-itself"),
        pytest.param(["0.0.0.0/32"], "10.0.0.1", False, id="address-in-the-wildcard"),
        pytest.param(["0.0.0.0/32"], "127.0.0.1", False, id="loopback-in-the-wildcard"),
        pytest.param(["0.0.0.0/32"], "::", False, id="wildcard6-in-wildcard4"),
        pytest.param(["::/128"], "::", True, id="wildcard6-by-itself"),
        pytest.param(["::/128"], "::1", False, id="loopback6-in-the-wildcard"),
        pytest.param(["::/128"], "fd00::1", False, id="address6-in-the-wildcard"),
        pytest.param(["::/128"], "0.0.0.0", False, id="wildcard4-in-wildcard6"),
        pytest.param(["::/128"], "::ffff:0.0.0.0", False, id="mapped-wildcard-in-wildcard6"),
        pytest.param(["0.0.0.0/32", "::/128"], "::", True, id="both-wildcards"),
        pytest.param(["0.0.0.0/32", "10.0.0.0/8"], "10.1.1.1", True, id="wildcard-or-network"),
        pytest.param(["0.0.0.0/0"], "0.0.0.0", True, id="wildcard-in-everything"),
        pytest.param(["::/0"], "::", True, id="wildcard6-in-everything6"),
        pytest.param(["0.0.0.0/0"], "::", False, id="wildcard6-in-everything4"),
        pytest.param(["::/0"], "0.0.0.0", False, id="wildcard4-in-everything6"),
        pytest.param(["::/1"], "::", False, id="wildcard6-in-half"),
        pytest.param(["0.0.0.0/0"], "8.8.8.8", True, id="address-in-everything"),
        pytest.param(["::/0"], "8.8.8.8", False, id="other-version"),
        pytest.param(["10.0.0.0/8", "fd00::/8"], "fd00::1", True, id="any-of"),
    ],
)
def test_networks(networks, address, inside):
    given = Networks(ipaddress.ip_network(text) for text in networks)
    assert given.contain(address) is inside


def test_unmap_leaves_others():
    for text in ("10.0.0.0/8", "fd00::/8", "::/0"):
        assert unmap(ipaddress.ip_network(text)) == ipaddress.ip_network(text)
