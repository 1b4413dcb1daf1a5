# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ways in without a port, from faked tables and from answers in the layout of the kernel's headers."""

from __future__ import annotations

import errno
import os
import struct

import pytest
from ansible_collections.fleetports.compliance.plugins.module_utils import _socket
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux import _portless_entries
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.netlink import _sk_lookup, _wire
from ansible_collections.fleetports.compliance.tests.unit.factories.netlink import Kernel, message

RAW = """   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
 175: 00000000:0001 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 816 2 0000000017 0
  84: 0100007F:0054 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 817 2 0000000017 0
"""
RAW6 = """  sl  local_address                         remote_address                        st tx_queue rx_queue tr
  120: %s:003A %s:0000 07 00000000:00000000 00:00000000 00000000     0        0 818 2 000000009d 0
""" % ("0" * 32, "0" * 32)
PACKET = """sk               RefCnt Type Proto  Iface R Rmem   User   Inode
0000000089505f90 3      3    0003   0     1 0      0      901
0000000089505f91 3      3    88cc   1     1 0      0      902
0000000089505f92 3      2    0000   0     0 0      0      903
0000000089505f93 3      2    1234   0     1 0      0      904
"""
XDP = struct.pack("=BBHIII", 44, 3, 0, 910, 0, 0) + _wire.pack_attribute(1, struct.pack("=II", 1, 2))
UNBOUND = struct.pack("=BBHIII", 44, 3, 0, 911, 0, 0)
VSOCK = struct.pack("=BBBBIIIIIII", 40, 1, 10, 0, 0xFFFFFFFF, 4444, 0, 0, 920, 0, 0)
CONNECTED = struct.pack("=BBBBIIIIIII", 40, 1, 1, 0, 3, 4444, 2, 1024, 921, 0, 0)
ROWS = {"RAW": 2, "RAWv6": 1, "PACKET": 4, "XDP": 1, "AF_VSOCK": 0}
DEVICE = "lo"
VIRTIO = "bus/virtio/drivers/vmw_vsock_virtio_transport/"


class ByFamily(Kernel):
    """Answers to requests for a family; a number is an errno."""

    def __init__(self, **answers):
        self.answers = answers
        self.asked = []

    def answer(self, request):
        self.asked.append({44: "xdp", 40: "vsock"}[request[16]])
        answer = self.answers.get(self.asked[-1], [])
        return answer if isinstance(answer, int) else b"".join(message(20, body) for body in answer)


@pytest.fixture(name="proc")
def faked(tmp_path, monkeypatch):
    monkeypatch.setattr(_portless_entries._host_facts, "device", lambda index: DEVICE if index == 1 else "if%d" % index)
    monkeypatch.setattr(_sk_lookup, "query", lambda _handle: [])
    (tmp_path / "self" / "ns").mkdir(parents=True)
    (tmp_path / "self" / "ns" / "net").write_text("")

    def make(**tables):
        (tmp_path / "net").mkdir(exist_ok=True)
        for name, text in tables.items():
            (tmp_path / "net" / name).write_text(text)
        return str(tmp_path)

    return make


def everything(proc):
    return proc(raw=RAW, raw6=RAW6, packet=PACKET)


def test_everything(proc):
    kernel = ByFamily(xdp=[XDP, UNBOUND], vsock=[VSOCK, CONNECTED])
    found = _portless_entries.look(everything(proc), ROWS, connect=kernel)
    assert found.gaps == ()
    assert found.paths == (
        ("raw", "IPv4 protocol icmp", 816),
        ("raw", "IPv4 protocol 84", 817),
        ("raw", "IPv6 protocol icmpv6", 818),
        ("packet", "all on every device", 901),
        ("packet", "lldp on lo", 902),
        ("packet", "0x1234 on every device", 904),
        ("xdp", "queue 2 of lo", 910),
        ("xdp", "not bound to a device", 911),
        ("vsock", "port 4444 of cid any", 920),
    )


@pytest.mark.parametrize(
    ("counts", "kinds", "asked"),
    [
        pytest.param({}, set(), [], id="the kernel has none of it"),
        pytest.param({**ROWS, "XDP": 0}, {"raw", "packet"}, ["vsock"], id="vsock is not counted"),
        pytest.param({"RAW": 2}, {"raw"}, [], id="only what is counted is read"),
        pytest.param({"RAW": -1}, {"raw"}, [], id="a count that is none"),
        pytest.param(None, {"raw", "packet"}, ["xdp", "vsock"], id="counts cannot be read: all is asked"),
    ],
)
def test_what_is_asked(proc, counts, kinds, asked):
    kernel = ByFamily()
    found = _portless_entries.look(everything(proc), counts, connect=kernel)
    assert ({path.kind for path in found.paths}, kernel.asked) == (kinds, asked)


