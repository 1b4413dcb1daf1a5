# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""UDP ports of the kernel's own, from everything that confirms one."""

from __future__ import annotations

import errno
import struct

import pytest
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.netlink import _kernel_owned
from ansible_collections.fleetports.compliance.tests.unit.factories.netlink import ByKind, attribute, message, recorded

FAMILY = message(0x10, struct.pack("=BBxx", 1, 1) + attribute(1, struct.pack("=H", 31)) + attribute(2, b"fou\0"))
FOU = message(31, struct.pack("=BBxx", 1, 1) + attribute(1, struct.pack(">H", 5555)) + attribute(4, b"\x01"))


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        pytest.param({"k18": recorded("links")}, {4789: "vxlan"}, id="devices"),
        pytest.param({"k16": FAMILY, "k31": FOU}, {5555: "fou"}, id="FOU"),
        pytest.param(
            {"k16": FAMILY, "k18": recorded("links"), "k31": FOU}, {4789: "vxlan", 5555: "fou"}, id="devices and FOU"
        ),
        pytest.param({"k16": FAMILY, "k18": errno.EACCES, "k31": FOU}, {5555: "fou"}, id="devices cannot be asked"),
        pytest.param({"k18": errno.EACCES}, {}, id="nothing can be asked"),
    ],
)
def test_ports_that_the_kernel_holds(answers, expected):
    assert _kernel_owned.tunnels(ByKind(**answers)) == expected
