# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ports that packet filters of this kernel really publish, seen and judged."""

from __future__ import annotations

import os
import pathlib
import select
import subprocess
import sys
import typing as t

import pytest
from _scenes.netns import Inside, inside
from _scenes.room import Room
from _scenes.stage import PYTHON, SOMEBODY, Stage, as_user
from _scenes.verdict import judged, outcome_of

EXE = os.path.realpath(PYTHON)
Snapshot = dict[str, t.Any]
Collect = t.Callable[..., Snapshot]


@pytest.fixture
def host() -> t.Iterator[Inside]:
    """A namespace with a listener, and nothing published yet."""
    up = ("unshare", "-n", "sh", "-c", 'ip link set lo up && exec "$@"', "sh")
    with inside("tcp,0.0.0.0,22", before=up) as made:
        yield made


def run(host: Inside, *command: str) -> None:
    subprocess.run(["nsenter", "-t", str(host.pid), "-n", *command], check=True)


def nft(host: Inside, *rules: str) -> None:
    run(
        host,
        "nft",
        "; ".join(("add table ip t", "add chain ip t pre { type nat hook prerouting priority -100; }", *rules)),
    )


def seen(collect: Collect, host: Inside, **options: t.Any) -> Snapshot:
    return collect("nsenter", "-t", str(host.pid), "-n", **options)


def published(snapshot: Snapshot) -> list[tuple[t.Any, ...]]:
    return [
        (one["protocol"], one["address"], one["port"], one["published_by"], *one["published_to"])
        for one in snapshot["listeners"]
        if one["state"] == "published"
    ]


def test_nftables(collect: Collect, host: Inside) -> None:
    nft(host, "add rule ip t pre tcp dport { 8080, 9000-9001 } dnat to 172.17.0.2:80")
    snapshot = seen(collect, host)
    assert published(snapshot) == [("tcp", "0.0.0.0", port, "nftables", "172.17.0.2:80") for port in (8080, 9000, 9001)]
    assert [one["port"] for one in snapshot["listeners"] if one["state"] == "listen"] == [22]
    assert not [gap for gap in snapshot["collector"]["gaps"] if "publishes" in gap["detail"]]
    (listener, *_more) = [one for one in snapshot["listeners"] if one["state"] == "published"]
    assert (listener["owner_status"], listener["owners"], listener["owners_complete"]) == ("kernel", [], False)
    assert (listener["namespace"], listener["sockets"]) == (host.number, 0)


def test_maps_sets_and_jumps_of_nftables(collect: Collect, host: Inside) -> None:
    nft(
        host,
        "add map ip t m { type inet_service : ipv4_addr . inet_service ; elements = { 81 : 10.0.0.5 . 80 } ; }",
        "add rule ip t pre dnat to tcp dport map @m",
        "add chain ip t svc",
        "add rule ip t svc meta l4proto tcp dnat to 10.9.9.9:99",
        "add rule ip t pre tcp dport vmap { 7000 : jump svc }",
        "add set ip t s { type inet_service ; flags interval; elements = { 5000, 6000-6001 } ; }",
        "add rule ip t pre udp dport @s redirect to :5353",
    )
    assert published(seen(collect, host)) == [
        ("tcp", "0.0.0.0", 81, "nftables", "10.0.0.5:80"),
        ("tcp", "0.0.0.0", 7000, "nftables", "10.9.9.9:99"),
        *(("udp", "0.0.0.0", port, "nftables", "this host:5353") for port in (5000, 6000, 6001)),
    ]


@pytest.mark.parametrize("variant", ["iptables-nft", "iptables-legacy"])
def test_iptables(collect: Collect, host: Inside, variant: str) -> None:
    run(
        host,
        variant,
        "-t",
        "nat",
        "-A",
        "PREROUTING",
        "-p",
        "tcp",
        "--dport",
        "22000",
        "-j",
        "DNAT",
        "--to-destination",
        "10.2.2.2:22",
    )
    run(
        host,
        variant.replace("ip", "ip6", 1),
        "-t",
        "nat",
        "-A",
        "PREROUTING",
        "-p",
        "udp",
        "--dport",
        "53",
        "-j",
        "REDIRECT",
        "--to-ports",
        "5353",
    )
    snapshot = seen(collect, host)
    assert published(snapshot) == [
        ("tcp", "0.0.0.0", 22000, "iptables", "10.2.2.2:22"),
        ("udp", "::", 53, "iptables", "this host:5353"),
    ]
    assert not [gap for gap in snapshot["collector"]["gaps"] if gap["code"] == "rules-unread"]


