# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A process that holds a listener in a way that a scene asks for: ``actor.py WAY [ARGUMENT...]``.

Prints one line of JSON when it is ready, and ends when its standard input does. Runs alone, as any user, in any
namespace: nothing but the standard library.
"""

from __future__ import annotations

import array
import ctypes
import json
import mmap
import os
import pathlib
import random
import resource
import signal
import socket
import struct
import sys
import threading
import time
import typing as t

LIBC = ctypes.CDLL(None, use_errno=True)
PR_SET_PDEATHSIG, PR_SET_NAME = 1, 15
CLONE_FILES = 0x400
# The same numbers on every machine: they are of system calls newer than the common table.
IO_URING_SETUP, IO_URING_ENTER, IO_URING_REGISTER, PIDFD_OPEN, PIDFD_GETFD = 425, 426, 427, 434, 438
SYS_CLONE = {"x86_64": 56, "aarch64": 220}.get(os.uname().machine, 220)
OP_ACCEPT, IOSQE_ASYNC = 13, 16
REGISTER_FILES, REGISTER_RING_FDS = 2, 20
Ready = dict[str, t.Any]


def checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


def call_me(name: bytes) -> None:
    checked(LIBC.prctl(PR_SET_NAME, name, 0, 0, 0))


def opened(port: str = "0") -> socket.socket:
    return socket.create_server(("127.0.0.1", int(port)))


def about(one: socket.socket) -> Ready:
    return {"port": one.getsockname()[1], "fd": one.fileno(), "inode": os.fstat(one.fileno()).st_ino}


def listen(name: str = "", port: str = "0") -> Ready:
    """The usual way; ``name`` is given in hexadecimal."""
    if name:
        call_me(bytes.fromhex(name))
    one = opened(port)
    KEPT.append(one)
    return about(one)


def in_flight() -> Ready:
    """The only descriptor is in a message that nobody has received."""
    one = opened()
    seen = about(one)
    sender, receiver = socket.socketpair()
    KEPT.extend((sender, receiver))
    sender.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [one.fileno()]))])
    one.close()
    return seen


def ring(how: str = "") -> Ready:
    """The only holder is an io_uring; ``closed``: one that the process itself has no descriptor of."""
    one = opened()
    seen = about(one)
    descriptor = checked(LIBC.syscall(IO_URING_SETUP, 4, ctypes.create_string_buffer(120)))
    checked(LIBC.syscall(IO_URING_REGISTER, descriptor, REGISTER_FILES, struct.pack("=i", one.fileno()), 1))
    one.close()
    if how == "closed":
        update = struct.pack("=IIQ", 0xFFFFFFFF, 0, descriptor)  # struct io_uring_rsrc_update, any slot
        checked(LIBC.syscall(IO_URING_REGISTER, descriptor, REGISTER_RING_FDS, update, 1))
        os.close(descriptor)
    return seen


def thread() -> Ready:
    """A thread has it in a table of its own."""
    return _in_thread(lambda: None)


def orphaned() -> Ready:
    """The first thread has ended: the process shows no descriptors, those of the others are open."""
    seen = _in_thread(lambda: None)
    say(seen)
    LIBC.pthread_exit(None)
    raise AssertionError("unreachable")


def _in_thread(before: t.Callable[[], None]) -> Ready:
    seen: Ready = {}
    ready = threading.Event()

    def hold() -> None:
        checked(LIBC.unshare(CLONE_FILES))
        before()
        with opened() as one:
            seen.update(about(one))
            ready.set()
            sys.stdin.read()
        os._exit(0)

    threading.Thread(target=hold).start()
    ready.wait(30)
    return seen


def steal(pid: str, descriptor: str, name: str, how: str = "table") -> Ready:
    """Take a descriptor of another process (pidfd_getfd) and hide as well as can be."""
    call_me(bytes.fromhex(name))
    if how == "thread":
        ready = threading.Event()

        def hold() -> None:
            checked(LIBC.unshare(CLONE_FILES))
            _stolen(int(pid), int(descriptor))
            ready.set()
            sys.stdin.read()
            os._exit(0)

        threading.Thread(target=hold).start()
        ready.wait(30)
        return {}
    taken = _stolen(int(pid), int(descriptor))
    if how == "ring":
        made = checked(LIBC.syscall(IO_URING_SETUP, 4, ctypes.create_string_buffer(120)))
        checked(LIBC.syscall(IO_URING_REGISTER, made, REGISTER_FILES, struct.pack("=i", taken), 1))
        os.close(taken)
    return {}


def blocked(pid: str = "", descriptor: str = "", how: str = "thread", instead: str = "") -> Ready:
    """Wait for connections, or datagrams, on a descriptor that is closed meanwhile: stolen, or one's own.

    ``how``: in a ``thread``, or by ``splice`` in one; in a process that shares the ``table``; in a ``ring``; in a ring
    of which only a ``worker`` waits. ``instead``: what its number is given to afterwards.
    """
    one = opened() if not pid else socket.socket(fileno=_stolen(int(pid), int(descriptor)))
    seen = about(one)
    number = one.fileno()
    if how in ("ring", "worker"):
        submit(number, flags=IOSQE_ASYNC if how == "worker" else 0)
    elif how == "table":
        if checked(LIBC.syscall(SYS_CLONE, CLONE_FILES | signal.SIGCHLD, 0, 0, 0, 0)) == 0:
            checked(LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0))
            one.accept()
            os._exit(0)
    else:
        threading.Thread(target=_taker(one, how), daemon=True).start()
    time.sleep(0.3)  # until it waits
    _give(number, instead)
    one.detach()
    return seen


def _taker(one: socket.socket, how: str) -> t.Callable[[], object]:
    """What waits for the next connection or datagram."""
    if how == "splice":
        number, into = one.fileno(), os.pipe()[1]
        return lambda: LIBC.splice(number, None, into, None, 1, 0)
    return one.accept if one.type == socket.SOCK_STREAM else lambda: one.recvfrom(1)


def _give(number: int, instead: str) -> None:
    if instead == "file":
        os.dup2(os.open(os.devnull, os.O_RDONLY), number)
    elif instead == "unix":
        other = socket.socket(socket.AF_UNIX)
        other.bind("")
        other.listen()
        os.dup2(other.fileno(), number)
        KEPT.append(other)
    else:
        os.close(number)


def waiting(kind: str, threads: str = "1") -> Ready:
    """A server as they are: threads that wait on what the process has."""
    one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM) if kind == "udp" else opened()
    if kind == "udp":
        one.bind(("127.0.0.1", 0))
    elif kind == "unix":
        one = socket.socket(socket.AF_UNIX)
        one.bind("")
        one.listen()
    take = (lambda: one.recvfrom(1)) if kind == "udp" else one.accept
    for _each in range(int(threads)):
        threading.Thread(target=take, daemon=True).start()
    if kind == "ring":
        submit(one.fileno(), flags=0)
    time.sleep(0.3)
    KEPT.append(one)
    inode = os.fstat(one.fileno()).st_ino
    return {"port": one.getsockname()[1] if kind != "unix" else 0, "fd": one.fileno(), "inode": inode}


def submit(descriptor: int, *, flags: int) -> int:
    """Ask a new io_uring to accept on a descriptor; its own descriptor is returned."""
    parameters = ctypes.create_string_buffer(120)
    made = checked(LIBC.syscall(IO_URING_SETUP, 4, parameters))
    # struct io_uring_params: sq_off begins at 40 (head, tail, ring_mask, ring_entries, flags, dropped, array).
    _head, tail, mask, _entries, _flags, _dropped, array = struct.unpack_from("=7I", parameters.raw, 40)
    ring = mmap.mmap(made, 4096, offset=0)
    entries = mmap.mmap(made, 4096, offset=0x10000000)
    entry = struct.pack("=BBHiQQII", OP_ACCEPT, flags, 0, descriptor, 0, 0, 0, 0)
    entries[: len(entry)] = entry
    position = struct.unpack_from("=I", ring, tail)[0]
    slot = position & struct.unpack_from("=I", ring, mask)[0]
    struct.pack_into("=I", ring, array + 4 * slot, 0)
    struct.pack_into("=I", ring, tail, position + 1)
    checked(LIBC.syscall(IO_URING_ENTER, made, 1, 0, 0, None, 0))
    KEPT.extend((ring, entries))
    return made


def moves(pid: str = "", descriptor: str = "", wait: str = "0", how: str = "cycle") -> Ready:
    """A descriptor that is never long in one place. ``wait``: microseconds that it stays.

    ``cycle``: any slot; ``pair``: two slots; ``fork``: goes on in a child each time.
    """
    number = opened().detach() if not pid else _stolen(int(pid), int(descriptor))
    one = socket.socket(fileno=os.dup(number))
    seen = about(one)
    one.close()
    parent = os.getpid()
    if os.fork() == 0:
        checked(LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0))
        step = _on_in_a_child if how == "fork" else _to_any_slot if how == "cycle" else _to_the_other_slot
        while _alive(parent):
            number = step(number)
            if int(wait):
                time.sleep(int(wait) / 1e6)
        os._exit(0)
    os.close(number)
    return seen


def _on_in_a_child(number: int) -> int:
    if os.fork():
        os._exit(0)
    return number


def _to_any_slot(number: int) -> int:
    return _to(number, random.randrange(3, 1000))  # noqa: S311 - any slot will do


def _to_the_other_slot(number: int) -> int:
    return _to(number, 60 if number != 60 else 3)


def _to(number: int, other: int) -> int:
    if other != number:
        os.dup2(number, other)
        os.close(number)
    return other


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True


def busy(connections: str) -> Ready:
    """A server that opens and closes connections all the time, and holds as many at once."""
    one = opened()
    KEPT.append(one)
    port = one.getsockname()[1]
    parent = os.getpid()

    def serve() -> None:
        held: list[socket.socket] = []
        while True:
            held.append(one.accept()[0])
            if len(held) > int(connections):
                held.pop(0).close()

    threading.Thread(target=serve, daemon=True).start()
    if os.fork() == 0:
        one.close()
        checked(LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0))
        while os.getppid() == parent:
            socket.create_connection(("127.0.0.1", port)).close()
        os._exit(0)
    return about(one)


def prefork(children: str, life: str) -> Ready:
    """A server whose children inherit the listener and end all the time, each within ``life`` milliseconds."""
    one = opened()
    KEPT.append(one)

    def child() -> None:
        checked(LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0))
        time.sleep(random.random() * int(life) / 1000)  # noqa: S311 - any time will do
        os._exit(0)

    def serve() -> None:
        alive = 0
        while True:
            while alive >= int(children):
                os.wait()
                alive -= 1
            if os.fork() == 0:
                child()
            alive += 1

    if os.fork() == 0:
        checked(LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0))
        serve()
    return about(one)


def knock(port: str) -> Ready:
    """Connect to a server again and again, once it is there."""
    deadline = time.monotonic() + 20
    while True:
        try:
            socket.create_connection(("127.0.0.1", int(port))).close()
            break
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)

    def go_on() -> None:
        while True:
            socket.create_connection(("127.0.0.1", int(port))).close()

    threading.Thread(target=go_on, daemon=True).start()
    return {}


def opens() -> Ready:
    """Open a listener, wait on it in a thread, and close both, again and again."""

    def go_on() -> None:
        while True:
            one = opened()
            thread = threading.Thread(target=_until_closed, args=(one,), daemon=True)
            thread.start()
            time.sleep(0.01)
            one.shutdown(socket.SHUT_RD)  # wakes it
            thread.join()
            one.close()

    threading.Thread(target=go_on, daemon=True).start()
    return {}


def _until_closed(one: socket.socket) -> None:
    try:
        one.accept()
    except OSError:
        return


def _stolen(pid: int, descriptor: int) -> int:
    handle = checked(LIBC.syscall(PIDFD_OPEN, pid, 0))
    taken = checked(LIBC.syscall(PIDFD_GETFD, handle, descriptor, 0))
    os.close(handle)
    return taken


def memfd() -> Ready:
    """Run as a file that has no name on any disk."""
    descriptor = os.memfd_create("sshd", 0)
    pathlib.Path("/proc/self/fd/%d" % descriptor).write_bytes(pathlib.Path("/proc/self/exe").read_bytes())
    environment = {**os.environ, "PYTHONHOME": sys.base_prefix}
    os.execve(descriptor, [sys.executable, __file__, "listen"], environment)  # noqa: S606
    raise AssertionError("unreachable")


def delegated(top: str, path: str) -> Ready:
    """Make a control group in one that was delegated, and go there."""
    place = pathlib.Path(top) / path
    place.mkdir(parents=True)
    (place / "cgroup.procs").write_text(str(os.getpid()))
    return listen()


def many(count: str) -> Ready:
    """That many descriptors, in as few processes as their limit allows; the listener is the last of one of them."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    each = min(int(count), hard - 100)
    source = os.open(os.devnull, os.O_RDONLY)
    for _each in range(each):
        os.dup(source)
    for _other in range(each, int(count), each):
        if os.fork() == 0:
            checked(LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0))
            while True:
                signal.pause()
    return listen()


