# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The collector as a whole: faked machines for what this one is not, and this one."""

from __future__ import annotations

import errno
import json
import os
import pathlib
import socket
import struct
import subprocess
import sys

import pytest
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _host_files, _snapshot
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux import _attribution, _collector
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.netlink import _sk_lookup, _wire
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.owners import _exe, _search
from ansible_collections.fleetports.compliance.plugins.module_utils._socket import Owner
from ansible_collections.fleetports.compliance.tests.unit.factories.netlink import DONE, Kernel, attribute, message

SSH = 100


def tcp_socket(inode=SSH, port=22, cgroup=None):
    """A wildcard TCP listener over IPv6, as the kernel sends it."""
    head = struct.pack("=BBBB", 10, 10, 0, 0) + struct.pack(">HH", port, 0) + b"\0" * 32
    body = head + struct.pack("=I8xIIIII", 0, 0, 0, 0, 0, inode) + attribute(11, b"\0")
    if cgroup is not None:
        body += attribute(21, struct.pack("=Q", cgroup))
    return message(20, body)


class Listening(Kernel):
    """Shows the given TCP listeners over IPv6, dump after dump, and nothing else."""

    REFUSES_BY = 3

    def __init__(self, *dumps, refused=None, allowed=0):
        self.dumps = list(dumps)
        self.refused = refused
        self.allowed = [True] * allowed

    def answer(self, request):
        if self.protocol != _wire.SOCK_DIAG or request[16:18] != b"\x0a\x06":
            return DONE
        if self.refused and not (self.allowed and self.allowed.pop()):
            return self.refused
        return self.dumps.pop(0) if len(self.dumps) > 1 else self.dumps[0]


class Machine:
    """A faked /proc and root file system with systemd."""

    def __init__(self, root):
        self.root = root
        self.roots = _host_files.Roots(str(root / "proc"), str(root / "fs"))
        self.write("proc/net/protocols", "protocol size\nTCP 1\nTCPv6 1\nUDP 1\nUDPv6 1\n")
        self.write("proc/stat", "btime 1700000000\n")
        self.write("proc/sys/net/ipv4/ip_local_port_range", "32768 60999\n")
        self.write("proc/self/mounts", "cgroup2 /cg cgroup2 rw 0 0\n")
        self.link("proc/self/ns/net", "net:[5]")
        self.write("fs/etc/passwd", "root:x:0:0::/:\nweb:x:33:33::/:\n")
        (root / "fs/run/systemd/system").mkdir(parents=True)
        self.write("fs/usr/lib/systemd/system/ssh.socket", "[Socket]\nListenStream=22\n")
        self.write("fs/usr/lib/systemd/system/ssh.service", "[Service]\nExecStart=-/usr/sbin/sshd -D\n")

    def write(self, path, text):
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)

    def link(self, path, text):
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to(text)

    def process(self, pid, name, exe, cgroup, *inodes, uid=0):
        base = "proc/%d/" % pid
        self.write(base + "comm", name + "\n")
        self.write(base + "status", "Name:\t%s\nUid:\t%d\t%d\t%d\t%d\n" % (name, uid, uid, uid, uid))
        self.write(base + "stat", "%d (%s) %s\n" % (pid, name, " ".join(["S"] + ["0"] * 40)))
        self.write(base + "cgroup", "0::%s\n" % cgroup)
        self.link(base + "exe", exe)
        self.link(base + "ns/net", "net:[5]")
        for number, inode in enumerate(inodes):
            self.link(base + "fd/%d" % number, "socket:[%d]" % inode)

    def cgroup(self, path):
        (self.root / "fs/cg" / path).mkdir(parents=True)
        return os.stat(str(self.root / "fs/cg" / path)).st_ino

    def collect(self, *dumps, **options):
        return _collector.collect(
            _snapshot.Options(**options), roots=self.roots, connect=Listening(*dumps or (tcp_socket(),))
        )


@pytest.fixture(name="machine")
def faked_machine(tmp_path, monkeypatch):
    monkeypatch.setattr(_sk_lookup, "programs", lambda _namespace: [])

    def ask(questions, roots, *, deadline):
        return [_exe.ExeAnswer(question.link, False, True) for question in questions], 0

    # Files of a faked /proc cannot be those that run; test_exe.py compares real ones.
    monkeypatch.setattr(_attribution._exe, "ask", ask)
    machine = Machine(tmp_path)
    machine.process(1, "systemd", "/usr/lib/systemd/systemd", "/init.scope", SSH)
    return machine


