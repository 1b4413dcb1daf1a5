# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The evidence against what the machine's own programs list."""

from __future__ import annotations

import collections
import re

import pytest
from _fleet.controller import Run
from _hosts.audit import NAME
from _hosts.machine import Machine
from _hosts.sockets import Place, Sockets


def holders(run: Run) -> dict[Place, set[int]]:
    """The processes that the evidence shows for each place that ``ss`` can list."""
    found: dict[Place, set[int]] = collections.defaultdict(set)
    for item in run.evidence(NAME)["listeners"]:
        if item["published_by"] is None and item["protocol"] != "udplite":
            pids = {owner["pid"] for owner in item["owners"]} - {None, 1}
            found[item["protocol"], item["address"], item["port"]] |= pids
    return found


@pytest.mark.parametrize("way", ["root", "become"])
def test_ss_shows_the_same_sockets_and_processes(fresh: dict[str, Run], sockets: Sockets, way: str) -> None:
    assert holders(fresh[way]) == sockets.holders


def test_ss_shows_the_same_sockets_to_a_plain_user(fresh: dict[str, Run], sockets: Sockets) -> None:
    assert holders(fresh["plain"]).keys() == sockets.holders.keys()


def published(run: Run) -> set[tuple[str, int]]:
    evidence = run.evidence(NAME)["listeners"]
    return {(item["protocol"], item["port"]) for item in evidence if item["published_by"]}


ENGINES = """
docker ps --format '{{.Ports}}'
docker --host unix:///run/docker-rules.sock ps --format '{{.Ports}}'
podman ps --format '{{.Ports}}'
"""


def test_ports_of_engines_are_published(machine: Machine, fresh: dict[str, Run]) -> None:
    ports = re.findall(r":(\d+)->\d+/(\w+)", machine.shell.run(ENGINES))
    assert len(ports) > 4
    assert {(protocol, int(port)) for port, protocol in ports} <= published(fresh["root"])


def test_ports_of_rules_are_published(machine: Machine, fresh: dict[str, Run]) -> None:
    rules = machine.shell.run("ipvsadm -Sn; nft list table ip published")
    balanced = {("tcp", int(port)) for port in re.findall(r"-A -t \S+:(\d+)", rules)}
    translated = {(protocol, int(port)) for protocol, port in re.findall(r"(\w+) dport (\d+)", rules)}
    assert balanced | translated == {("tcp", 7401), ("udp", 7402), ("tcp", 7403), ("tcp", 7404)}
    assert balanced | translated <= published(fresh["root"])


def test_socket_units_are_those_of_systemd(machine: Machine, fresh: dict[str, Run]) -> None:
    listed = machine.shell.run("systemctl list-sockets --no-legend --no-pager --full --show-types")
    units = {(int(port), unit) for port, unit in re.findall(r":(\d+) +\w+ +(\S+\.socket)", listed)}
    evidence = fresh["root"].evidence(NAME)["listeners"]
    assert {(item["port"], item["socket_unit"]) for item in evidence if item["socket_unit"]} == units


def test_programs_of_rpc_are_seen(programs: set[tuple[str, int]], fresh: dict[str, Run]) -> None:
    assert programs <= {(item["protocol"], item["port"]) for item in fresh["root"].evidence(NAME)["listeners"]}
