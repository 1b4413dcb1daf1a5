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
import os
import pathlib
import resource
import signal
import socket
import struct
import sys
import threading
import typing as t

LIBC = ctypes.CDLL(None, use_errno=True)
PR_SET_PDEATHSIG, PR_SET_NAME = 1, 15
CLONE_FILES = 0x400
# The same numbers on every machine: they are of system calls newer than the common table.
IO_URING_SETUP, IO_URING_REGISTER, PIDFD_OPEN, PIDFD_GETFD = 425, 427, 434, 438
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
