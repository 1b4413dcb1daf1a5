# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sockets that the kernel itself holds: only those that something else confirms.

A socket without a process is not the kernel's for that: descriptors in flight and files of io_uring look the same.
"""

from __future__ import annotations

import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _host_files
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.netlink import _rtnetlink, _wire


def ports(proc: str, *, connect: _wire.Connect = _wire.connect) -> t.Dict[t.Tuple[str, int], str]:
    """What in the kernel holds a port, by protocol and port: ``vxlan``, ``geneve``, ``wireguard``, ``nfsd``."""
    found = {("udp", port): kind for port, kind in tunnels(connect).items()}
    for protocol, port in nfsd(_host_files.read(proc + "/fs/nfsd/portlist")):
        found[(protocol, port)] = "nfsd"
    return found


def nfsd(portlist: t.Optional[bytes]) -> t.Iterator[t.Tuple[str, int]]:
    """Rows ``tcp 2049`` of nfsd's list of ports (fs/nfsd/nfsctl.c)."""
    for line in (portlist or b"").decode("ascii", "replace").splitlines():
        fields = line.split()
        if len(fields) >= 2 and fields[-1].isdigit() and fields[0] in ("tcp", "udp"):
            yield fields[0], int(fields[-1])


def tunnels(connect: _wire.Connect) -> t.Dict[int, str]:
    """UDP ports that devices of the network namespace hold, with the kind."""
    try:
        return _rtnetlink.tunnel_ports(connect=connect)
    except _wire.NetlinkError:
        return {}  # nothing is confirmed then, and the sockets stay unattributed
