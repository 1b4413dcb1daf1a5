# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who holds a socket: real processes, and faked ones where the situation cannot be made."""

from __future__ import annotations

import array
import ctypes
import os
import shutil
import socket
import subprocess
import sys
import threading

import pytest
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _host_files
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common._budget import Budget
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.owners import (
    _fd_walk,
    _holders,
    _search,
)
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.procfs import _threads


def budget(cpu=60.0, wall=60.0, **clocks):
    return Budget(cpu=cpu, wall=wall, **clocks)


def walk(inodes, *, proc="/proc", limit=None, **options):
    return _search.search(
        _fd_walk.Walk(inodes, roots=_host_files.Roots(str(proc)), budget=limit or budget(), **options)
    )


def inode(one):
    return os.fstat(one.fileno()).st_ino


@pytest.fixture(name="listener")
def one_listener():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        one.listen()
        yield one


def test_socket_of_this_process(listener):
    assert walk([inode(listener)]).pids == {inode(listener): {os.getpid()}}


def test_socket_that_two_processes_hold(listener):
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    program = "import sys; print('up', flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", program], pass_fds=[listener.fileno()], **pipes) as child:
        child.stdout.readline()  # in the midst of an exec its descriptors are nobody's to read
        found = walk([inode(listener)]).pids
        first = walk([inode(listener)], first=True)
    assert found == {inode(listener): {os.getpid(), child.pid}}
    assert len(first.pids[inode(listener)]) == 1
    assert first.stopped == "first"