@pytest.mark.parametrize(
    ("tables", "answers", "said"),
    [
        pytest.param({}, {}, "raw sockets over IPv4 could not be listed: ", id="no table"),
        pytest.param(
            {"raw": "head\nx y\n"}, {}, "raw sockets over IPv4 could not be listed: a row", id="row of another shape"
        ),
        pytest.param(
            {"packet": "head\na b c zz 1 2 3 4 5\n"}, {}, "packet sockets could not be listed: a row", id="no number"
        ),
        pytest.param({}, {"xdp": errno.ENOENT}, "AF_XDP sockets could not be listed: No such file", id="no xdp_diag"),
        pytest.param({}, {"vsock": errno.EPERM}, "vsock sockets could not be listed: Operation not", id="refused"),
        pytest.param({}, {"vsock": [b"shrt"]}, "vsock sockets could not be listed: a socket of 4 bytes", id="short"),
        pytest.param({}, {"xdp": [b"shrt"]}, "AF_XDP sockets could not be listed: a socket of 4 bytes", id="short xdp"),
    ],
)
def test_what_cannot_be_listed_is_a_gap(proc, tables, answers, said):
    found = _portless_entries.look(proc(**tables), ROWS, connect=ByFamily(**answers))
    assert any(gap.detail.startswith(said) for gap in found.gaps)
    assert {(gap.code, gap.affects) for gap in found.gaps} == {("path-unread", "paths")}


@pytest.mark.parametrize(
    ("devices", "gaps"),
    [
        pytest.param(["class/misc/autofs"], 0, id="nothing to come in by"),
        pytest.param(["class/misc/vsock", VIRTIO + "bind"], 0, id="a driver alone"),
        pytest.param(["class/misc/vsock", VIRTIO + "virtio3"], 1, id="a guest"),
        pytest.param(["class/misc/vhost-vsock"], 1, id="a host of guests"),
        pytest.param(["class/misc/vmci"], 1, id="VMware"),
        pytest.param(["class/misc/x", "bus/vmbus/drivers/hv_sock"], 1, id="Hyper-V"),
        pytest.param([], 1, id="/sys does not show"),
    ],
)
def test_vsock_without_its_diag_is_a_gap_where_anybody_could_come_in(proc, tmp_path, monkeypatch, devices, gaps):
    """The family is loaded by whoever asks for such a socket; systemd does on every machine."""
    monkeypatch.setattr(_portless_entries, "SYS", str(tmp_path / "sys"))
    for device in devices:
        (tmp_path / "sys" / device).mkdir(parents=True)
    found = _portless_entries.look(proc(), {"AF_VSOCK": 0}, connect=ByFamily(vsock=errno.ENOENT))
    assert [gap.detail for gap in found.gaps] == [
        "vsock sockets could not be listed: this kernel has no vsock_diag"
    ] * gaps


@pytest.mark.parametrize(
    ("answer", "paths", "gaps"),
    [
        pytest.param([7, 9], 2, [], id="two programs"),
        pytest.param([], 0, [], id="none"),
        pytest.param(errno.EPERM, 0, [("permission", "paths")], id="no privilege"),
        pytest.param(errno.EINVAL, 0, [], id="an older kernel"),
        pytest.param(errno.ENOSYS, 0, [], id="a kernel without bpf"),
        pytest.param(errno.EBADF, 0, [("path-unread", "paths")], id="something else"),
    ],
)
def test_programs_that_steer_sockets(proc, monkeypatch, answer, paths, gaps):
    def query(_handle):
        if isinstance(answer, int):
            raise OSError(answer, os.strerror(answer))
        return answer

    monkeypatch.setattr(_sk_lookup, "query", query)
    found = _portless_entries.look(proc(), {}, connect=ByFamily())
    assert [path.kind for path in found.paths] == ["sk_lookup"] * paths
    assert [(gap.code, gap.affects) for gap in found.gaps] == gaps


def test_programs_that_cannot_be_asked_for_are_a_gap(proc, monkeypatch):
    monkeypatch.undo()
    monkeypatch.setattr(_sk_lookup, "CALLS", {})
    found = _portless_entries.look(proc(), {}, connect=ByFamily())
    (gap,) = found.gaps
    assert gap.detail.startswith("BPF programs that steer sockets could not be listed: ")
    assert "the number of bpf(2) is not known for" in gap.detail


def test_a_namespace_that_cannot_be_opened_is_a_gap(tmp_path):
    (gap,) = _portless_entries.look(str(tmp_path), {}, connect=ByFamily()).gaps
    assert (gap.code, gap.affects) == ("path-unread", "paths")


def test_what_is_alike_is_one_record():
    one, other = _socket.Owner(pid=1, name="a"), _socket.Owner(pid=2, name="b")
    owners = {5: (one,), 6: (one,), 7: (other,), 8: (one,)}
    raw = [_portless_entries.RawPath("packet", "all", inode) for inode in (5, 6, 7)]
    raw += [_portless_entries.RawPath("packet", "arp", 8), _portless_entries.RawPath("sk_lookup", "program 3")]
    found = _portless_entries.described(raw, namespace=9, owned=lambda inode: owners[inode])
    assert found == [
        _socket.AlternatePath("packet", "all", 2, 9, (one,)),
        _socket.AlternatePath("packet", "all", 1, 9, (other,)),
        _socket.AlternatePath("packet", "arp", 1, 9, (one,)),
        _socket.AlternatePath("sk_lookup", "program 3", 1, 9, ()),
    ]
    assert [_socket.path_from_dict(_socket.to_dict(path)) for path in found] == found