def codes(snapshot):
    return sorted((gap.code, gap.affects) for gap in snapshot.gaps)


def what_a_rule_sees(listener):
    owners = {
        (owner.name, owner.exe, owner.exe_on_host, owner.user, owner.uid, owner.unit) for owner in listener.owners
    }
    return owners, listener.owners_complete, listener.owner_status, listener.unit, listener.socket_unit


@pytest.mark.parametrize("kept", [True, False], ids=["cgroup of the socket unit", "no cgroup"])
def test_the_same_before_and_after_activation(machine, kept):
    dump = tcp_socket(cgroup=machine.cgroup("system.slice/ssh.socket") if kept else 1)
    (before,) = machine.collect(dump).listeners
    machine.process(7, "sshd", "/usr/sbin/sshd", "/system.slice/ssh.service", SSH)
    (after,) = machine.collect(dump).listeners
    assert [owner.pid for owner in before.owners] == [None]
    assert [owner.pid for owner in after.owners] == [7]
    assert what_a_rule_sees(before) == what_a_rule_sees(after)
    assert what_a_rule_sees(after) == (
        {("sshd", "/usr/sbin/sshd", True, "root", 0, "ssh.service")},
        True,
        "known",
        "ssh.service",
        "ssh.socket",
    )


def test_systemd_holds_what_no_unit_listens_on(machine):
    snapshot = machine.collect(tcp_socket(port=23))
    assert ("socket-unit-unknown", "owners") in codes(snapshot)
    assert [gap.detail for gap in snapshot.gaps if gap.code == "socket-unit-unknown"] == [
        "systemd holds 23/tcp, and no .socket unit listens there, or several do"
    ]
    # systemd's own executable and unit are none of the service's: a rule on them is unknown, not broken.
    assert snapshot.listeners[0].owners == (Owner(pid=1),)
    assert snapshot.listeners[0].unit is None


def test_service_that_keeps_its_descriptors_with_systemd(machine):
    """It has an owner, and no .socket unit listens there: FileDescriptorStoreMax=, systemd.service(5)."""
    machine.process(7, "app", "/usr/bin/app", "/system.slice/app.service", 200)
    machine.link("proc/1/fd/9", "socket:[200]")
    snapshot = machine.collect(tcp_socket(inode=200, port=8080))
    assert "socket-unit-unknown" not in {gap.code for gap in snapshot.gaps}
    (listener,) = snapshot.listeners
    assert ([owner.pid for owner in listener.owners], listener.owners_complete) == ([7], True)
    assert (listener.unit, listener.socket_unit) == ("app.service", None)


@pytest.mark.parametrize(("ended", "expected"), [(False, 1), (True, 0)], ids=["refused", "it has ended"])
def test_executable_on_a_file_system_that_refuses(machine, monkeypatch, ended, expected):
    machine.process(7, "app", "/home/joe/app", "/system.slice/app.service", 200)

    def ask(questions, roots, *, deadline):
        if ended:
            (machine.root / "proc/7/exe").unlink()
        return [_exe.ExeAnswer(question.link, False, None) for question in questions], 0

    monkeypatch.setattr(_attribution._exe, "ask", ask)
    snapshot = machine.collect(tcp_socket(inode=200, port=8080))
    gaps = [gap for gap in snapshot.gaps if gap.code == "exe-unread"]
    assert len(gaps) == expected
    assert all("pid 7 app" in gap.detail for gap in gaps)


def test_pid_1_that_is_not_systemd(machine):
    (machine.root / "fs/run/systemd/system").rmdir()
    (listener,) = machine.collect().listeners
    assert [owner.exe for owner in listener.owners] == ["/usr/lib/systemd/systemd"]
    assert listener.socket_unit is None


def test_all_of_an_owner(machine):
    machine.process(7, "nginx", "/usr/sbin/nginx", "/system.slice/nginx.service", 200, uid=33)
    snapshot = machine.collect(tcp_socket(inode=200, port=80, cgroup=machine.cgroup("system.slice/nginx.service")))
    (listener,) = snapshot.listeners
    (owner,) = listener.owners
    assert (owner.pid, owner.uid, owner.user, owner.started) == (7, 33, "web", "2023-11-14T22:13:20Z")
    assert (listener.unit, listener.unit_source, listener.dual_stack) == ("nginx.service", "socket", True)
    assert (listener.namespace, snapshot.namespace, snapshot.left_out) == (5, 5, 0)
    assert snapshot.gaps == []
    assert snapshot.owners_complete


