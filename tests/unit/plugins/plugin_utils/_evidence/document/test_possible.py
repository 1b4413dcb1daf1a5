# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What no host can answer, whatever its shape."""

from __future__ import annotations

import copy
import time
import typing as t

import pytest
from ansible_collections.fleetports.compliance.plugins.module_utils._socket import Gap, to_dict
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.document import _evidence_shape, _possible
from ansible_collections.fleetports.compliance.tests.unit.factories.evidence import address, observation
from ansible_collections.fleetports.compliance.tests.unit.factories.listeners import listener, owner

LOST = to_dict(Gap("dump-refused", "listeners", "x", "tcp", "ipv4"))
PUBLISHED = {"state": "published", "published_by": "iptables", "sockets": 0, "owner_status": "kernel", "owners": []}
OWN = address("10.0.0.1", namespace=5)
DELIVERY = {
    "namespace": 5,
    "networks": [{"network": "10.1.0.0/16", "device": None, "vrf": None, "table": 254}],
    "bridges": [],
    "vrfs": [],
    "l3mdev_accept": None,
    "route_localnet": None,
}


def answer() -> dict[str, t.Any]:
    """What a host may well say."""
    host = {"clock": "2026-11-24T12:00:00.250Z", "addresses": [dict(OWN)], "local_delivery": [copy.deepcopy(DELIVERY)]}
    host["ephemeral_ports"] = {"first": 32768, "last": 60999, "reserved": ["8080", "9000-9100"]}
    seen = observation(listener(22, owner(pid=7)), host=host, platform="linux", options={"owners": "all"})
    return copy.deepcopy(seen)


def test_an_honest_answer_can_be() -> None:
    assert _evidence_shape.answer_fault(answer()) is None
    assert _possible.impossible(answer()) is None


