# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""UDP sockets of tunnels, which the kernel itself holds: only those that a device or FOU confirms.

A socket without a process is not the kernel's for that: descriptors in flight and files of io_uring look the same.
"""

from __future__ import annotations

import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.netlink import (
    _generic_netlink,
    _rtnetlink,
    _wire,
)


def tunnels(connect: _wire.Connect) -> t.Dict[int, str]:
    """UDP ports of the network namespace that the kernel holds, with the kind.

    ``vxlan``, ``geneve``, ``wireguard``, ``fou``, ``gue``. Of what refuses nothing is confirmed, and its sockets stay
    unattributed.
    """
    return {**_generic_netlink.fou_ports(connect), **_of_devices(connect)}


def _of_devices(connect: _wire.Connect) -> t.Dict[int, str]:
    try:
        return _rtnetlink.tunnel_ports(connect=connect)
    except _wire.NetlinkError:
        return {}
