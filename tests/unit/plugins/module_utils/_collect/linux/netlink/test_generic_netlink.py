# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ports that WireGuard and FOU tell, as described in the kernel's headers."""

from __future__ import annotations

import errno
import struct

import pytest
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.netlink import (
    _generic_netlink,
    _rtnetlink,
)
from ansible_collections.fleetports.compliance.tests.unit.factories.netlink import ByKind, attribute, link, message


def family(number, name):
    return message(0x10, struct.pack("=BBxx", 1, 1) + attribute(1, struct.pack("=H", number)) + attribute(2, name))


WIREGUARD, FOU, OTHER = family(30, b"wireguard\0"), family(31, b"fou\0"), family(29, b"nlctrl\0")


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        pytest.param(
            {
                "k16": OTHER + WIREGUARD,
                "k30": message(30, struct.pack("=BBxx", 0, 1) + attribute(6, struct.pack("=H", 51820))),
            },
            {51820: "wireguard"},
            id="told",
        ),
        pytest.param({"k16": OTHER + WIREGUARD, "k30": errno.EPERM}, {}, id="refused: not claimed"),
        pytest.param({"k16": OTHER}, {}, id="no such family"),
        pytest.param(
            {"k16": WIREGUARD, "k30": message(30, struct.pack("=BBxx", 0, 1) + attribute(6, b"\0\0"))}, {}, id="not up"
        ),
    ],
)
def test_wireguard(answers, expected):
    assert _rtnetlink.tunnel_ports(connect=ByKind(k18=link(b"wireguard"), **answers)) == expected


def fou(port, kind):
    told = attribute(1, struct.pack(">H", port)) + attribute(2, b"\x02") + attribute(4, kind)
    return message(31, struct.pack("=BBxx", 1, 1) + told)


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        pytest.param({"k16": OTHER + FOU, "k31": fou(5555, b"\x01") + fou(6080, b"\x02")}, {5555: "fou", 6080: "gue"}),
        pytest.param({"k16": FOU, "k31": fou(5555, b"\x09")}, {5555: "fou"}, id="a kind that is newer than this"),
        pytest.param({"k16": FOU, "k31": b""}, {}, id="none"),
        pytest.param({"k16": FOU, "k31": fou(0, b"\x01")}, {}, id="no port"),
        pytest.param({"k16": FOU, "k31": message(31, b"\x01\x01\0\0")}, {}, id="not told"),
        pytest.param({"k16": FOU, "k31": errno.EPERM}, {}, id="refused: not claimed"),
        pytest.param({"k16": OTHER, "k31": fou(5555, b"\x01")}, {}, id="not loaded"),
        pytest.param({"k16": errno.EPERM}, {}, id="no generic netlink"),
    ],
)
def test_fou(answers, expected):
    assert _generic_netlink.fou_ports(ByKind(**answers)) == expected


def test_no_family_is_asked_for_by_name():
    """That would load its module."""
    asked = []

    class Listening(ByKind):
        def answer(self, request):
            asked.append(request)
            return super().answer(request)

    _generic_netlink.fou_ports(Listening(k16=OTHER))
    assert [b"fou" in request for request in asked] == [False]
