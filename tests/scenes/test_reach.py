# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Packets of another host that a listener really takes, and the reach that it is given for them.

Two namespaces and a link between them. Whatever gets to a socket has to be within its reach.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import typing as t

import pytest
from _scenes.stage import PYTHON, SOMEBODY, as_user
from _scenes.verdict import outcome_of, reach_of

Collect = t.Callable[..., dict[str, t.Any]]

# Listens as it is told, and says of each packet which port it came to. ``tcp,address,port[,device]``.
LISTEN = """
import json, select, socket, sys
kept = {}
for spec in sys.argv[1:]:
    kind, address, port, *device = spec.split(",")
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    one = socket.socket(family, socket.SOCK_STREAM if kind == "tcp" else socket.SOCK_DGRAM)
    if family == socket.AF_INET6:
        one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    if device:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, device[0].encode())
    one.bind((address, int(port)))
    if kind == "tcp":
        one.listen()
    kept[one] = spec
print("ready", flush=True)
ended = False
while True:
    ready = select.select([*kept] if ended else [*kept, sys.stdin], [], [], 0.3 if ended else None)[0]
    if ended and not ready:
        break
    for one in ready:
        if one is sys.stdin:
            ended = True
            continue
        if kept[one].startswith("tcp"):
            one.accept()[0].close()
        else:
            one.recvfrom(99)
        print(kept[one], flush=True)
"""
# Sends to each, from anywhere: a packet, or the first of a connection, which has to be answered.
SEND = """
import socket, sys
for spec in sys.argv[1:]:
    kind, address, port = spec.split(",")
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    one = socket.socket(family, socket.SOCK_STREAM if kind == "tcp" else socket.SOCK_DGRAM)
    one.settimeout(1.0)
    try:
        one.connect((address, int(port)))
        if kind == "udp":
            one.send(b"x")
    except OSError:
        pass
"""


class Pair:
    """A host, and its neighbour on the link ``e0``: 10.7.0.1 and .2, fd07::1 and ::2. It routes everything there."""

    def __init__(self, stack: contextlib.ExitStack, collect: Collect) -> None:
        self._collect = collect
        self._stack = stack
        self.host, self.peer = (self._namespace() for _each in range(2))
        self.ip("link", "add", "e0", "type", "veth", "peer", "name", "e0", "netns", str(self.peer))
        for pid, last in ((self.host, 1), (self.peer, 2)):
            for command in (
                f"-4 address add 10.7.0.{last}/24 dev e0",
                f"-6 address add fd07::{last}/64 dev e0 nodad",
                "link set lo up",
                "link set e0 up",
            ):
                _run(pid, "ip", *command.split())
        _run(self.peer, "ip", "route", "add", "default", "via", "10.7.0.1")
        _run(self.peer, "ip", "-6", "route", "add", "default", "via", "fd07::1")

    def _namespace(self) -> int:
        process = subprocess.Popen(["unshare", "-n", "sh", "-c", "echo; exec sleep 600"], stdout=subprocess.PIPE)
        assert process.stdout is not None
        self._stack.callback(process.wait)
        self._stack.callback(process.send_signal, signal.SIGKILL)
        self._stack.callback(process.stdout.close)
        process.stdout.readline()
        return process.pid

    def ip(self, *command: str) -> None:
        _run(self.host, "ip", *command)

    def routes(self, *commands: str) -> None:
        for command in commands:
            self.ip(*command.split())

    def write(self, setting: str, value: int) -> None:
        _run(self.host, "sh", "-c", f"echo {value} > /proc/sys/net/ipv4/conf/{setting}/route_localnet")

    @contextlib.contextmanager
    def listening(self, *specs: str) -> t.Iterator[subprocess.Popen[str]]:
        command = ["nsenter", "-t", str(self.host), "-n", sys.executable, "-c", LISTEN, *specs]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            assert process.stdin is not None
            assert process.stdout.readline() == "ready\n"
            yield process
            process.stdin.close()

    def taken(self, listening: subprocess.Popen[str], *specs: str) -> set[str]:
        """Which of the sockets took what the neighbour sent."""
        _run(self.peer, sys.executable, "-c", SEND, *specs)
        assert listening.stdin is not None
        assert listening.stdout is not None
        listening.stdin.close()
        return set(listening.stdout.read().split())

    def collect(self, *through: str, **options: t.Any) -> dict[str, t.Any]:
        return self._collect("nsenter", "-t", str(self.host), "-n", *through, **options)


def _run(pid: int, *command: str) -> None:
    subprocess.run(["nsenter", "-t", str(pid), "-n", *command], check=True)


