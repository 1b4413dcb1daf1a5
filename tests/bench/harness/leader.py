# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""First process of a scene: fills its namespaces with processes and sockets, and times commands among them.

Runs as pid 1 of an own pid, mount and network namespace (see ``scene.py``), so that the kernel removes everything
when it ends; it ends with its standard input. It holds no socket itself. Requests and answers are one JSON object a
line.
"""

from __future__ import annotations

import fcntl
import functools
import gc
import json
import os
import resource
import socket
import struct
import subprocess
import sys
import threading
import time
import typing as t

BASE_PORT = 2000
DEEP_DESCRIPTOR = 5000
PARKED = 15000  # descriptors that the scene itself needs, out of the way
SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 0x1
IP_BIND_ADDRESS_NO_PORT = 24  # choose the port at connect(): a port serves many peers (ip(7))
Work = t.Callable[[], None]


def bring_loopback_up() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        flags = struct.unpack("16xH14x", fcntl.ioctl(control, SIOCGIFFLAGS, struct.pack("16sH14x", b"lo", 0)))[0]
        fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", flags | IFF_UP))


def open_listener(number: int) -> socket.socket:
    """Open the listener of that number: of eight, six TCP and two UDP; half of them IPv6; one of four on loopback."""
    family = socket.AF_INET6 if number % 2 else socket.AF_INET
    kind = socket.SOCK_DGRAM if number % 8 in (2, 5) else socket.SOCK_STREAM
    addresses = {socket.AF_INET: ("0.0.0.0", "127.0.0.1"), socket.AF_INET6: ("::", "::1")}[family]
    sock = socket.socket(family, kind)
    sock.bind((addresses[number % 4 == 3], BASE_PORT + number))
    if kind == socket.SOCK_STREAM:
        sock.listen(128)
    sock.set_inheritable(True)
    return sock


def send_into_flight(number: int) -> None:
    """Leave a listener with no descriptor anywhere: sent over a unix socket, closed, never received."""
    near, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    with open_listener(number) as sock:
        socket.send_fds(near, [b"x"], [sock.fileno()])
    for end in (near, far):
        os.set_inheritable(end.detach(), True)


def fill_descriptors(count: int) -> None:
    """Open so many descriptors, of the kinds that daemons hold: files, pipes, event descriptors, unix sockets."""
    opened: list[int] = []
    while len(opened) < count:
        if count - len(opened) < 2:
            opened.append(os.open(os.devnull, os.O_RDONLY))
            continue
        kind = len(opened) // 2 % 4
        if kind == 0:
            opened.extend(os.open(path, os.O_RDONLY) for path in ("/etc/passwd", os.devnull))
        elif kind == 1:
            opened.extend(os.pipe())
        elif kind == 2:
            opened.extend((os.eventfd(0), os.eventfd(0)))
        else:
            opened.extend(end.detach() for end in socket.socketpair())
    for descriptor in opened:
        os.set_inheritable(descriptor, True)


def join_unit(units: str | None, name: str) -> None:
    """Move this process into a unit's cgroup; sockets opened from now on belong to it."""
    if units:
        folder = os.path.join(units, "system.slice", name + ".service")
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, "cgroup.procs"), "w", encoding="ascii") as stream:
            stream.write("0")


def rest(_: int) -> None:
    """Become a small sleeping process; the descriptors stay."""
    os.execv("/bin/sleep", ["sleep", "infinity"])  # noqa: S606 - no shell is the point


def rest_bare(report: int) -> None:
    """The same without any descriptor, as a kernel thread shows itself; the report ends with the exec."""
    os.closerange(0, report)
    rest(report)