def test_what_is_no_single_port(collect: Collect, host: Inside) -> None:
    nft(
        host,
        "add rule ip t pre ip daddr 192.0.2.1 dnat to 10.0.0.9",
        "add chain ip t mangle { type filter hook prerouting priority -150; }",
        "add rule ip t mangle tcp dport 3000 tproxy to 127.0.0.1:50080",
    )
    paths = {(path["kind"], path["detail"]) for path in seen(collect, host)["collector"]["alternate_paths"]}
    assert paths >= {
        ("dnat", "every protocol to 192.0.2.1 goes to 10.0.0.9"),
        ("tproxy", "tcp 3000 to every address goes to 127.0.0.1:50080"),
    }


@pytest.mark.parametrize(("address", "transparent"), [("192.0.2.1", False), ("10.96.0.0/12", True)])
def test_addresses_that_need_not_be_the_host_s(collect: Collect, host: Inside, address: str, transparent: bool) -> None:
    nft(host, f"add rule ip t pre ip daddr {address} tcp dport 25 redirect to :2525")
    (one,) = [one for one in seen(collect, host)["listeners"] if one["state"] == "published"]
    assert (one["port"], one["transparent"]) == (25, transparent)


def test_what_the_host_itself_sends_is_left_out(collect: Collect, host: Inside) -> None:
    nft(
        host,
        "add chain ip t out { type nat hook output priority -100; }",
        "add rule ip t out tcp dport 80 redirect to :8080",
    )
    assert published(seen(collect, host)) == []


def test_from_outside_of_the_namespace(collect: Collect, host: Inside) -> None:
    nft(host, "add rule ip t pre tcp dport 8080 dnat to 172.17.0.2:80")
    whole = collect(namespaces="all")
    # The machine may have other namespaces, of others, in which the same port is published.
    own = {**whole, "listeners": [one for one in whole["listeners"] if one["namespace"] == host.number]}
    assert published(own) == [("tcp", "0.0.0.0", 8080, "nftables", "172.17.0.2:80")]


@pytest.mark.parametrize(
    ("process", "verdict", "codes"),
    [
        pytest.param({}, "pass", [], id="approved by port"),
        pytest.param({"user": "root"}, "unverified", ["unverified-owner"], id="a process cannot be told"),
    ],
)
def test_it_is_judged_by_the_same_rules(
    collect: Collect, host: Inside, process: dict[str, str], verdict: str, codes: list[str]
) -> None:
    nft(host, "add rule ip t pre tcp dport 8080 dnat to 172.17.0.2:80")
    one = judged(seen(collect, host), 8080, process)
    assert (one.verdict, [finding.code for finding in one.findings]) == (verdict, codes)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        pytest.param({"port": 23, "expect": "forbidden"}, ("alternate-path", "fail"), id="forbidden, and among them"),
        pytest.param({"port": 2323, "expect": "forbidden"}, None, id="forbidden, and not"),
        pytest.param(
            {"port": 23, "expect": "required"}, ("missing-listener", "unverified"), id="required, and among them"
        ),
        pytest.param({"port": 2323, "expect": "required"}, ("missing-listener", "fail"), id="required, and not"),
    ],
)
def test_more_ports_than_can_be_listed(
    collect: Collect, host: Inside, rule: dict[str, t.Any], expected: tuple[str, str] | None
) -> None:
    nft(host, "add rule ip t pre tcp dport 1-2000 dnat to 172.17.0.2")
    rules = [{"id": "ssh", "protocol": "tcp", "port": 22}, {"id": "one", "protocol": "tcp", **rule}]
    outcome = outcome_of(seen(collect, host), {"rules": rules, "defaults": {"alternate_path": "warn"}})
    found = [(one.code, one.verdict) for one in outcome.findings if one.rule == "one"]
    assert found == ([expected] if expected else [])
    assert outcome.verdict == (expected[1] if expected else "warn")