@pytest.fixture
def pair(collect: Collect) -> t.Iterator[Pair]:
    with contextlib.ExitStack() as stack:
        yield Pair(stack, collect)


def reaches(snapshot: t.Mapping[str, t.Any]) -> dict[str, str]:
    """Reach of each listener, as its spec."""
    return {
        ",".join([one["protocol"], one["address"], str(one["port"]), *filter(None, [one["device"]])]): reach
        for one, reach in reach_of(snapshot)
    }


WILDCARDS = ("tcp,0.0.0.0,80", "udp,0.0.0.0,80", "tcp,::,80", "udp,::,80")
OF_V4, OF_V6 = set(WILDCARDS[:2]), set(WILDCARDS[2:])


@pytest.mark.parametrize(
    ("setup", "address", "taken"),
    [
        pytest.param([], "10.7.0.1", OF_V4, id="its own address"),
        pytest.param(["route add local 203.0.113.7/32 dev e0"], "203.0.113.7", OF_V4, id="load balancer"),
        pytest.param(["-6 route add local 2001:db8:7::7/128 dev e0"], "2001:db8:7::7", OF_V6, id="load balancer, IPv6"),
        pytest.param(["route add local 203.0.113.0/24 dev lo"], "203.0.113.9", OF_V4, id="AnyIP"),
        pytest.param(["-6 route add local 2001:db8:7::/64 dev lo"], "2001:db8:7::9", OF_V6, id="AnyIP, IPv6"),
        pytest.param(["address add 203.0.113.1/24 dev lo"], "203.0.113.9", OF_V4, id="network of an address of lo"),
        pytest.param(["-6 route add anycast 2001:db8:7::7/128 dev e0"], "2001:db8:7::7", {"udp,::,80"}, id="anycast"),
        pytest.param(["route add local 203.0.113.7 dev lo table main"], "203.0.113.7", OF_V4, id="main"),
        pytest.param(
            ["route add local 203.0.113.7 dev lo table default"], "203.0.113.7", {"udp,0.0.0.0,80"}, id="default"
        ),
        pytest.param(
            ["route add local 203.0.113.7 dev lo table 1000", "rule add lookup 1000"],
            "203.0.113.7",
            {"udp,0.0.0.0,80"},
            id="a table of a rule",
        ),
        pytest.param(
            ["-6 route add local 2001:db8:7::7 dev lo table 1000", "-6 rule add lookup 1000"],
            "2001:db8:7::7",
            OF_V6,
            id="a table of a rule, IPv6",
        ),
        pytest.param(
            ["route add local 203.0.113.7 dev lo table 1000", "rule add not fwmark 7 lookup 1000"],
            "203.0.113.7",
            {"udp,0.0.0.0,80"},
            id="a table of a rule for all but a mark",
        ),
        pytest.param(
            ["route add local 203.0.113.7 dev lo table 1000", "rule add fwmark 7 lookup 1000"],
            "203.0.113.7",
            set(),
            id="a table of a rule for a mark",
        ),
        pytest.param(["route add local 203.0.113.7 dev lo table 1000"], "203.0.113.7", set(), id="a table of no rule"),
    ],
)
def test_what_a_wildcard_takes(pair: Pair, setup: list[str], address: str, taken: set[str]) -> None:
    pair.routes(*setup)
    with pair.listening(*WILDCARDS) as listening:
        snapshot = pair.collect()
        assert pair.taken(listening, *(f"{kind},{address},80" for kind in ("tcp", "udp"))) == taken
    found = reaches(snapshot)
    public = taken if address != "10.7.0.1" else set()
    # An address of type anycast answers no TCP. It is counted for it all the same.
    public = public | ({"tcp,::,80"} if "anycast" in " ".join(setup) else set())
    assert {spec: reach == "public" for spec, reach in found.items()} == {spec: spec in public for spec in WILDCARDS}
    assert [gap for gap in snapshot["collector"]["gaps"] if gap["affects"] == "addresses"] == []


