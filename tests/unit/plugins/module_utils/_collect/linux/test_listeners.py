# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sockets, holders and units put together: every word of ``owner_status``, and who counts as an owner."""

from __future__ import annotations

import pytest
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux import _host_facts, _listeners
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.netlink import _sock_diag
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.owners import _holders
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.procfs import _users
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.systemd import _cgroup, _socket_units
from ansible_collections.fleetports.compliance.plugins.module_utils._socket import Owner

SSHD = Owner(pid=7, name="sshd", exe="/usr/sbin/sshd", unit="ssh.service")
SYSTEMD = Owner(pid=1, name="systemd", exe="/usr/lib/systemd/systemd", unit="init.scope")


WAITS = _holders.Waiting(9, "connections")


def raw(**fields):
    values = {"protocol": "tcp", "family": "ipv4", "address": "0.0.0.0", "port": 22, "state": "listen", "uid": 0}
    values.update({"inode": 100, "interface": 0, "transparent": False, "cgroup_id": 1})
    values.update(fields)
    return _sock_diag.RawSocket(**values)


def context(pids=None, **fields):
    """What was found out; ``pids``: holders of inode 100. Without them and ``holders`` owners were not asked for."""
    host = {"places": {}, "users": _users.Users({0: "root"})}
    own = {"namespace": 5, "mptcp": frozenset(), "devices": {3: "eth0"}}
    own["ephemeral"] = _host_facts.Ephemeral(32768, 60999, ())
    known = {"owners": {7: SSHD, 1: SYSTEMD}}
    if pids is not None:
        known["holders"] = _holders.Holders({100: frozenset(pids)})
    for name, value in fields.items():
        parts = (host, _listeners.HostContext), (known, _listeners.Ownership), (own, _listeners.ListenerContext)
        next(part for part, kind in parts if name in kind._fields)[name] = value
    ownership = _listeners.Ownership(**known) if "holders" in known else None
    return _listeners.ListenerContext(_listeners.HostContext(**host), ownership=ownership, **own)


def build(item=None, **fields):
    (group,) = _listeners.group([item or raw()])
    return _listeners.build(group, context(**fields))


def holders(pids=(), **fields):
    return _holders.Holders({100: frozenset(pids)}, **fields)


@pytest.mark.parametrize(
    ("fields", "status", "complete"),
    [
        pytest.param({}, "not_collected", False, id="not asked for"),
        pytest.param({"pids": {7}}, "known", True, id="known"),
        pytest.param({"holders": holders({7}, denied=frozenset({9}))}, "known", False, id="known, others not readable"),
        pytest.param({"holders": holders({7}, hidden=True)}, "known", False, id="known, others hidden"),
        pytest.param({"holders": holders({7}, stopped="budget")}, "known", False, id="known, search ended"),
        pytest.param({"holders": holders({7}, moving=frozenset({9}))}, "known", False, id="known, another moves"),
        pytest.param({"holders": holders({7}, fleeting=True)}, "known", False, id="known, others are born and end"),
        pytest.param({"holders": holders({7}, waiting=(WAITS,))}, "known", False, id="known, somebody waits for it"),
        pytest.param(
            {"holders": holders({7}, waiting=(WAITS._replace(kind="datagrams"),))},
            "known",
            True,
            id="known, somebody waits for others",
        ),
        pytest.param({"holders": holders(moving=frozenset({9}))}, "unfinished", False, id="something moves"),
        pytest.param({"holders": holders(fleeting=True)}, "unfinished", False, id="others are born and end"),
        pytest.param({"pids": {7, 8}}, "known", False, id="known, another ended before it was read"),
        pytest.param({"pids": {8}}, "gone", False, id="its process ended"),
        pytest.param({"pids": set()}, "unattributed", False, id="nobody"),
        pytest.param({"pids": set(), "whole_host": False}, "other_namespace", False, id="in a pid namespace"),
        pytest.param({"holders": holders(denied=frozenset({9}))}, "denied", False, id="not readable"),
        pytest.param({"holders": holders(hidden=True)}, "denied", False, id="hidden"),
        pytest.param({"holders": holders(stopped="wall-limit")}, "unfinished", False, id="time was up"),
        pytest.param({"holders": holders(stopped="first")}, "unfinished", False, id="not among the first"),
        pytest.param({"pids": set(), "kernel": {("tcp", 22): "nfsd"}}, "kernel", True, id="the kernel"),
        pytest.param({"pids": set(), "kernel": {("udp", 22): "vxlan"}}, "unattributed", False, id="another protocol's"),
        pytest.param(
            {"pids": {7}, "kernel": {("tcp", 22): "nfsd"}}, "known", True, id="a process on the kernel's port"
        ),
    ],
)
def test_owner_status(fields, status, complete):
    listener = build(**fields)
    assert (listener.owner_status, listener.owners_complete) == (status, complete)
    assert bool(listener.owners) == (status == "known")