@pytest.fixture(name="elsewhere")
def held_by_a_child():
    """A listener that a child alone holds: its inode, and the pid."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    program = "import sys; print('up', flush=True); sys.stdin.read()"
    with socket.create_server(("127.0.0.1", 0)) as one:
        number = inode(one)
        child = subprocess.Popen([sys.executable, "-c", program], pass_fds=[one.fileno()], **pipes)
    child.stdout.readline()
    with child:
        yield number, child.pid


@pytest.mark.parametrize(
    ("times", "holders"),
    [
        pytest.param(1, 1, id="once"),
        pytest.param(3, 1, id="a few times"),
        pytest.param(10000, 0, id="every time"),
    ],
)
def test_holders_that_end_before_they_can_be_described(elsewhere, monkeypatch, times, holders):
    """They may have given the descriptor to somebody, so tables are compared until none of them ends so."""
    number, pid = elsewhere
    left = list(range(times))
    real = _fd_walk._process.describe

    def describe(pid, *, proc, booted, by):
        return None if left and left.pop() is not None else real(pid, proc=proc, booted=booted, by=by)

    monkeypatch.setattr(_fd_walk._process, "describe", describe)
    monkeypatch.setattr(_fd_walk._process, "ended", lambda _pid, *, proc: True)
    found = walk([number])
    assert found.pids == {number: {pid} if holders else set()}
    assert found.ended == 1 - holders
    assert found.unsettled or holders  # also where processes of this machine end all the time


def test_a_holder_is_described_when_it_is_found(listener):
    """Before the walk is over it may have ended."""
    found = walk([inode(listener)])
    met = found.met[os.getpid()]
    assert (met.link, met.mounts) == (os.readlink("/proc/self/exe"), os.readlink("/proc/self/ns/mnt"))


@pytest.mark.parametrize("first", [True, False], ids=["one owner", "every owner"])
def test_an_owner_is_found_behind_a_hole_in_the_table(listener, first):
    number = inode(listener)
    low = [os.open(os.devnull, os.O_RDONLY) for unused in range(5)]
    with socket.socket(fileno=os.dup(listener.fileno())) as high:
        listener.close()
        for descriptor in low:
            os.close(descriptor)
        assert walk([number], first=first).pids == {number: {os.getpid()}}
        assert high.fileno() > max(low)


def test_one_owner_is_never_all_of_them(listener, tmp_path):
    """Also when it is found in the very last process, whose table is short."""
    table = tmp_path / "1" / "fd"
    table.mkdir(parents=True)
    (table / "0").symlink_to("socket:[%d]" % inode(listener))
    found = walk([inode(listener)], proc=tmp_path, first=True)
    assert found.pids == {inode(listener): {1}}
    assert not found.complete


def test_reuseport_siblings():
    with socket.socket() as one, socket.socket() as other:
        for each in (one, other):
            each.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        one.bind(("127.0.0.1", 0))
        other.bind(one.getsockname())
        inodes = [inode(one), inode(other)]
        found = walk(inodes).pids
    assert found == {number: {os.getpid()} for number in inodes}


def test_descriptor_beyond_the_first_64(listener):
    """Found by the second pass; ``first`` says that it did not look there."""
    extra = [os.open(os.devnull, os.O_RDONLY) for _each in range(200)]
    high = os.dup(listener.fileno())
    number = inode(listener)
    listener.close()
    try:
        assert walk([number]).pids == {number: {os.getpid()}}
        first = walk([number], first=True)
    finally:
        for descriptor in [high, *extra]:
            os.close(descriptor)
    assert first.pids == {number: frozenset()}
    assert first.stopped == "first"


def test_socket_in_flight_has_no_owner(listener):
    """A descriptor in a message that nobody has received is held by nobody."""
    number = inode(listener)
    one, other = socket.socketpair()
    with one, other:
        rights = array.array("i", [listener.fileno()])
        one.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)])
        listener.close()
        assert walk([number]).pids == {number: frozenset()}


CLONE_FILES = 0x400


def test_thread_with_a_table_of_its_own():
    ready, done = threading.Event(), threading.Event()
    result = {}

    def hold():
        result["unshared"] = ctypes.CDLL(None, use_errno=True).unshare(CLONE_FILES) == 0
        with socket.socket() as one:
            one.bind(("127.0.0.1", 0))
            one.listen()
            result["inode"] = inode(one)
            ready.set()
            done.wait(60)

    thread = threading.Thread(target=hold)
    thread.start()
    ready.wait(60)
    try:
        assert result["unshared"]
        found = walk([result["inode"]])
    finally:
        done.set()
        thread.join()
    assert found.pids == {result["inode"]: {os.getpid()}}


@pytest.mark.parametrize(
    ("same", "expected"),
    [
        pytest.param(True, [], id="shared"),
        pytest.param(False, ["8"], id="its own"),
        pytest.param(None, ["8"], id="the kernel does not compare"),
    ],
)
def test_separate_tables(tmp_path, same, expected):
    for thread in ("7", "8"):
        (tmp_path / "7" / "task" / thread / "fd").mkdir(parents=True)
    found = list(_threads.separate_tables(str(tmp_path), 7, same=lambda process, thread: same))
    assert found == ["%s/7/task/%s/fd" % (tmp_path, thread) for thread in expected]


@pytest.mark.parametrize("slots", [pytest.param(64, id="slot by slot"), pytest.param(None, id="as listed")])
def test_a_descriptor_that_is_there_and_cannot_be_read_slips(proc, monkeypatch, slots):
    """It moved on between the two look-ups of the kernel."""
    read = os.readlink
    looked = _fd_walk.Walk([10], roots=_host_files.Roots(str(proc)), budget=budget())
    path = looked.table_of(30)
    looked.tables[path] = _holders.DescriptorTable(30)

    def moved(name, **how):
        if name == b"2":
            raise FileNotFoundError(name)
        return read(name, **how)

    home = os.getcwd()
    try:
        assert (looked.look_again(path, slots=slots), looked.tables[path].slipped) == (True, False)
        monkeypatch.setattr(os, "readlink", moved)
        assert (looked.look_again(path, slots=slots), looked.tables[path].slipped) == (True, True)
    finally:
        os.chdir(home)


def test_threads_that_share_are_compared_once(tmp_path):
    for thread in ("7", "8", "9"):
        (tmp_path / "7" / "task" / thread / "fd").mkdir(parents=True)
    compared, sharing = [], set()

    def same(process, thread):
        compared.append(thread)
        return thread == 8

    for _look in range(2):
        found = list(_threads.separate_tables(str(tmp_path), 7, sharing=sharing, same=same))
        assert found == ["%s/7/task/9/fd" % tmp_path]
    assert (compared, sharing) == ([8, 9, 9], {8})


@pytest.mark.parametrize(
    ("looks", "moving"),
    [
        pytest.param(49, set(), id="there is one look in which none ended"),
        pytest.param(50, {7}, id="threads end in every look"),
    ],
)
def test_threads_that_end_all_the_time(proc, monkeypatch, looks, moving):
    """A server makes a thread for each request: one look in which nobody ended is enough."""
    left = iter(range(looks))

    def tables(_proc, pid, sharing):
        return ["%s/%d/task/8/gone" % (proc, pid)] if pid == 7 and next(left, None) is not None else []

    monkeypatch.setattr(_threads, "alone", lambda proc, pid: pid != 7)
    monkeypatch.setattr(_threads, "separate_tables", tables)
    process(proc, 7)
    assert walk([10], proc=proc).moving == moving


def test_thread_that_holds_what_another_is_seen_to_hold(proc):
    """Thieves would hide there: one owner that is seen is no reason not to look."""
    thief = 5_000_000  # beyond the kernel's highest pid, so that nothing real is compared
    process(proc, thief)
    for thread, target in ((thief, "pipe:[1]"), (thief + 1, "socket:[10]")):
        (proc / str(thief) / "task" / str(thread) / "fd").mkdir(parents=True)
        (proc / str(thief) / "task" / str(thread) / "fd" / "3").symlink_to(target)
    assert walk([10], proc=proc).pids == {10: {1, 30, thief}}
    assert walk([10], proc=proc, first=True).pids == {10: {30}}


def test_threads_that_end_before_they_are_looked_at(proc):
    """Each could leave a table of its own to the next: what is never all there is not complete."""
    busy = 5_000_000
    process(proc, busy)
    for thread in (busy, busy + 1):
        (proc / str(busy) / "task" / str(thread)).mkdir(parents=True)  # listed, and without a table
    found = walk([10], proc=proc)
    assert found.moving == {busy}
    assert (found.unsettled, found.complete) == (True, False)


@pytest.mark.parametrize(
    ("ended", "denied"), [pytest.param(False, {30}, id="goes on"), pytest.param(True, set(), id="has ended")]
)
def test_a_process_that_refuses(proc, monkeypatch, ended, denied):
    """One that has just ended is refused too, and hides nothing."""
    enter = os.chdir

    def refuse(path):
        if str(path).endswith("/30/fd"):
            if ended and (proc / "30").exists():
                shutil.rmtree(proc / "30")
            raise PermissionError(path)
        enter(path)

    monkeypatch.setattr(os, "chdir", refuse)
    found = walk([10], proc=proc)
    assert (found.denied, found.complete) == (denied, ended)
    assert found.pids == {10: {1}}


@pytest.mark.parametrize(
    ("waiting", "protocol", "taken"),
    [
        pytest.param("connections", "tcp", True, id="connections of TCP"),
        pytest.param("connections", "sctp", True, id="connections of SCTP"),
        pytest.param("connections", "udp", False, id="connections of no UDP socket"),
        pytest.param("datagrams", "udp", True, id="datagrams of UDP"),
        pytest.param("datagrams", "udplite", True, id="datagrams of UDP-Lite"),
        pytest.param("datagrams", "tcp", False, id="datagrams of no TCP socket"),
        pytest.param(None, "tcp", True, id="not known, TCP"),
        pytest.param(None, "udp", True, id="not known, UDP"),
    ],
)
def test_what_may_be_taken(waiting, protocol, taken):
    holders = _holders.Holders({}, waiting=(_holders.Waiting(7, waiting),))
    assert holders.taken(protocol) is taken
    assert not _holders.Holders({}).taken(protocol)


def test_threads_of_a_process_that_has_ended(tmp_path):
    assert list(_threads.separate_tables(str(tmp_path), 7)) == []


def process(proc, pid, *inodes):
    (proc / str(pid) / "fd").mkdir(parents=True)
    for number, one in enumerate(inodes):
        (proc / str(pid) / "fd" / str(number)).symlink_to("socket:[%s]" % one)


@pytest.fixture(name="proc")
def fake_proc(tmp_path):
    process(tmp_path, 1, 10)
    process(tmp_path, 20, *range(1000, 1100), 11)
    process(tmp_path, 30, 10, 11, "x")
    (tmp_path / "version").write_text("Linux")
    return tmp_path


def test_every_holder(proc):
    found = walk([10, 11, 12], proc=proc)
    assert found.pids == {10: {1, 30}, 11: {20, 30}, 12: set()}
    assert found.complete
    assert not found.hidden


def test_holder_that_is_born_meanwhile(proc):
    """A process that was looked at may hand a socket on, and end."""

    looks = []

    def clock():
        looks.append(None)
        if len(looks) == 4:  # the first is the budget's own, the others come between processes
            process(proc, 50, *range(1000, 1100), 10)
        return 0.0

    assert walk([10], proc=proc, limit=budget(wall_clock=clock)).pids == {10: {1, 30, 50}}


def test_first_takes_systemd_last(proc):
    assert walk([10], proc=proc, first=True).pids == {10: {30}}


def test_first_looks_at_the_likely_ones_first(proc):
    process(proc, 40, 10)
    assert walk([10], proc=proc, first=True, preferred=[40, 999]).pids == {10: {40}}


def test_hidden_processes(tmp_path):
    """hidepid: the list lacks even pid 1."""
    process(tmp_path, 30, 10)
    found = walk([10], proc=tmp_path)
    assert found.hidden
    assert not found.complete


@pytest.mark.parametrize(
    ("options", "capabilities", "hidden"),
    [
        pytest.param("rw,hidepid=invisible", 0, True, id="invisible"),
        pytest.param("rw,hidepid=2", 0, True, id="invisible, before Linux 5.8"),
        pytest.param("rw,gid=4,hidepid=ptraceable", 0, True, id="ptraceable"),
        pytest.param("rw,hidepid=invisible", 1 << 19, False, id="whoever may trace sees all"),
        pytest.param("rw,hidepid=noaccess", 0, False, id="listed, not readable"),
        pytest.param("rw,relatime", 0, False, id="not at all"),
    ],
)
def test_hidden_processes_beside_an_own_pid_1(proc, options, capabilities, hidden):
    """In a pid namespace pid 1 may be the collector's own user's, and be listed when others are not."""
    (proc / "self").mkdir()
    (proc / "self" / "mounts").write_text("proc /proc proc rw 0 0\nproc %s proc %s 0 0\n" % (proc, options))
    (proc / "self" / "status").write_text("CapEff:\t%016x\n" % capabilities)
    assert walk([10], proc=proc).hidden == hidden


@pytest.mark.parametrize(
    ("place", "denied"),
    [
        pytest.param("%s/30", {30}, id="a process"),
        pytest.param("%s/30/fd", {30}, id="what it holds"),
        pytest.param("%s/30/cgroup", {30}, id="a file of it"),
        pytest.param("%s/sys/fs/binfmt_misc", set(), id="elsewhere"),
        pytest.param("%s/30x", set(), id="no process"),
        pytest.param("/other%s/30", set(), id="another place"),
    ],
)
def test_a_process_that_something_is_mounted_over_is_denied(proc, place, denied):
    (proc / "self").mkdir()
    (proc / "self" / "mounts").write_text("proc /proc proc rw 0 0\ntmpfs %s tmpfs rw 0 0\n" % (place % proc))
    found = walk([10], proc=proc)
    assert (found.denied, found.complete) == (denied, not denied)


def test_working_directory_is_left_as_it_was(proc, tmp_path, monkeypatch):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    walk([10], proc=proc)
    assert os.getcwd() == str(tmp_path / "here")


def test_working_directory_that_is_gone(proc, tmp_path, monkeypatch):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    (tmp_path / "here").rmdir()
    assert walk([10], proc=proc).pids == {10: {1, 30}}


class Clock:
    """Advances a second at every look."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        self.now += 1
        return self.now