def test_a_router_is_asked_for_what_is_local_alone(pair: Pair) -> None:
    """With more routes than are read, the kernel filters them by table and type."""
    others = [f"route add 11.0.{each // 256}.{each % 256} via 10.7.0.2" for each in range(1000)]
    others += [f"-6 route add 2001:db8:{each:x}::/48 via fd07::2" for each in range(1000)]
    for family in ("-4", "-6"):
        commands = "\n".join(one.removeprefix("-6 ") for one in others if one.startswith("-6") == (family == "-6"))
        _run(pair.host, "sh", "-c", f"echo '{commands}' | ip {family} -batch -")
    pair.routes(
        "route add local 203.0.113.0/24 dev lo",
        "route add local 198.51.100.7 dev lo table main",
        "route add local 192.0.2.7 dev lo table 1000",
        "rule add lookup 1000",
        "-6 route add local 2001:db8:aaaa::/64 dev lo",
        "-6 route add anycast 2001:db8:bbbb::7 dev e0",
        "-6 route add local 2001:db8:cccc::7 dev lo table 1000",
        "-6 rule add lookup 1000",
    )
    with pair.listening(*WILDCARDS) as listening:
        snapshot = pair.collect()
        assert pair.taken(listening, "tcp,203.0.113.9,80", "udp,2001:db8:bbbb::7,80") == {WILDCARDS[0], WILDCARDS[3]}
    (local,) = snapshot["host"]["local_delivery"]
    assert [(one["network"], one["table"]) for one in local["networks"]] == [
        ("198.51.100.7/32", 254),
        ("2001:db8:bbbb::7/128", 255),
        ("2001:db8:aaaa::/64", 255),
        ("203.0.113.0/24", 255),
        ("192.0.2.7/32", 1000),
        ("2001:db8:cccc::7/128", 1000),
    ]
    assert set(reaches(snapshot).values()) == {"public"}
    assert [gap for gap in snapshot["collector"]["gaps"] if gap["affects"] == "addresses"] == []


def test_an_anycast_address_of_a_process(pair: Pair) -> None:
    """IPV6_JOIN_ANYCAST is a route of table local as well."""
    program = """
import socket, struct, sys
one = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
address = socket.inet_pton(socket.AF_INET6, "2001:db8:7::aaaa")
one.setsockopt(socket.IPPROTO_IPV6, 27, address + struct.pack("=I", socket.if_nametoindex("e0")))
print("ready", flush=True)
sys.stdin.read()
"""
    command = ["nsenter", "-t", str(pair.host), "-n", sys.executable, "-c", program]
    # Of a host the address would have to be in a network that it has anyway (ipv6_sock_ac_join()).
    _run(pair.host, "sysctl", "-qw", "net.ipv6.conf.all.forwarding=1")
    with pair.listening("udp,::,80") as listening:
        assert reaches(pair.collect())["udp,::,80"] == "private"
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as joined:
            assert joined.stdout is not None
            assert joined.stdout.readline() == "ready\n"
            found = reaches(pair.collect())
            assert pair.taken(listening, "udp,2001:db8:7::aaaa,80") == {"udp,::,80"}
            joined.kill()
    assert found["udp,::,80"] == "public"


def test_a_device_answers_for_the_addresses_of_others(pair: Pair) -> None:
    """The host takes a packet by its destination, whichever device it came in by."""
    pair.routes("link add d0 type bridge", "link set d0 up", "address add 203.0.113.1/32 dev d0")
    pair.routes("address del 10.7.0.1/24 dev e0", "address add 169.254.7.1/24 dev e0")
    _run(pair.peer, "ip", "address", "add", "169.254.7.2/24", "dev", "e0")
    _run(pair.peer, "ip", "route", "replace", "default", "via", "169.254.7.1")
    specs = ("tcp,0.0.0.0,80,e0", "udp,0.0.0.0,81,e0", "tcp,0.0.0.0,82,d0", "tcp,0.0.0.0,83,lo")
    with pair.listening(*specs) as listening:
        snapshot = pair.collect()
        sent = ("tcp,203.0.113.1,80", "udp,203.0.113.1,81", "tcp,203.0.113.1,82", "tcp,203.0.113.1,83")
        assert pair.taken(listening, *sent) == set(specs[:2])
    assert reaches(snapshot) == {specs[0]: "public", specs[1]: "public", specs[2]: "public", specs[3]: "host"}


def test_a_bridge_has_the_addresses_of_its_ports(pair: Pair) -> None:
    """A port takes no packets itself: what comes in by it comes in by the bridge."""
    pair.routes("link add br0 type bridge", "link set br0 up", "address add 203.0.113.1/32 dev e0")
    pair.routes("address add 169.254.7.1/24 dev br0", "link set e0 master br0", "address add 10.7.0.1/24 dev br0")
    with pair.listening("tcp,0.0.0.0,80,br0") as listening:
        snapshot = pair.collect()
        assert pair.taken(listening, "tcp,203.0.113.1,80") == {"tcp,0.0.0.0,80,br0"}
    assert reaches(snapshot) == {"tcp,0.0.0.0,80,br0": "public"}


@pytest.fixture
def crafting(pair: Pair) -> Pair:
    """The neighbour sends what it has for 127.0.0.1 to the host."""
    for command in (
        "ip rule add pref 10 to 127.0.0.1 lookup 50",
        "ip rule add pref 20 lookup local",
        "ip rule delete pref 0",
        "ip route add 127.0.0.1 via 10.7.0.1 dev e0 src 10.7.0.2 table 50",
        "sysctl -qw net.ipv4.conf.all.route_localnet=1",
    ):
        _run(pair.peer, *command.split())
    return pair