@pytest.mark.parametrize(
    ("pids", "systemd", "owners"),
    [
        pytest.param({1, 7}, True, [7], id="the activator is no owner"),
        pytest.param({1, 7}, False, [1, 7], id="pid 1 that is not systemd is one"),
        pytest.param({1}, True, [1], id="systemd alone, unit unknown"),
    ],
)
def test_systemd_beside_another_holder(pids, systemd, owners):
    listener = build(pids=pids, systemd=systemd)
    assert sorted(owner.pid for owner in listener.owners) == owners
    assert listener.owners_complete


def test_socket_waits_for_its_service():
    """Before the first connection: the service stands for the owner, and the unit is its."""
    (group,) = _listeners.group([raw()])
    service = Owner(name="sshd", exe="/usr/sbin/sshd", exe_on_host=True, uid=0, user="root", unit="ssh.service")
    activation = _socket_units.Activation("ssh.socket", "ssh.service", "/usr/sbin/sshd", "root", False)
    told = {"activations": {group.key: activation}, "stand_ins": {group.key: service}}
    before = build(pids={1}, systemd=True, **told)
    after = build(pids={1, 7}, systemd=True, activations=told["activations"])
    assert before.owners == (service,)
    assert after.owners == (SSHD,)
    for listener in (before, after):
        assert (listener.unit, listener.unit_source, listener.socket_unit) == (
            "ssh.service",
            "socket_unit",
            "ssh.socket",
        )
        assert listener.unit_conflict is None
        assert (listener.owner_status, listener.owners_complete) == ("known", True)


def test_thief_of_a_waiting_socket_is_the_owner():
    thief = Owner(pid=9, name="sshd", exe="/home/x/sshd", unit="session-3.scope")
    (group,) = _listeners.group([raw()])
    activation = _socket_units.Activation("ssh.socket", "ssh.service", "/usr/sbin/sshd", "root", False)
    listener = build(pids={1, 9}, systemd=True, owners={1: SYSTEMD, 9: thief}, activations={group.key: activation})
    assert listener.owners == (thief,)
    assert listener.unit_conflict == "session-3.scope"


@pytest.mark.parametrize(
    ("place", "owner_unit", "expected"),
    [
        pytest.param("ssh.service", "ssh.service", ("ssh.service", "socket", None), id="both agree"),
        pytest.param(None, "ssh.service", ("ssh.service", "process", None), id="owner alone"),
        pytest.param("ssh.service", None, ("ssh.service", "socket", None), id="socket alone"),
        pytest.param("a.service", "b.service", ("a.service", "socket", "b.service"), id="they disagree"),
        pytest.param(None, None, (None, None, None), id="neither"),
        pytest.param("init.scope", None, (None, None, None), id="systemd made it, for whom is not known"),
        pytest.param("init.scope", "b.service", ("b.service", "process", None), id="systemd made it for another"),
    ],
)
def test_unit(place, owner_unit, expected):
    places = {42: _cgroup.CgroupPlace(unit=place)} if place is not None else {}
    owners = {7: Owner(pid=7, unit=owner_unit)}
    listener = build(raw(cgroup_id=42), pids={7}, places=places, owners=owners)
    assert (listener.unit, listener.unit_source, listener.unit_conflict) == expected


