# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows that add up to listeners."""

from __future__ import annotations

import pytest
from ansible_collections.fleetports.compliance.plugins.module_utils import _socket
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.commands import _listing
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux import _host_facts

SSH = _listing.Row("tcp", "ipv4", "0.0.0.0", 22, pid=7, handle="a")
SSHD = _socket.Owner(pid=7, name="sshd", unit="ssh", container="jail")
OTHER = _socket.Owner(pid=8, name="other", unit="more")
LAUNCHD = _socket.Owner(pid=1, name="launchd")
EVERYBODY = {1: (LAUNCHD,), 7: (SSHD,), 8: (OTHER,)}


def one(*rows, all_seen=True, denied=False, wanted=True, activates=False):
    people = _listing.OwnerTable(EVERYBODY, all_seen=all_seen, denied=denied, wanted=wanted, activates=activates)
    (listener,) = _listing.listeners(rows, people, ephemeral=_host_facts.Ephemeral(49152, 65535, ()))
    return listener


def test_rows_of_one_socket_are_one_listener():
    found = one(SSH, SSH._replace(pid=8))
    assert (found.sockets, [owner.pid for owner in found.owners]) == (1, [8, 7])
    assert (found.unit, found.unit_source, found.unit_conflict) == ("more", "process", "ssh")
    assert (found.state, found.container, found.ephemeral) == ("listen", "jail", False)


def test_two_sockets_on_a_port():
    assert one(SSH, SSH._replace(handle="b")).sockets == 2
    assert one(SSH._replace(handle=None)).sockets == 1


def test_ephemeral():
    assert one(SSH._replace(protocol="udp", port=50000)).ephemeral is True


def test_what_activates_is_no_owner_beside_another():
    assert [owner.pid for owner in one(SSH, SSH._replace(pid=1), activates=True).owners] == [7]
    assert [owner.pid for owner in one(SSH, SSH._replace(pid=1)).owners] == [1, 7]


def test_what_activates_and_waits_says_nothing_of_the_service():
    assert one(SSH._replace(pid=1), activates=True).owners == (_socket.Owner(pid=1),)
    assert one(SSH._replace(pid=1)).owners == (LAUNCHD,)


@pytest.mark.parametrize(
    ("pid", "options", "expected"),
    [
        pytest.param(7, {}, ("known", True), id="known"),
        pytest.param(7, {"all_seen": False}, ("known", False), id="others may hold it"),
        pytest.param(9, {}, ("gone", False), id="ended meanwhile"),
        pytest.param(None, {}, ("unattributed", False), id="nobody"),
        pytest.param(None, {"denied": True}, ("denied", False), id="nobody that may be seen"),
        pytest.param(7, {"wanted": False}, ("not_collected", False), id="not asked for"),
    ],
)
def test_status(pid, options, expected):
    found = one(SSH._replace(pid=pid), **options)
    assert (found.owner_status, found.owners_complete) == expected
    assert bool(found.owners) == (expected[0] == "known")


@pytest.mark.parametrize(
    ("family", "address", "said", "expected"),
    [
        ("ipv4", "0.0.0.0", [None], False),
        ("ipv6", "::1", [True], False),
        ("ipv6", "::", [None], None),
        ("ipv6", "::", [False], False),
        ("ipv6", "::", [False, None], None),
        ("ipv6", "::", [False, True], True),
    ],
)
def test_dual_stack(family, address, said, expected):
    rows = [SSH._replace(family=family, address=address, dual_stack=value) for value in said]
    assert one(*rows).dual_stack is expected


def test_links_are_told_apart():
    rows = [SSH._replace(family="ipv6", address="fe80::1", scope=scope) for scope in (7, 5)]
    found = _listing.listeners(rows, _listing.OwnerTable({}), ephemeral=None)
    assert [listener.scope_id for listener in found] == [5, 7]


@pytest.mark.parametrize(
    "text", ["", "22", "*:", "*:ssh", "*:-1", "*:65536", "*:\u0662\u0662", "x:22", "1.2.3:22", "1.2.3.4.5:22"]
)
def test_no_endpoint(text):
    with pytest.raises(ValueError, match=r"is not a port|has no port|is not an ipv4 address"):
        _listing.endpoint(text, family="ipv4")


def test_bound_to_nothing():
    assert _listing.endpoint("*:*", family="ipv4") is None


def test_a_device_by_name():
    assert _listing.endpoint("fe80::1%lo:22", family="ipv6").scope == 1