PASSES = [("listen", "pass", "port+owner"), ("published", "pass", "port")]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        pytest.param(
            {"state": "published", "process": {"exe": EXE, "user": "root"}}, PASSES, id="one approval for both"
        ),
        pytest.param(
            {"state": "published", "process": {"exe": "/usr/bin/docker-proxy"}},
            [("listen", "fail", None), ("published", "pass", "port")],
            id="the socket is somebody else's",
        ),
        pytest.param(
            {"state": "published"},
            [("listen", "fail", None), ("published", "pass", "port")],
            id="no socket is approved",
        ),
        pytest.param(
            {"state": "socket"},
            [("listen", "pass", "port"), ("published", "fail", None)],
            id="nothing else is approved",
        ),
        pytest.param({}, [("listen", "pass", "port"), ("published", "pass", "port")], id="by number"),
    ],
)
def test_a_socket_on_a_published_port(
    stage: Stage, collect: Collect, rule: dict[str, t.Any], expected: list[tuple[str, str, str | None]]
) -> None:
    with Room.made(stage, collect) as room, room.playing("listen") as actor:
        chain = "add table ip t; add chain ip t c { type nat hook prerouting priority -100 ; }; add rule ip t c"
        room.run("nft", f"{chain} tcp dport {actor.port} dnat to 172.17.0.2:80")
        snapshot = room.collect()
    outcome = outcome_of(snapshot, {"rules": [{"id": "web", "protocol": "tcp", "port": actor.port, **rule}]})
    found = [one for one in outcome.listeners if one.listener.port == actor.port]
    assert sorted((one.listener.state, one.verdict, one.basis) for one in found) == expected


NOT_SEEN = "published ports not seen: run with --become"


def published_gaps(snapshot: Snapshot) -> list[tuple[str, str]]:
    return [
        (gap["affects"], gap["detail"])
        for gap in snapshot["collector"]["gaps"]
        if gap["code"] in ("published-unseen", "rules-unread")
    ]


@pytest.mark.parametrize("rules", [True, False], ids=["there are rules", "there are none"])
def test_without_privilege_what_is_published_is_one_gap(collect: Collect, host: Inside, rules: bool) -> None:
    if rules:
        nft(host, "add rule ip t pre tcp dport 8080 dnat to 172.17.0.2:80")
    snapshot = seen_as_somebody(collect, host)
    assert published(snapshot) == []
    assert published_gaps(snapshot) == [("listeners", NOT_SEEN)]


@pytest.mark.parametrize(
    ("rule", "findings"),
    [
        pytest.param({"port": 22}, [("collection-gap", "unverified")], id="what was seen keeps its verdict"),
        pytest.param(
            {"port": [22, 8080], "expect": "required"},
            [("collection-gap", "unverified"), ("missing-listener", "unverified")],
            id="required, and published",
        ),
        pytest.param(
            {"port": 22, "expect": "forbidden"},
            [("collection-gap", "unverified"), ("forbidden-listener", "fail")],
            id="a forbidden one that was seen fails",
        ),
    ],
)
def test_without_privilege_nothing_is_said_to_be_absent(
    collect: Collect, host: Inside, rule: dict[str, t.Any], findings: list[tuple[str, str]]
) -> None:
    nft(host, "add rule ip t pre tcp dport 8080 dnat to 172.17.0.2:80")
    never = {"id": "never", "protocol": "tcp", "port": 9090, "expect": "forbidden"}
    outcome = outcome_of(seen_as_somebody(collect, host), {"rules": [{"id": "one", "protocol": "tcp", **rule}, never]})
    assert sorted((one.code, one.verdict) for one in outcome.findings) == findings
    assert outcome.verdict == max((verdict for _code, verdict in findings), key=("unverified", "fail").index)


def seen_as_somebody(collect: Collect, host: Inside) -> Snapshot:
    return collect("nsenter", "-t", str(host.pid), "-n", *as_user(SOMEBODY), python=PYTHON)


def test_without_the_program_rules_are_a_gap(collect: Collect, host: Inside) -> None:
    nft(host, "add rule ip t pre tcp dport 8080 dnat to 172.17.0.2:80")
    hide = ["unshare", "-m", "sh", "-c", 'mount --bind /dev/null /usr/sbin/nft && exec "$@"', "sh"]
    snapshot = collect("nsenter", "-t", str(host.pid), "-n", *hide)
    gaps = [gap["detail"] for gap in snapshot["collector"]["gaps"] if gap["code"] == "rules-unread"]
    assert gaps == ["ports that nftables publishes could not be read: nft: the host has no such command"]


