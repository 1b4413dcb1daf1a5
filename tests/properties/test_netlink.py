# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers of a kernel that are damaged: an error of the domain, or records that can be. Never anything else."""

from __future__ import annotations

import contextlib
import ipaddress
import json
import pathlib
import sys
import typing as t

import pytest
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _host_files, _snapshot
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux import (
    _collector,
    _local_delivery,
    _sources,
)
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.netlink import (
    _generic_netlink,
    _rtnetlink,
    _sock_diag,
    _wire,
)
from hypothesis import given
from hypothesis import strategies as st

# The module beside this file, in every import mode of pytest.
sys.path.insert(0, str(pathlib.Path(__file__).parent))

from mutations import RECORDED, SOCKETS, Kernel, mutated


def possible(raw: _sock_diag.RawSocket) -> bool:
    ipaddress.ip_address(raw.address)
    return 0 <= raw.port <= 65535 and raw.inode >= 0 and raw.uid >= 0 and raw.state in _sock_diag.STATES.values()


@given(answer=mutated(SOCKETS), family=st.sampled_from(["ipv4", "ipv6"]))
def test_sockets(answer: bytes, family: str) -> None:
    with contextlib.suppress(_wire.NetlinkError):
        found = _sock_diag.dump("tcp", 6, family, state=_sock_diag.LISTEN, connect=Kernel(answer))
        assert all(possible(raw) for raw in found)


@given(cut=st.integers(0, 100_000), name=st.sampled_from(sorted(SOCKETS)))
def test_a_dump_that_breaks_off_is_never_a_shorter_list(cut: int, name: str) -> None:
    whole = SOCKETS[name]
    with pytest.raises(_wire.NetlinkError):
        # The last message says that the dump is done: without all of it there is no list.
        _sock_diag.dump("tcp", 6, "ipv4", state=_sock_diag.LISTEN, connect=Kernel(whole[: cut % max(len(whole), 1)]))


@given(answer=mutated(RECORDED))
def test_addresses_and_links(answer: bytes) -> None:
    with contextlib.suppress(_wire.NetlinkError):
        for address in _rtnetlink.addresses(connect=Kernel(answer)):
            ipaddress.ip_address(address.address)
    with contextlib.suppress(_wire.NetlinkError):
        ports = _rtnetlink.tunnel_ports(connect=Kernel(answer))
        assert all(0 <= port <= 65535 for port in ports)


@given(answer=mutated(RECORDED))
def test_what_is_local(answer: bytes) -> None:
    """It is JSON that the judge can read, or a gap that makes wildcards public."""
    own = [{"address": "10.7.0.1", "device": "e0"}]
    found, gaps = _local_delivery.delivery(7, own, proc="/nowhere", connect=Kernel(answer))
    assert [gap.affects for gap in gaps] in ([], ["addresses"])
    for one in json.loads(json.dumps(found))["networks"]:
        network = ipaddress.ip_network(one["network"])
        assert not network.is_loopback
        assert not network.is_multicast


@given(payload=st.binary(max_size=120))
def test_parts_of_what_is_local(payload: bytes) -> None:
    for parse in (_rtnetlink.parse_route, _rtnetlink.parse_rule, _rtnetlink.parse_device):
        with contextlib.suppress(_wire.NetlinkError):
            parse(payload)


@given(payload=st.binary(max_size=200))
def test_generic_families(payload: bytes) -> None:
    message = _wire._HEADER.pack(16 + len(payload), 0x10, 2, 1, 0) + payload + b"\0" * (-len(payload) % 4)
    done = _wire._HEADER.pack(20, _wire.DONE, 2, 1, 0) + bytes(4)
    for wanted in (b"wireguard", b""):
        with contextlib.suppress(_wire.NetlinkError):
            _generic_netlink.family(wanted, Kernel(message + done))


@given(answer=mutated(RECORDED))
def test_a_whole_collection(tmp_path_factory: pytest.TempPathFactory, answer: bytes) -> None:
    """What could not be read is a gap of its protocol and family, and everything still is JSON."""
    roots = _roots(tmp_path_factory)
    kernel = Kernel(answer)
    result = _collector.collect(_snapshot.Options(owners="none"), roots=roots, connect=kernel).to_result()
    json.dumps(result, allow_nan=False).encode()
    gaps = {(gap["protocol"], gap["family"]) for gap in result["collector"]["gaps"] if gap["affects"] == "listeners"}
    for protocol in _sources.PROTOCOLS[:2]:
        for family in _sources.FAMILIES:
            assert ((protocol.name, family) in gaps) == _broken(protocol, family, kernel)


def _broken(protocol: _sources.Protocol, family: str, kernel: Kernel) -> bool:
    try:
        _sock_diag.dump(protocol.name, protocol.number, family, state=protocol.state, connect=kernel)
    except _wire.NetlinkError:
        return True
    return False


def _roots(factory: pytest.TempPathFactory) -> _host_files.Roots:
    """A host without the tables to fall back on."""
    proc = factory.getbasetemp() / "empty"
    (proc / "net").mkdir(parents=True, exist_ok=True)
    (proc / "net" / "protocols").write_text("protocol\nTCP\nTCPv6\nUDP\nUDPv6\n")
    return t.cast("_host_files.Roots", _host_files.Roots(str(proc), str(proc)))
