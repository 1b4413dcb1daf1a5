# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A network namespace seen from inside, and how that comes back from a child. Entering is in tests/scenes."""

from __future__ import annotations

import errno
import os
import socket

import pytest
from ansible_collections.fleetports.compliance.plugins.module_utils import _socket
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux import (
    _host_facts,
    _portless_entries,
    _sources,
)
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux._namespace_view import NamespaceView
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.namespaces import _visit
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.netlink import _sock_diag
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.packet_filter import _nat

OWN = os.stat("/proc/self/ns/net").st_ino if os.path.exists("/proc/self/ns/net") else 0
DOOR = "/proc/self/ns/net"

RAW = _sock_diag.RawSocket("udp", "ipv6", "::", 4789, "unconnected", 0, 77, 3, False, None, 42)
WHOLE = NamespaceView(
    9,
    _sources.Dump((RAW,), frozenset([77]), (), frozenset(["sock_diag"])),
    paths=(
        _portless_entries.RawPath("raw", "IPv4 protocol icmp", 78),
        _portless_entries.RulePath("dnat", "tcp to 10.0.0.1", protocols=("tcp",), ports=("1-2000",)),
    ),
    published=(_nat.Published("tcp", "ipv4", "0.0.0.0", 80, None, ("10.0.0.2:80",), "nftables"),),
    addresses=[{"address": "10.0.0.1", "prefix_length": 8, "device": "eth0", "namespace": 9}],
    devices={3: "eth0"},
    ephemeral=_host_facts.Ephemeral(32768, 60999, ("40000", "41000-41009")),
    kernel={("udp", 4789): "vxlan"},
)
GAP = _socket.Gap("dump-refused", "listeners", "sock_diag: refused", "tcp", "ipv4")


@pytest.fixture(name="enter")
def entering(monkeypatch):
    """Entering, with what the kernel says to it."""

    def answer(error=None):
        def set_namespace(_handle):
            if error is not None:
                raise OSError(error, os.strerror(error))

        monkeypatch.setattr(_visit, "set_namespace", set_namespace)

    return answer


def sent(inside):
    """A view as the parent has it."""
    return _visit.visit({OWN: [DOOR]}, proc="/proc", look=lambda _number, _proc: inside).seen[OWN]


@pytest.mark.parametrize(
    "inside",
    [WHOLE, NamespaceView(9, _sources.Dump((), frozenset(), (), frozenset()))],
    ids=["everything", "nothing"],
)
def test_what_comes_back_is_what_was_seen(enter, inside):
    enter()
    assert repr(sent(inside)) == repr(inside)


def test_a_gap_says_which_namespace_it_is_of(enter):
    enter()
    inside = NamespaceView(OWN, _sources.Dump((), frozenset(), (GAP,), frozenset()), gaps=(GAP,))
    told = _socket.Gap("dump-refused", "listeners", "network namespace %d: sock_diag: refused" % OWN, "tcp", "ipv4")
    seen = sent(inside)
    assert (seen.dump.gaps, seen.gaps) == ((told,), (told,))


def test_a_second_look_sees_the_same_sockets(enter):
    enter()
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        dumps = [
            _visit.visit({OWN: [DOOR]}, proc="/proc", look=look).seen[OWN].dump
            for look in (_visit.everything, _visit.sockets)
        ]
        inode = os.fstat(server.fileno()).st_ino
    assert all(inode in {raw.inode for raw in dump.sockets} for dump in dumps)
    assert dumps[0].gaps == dumps[1].gaps


def test_a_listener_inside_is_seen(enter):
    enter()
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        visit = _visit.visit({OWN: [DOOR]}, proc="/proc")
    assert server is not None
    assert visit.missed == {}
    assert {raw.protocol for raw in visit.seen[OWN].dump.sockets} >= {"tcp"}
    assert visit.seen[OWN].addresses
    assert visit.seen[OWN].ephemeral is not None


@pytest.mark.parametrize(
    ("error", "doors", "missed", "gaps"),
    [
        pytest.param(errno.EPERM, {OWN: [DOOR]}, {"refused": 1}, [("permission", "listeners")], id="refused"),
        pytest.param(None, {OWN: ["/proc/0/ns/net"]}, {"ended": 1}, [], id="its process has ended"),
        pytest.param(None, {1: [DOOR]}, {"ended": 1}, [], id="another process has the pid"),
        pytest.param(None, {OWN: ["/proc/0/ns/net", DOOR]}, {}, [], id="another door leads there"),
        pytest.param(None, {}, {}, [], id="there is none"),
    ],
)
def test_a_namespace_that_is_not_seen(enter, error, doors, missed, gaps):
    enter(error)
    visit = _visit.visit(doors, proc="/proc")
    assert visit.missed == missed
    assert [(gap.code, gap.affects) for gap in visit.gaps] == gaps