def fork(work: Work, then: t.Callable[[int], None], *, low: int | None = None, high: tuple[int, ...] = ()) -> int:
    """Fork a process that does ``work``, reports, and goes on with ``then``. Returns the reading end of its report.

    It keeps no descriptor of the leader but ``low``, which becomes 3, and ``high``, which become PARKED and on: so that
    its own are numbered from the bottom, as those of any daemon are.
    """
    reading, writing = os.pipe()
    if os.fork():
        os.close(writing)
        return reading
    try:
        _rearrange(low, (*high, writing))
        work()
        then(PARKED + len(high))
    finally:  # never back into the leader's own code
        failure = sys.exception()
        if failure is not None:
            os.write(PARKED + len(high), repr(failure).encode())
        os._exit(1)


def _rearrange(low: int | None, high: tuple[int, ...]) -> None:
    for position, descriptor in enumerate(high):
        os.dup2(descriptor, PARKED + position, inheritable=False)
    if low is not None:
        os.dup2(low, 3)
    os.closerange(3 if low is None else 4, PARKED)
    null = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    os.close(null)


def await_all(reports: t.Iterable[int]) -> None:
    """Wait until each process has closed its report (by exec, or when asked to rest). A text in it is an error."""
    for report in reports:
        with os.fdopen(report, "rb") as stream:
            said = stream.read()
        if said:
            raise RuntimeError(f"a process of the scene failed: {said.decode()}")


class Server:
    """A process that holds many established connections, both of their ends, and one or two listeners."""

    def __init__(self, *, index: int, listeners: list[int], threads: int, join: Work) -> None:
        self.index, self.listeners, self.threads, self._join = index, listeners, threads, join

    def start(self) -> int:
        orders, self._orders = os.pipe()
        self._answers, answers = os.pipe()
        report = fork(self._open, self._serve, high=(orders, answers))
        os.close(orders)
        os.close(answers)
        return report

    def order(self, connections: int) -> None:
        os.write(self._orders, struct.pack("I", connections))

    def confirm(self) -> None:
        if os.read(self._answers, 1) != b"x":
            raise RuntimeError(f"server {self.index} could not connect")

    def _open(self) -> None:
        self._join()
        for position, number in enumerate(self.listeners):
            sock = open_listener(number)
            if position:  # a reloaded configuration: a listener behind thousands of connections
                os.dup2(sock.fileno(), DEEP_DESCRIPTOR + position)
                sock.close()
            else:
                sock.detach()
        for _ in range(self.threads - 1):
            threading.Thread(target=threading.Event().wait, daemon=True).start()

    def _serve(self, report: int) -> None:
        os.close(report)
        while order := os.read(PARKED, 4):
            connect(self.index, struct.unpack("I", order)[0])
            os.write(PARKED + 1, b"x")


def connect(index: int, connections: int) -> None:
    """Establish connections to oneself over an own loopback address; each is two sockets of this process."""
    address = f"127.1.{index // 250}.{index % 250 + 1}"
    with socket.socket() as listener:
        listener.bind((address, 0))
        listener.listen(16)
        for _ in range(connections):
            client = socket.socket()
            client.setsockopt(socket.IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1)
            client.bind((address, 0))
            client.connect(listener.getsockname())
            listener.accept()[0].detach()
            client.detach()