@pytest.mark.parametrize("comment", ["!", "! ", "-j", "--dport", 'it\'s "x" \\', "a\n-A PREROUTING -j RETURN\nb", "#"])
@pytest.mark.parametrize("variant", ["iptables-nft", "iptables-legacy"])
def test_comments_of_iptables(collect: Collect, host: Inside, variant: str, comment: str) -> None:
    rule = ["-t", "nat", "-A", "PREROUTING", "-p", "tcp", "--dport", "8080", "-m", "comment", "--comment", comment]
    run(host, variant, *rule, "-j", "DNAT", "--to-destination", "10.2.2.2:80")
    assert published(seen(collect, host)) == [("tcp", "0.0.0.0", 8080, "iptables", "10.2.2.2:80")]


def test_a_host_without_rules_runs_nothing(collect: Collect, host: Inside, tmp_path: pathlib.Path) -> None:
    trace = ("strace", "-f", "-qq", "-e", "trace=execve", "-o", str(tmp_path / "trace"))
    snapshot = collect("nsenter", "-t", str(host.pid), "-n", *trace)
    programs = [line for line in (tmp_path / "trace").read_text().splitlines() if "execve" in line and "= 0" in line]
    assert len(programs) == 1, programs
    assert published(snapshot) == []


# Takes datagrams on a port, and says so with what was in each.
RECEIVE = """
import socket, sys
taker = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
taker.bind(("0.0.0.0", int(sys.argv[1])))
print("ready", flush=True)
while True:
    print(taker.recv(100).decode(), flush=True)
"""
SEND = "import socket, sys; socket.socket(2, 2).sendto(sys.argv[3].encode(), (sys.argv[1], int(sys.argv[2])))"


class Wire(t.NamedTuple):
    """A host with a bridge at 10.9.0.1, whose port e0 leads to a peer; something takes datagrams on its port 5353."""

    host: Inside
    peer: Inside
    taker: subprocess.Popen[str]

    def arrives(self, address: str, port: int, *, attempts: int = 10) -> bool:
        """Whether a datagram that the peer sends there reaches the port 5353."""
        assert self.taker.stdout is not None
        word = f"to {address}:{port}"
        enter = ["nsenter", "-t", str(self.peer.pid), "-n", sys.executable, "-c", SEND]
        for _attempt in range(attempts):
            subprocess.run([*enter, address, str(port), word], check=True)
            if select.select([self.taker.stdout], [], [], 0.5)[0]:
                return word in self.taker.stdout.readline()
        return False


@pytest.fixture
def wire(host: Inside) -> t.Iterator[Wire]:
    with inside(before=("unshare", "-n")) as peer:
        for command in (
            "ip link add br0 type bridge",
            f"ip link add e0 type veth peer name p0 netns {peer.pid}",
            "ip link set e0 master br0",
            "ip link set e0 up",
            "ip link set br0 up",
            "ip address add 10.9.0.1/16 dev br0",
        ):
            run(host, *command.split())
        for command in ("ip address add 10.9.0.2/16 dev p0", "ip link set p0 up"):
            run(peer, *command.split())
        enter = ["nsenter", "-t", str(host.pid), "-n", sys.executable, "-c", RECEIVE, "5353"]
        with subprocess.Popen(enter, stdout=subprocess.PIPE, text=True) as taker:
            assert taker.stdout is not None
            assert taker.stdout.readline() == "ready\n"
            try:
                yield Wire(host, peer, taker)
            finally:
                taker.kill()


TO_5353 = "this host:5353"