def vforked() -> Ready:
    """Wait in state D for a child that neither execs nor ends (vfork(2))."""
    say(listen())
    if LIBC.vfork() == 0:
        LIBC.pause()  # the child runs on its parent's stack: nothing may return here
    raise AssertionError("unreachable")


def activate(port: str, service: str, group: str, user: str) -> Ready:
    """As systemd does: hold the socket, start the service at a word of the input, go on holding it."""
    call_me(b"systemd")
    one = opened(port)
    KEPT.append(one)
    say(about(one))
    sys.stdin.readline()
    os.set_inheritable(one.fileno(), True)
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        (pathlib.Path(group) / "cgroup.procs").write_text("0")
        os.setuid(int(user))
        os.dup2(writer, 1)
        os.execv(service, [service, __file__, "sleep"])  # noqa: S606
    os.read(reader, 4096)  # it says that it runs
    return {"service": child}


def sleep() -> Ready:
    return {}


KEPT: list[t.Any] = []


def say(ready: Ready) -> None:
    print(json.dumps({"pid": os.getpid(), "exe": os.readlink("/proc/self/exe"), **ready}), flush=True)


if __name__ == "__main__":
    answer = globals()[sys.argv[1]](*sys.argv[2:])
    say(answer)
    sys.stdin.read()