class Population:
    """The processes of a scene, after a plan (:class:`scene.Plan` as a dict)."""

    def __init__(self, plan: dict[str, t.Any]) -> None:
        self.plan = plan
        self.servers: list[Server] = []
        self.established = 0

    def settle(self) -> None:
        numbers = list(range(self.plan["listeners"]))
        reports = [fork(functools.partial(send_into_flight, numbers.pop()), rest)]
        reports += self._start_servers(numbers)
        reports += self._start_preforked(numbers)
        await_all(reports)
        await_all([fork(lambda: None, rest_bare) for _ in range(self.plan["bare"])])
        self._start_daemons(numbers, len(reports) + self.plan["bare"])

    def _unit(self, name: str) -> None:
        join_unit(self.plan["units"], name)

    def _start_servers(self, numbers: list[int]) -> list[int]:
        reports = []
        for index in range(self.plan["servers"]):
            mine = [numbers.pop() for _ in range(2 if index < self.plan["deep"] else 1)]
            server = Server(
                index=index,
                listeners=mine,
                threads=self.plan["threads"],
                join=functools.partial(self._unit, f"server-{index}"),
            )
            reports.append(server.start())
            self.servers.append(server)
        return reports

    def _start_preforked(self, numbers: list[int]) -> list[int]:
        """Some daemons share one listener among five processes."""
        reports = []
        for group in range(self.plan["shared"]):
            join = functools.partial(self._unit, f"preforked-{group}")
            with open_listener(numbers.pop()) as listener:
                reports += [fork(join, rest, low=listener.fileno()) for _ in range(5)]
        return reports

    def _start_daemons(self, numbers: list[int], running: int) -> None:
        count = self.plan["processes"] - running - 1
        for first in range(0, count, 100):
            await_all([self._start_daemon(i, numbers, count) for i in range(first, min(first + 100, count))])

    def _spare(self) -> int:
        """Descriptors that are left for files, pipes and the like once sockets and standard streams are counted."""
        plan = self.plan
        sockets = plan["established"] + plan["listeners"] + 4 * plan["shared"] + 1
        standard = 3 * (plan["processes"] - plan["bare"])
        return int(plan["descriptors"] - sockets - standard - 2 * plan["servers"])

    def _start_daemon(self, index: int, numbers: list[int], count: int) -> int:
        mine = numbers[index::count]
        fill = self._spare() // count + (index < self._spare() % count)

        def work() -> None:
            self._unit(f"daemon-{index}")
            for number in mine:
                open_listener(number).detach()
            fill_descriptors(fill)

        return fork(work, rest)

    def connect(self, established: int) -> None:
        """Have so many established sockets in all; there can only be more of them."""
        share = (established - self.established) // 2 // max(1, len(self.servers))
        for server in self.servers:
            server.order(share)
        for server in self.servers:
            server.confirm()
        self.established += 2 * share * len(self.servers)


def census() -> dict[str, int]:
    """Count what is there, from /proc: not what was planned."""
    counts = {"processes": 0, "threads": 0, "descriptors": 0}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        counts["processes"] += 1
        counts["threads"] += len(os.listdir(f"/proc/{pid}/task"))
        counts["descriptors"] += len(os.listdir(f"/proc/{pid}/fd"))
    states: list[str] = []
    for table in ("tcp", "tcp6", "udp", "udp6"):
        with open(f"/proc/net/{table}", encoding="ascii") as stream:
            states += [table[:3] + line.split()[3] for line in stream.readlines()[1:]]
    counts["listeners"] = states.count("tcp0A") + states.count("udp07")
    counts["established"] = states.count("tcp01")
    return counts


def time_command(request: dict[str, t.Any]) -> dict[str, t.Any]:
    """Run a command to its end; its output goes to a file. Times in seconds, children that were waited for included."""
    with open(request["output"], "wb") as output:
        started = time.perf_counter()
        child = subprocess.Popen(
            request["argv"],
            env=request["env"],
            cwd=request["cwd"],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - started
    child.returncode = os.waitstatus_to_exitcode(status)
    return {"wall": wall, "cpu": usage.ru_utime + usage.ru_stime, "returncode": child.returncode}


def reap() -> None:
    """Collect what commands left behind: this is pid 1."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def answer(population: Population, request: dict[str, t.Any]) -> dict[str, t.Any]:
    if request["do"] == "connect":
        population.connect(request["established"])
        return {}
    if request["do"] == "census":
        return census()
    timing = time_command(request)
    reap()
    return timing


def main() -> None:
    plan = json.loads(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_NOFILE, (plan["limit"], plan["limit"]))
    bring_loopback_up()
    population = Population(plan)
    gc.collect()
    gc.freeze()  # the collector's bookkeeping would otherwise copy every shared page in each fork
    population.settle()
    print("{}", flush=True)
    for line in sys.stdin:
        print(json.dumps(answer(population, json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
