# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""UDP sockets of tunnels, which the kernel itself holds: only those that a device confirms.

A socket without a process is not the kernel's for that: descriptors in flight and files of io_uring look the same.
"""

from __future__ import annotations

import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.netlink import _rtnetlink, _wire


def tunnels(connect: _wire.Connect) -> t.Dict[int, str]:
    """UDP ports that devices of the network namespace hold, with the kind: ``vxlan``, ``geneve``, ``wireguard``."""
    try:
        return _rtnetlink.tunnel_ports(connect=connect)
    except _wire.NetlinkError:
        return {}  # nothing is confirmed then, and the sockets stay unattributed