CASES = [
    pytest.param("collector", {"sources": []}, "collector.sources is empty", id="nothing was asked"),
    pytest.param("collector", {"sources": ["a", "a"]}, "collector.sources has a duplicate", id="a source twice"),
    pytest.param(
        "collector", {"sources": [""]}, "collector.sources has a duplicate or an empty", id="a source without a name"
    ),
    pytest.param("collector", {"sources": [], "gaps": [LOST]}, None, id="nothing was asked, and why"),
    pytest.param(
        "collector",
        {"sources": [], "gaps": [{**LOST, "code": "rules-unread"}]},
        "collector.sources is empty",
        id="a gap that hides no socket",
    ),
    pytest.param("collector", {"gaps": [{**LOST, "protocol": "smoke"}]}, "collector.gaps[0].protocol", id="a gap"),
    pytest.param("collector", {"owners_complete": True}, None, id="complete owners"),
    pytest.param(
        "collector",
        {"owners_complete": True, "options": {"owners": "first"}},
        "collector.owners_complete is true, and owners was 'first'",
        id="complete owners that nobody asked for",
    ),
    pytest.param(
        "collector",
        {"owners_complete": True, "privilege": {"euid": 7, "capabilities": [], "all_processes": False}},
        "collector.owners_complete is true, but not all",
        id="complete owners of some processes",
    ),
    pytest.param(
        "collector",
        {"privilege": {"euid": -1, "capabilities": [], "all_processes": None}},
        "collector.privilege.euid",
        id="a negative user",
    ),
    pytest.param(
        "collector",
        {"namespaces": {"scope": "all", "host": 1, "looked_at": [2, 2], "left_out": 0}},
        "collector.namespaces.looked_at has a duplicate",
        id="a namespace twice",
    ),
    pytest.param(
        "collector",
        {"namespaces": {"scope": "host", "host": 1, "looked_at": [2], "left_out": 0}},
        "collector.namespaces.looked_at is not empty",
        id="a namespace that was not asked for",
    ),
    pytest.param(
        "collector",
        {"namespaces": {"scope": "all", "host": 1, "looked_at": [], "left_out": -3}},
        "collector.namespaces.left_out is negative",
        id="a negative count",
    ),
    pytest.param(
        "collector",
        {"budget": {"cpu_limit": 1, "cpu_used": -0.5, "wall_limit": 1, "wall_used": 1}},
        "collector.budget.cpu_used",
        id="negative seconds",
    ),
    pytest.param(
        "collector",
        {"budget": {"cpu_limit": 1, "cpu_used": float("nan"), "wall_limit": 1, "wall_used": 1}},
        "collector.budget.cpu_used",
        id="seconds that are no number",
    ),
    pytest.param(
        "collector",
        {"alternate_paths": [{"kind": "raw", "detail": "x", "count": 0, "namespace": 1, "owners": []}]},
        "collector.alternate_paths[0].count",
        id="a way in that is not there",
    ),
    pytest.param("host", {"clock": "9999-99-99T99:99:99Z"}, "host.clock is not a time", id="a clock"),
    pytest.param("host", {"clock": None}, None, id="no clock"),
    pytest.param("host", {"addresses": [{**OWN, "address": "x/999"}]}, "host.addresses[0].address is", id="an address"),
    pytest.param("host", {"addresses": [OWN, {**OWN, "address": "10.0.0.1/24"}]}, "host.addresses[1]", id="a network"),
    pytest.param("host", {"addresses": [{**OWN, "prefix_length": 33}]}, "host.addresses[0].prefix_length", id="length"),
    pytest.param("host", {"addresses": [{**OWN, "address": "fe80::1%lo0", "prefix_length": 64}]}, None, id="a scope"),
    pytest.param("host", {"ephemeral_ports": {"first": 1, "last": 70000, "reserved": []}}, "host.ephemeral", id="last"),
    pytest.param(
        "host", {"ephemeral_ports": {"first": 1, "last": 7, "reserved": ["x"]}}, "host.ephemeral", id="reserved"
    ),
    pytest.param(
        "host",
        {"local_delivery": [{**DELIVERY, "networks": [{**DELIVERY["networks"][0], "network": "10.0.0.0/99"}]}]},
        "host.local_delivery[0] has an entry that is not a network: '10.0.0.0/99'",
        id="a local network",
    ),
    pytest.param("listener", {"port": 70000}, "listeners[0].port is not a port number: 70000", id="port"),
    pytest.param(
        "listener", {"address": "fe80::1%eth0"}, "listeners[0].address is not an ipv4 address", id="a scope on IPv4"
    ),
    pytest.param("listener", {"address": "::"}, "listeners[0].address is not an ipv4 address", id="IPv6 on IPv4"),
    pytest.param("listener", {"family": "ipv6"}, "listeners[0].address is not an ipv6 address", id="IPv4 on IPv6"),
    pytest.param(
        "listener", {"address": "1.2.3.4\n"}, "listeners[0].address is not an ipv4 address", id="an end of line"
    ),
    pytest.param("listener", {"address": "a\0b"}, "listeners[0].address is not an ipv4 address", id="NUL"),
    pytest.param("listener", {"state": "unconnected"}, "listeners[0].state is 'unconnected', and protocol", id="state"),
    pytest.param("listener", {"state": "published"}, "listeners[0].state is 'published', and publ", id="by nobody"),
    pytest.param("listener", {"published_by": "ipvs"}, "listeners[0].state is 'listen', and publ", id="by somebody"),
    pytest.param("listener", {"sockets": 0}, "listeners[0].sockets is 0", id="no socket"),
    pytest.param("listener", PUBLISHED, None, id="no socket, for it is published"),
    pytest.param("listener", {"dual_stack": True}, "listeners[0].dual_stack", id="IPv4 that takes IPv4 too"),
    pytest.param("listener", {"scope_id": 3}, "listeners[0].dual_stack or scope_id", id="IPv4 with a scope"),
    pytest.param("listener", {"inodes": [7, 7]}, "listeners[0].inodes", id="an inode twice"),
    pytest.param("listener", {"owner_status": "unattributed"}, "listeners[0].owner_status is 'unatt", id="an owner"),
    pytest.param("listener", {"owners": []}, "listeners[0].owner_status is 'known', and there are 0", id="no owner"),
    pytest.param(
        "listener",
        {"owners": [], "owner_status": "denied", "owners_complete": True},
        "listeners[0].owners_complete is true, and owner_status is 'denied'",
        id="all owners, of whom none is known",
    ),
    pytest.param(
        "listener",
        {"owners": [to_dict(owner(pid=7)), to_dict(owner(pid=7))]},
        "listeners[0].owners names one process twice",
        id="an owner twice",
    ),
    pytest.param(
        "listener",
        {"owners": [to_dict(owner(pid=7, unit="a")), to_dict(owner(pid=7, unit="b"))]},
        None,
        id="two services of Windows in a process",
    ),
    pytest.param(
        "listener", {"owners": [to_dict(owner(pid=-7))]}, "listeners[0].owners has a neg", id="a negative pid"
    ),
]


@pytest.mark.parametrize(("part", "change", "says"), CASES)
def test_what_cannot_be_is_refused_with_its_place(part: str, change: dict[str, t.Any], says: str | None) -> None:
    given = answer()
    (given["listeners"][0] if part == "listener" else given[part]).update(copy.deepcopy(change))
    found = _possible.impossible(given)
    assert (found or "").startswith(says or "")
    assert (found is None) == (says is None)
    assert "\n" not in (found or "")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        pytest.param({"ended": "9999-99-99T00:00:00Z"}, "collected.ended is not a time", id="end"),
        pytest.param({"started": "soon"}, "collected.started is not a time", id="start"),
        pytest.param({"duration": -1.0}, "collected.duration is negative", id="duration"),
        pytest.param({}, "", id="nothing"),
    ],
)
def test_when_stored_evidence_says_it_was_collected(change: dict[str, t.Any], says: str) -> None:
    moment = "2026-11-24T12:00:00Z"
    given = {**answer(), "collected": {"started": moment, "ended": moment, "duration": 0.5, **change}}
    assert (_possible.impossible(given) or "").startswith(says)
    assert (_possible.impossible(given) is None) == (not says)


def test_a_fleet_costs_little_more_than_its_shape() -> None:
    """Evidence of 10,000 hosts is held to this each time that it is read."""
    given = answer()
    given["listeners"] = [{**given["listeners"][0], "port": port} for port in range(5000)]
    costs = {}
    for check in (_evidence_shape.answer_fault, _possible.impossible):
        started = time.process_time()
        for _run in range(5):
            assert check(given) is None
        costs[check] = time.process_time() - started
    assert costs[_possible.impossible] < 3 * costs[_evidence_shape.answer_fault], costs.values()