@pytest.mark.parametrize(
    ("family", "hook", "rule", "seen_as"),
    [
        pytest.param("ip", "prerouting", "udp dport 8053 udp dport set 5353", TO_5353, id="ip, prerouting"),
        pytest.param("inet", "prerouting", "udp dport 8053 udp dport set 5353", TO_5353, id="inet, prerouting"),
        pytest.param("bridge", "prerouting", "udp dport 8053 udp dport set 5353", TO_5353, id="bridge, prerouting"),
        pytest.param("netdev", "ingress device e0", "udp dport 8053 udp dport set 5353", TO_5353, id="netdev, ingress"),
        pytest.param("inet", "ingress device e0", "udp dport 8053 udp dport set 5353", TO_5353, id="inet, ingress"),
        pytest.param("ip", "input", "udp dport 8053 udp dport set 5353", TO_5353, id="ip, input"),
        pytest.param("inet", "input", "udp dport 8053 udp dport set 5353", TO_5353, id="inet, input"),
        pytest.param("bridge", "input", "udp dport 8053 udp dport set 5353", TO_5353, id="bridge, input"),
        pytest.param(
            "ip", "prerouting", "meta l4proto udp th dport 8053 th dport set 5353", TO_5353, id="any transport header"
        ),
        pytest.param("ip", "prerouting", "meta l4proto udp @th,16,16 8053 @th,16,16 set 5353", TO_5353, id="raw bits"),
        pytest.param("ip", "prerouting", "udp dport set udp dport map { 8053 : 5353 }", TO_5353, id="a map"),
        pytest.param("ip", "prerouting", "@nh,176,16 8053 @nh,176,16 set 5353", None, id="raw bits of the IP header"),
        pytest.param("ip", "prerouting", "meta l4proto udp th dport set 5353", None, id="every port"),
        pytest.param(
            "inet", "input", "udp dport 8053 jump { udp dport set 5353 ; }", "gap", id="a chain without a name"
        ),
    ],
)
def test_rewritten_ports(  # noqa: PLR0917
    collect: Collect, wire: Wire, family: str, hook: str, rule: str, seen_as: str | None
) -> None:
    assert not wire.arrives("10.9.0.1", 8053, attempts=1)
    chain = f"type filter hook {hook} priority -300 ;"
    run(wire.host, "nft", f"add table {family} r; add chain {family} r c {{ {chain} }}; add rule {family} r c {rule}")
    assert wire.arrives("10.9.0.1", 8053)
    snapshot = seen(collect, wire.host)
    found = {row[0]: row[4] for row in published(snapshot) if row[2] == 8053}
    kinds = {path["kind"] for path in snapshot["collector"]["alternate_paths"]}
    if seen_as == "gap":
        (gap,) = published_gaps(snapshot)
        assert "the effect of these is not known: the statement jump" in gap[1]
    elif seen_as is None:
        assert "dnat" in kinds
    else:
        assert found == {"udp": seen_as}
        assert "dnat" not in kinds


PAST_OPTIONS = """
import socket
taker, sender = (socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) for _each in range(2))
taker.bind(("::", 5353))
taker.settimeout(5)
sender.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_HOPOPTS, bytes([0, 0, 1, 4, 0, 0, 0, 0]))
sender.sendto(b"x", ("::1", 8053))
taker.recv(1)
"""


def test_a_header_before_that_of_the_transport_hides_no_port(collect: Collect, host: Inside) -> None:
    rule = "ip6 nexthdr 0 udp dport 8053 udp dport set 5353"
    run(host, "nft", "add table ip6 r; add chain ip6 r c { type filter hook prerouting priority -300 ; }")
    run(host, "nft", f"add rule ip6 r c {rule}")
    run(host, sys.executable, "-c", PAST_OPTIONS)
    assert published(seen(collect, host)) == [("udp", "::", 8053, "nftables", TO_5353)]


@pytest.mark.parametrize(
    "command",
    [
        "iptables-legacy -t nat -A PREROUTING -d 10.9.7.0/24 -j NETMAP --to 10.9.0.0/24",
        "iptables-nft -t nat -A PREROUTING -d 10.9.7.0/24 -j NETMAP --to 10.9.0.0/24",
        "nft add rule ip r c ip daddr 10.9.7.0/24 dnat ip prefix to 10.9.0.0/24",
        "nft add rule ip r c dnat ip prefix to ip daddr map { 10.9.7.0/24 : 10.9.0.0/24 }",
        "nft add rule ip r w ip daddr 10.9.7.1 ip daddr set 10.9.0.1",
        "nft add rule ip r w ip daddr set ip daddr map { 10.9.7.1 : 10.9.0.1 }",
    ],
)
def test_rewritten_addresses(collect: Collect, wire: Wire, command: str) -> None:
    run(wire.host, "ip", "route", "add", "local", "10.9.7.0/24", "dev", "br0", "table", "100")
    run(wire.peer, "ip", "neigh", "add", "10.9.7.1", "lladdr", mac(wire.host), "dev", "p0")
    base = "add table ip r; add chain ip r c { type nat hook prerouting priority -100 ; }"
    run(wire.host, "nft", base + "; add chain ip r w { type filter hook prerouting priority -300 ; }")
    assert not wire.arrives("10.9.7.1", 5353, attempts=1)
    run(wire.host, *command.split())
    assert wire.arrives("10.9.7.1", 5353)
    snapshot = seen(collect, wire.host)
    assert [path["kind"] for path in snapshot["collector"]["alternate_paths"]].count("dnat") == 1
    assert published_gaps(snapshot) == []


