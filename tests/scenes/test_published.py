# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ports that packet filters of this kernel really publish, seen and judged."""

from __future__ import annotations

import pathlib
import subprocess
import typing as t

import pytest
from _scenes.netns import Inside, inside
from _scenes.stage import PYTHON, SOMEBODY, as_user
from _scenes.verdict import judged, outcome_of

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
    assert gaps == ["what nftables publishes cannot be read: nft: there is no such command"]


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
