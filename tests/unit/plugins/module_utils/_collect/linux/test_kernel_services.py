# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers in the kernel: a port counts where a file of the kernel names it, and a thread where it is the kernel's."""

from __future__ import annotations

import pytest
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _host_files
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux import _kernel_services

KERNEL_STAT = "%d (x) S 0 0 0 0 -1 2129984 0 0\n"  # PF_KTHREAD among its flags
PROCESS_STAT = "%d (x) S 0 0 0 0 -1 4194560 0 0\n"
LOCKD = "lockd runs in the kernel and may hold a listener for which no owner was found"
PORTLIST, TCP, UDP = "proc/fs/nfsd/portlist", "proc/sys/fs/nfs/nlm_tcpport", "proc/sys/fs/nfs/nlm_udpport"
CALLBACK = "sys/module/nfs/parameters/callback_tcpport"
PORTAL = "sys/kernel/config/target/iscsi/iqn.x/tpgt_1/np/%s/iser"


def machine(tmp_path, files, threads=(), *, kthreadd=KERNEL_STAT):
    """A host with these files, and these kernel threads."""
    parent = tmp_path / "proc" / "2"
    (parent / "task" / "2").mkdir(parents=True)
    (parent / "stat").write_text(kthreadd % 2)
    (parent / "task" / "2" / "children").write_text(" ".join(str(50 + number) for number in range(len(threads))))
    for number, name in enumerate(threads):
        (tmp_path / "proc" / str(50 + number)).mkdir()
        (tmp_path / "proc" / str(50 + number) / "comm").write_text(name + "\n")
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    return _kernel_services.look(_host_files.Roots(str(tmp_path / "proc"), str(tmp_path)))


@pytest.mark.parametrize(
    ("files", "threads", "ports", "unfixed"),
    [
        pytest.param({}, ["kworker/0:0", "lockd"], {}, (), id="nothing"),
        pytest.param(
            {PORTLIST: "tcp 2049\nudp 2049\n"}, [], {("tcp", 2049): "nfsd", ("udp", 2049): "nfsd"}, (), id="nfsd"
        ),
        pytest.param({PORTLIST: "rdma 20049\nnonsense\n"}, [], {}, (), id="other rows of nfsd"),
        pytest.param(
            {TCP: "4001\n", UDP: "4002\n"},
            ["lockd"],
            {("tcp", 4001): "lockd", ("udp", 4002): "lockd"},
            (),
            id="lockd on ports that were set",
        ),
        pytest.param({TCP: "0\n", UDP: "0\n"}, ["lockd"], {}, ("lockd",), id="lockd on any ports"),
        pytest.param(
            {TCP: "4001\n", UDP: "0\n"}, ["lockd"], {("tcp", 4001): "lockd"}, ("lockd",), id="lockd on one that was set"
        ),
        pytest.param({TCP: "4001\n", UDP: "4001\n"}, ["kworker/0:0"], {}, (), id="lockd that does not run"),
        pytest.param({TCP: "x\n"}, ["lockd"], {}, (), id="no number"),
        pytest.param(
            {CALLBACK: "5000\n"}, ["NFSv4 callback"], {("tcp", 5000): "NFS callback"}, (), id="NFS 4.0 callback"
        ),
        pytest.param({CALLBACK: "0\n"}, ["nfsv4.0-svc"], {}, ("NFS callback",), id="NFS 4.0 callback on any port"),
        pytest.param({"sys/class/ksmbd-control/x": ""}, ["ksmbd-eth0"], {}, ("ksmbd",), id="ksmbd"),
        pytest.param({"sys/class/ksmbd-control/x": ""}, [], {}, (), id="ksmbd that does not run"),
        pytest.param({PORTAL % "0.0.0.0:3260": "0"}, [], {("tcp", 3260): "iSCSI target"}, (), id="iSCSI"),
        pytest.param({PORTAL % "[::0]:860": "0"}, [], {("tcp", 860): "iSCSI target"}, (), id="iSCSI over IPv6"),
        pytest.param({"sys/class/infiniband/rxe0/parent": "eth0"}, [], {("udp", 4791): "RoCE"}, (), id="RoCE"),
        pytest.param({"sys/class/infiniband/mlx5_0/node_guid": "0"}, [], {}, (), id="RDMA without a socket"),
    ],
)
def test_servers(tmp_path, files, threads, ports, unfixed):
    found = machine(tmp_path, files, threads)
    assert (found.ports, found.unfixed) == (ports, unfixed)


def test_a_process_that_calls_itself_lockd_is_none(tmp_path):
    """In a pid namespace anybody may be process 2, with children of any name."""
    found = machine(tmp_path, {TCP: "4001\n", UDP: "0\n"}, ["lockd"], kthreadd=PROCESS_STAT)
    assert found == _kernel_services.KernelServices({}, ())


def test_what_does_not_tell_its_port_is_named_with_what_helps(tmp_path):
    (gap,) = machine(tmp_path, {TCP: "0\n", UDP: "0\n"}, ["lockd"]).gaps
    assert (gap.code, gap.affects) == ("kernel-unconfirmed", "owners")
    assert gap.detail == LOCKD + ": set fs.nfs.nlm_tcpport and fs.nfs.nlm_udpport to the ports that it has to use"
