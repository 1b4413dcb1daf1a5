# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers that run in the kernel, and the ports that the kernel tells of them.

NFS, its lock manager and callbacks, SMB (ksmbd), iSCSI targets, RDMA over Converged Ethernet. A port counts only where
a file of the kernel names it: a socket without a process may be anybody's.
"""

from __future__ import annotations

import os
import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils import _socket
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _host_files
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.procfs import _kernel_threads

_ISCSI = "/sys/kernel/config/target/iscsi"
_RDMA = "/sys/class/infiniband"
_KSMBD = "/sys/class/ksmbd-control"
_CALLBACK = "/sys/module/nfs/parameters/callback_tcpport"
ROCE_PORT = 4791  # include/rdma/ib_verbs.h
# What helps where a server does not tell its port.
_UNFIXED = {
    "lockd": "set fs.nfs.nlm_tcpport and fs.nfs.nlm_udpport to the ports that it has to use",
    "NFS callback": "set the parameter callback_tcpport of the module nfs",
    "ksmbd": "no setting makes it tell its port",
}

Ports = t.Dict[t.Tuple[str, int], str]


class KernelServices(t.NamedTuple):
    """``ports``: what holds a port, by protocol and port.

    ``unfixed``: servers that run, on ports that no file names.
    """

    ports: Ports
    unfixed: t.Tuple[str, ...] = ()

    @property
    def gaps(self) -> t.List[_socket.Gap]:
        """A listener without a process may be one of these servers, which an administrator recognises by its name."""
        detail = "%s runs in the kernel and may hold a listener for which no owner was found: %s"
        return [_socket.Gap("kernel-unconfirmed", "owners", detail % (name, _UNFIXED[name])) for name in self.unfixed]


def look(roots: _host_files.Roots) -> KernelServices:
    """Ask every file there is. A server that does not run has none of them."""
    ports: Ports = {}
    for protocol, port in nfsd(_host_files.read(roots.proc + "/fs/nfsd/portlist")):
        ports[(protocol, port)] = "nfsd"
    for port in _iscsi(roots.path(_ISCSI)):
        ports[("tcp", port)] = "iSCSI target"
    if any(os.path.exists("%s/parent" % device) for device in _entries(roots.path(_RDMA))):
        ports[("udp", ROCE_PORT)] = "RoCE"
    threaded = _threaded(roots)
    ports.update(threaded.ports)
    return KernelServices(ports, threaded.unfixed)


def nfsd(portlist: t.Optional[bytes]) -> t.Iterator[t.Tuple[str, int]]:
    """Rows ``tcp 2049`` of nfsd's list of ports (fs/nfsd/nfsctl.c)."""
    for line in (portlist or b"").decode("ascii", "replace").splitlines():
        fields = line.split()
        if len(fields) >= 2 and fields[-1].isdigit() and fields[0] in ("tcp", "udp"):
            yield fields[0], int(fields[-1])


def _threaded(roots: _host_files.Roots) -> KernelServices:
    """Servers whose files only tell which port was asked for: they count where their thread runs."""
    wanted = [
        ("lockd", "tcp", _number(roots.proc + "/sys/fs/nfs/nlm_tcpport"), ("lockd",)),
        ("lockd", "udp", _number(roots.proc + "/sys/fs/nfs/nlm_udpport"), ("lockd",)),
        ("NFS callback", "tcp", _number(roots.path(_CALLBACK)), ("NFSv4 callback", "nfsv4.0-svc")),
        ("ksmbd", "tcp", 0 if os.path.isdir(roots.path(_KSMBD)) else None, ("ksmbd-",)),
    ]
    wanted = [one for one in wanted if one[2] is not None]
    running = _kernel_threads.names(roots.proc) if wanted else frozenset()
    ports: Ports = {}
    unfixed = []
    for kind, protocol, port, threads in wanted:
        if not any(name.startswith(threads) for name in running):
            continue
        if port:
            ports[(protocol, port)] = kind
        else:
            unfixed.append(kind)
    return KernelServices(ports, tuple(sorted(set(unfixed))))


def _iscsi(folder: str) -> t.Iterator[int]:
    """Portals of all targets: ``<name>/tpgt_1/np/0.0.0.0:3260`` (drivers/target/iscsi/iscsi_target_configfs.c)."""
    for target in _entries(folder):
        for group in _entries(target):
            for portal in _entries(group + "/np"):
                port = portal.rpartition(":")[2]
                if port.isdigit():
                    yield int(port)


def _entries(folder: str) -> t.List[str]:
    try:
        return ["%s/%s" % (folder, name) for name in sorted(os.listdir(folder))]
    except OSError:
        return []


def _number(path: str) -> t.Optional[int]:
    """The number in a file, 0 where the server takes any port; None where there is no such file."""
    text = (_host_files.read(path) or b"").strip()
    return int(text) if text.isdigit() and len(text) <= 5 else None