def test_unit_without_owners():
    """Even unprivileged: the socket's own cgroup tells."""
    listener = build(raw(cgroup_id=42), places={42: _cgroup.CgroupPlace("nginx.service", "c1")})
    assert (listener.unit, listener.unit_source, listener.container) == ("nginx.service", "socket", "c1")
    assert listener.container_source == "socket"


@pytest.mark.parametrize(
    ("place", "containers", "expected"),
    [
        pytest.param("c1", ["c1", "c1"], ("c1", "docker", "socket"), id="all agree"),
        pytest.param("c1", ["c2"], ("c1", "docker", "socket"), id="the socket was made elsewhere"),
        pytest.param("c1", [None], ("c1", "docker", "socket"), id="an owner is in none"),
        pytest.param(None, ["c1", "c1"], ("c1", "docker", "process"), id="every owner is in it"),
        pytest.param(None, ["c1", None], (None, None, None), id="an owner is in none, and the socket tells nothing"),
        pytest.param(None, ["c1", "c2"], (None, None, None), id="two containers"),
        pytest.param(None, [None], (None, None, None), id="none"),
    ],
)
def test_container(place, containers, expected):
    places = {42: _cgroup.CgroupPlace(container=place, engine="docker")} if place is not None else {}
    owners = {
        pid: Owner(pid=pid, container=one, engine=one and "docker", cgroup="read")
        for pid, one in enumerate(containers, 7)
    }
    listener = build(raw(cgroup_id=42), pids=set(owners), places=places, owners=owners)
    assert (listener.container, listener.engine, listener.container_source) == expected


def test_owners_of_several_units_conflict():
    owners = {7: Owner(pid=7, unit="a.service"), 8: Owner(pid=8, unit="b.service")}
    listener = build(pids={7, 8}, owners=owners)
    assert (listener.unit, listener.unit_conflict) == ("a.service", "b.service")


def test_instance_does_not_conflict_with_its_template():
    (group,) = _listeners.group([raw()])
    activation = _socket_units.Activation("ssh.socket", "ssh@.service", "/usr/sbin/sshd", "root", True)
    owners = {7: Owner(pid=7, unit="ssh@3-10.0.0.1.service")}
    listener = build(pids={7}, owners=owners, activations={group.key: activation})
    assert (listener.unit, listener.unit_conflict) == ("ssh@.service", None)


def test_socket_unit_without_a_file():
    listener = build(raw(cgroup_id=42), places={42: _cgroup.CgroupPlace("gone.socket")})
    assert (listener.socket_unit, listener.unit) == ("gone.socket", None)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        pytest.param({"family": "ipv4"}, False, id="IPv4"),
        pytest.param({"family": "ipv6", "address": "::", "v6only": False}, True, id="dual stack"),
        pytest.param({"family": "ipv6", "address": "::", "v6only": True}, False, id="IPv6 alone"),
        pytest.param({"family": "ipv6", "address": "::1", "v6only": False}, False, id="one IPv6 address"),
        pytest.param({"family": "ipv6", "address": "::", "v6only": None}, None, id="not told"),
        pytest.param({"family": "ipv6", "address": "::ffff:0.0.0.0", "v6only": False}, False, id="mapped"),
    ],
)
def test_dual_stack(fields, expected):
    assert build(raw(**fields)).dual_stack is expected


