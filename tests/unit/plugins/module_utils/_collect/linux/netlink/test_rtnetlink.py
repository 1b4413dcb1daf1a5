# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Addresses and tunnels, as recorded (see ``fixtures/record.py``) and as described in the kernel's headers."""

from __future__ import annotations

import struct

import pytest
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.netlink import (
    _rtnetlink,
    _wire,
)
from ansible_collections.fleetports.compliance.tests.unit.factories.netlink import ByKind, attribute, link, recorded


def test_recorded_addresses():
    found = _rtnetlink.addresses(connect=ByKind(k22=recorded("addresses")))
    assert {
        address[:3] for address in found if not address.address.startswith("fe80") or address.address == "fe80::1"
    } == {
        ("ipv4", "127.0.0.1", 8),
        ("ipv4", "10.1.2.3", 24),
        ("ipv4", "10.9.0.1", 32),  # of a point-to-point link: the own one, not the peer's
        ("ipv6", "::1", 128),
        ("ipv6", "fe80::1", 64),
    }
    assert {address.interface for address in found} == {1, 2, 3}


def test_recorded_links():
    assert _rtnetlink.tunnel_ports(connect=ByKind(k18=recorded("links"))) == {4789: "vxlan"}


def test_geneve():
    kernel = ByKind(k18=link(b"geneve", data=attribute(5, struct.pack(">H", 6081))) + link(b"bridge"))
    assert _rtnetlink.tunnel_ports(connect=kernel) == {6081: "geneve"}


@pytest.mark.parametrize("parse", [_rtnetlink.parse_address, _rtnetlink.parse_link])
def test_message_too_short(parse):
    with pytest.raises(_wire.NetlinkError):
        parse(b"\x02")


def test_address_of_another_family():
    assert _rtnetlink.parse_address(struct.pack("=BBBBI", 28, 0, 0, 0, 1)) is None


def test_addresses_of_this_host():
    assert ("ipv4", "127.0.0.1", 8) in {address[:3] for address in _rtnetlink.addresses()}