def test_without_owners(machine):
    snapshot = machine.collect(tcp_socket(cgroup=machine.cgroup("system.slice/ssh.service")), owners="none")
    (listener,) = snapshot.listeners
    assert (listener.owner_status, listener.owners, listener.unit) == ("not_collected", (), "ssh.service")
    assert snapshot.gaps == []
    assert not snapshot.owners_complete


def test_unit_that_nothing_tells(machine):
    assert codes(machine.collect(owners="none")) == [("unit-unknown", "units")]


@pytest.mark.parametrize(
    ("ports", "named"),
    [
        pytest.param((81,), "81/tcp", id="one"),
        pytest.param((81, 82, 81), "81/tcp, 82/tcp", id="each once"),
        pytest.param((81, 82, 83, 84, 85), "81/tcp, 82/tcp, 83/tcp and 2 more", id="many"),
    ],
)
def test_the_gap_of_units_names_listeners(machine, ports, named):
    sockets = [tcp_socket(inode=900 + number, port=port) for number, port in enumerate(ports)]
    (gap,) = machine.collect(b"".join(sockets), owners="none").gaps
    assert gap.detail == f"neither the socket nor an owner shows the unit of {named}"


def test_what_the_kernel_holds_has_no_unit(machine):
    machine.write("proc/fs/nfsd/portlist", "tcp 2049\n")
    snapshot = machine.collect(tcp_socket(inode=900, port=2049))
    assert [listener.owner_status for listener in snapshot.listeners] == ["kernel"]
    assert snapshot.gaps == []


@pytest.mark.parametrize(
    ("other", "on_host"),
    [
        pytest.param(("/usr/sbin/web", "mnt:[1]"), True, id="a child of a server"),
        pytest.param(("/usr/sbin/web", "mnt:[2]"), None, id="of another mount namespace"),
        pytest.param(("/usr/sbin/web (deleted)", "mnt:[1]"), None, id="a file that was deleted"),
        pytest.param(("/usr/sbin/thief", "mnt:[1]"), None, id="another file"),
        pytest.param(("/usr/sbin/web", None), None, id="mount namespace not known"),
    ],
)
def test_an_owner_that_ended_since_runs_the_file_of_one_that_goes_on(machine, monkeypatch, other, on_host):
    for pid, exe, mounts in ((7, "/usr/sbin/web", "mnt:[1]"), (8, *other)):
        machine.process(pid, "web", exe, "/system.slice/web.service", SSH)
        if mounts:
            machine.link("proc/%d/ns/mnt" % pid, mounts)

    def ask(questions, roots, *, deadline):
        return [_exe.ExeAnswer(one.link, False, True) if one.pid != 8 else _exe.unanswered(one) for one in questions], 0

    monkeypatch.setattr(_attribution._exe, "ask", ask)
    snapshot = machine.collect()
    owners = {owner.pid: owner.exe_on_host for owner in snapshot.listeners[0].owners}
    assert (owners[7], owners[8]) == (True, on_host)


def test_an_owner_that_ended_since_has_an_alias_of_its_own(machine, monkeypatch):
    """A server's children have names of their own, and what one was started by says nothing of the others."""
    aliases = {7: "/usr/bin/redis-server", 8: "/usr/bin/redis-sentinel", 9: None}
    for pid in aliases:
        machine.process(pid, "redis%d" % pid, "/usr/bin/redis-check-rdb", "/system.slice/redis.service", SSH)
        machine.link("proc/%d/ns/mnt" % pid, "mnt:[1]")

    def ask(questions, roots, *, deadline):
        on_host = {8: None}
        answers = [
            _exe.ExeAnswer(one.link, False, on_host.get(one.pid, True), aliases.get(one.pid)) for one in questions
        ]
        return answers, 0

    monkeypatch.setattr(_attribution._exe, "ask", ask)
    owners = {owner.pid: owner for owner in machine.collect().listeners[0].owners}
    assert {pid: owners[pid].exe_on_host for pid in aliases} == dict.fromkeys(aliases, True)
    assert {pid: owners[pid].exe_alias for pid in aliases} == aliases


def test_holders_that_end_before_they_can_be_described_are_a_gap(machine, monkeypatch):
    real = _search.search
    monkeypatch.setattr(_search, "search", lambda walk: real(walk)._replace(ended=3))
    snapshot = machine.collect()
    (gap,) = [gap for gap in snapshot.gaps if gap.code == "unsettled"]
    assert "ended before the collector could describe them, 3 of them" in gap.detail
    assert not snapshot.owners_complete