@pytest.mark.parametrize(
    ("fields", "device", "scope"),
    [
        pytest.param({"interface": 0}, None, None, id="no device"),
        pytest.param({"interface": None}, None, None, id="not told"),
        pytest.param({"interface": 3}, "eth0", None, id="bound to a device"),
        pytest.param({"interface": 3, "family": "ipv6", "address": "fe80::1"}, "eth0", 3, id="link-local"),
        pytest.param({"interface": 3, "family": "ipv6", "address": "ff02::fb"}, "eth0", 3, id="link-local multicast"),
        pytest.param({"interface": 3, "family": "ipv6", "address": "fec0::1"}, "eth0", None, id="not link-local"),
    ],
)
def test_device_and_scope(fields, device, scope):
    listener = build(raw(**fields))
    assert (listener.device, listener.scope_id) == (device, scope)


def test_siblings_are_one_listener():
    groups = _listeners.group([raw(inode=2, uid=5), raw(inode=1, uid=5), raw(port=23, inode=3)])
    assert [group.inodes for group in groups] == [(1, 2), (3,)]
    listener = _listeners.build(groups[0], context(holders=_holders.Holders({1: frozenset({7}), 2: frozenset()})))
    assert (listener.sockets, listener.inodes, listener.uid) == (2, (1, 2), 5)
    assert (listener.owner_status, listener.owners_complete) == ("known", False)


def test_siblings_of_several_users():
    (group,) = _listeners.group([raw(inode=1, uid=5), raw(inode=2, uid=6)])
    assert _listeners.build(group, context()).uid is None


def test_other_device_or_address_is_another_listener():
    raws = [
        raw(),
        raw(interface=3, inode=2),
        raw(address="10.0.0.1", inode=3),
        raw(family="ipv6", address="::", inode=4),
    ]
    assert len(_listeners.group(raws)) == 4


@pytest.mark.parametrize(
    ("before", "after", "change", "status"),
    [
        pytest.param([raw()], [raw()], None, "unattributed", id="still there"),
        pytest.param([raw()], [], "gone", "gone", id="gone"),
        pytest.param([], [raw(inode=101)], "new", "unfinished", id="new"),
        pytest.param([raw()], [raw(inode=101)], None, "unattributed", id="opened again"),
    ],
)
def test_change_meanwhile(before, after, change, status):
    (group,) = _listeners.group(before, after)
    listener = _listeners.build(group, context(pids=set()))
    assert (listener.change, listener.owner_status, listener.owners_complete) == (change, status, False)


def test_socket_added_meanwhile_leaves_owners_incomplete():
    (group,) = _listeners.group([raw()], [raw(), raw(inode=101)])
    listener = _listeners.build(group, context(pids={7}))
    assert (listener.inodes, listener.owner_status, listener.owners_complete) == ((100, 101), "known", False)


def test_owners_are_sorted_by_what_they_are():
    owners = {pid: Owner(pid=pid, exe=exe) for pid, exe in ((3, "/b"), (9, "/a"), (4, "/a"))}
    assert [owner.pid for owner in build(pids=set(owners), owners=owners).owners] == [4, 9, 3]


@pytest.mark.parametrize(
    ("span", "reserved", "port", "expected"),
    [
        ((32768, 60999), (), 32768, True),
        ((32768, 60999), (), 61000, False),
        ((1024, 65535), (), 11211, False),
        ((1024, 65535), (), 65535, True),
        ((32768, 60999), ("40000-40010", "50000"), 40005, False),
        ((32768, 60999), ("40000-40010", "50000"), 50000, False),
        ((32768, 60999), ("40000-40010", "50000"), 50001, True),
    ],
)
def test_ephemeral(span, reserved, port, expected):
    assert build(raw(port=port), ephemeral=_host_facts.Ephemeral(*span, reserved)).ephemeral is expected


def test_ephemeral_unknown():
    assert build(ephemeral=None).ephemeral is None


def test_mptcp_and_transparent():
    assert build(mptcp=frozenset({100})).mptcp
    assert not build().mptcp
    assert build(raw(transparent=True)).transparent
    assert build(raw(transparent=None)).transparent is None