def used_up(cpu):
    """A limit of CPU that the walk reaches: all the time that passes is spent on the processor."""
    clock = Clock()
    return budget(cpu=cpu, cpu_clock=clock, wall_clock=clock)


@pytest.mark.parametrize(
    ("limit", "code"),
    [
        pytest.param(lambda: used_up(1), "budget", id="CPU"),
        pytest.param(lambda: budget(wall=1, wall_clock=Clock()), "wall-limit", id="wall"),
    ],
)
def test_limit_ends_the_walk(proc, limit, code):
    found = walk([10], proc=proc, limit=limit())
    assert found.stopped == code
    assert not found.complete


def test_limit_ends_the_walk_within_a_process(tmp_path):
    """A table of a hundred thousand descriptors must not be read to its end."""
    process(tmp_path, 1, *range(5000))
    found = walk(range(1, 5000), proc=tmp_path, limit=used_up(4.5))
    assert found.stopped == "budget"
    assert 64 < sum(1 for pids in found.pids.values() if pids) < 4999


def test_limit_ends_the_walk_within_the_threads_of_a_process(proc, monkeypatch):
    """A process may have as many threads as the host allows, each with a table of its own."""
    monkeypatch.setattr(_threads, "alone", lambda proc, pid: pid != 7)
    monkeypatch.setattr(_threads, "separate_tables", lambda proc, pid, sharing: ["%s/30/fd" % proc] * 5000)
    process(proc, 7, 1)
    clock = Clock()
    found = walk([10], proc=proc, limit=budget(cpu=50, cpu_clock=clock, wall_clock=clock))
    assert found.stopped == "budget"
    assert clock.now < 60