def test_no_budget(machine):
    snapshot = machine.collect(wall_limit=0)
    assert ("wall-limit", "owners") in codes(snapshot)
    assert snapshot.listeners[0].owner_status == "unfinished"
    assert not snapshot.owners_complete


def test_what_changed_meanwhile(machine):
    snapshot = machine.collect(
        tcp_socket() + tcp_socket(inode=300, port=30), tcp_socket() + tcp_socket(inode=400, port=40)
    )
    assert [(listener.port, listener.change) for listener in snapshot.listeners] == [
        (22, None),
        (30, "gone"),
        (40, "new"),
    ]
    assert snapshot.listeners[1].owner_status == "gone"


def test_refused_dump(machine):
    snapshot = _collector.collect(_snapshot.Options(), roots=machine.roots, connect=Listening(b"", refused=errno.EPERM))
    assert codes(snapshot) == [("dump-refused", "listeners")]
    assert (snapshot.gaps[0].protocol, snapshot.gaps[0].family) == ("tcp", "ipv6")


def test_refused_at_the_end_is_no_change(machine):
    kernel = Listening(tcp_socket(), refused=errno.EPERM, allowed=1)
    snapshot = _collector.collect(_snapshot.Options(), roots=machine.roots, connect=kernel)
    assert [listener.change for listener in snapshot.listeners] == [None]
    assert codes(snapshot) == [("dump-refused", "listeners")]


def schema():
    path = pathlib.Path(__file__).parents[6] / "plugins/plugin_utils/_evidence/evidence-v1.schema.json"
    return json.loads(path.read_text())


def conforms(value, shape, definitions):
    """Keys of objects, nested, against the schema: all of the required, none beside the known."""
    shape = definitions[shape["$ref"].rsplit("/", 1)[-1]] if "$ref" in shape else shape
    if isinstance(value, dict) and "properties" in shape:
        assert set(value) <= set(shape["properties"])
        assert set(shape.get("required", ())) <= set(value)
        for key in value:
            conforms(value[key], shape["properties"][key], definitions)
    if isinstance(value, list) and "items" in shape:
        for item in value:
            conforms(item, shape["items"], definitions)


def test_result_is_what_evidence_holds(machine):
    document = schema()
    shapes, definitions = document["properties"], document["$defs"]
    machine.process(7, "sshd", "/usr/sbin/sshd", "/system.slice/ssh.service", SSH)
    result = json.loads(json.dumps(machine.collect(wall_limit=20).to_result()))
    result["host"].update(name="h", groups=[])
    assert set(result) == {"host", "collector", "listeners"}
    for key, value in result.items():
        conforms(value, shapes[key], definitions)


def test_two_runs_give_the_same(machine):
    machine.process(7, "sshd", "/usr/sbin/sshd", "/system.slice/ssh.service", SSH)
    results = [machine.collect().to_result() for _run in range(2)]
    for result in results:
        result["host"]["clock"] = None
        result["collector"]["budget"] = None
    assert json.dumps(results[0]) == json.dumps(results[1])


NAMES = ["plain", '",pid=9', "a\nb", "<script>alert(", "\x1b[31m", "b) S 1 ("]


@pytest.mark.parametrize("name", NAMES)
def test_names_that_attack(name):
    """A real process under a hostile name; its pid is the real one, and the name is faithful in JSON."""
    script = (
        "import ctypes, socket, sys\n"
        "ctypes.CDLL(None).prctl(15, sys.argv[1].encode(), 0, 0, 0)\n"
        "s = socket.socket(); s.bind(('127.0.0.1', 0)); s.listen()\n"
        "print(s.getsockname()[1], flush=True)\n"
        "sys.stdin.read()\n"
    )
    arguments = [sys.executable, "-c", script, name]
    with subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        port = int(child.stdout.readline())
        snapshot = _collector.collect(_snapshot.Options())
    (listener,) = (one for one in snapshot.listeners if one.port == port)
    assert [(owner.pid, owner.name) for owner in listener.owners] == [(child.pid, name[:15])]
    json.dumps(snapshot.to_result()).encode("utf-8")


def test_sockets_of_this_process():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        one.listen()
        snapshot = _collector.collect(_snapshot.Options())
        (listener,) = (each for each in snapshot.listeners if each.port == one.getsockname()[1])
    (owner,) = listener.owners
    assert owner.pid == os.getpid()
    assert owner.exe == os.path.realpath(sys.executable)
    assert owner.exe_on_host
    assert (listener.uid, owner.uid) == (os.geteuid(), os.geteuid())
    assert (listener.address, listener.dual_stack, listener.change) == ("127.0.0.1", False, None)