def mac(host: Inside) -> str:
    """The link's address of the bridge."""
    show = ["nsenter", "-t", str(host.pid), "-n", "ip", "-o", "link", "show", "br0"]
    shown = subprocess.run(show, check=True, capture_output=True, text=True).stdout
    return shown.split("link/ether ")[1].split()[0]


def hidden(*programs: str) -> list[str]:
    """The command that runs another one where programs cannot be run."""
    mounts = "".join("mount --bind /dev/null %s && " % program for program in programs)
    return ["unshare", "-m", "sh", "-c", mounts + 'exec "$@"', "sh"]


LEGACY_RULE = ["-t", "nat", "-A", "PREROUTING", "-p", "tcp", "--dport", "8080", "-j", "DNAT"]
LEGACY_RULE += ["--to-destination", "10.2.2.2:80"]


@pytest.mark.parametrize("name", ["iptables", "ip6tables"])
def test_legacy_rules_without_the_legacy_program_are_a_gap(collect: Collect, host: Inside, name: str) -> None:
    rule = [word.replace("10.2.2.2:80", "fd00::2") if name == "ip6tables" else word for word in LEGACY_RULE]
    run(host, name + "-legacy", *rule)
    snapshot = collect("nsenter", "-t", str(host.pid), "-n", *hidden("/usr/sbin/xtables-legacy-multi"))
    assert published(snapshot) == []
    why = f"ports that iptables publishes could not be read: {name}-save does not show the table nat of {name}-legacy"
    assert published_gaps(snapshot) == [("listeners", why)]


def test_the_nft_variant_is_not_read_by_the_legacy_program(collect: Collect, host: Inside) -> None:
    run(host, "iptables-nft", *LEGACY_RULE)
    real, link = "/usr/sbin/xtables-nft-multi", "/usr/sbin/iptables-save"
    swap = f'mount --bind /usr/sbin/xtables-legacy-multi {real} && test -L {link} && exec "$@"'
    snapshot = collect("nsenter", "-t", str(host.pid), "-n", "unshare", "-m", "sh", "-c", swap, "sh")
    assert published(snapshot) == []
    ((affects, detail),) = published_gaps(snapshot)
    assert (affects, detail.startswith("ports that nftables publishes could not be read: ")) == ("listeners", True)


def test_legacy_and_nft_at_once(collect: Collect, host: Inside) -> None:
    run(host, "iptables-legacy", *LEGACY_RULE)
    run(host, "iptables-nft", *[word.replace("8080", "8081") for word in LEGACY_RULE])
    snapshot = seen(collect, host)
    assert [row[2] for row in published(snapshot)] == [8080, 8081]
    assert published_gaps(snapshot) == []


@pytest.mark.parametrize("variant", ["iptables-nft", "iptables-legacy"])
def test_targets_that_publish_nothing(collect: Collect, host: Inside, variant: str) -> None:
    for rule in (
        "-t mangle -A PREROUTING -p tcp --dport 80 -j MARK --set-mark 1",
        "-t nat -A PREROUTING -p tcp --dport 81 -j LOG --log-prefix -j",
        "-t nat -A POSTROUTING -s 10.0.0.0/24 -j MASQUERADE",
        "-t nat -A POSTROUTING -s 10.0.1.0/24 -j NETMAP --to 10.9.1.0/24",
    ):
        run(host, variant, *rule.split())
    snapshot = seen(collect, host)
    assert (published(snapshot), published_gaps(snapshot)) == ([], [])
    assert "dnat" not in {path["kind"] for path in snapshot["collector"]["alternate_paths"]}