NOBODY = 65534
REPORT = """
import json, os, sys
{drop}
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.owners import _fd_walk, _search
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common._budget import Budget
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _host_files
found = _search.search(_fd_walk.Walk([int(sys.argv[1])], roots=_host_files.Roots(), budget=Budget(cpu=60, wall=60)))
print(json.dumps([sorted(found.pids[int(sys.argv[1])]), len(found.denied), found.complete, found.hidden]))
"""


def test_without_privilege_others_are_denied(listener):
    """As root: drops to nobody, who may not look at this process. Else: this user may not look at root's."""
    import json

    drop = "import sys; os.setgroups([]); os.setgid(%d); os.setuid(%d)" % (NOBODY, NOBODY) if os.geteuid() == 0 else ""
    # What is needed is imported before the drop: the collection may lie where nobody cannot read.
    owners = "ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.owners"
    script = "from %s import _blocked_accepts, _repeated_looks, _search\n" % owners
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join(path for path in sys.path if path))
    output = subprocess.run(
        [sys.executable, "-c", "import os\n" + script + REPORT.format(drop=drop), str(inode(listener))],
        stdout=subprocess.PIPE,
        env=environment,
        check=True,
    ).stdout
    pids, denied, complete, hidden = json.loads(output)
    assert denied > 0 or hidden
    assert not complete
    assert pids == ([] if os.geteuid() == 0 else [os.getpid()])