LOOPBACK = "tcp,127.0.0.1,80"
BOUND = "tcp,127.0.0.1,81,lo"


@pytest.mark.parametrize(
    ("settings", "taken"),
    [
        ((), False),
        (("all",), True),
        (("e0",), True),
        (("default", "lo"), False),
    ],
)
def test_route_localnet(crafting: Pair, settings: tuple[str, ...], *, taken: bool) -> None:
    for setting in settings:
        crafting.write(setting, 1)
    with crafting.listening(LOOPBACK, BOUND, "tcp,0.0.0.0,82") as listening:
        snapshot = crafting.collect()
        sent = ("tcp,127.0.0.1,80", "tcp,127.0.0.1,81")
        assert crafting.taken(listening, *sent) == ({LOOPBACK} if taken else set())
    found = reaches(snapshot)
    assert found == {LOOPBACK: "link" if taken else "host", BOUND: "host", "tcp,0.0.0.0,82": "private"}


@pytest.mark.parametrize("rules", ["dropped", "not dropped", "not known"])
def test_route_localnet_behind_a_packet_filter_is_one_finding_of_the_host(crafting: Pair, rules: str) -> None:
    """Whether rules drop it is not followed: the listeners keep their verdicts, and the host is not green."""
    crafting.write("all", 1)
    drop = "; add rule ip f in iif != lo ip daddr 127.0.0.0/8 drop" if rules == "dropped" else ""
    chain = "add table ip f; add chain ip f in { type filter hook prerouting priority -300; }"
    if rules != "not known":
        _run(crafting.host, "nft", chain + drop)
    through = as_user(SOMEBODY) if rules == "not known" else ()
    with crafting.listening(LOOPBACK, "tcp,127.0.0.1,81") as listening:
        snapshot = crafting.collect(*through, python=PYTHON) if through else crafting.collect()
        sent = ("tcp,127.0.0.1,80",)
        assert crafting.taken(listening, *sent) == (set() if rules == "dropped" else {LOOPBACK})
    assert set(reaches(snapshot).values()) == {"host"}
    found = [one for one in findings(snapshot) if one.found == "loopback-unproved"]
    assert [(one.verdict, one.port) for one in found] == [("unverified", None)]
    assert "80/tcp, 81/tcp" in found[0].message


def test_a_port_published_on_loopback_is_taken_from_the_link(crafting: Pair) -> None:
    """DNAT comes before the kernel refuses such a packet."""
    _run(
        crafting.host,
        "nft",
        "add table ip t; add chain ip t p { type nat hook prerouting priority -100; };"
        "add rule ip t p ip daddr 127.0.0.1 tcp dport 8080 dnat to 10.7.0.1:80",
    )
    with crafting.listening("tcp,10.7.0.1,80") as listening:
        snapshot = crafting.collect()
        assert crafting.taken(listening, "tcp,127.0.0.1,8080") == {"tcp,10.7.0.1,80"}
    assert [one.found for one in findings(snapshot)].count("loopback-unproved") == 1


def findings(snapshot: t.Mapping[str, t.Any]) -> t.Sequence[t.Any]:
    return outcome_of(snapshot, {"rules": [], "defaults": {"reach_host": "ignore"}}).findings


def test_without_privilege_it_is_the_same(pair: Pair) -> None:
    pair.routes("route add local 203.0.113.7/32 dev e0", "-6 route add local 2001:db8:7::/64 dev lo")
    with pair.listening(*WILDCARDS):
        whole, less = pair.collect(), pair.collect(*as_user(SOMEBODY), python=PYTHON)
    assert whole["host"]["local_delivery"] == less["host"]["local_delivery"]
    assert set(reaches(less).values()) == {"public"}


def test_another_namespace_has_its_own(pair: Pair, collect: Collect) -> None:
    pair.routes("route add local 203.0.113.7/32 dev e0")
    number = os.stat(f"/proc/{pair.host}/ns/net").st_ino
    with pair.listening("tcp,0.0.0.0,80"):
        snapshot = collect(namespaces="all")
    (found,) = [one for one in snapshot["host"]["local_delivery"] if one["namespace"] == number]
    assert json.dumps(found["networks"]) == json.dumps(
        [{"network": "203.0.113.7/32", "device": "e0", "vrf": None, "table": 255}]
    )
    assert [reach for one, reach in reach_of(snapshot) if one["namespace"] == number] == ["public"]
