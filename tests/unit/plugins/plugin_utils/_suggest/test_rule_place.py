# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a rule applies: groups that have it, hosts by name for the rest."""

from __future__ import annotations

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._suggest._fleet_uses import (
    Fleet,
    PortRange,
    Sightings,
    Use,
    without_chance,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._suggest._identity import Identity
from ansible_collections.fleetports.compliance.plugins.plugin_utils._suggest._rule_place import outlier, places
from ansible_collections.fleetports.compliance.plugins.plugin_utils._suggest._suggested_rules import folded


def _fleet(**groups: str) -> Fleet:
    """Hosts ``0``, ``1``, … by group: ``_fleet(web="01", db="2")``."""
    fleet = Fleet()
    hosts = sorted({host for members in groups.values() for host in members})
    for host in hosts:
        fleet.number(host, [name for name, members in groups.items() if host in members])
    return fleet


@pytest.mark.parametrize(
    ("groups", "hosts", "share", "expected"),
    [
        pytest.param({"web": "01", "db": "23"}, {0, 1, 2, 3}, 0.5, ["all"], id="everywhere"),
        pytest.param({"web": "01", "db": "2345"}, {0, 1}, 0.5, ["web"], id="one group"),
        pytest.param({"web": "01", "db": "2345"}, {0, 1, 2}, 0.5, ["all"], id="half of all"),
        pytest.param({"web": "01", "db": "2345"}, {0, 1, 2}, 1.0, ["web", (2,)], id="whole groups alone"),
        pytest.param({"web": "012", "db": "345678"}, {0, 1}, 0.5, ["web"], id="most of a group"),
        pytest.param({"web": "0123456", "db": "789"}, {0}, 0.5, [(0,)], id="one host of many"),
        pytest.param({"web": "0"}, {0}, 0.5, ["all"], id="the only host"),
        pytest.param({"web": "01234567", "small": "01"}, {0, 1}, 0.5, ["small"], id="the group that fits"),
        pytest.param({"ungrouped": "01", "db": "2345"}, {0, 1}, 0.5, [(0, 1)], id="ungrouped is no group"),
        pytest.param({"a b": "01", "db": "2345"}, {0, 1}, 0.5, [(0, 1)], id="a group that a policy cannot name"),
    ],
)
def test_places(groups: dict[str, str], hosts: set[int], share: float, expected: list[str | tuple[int, ...]]) -> None:
    found = places(hosts, _fleet(**groups), share=share)
    assert [place.groups[0] if place.groups else place.hosts for place in found] == expected


def test_an_outlier_is_told_of_the_smallest_group_that_holds_it() -> None:
    fleet = _fleet(web="0123", db="4567")
    (place,) = places({0}, fleet)
    assert outlier(place, {0}, fleet) == ("web", 1, 4)
    (everywhere,) = places(set(range(8)), fleet)
    assert outlier(everywhere, set(range(8)), fleet) is None


def _high(number: int, who: Identity | None, first: int = 40_000) -> dict[Use, Sightings]:
    return {Use(PortRange("tcp", port, port), who): Sightings({0: 1}) for port in range(first, first + number)}


JAVA = Identity(exe=("/usr/bin/java",))


@pytest.mark.parametrize(
    ("uses", "ranges"),
    [
        pytest.param(_high(8, JAVA), 8, id="a few high ports"),
        pytest.param(_high(9, JAVA), 1, id="many"),
        pytest.param(_high(9, JAVA, first=8000), 9, id="many that are not high"),
        pytest.param(_high(9, None), 9, id="many of nobody known"),
        pytest.param({**_high(9, JAVA), **_high(9, Identity(exe=("/x",)), 50_000)}, 2, id="many of two"),
    ],
)
def test_many_high_ports_of_one_executable_are_a_range(uses: dict[Use, Sightings], ranges: int) -> None:
    found = without_chance(uses)
    assert len(found) == ranges
    if ranges < len(uses):
        assert {use.ports[1:] for use in found} == {(32768, 65535)}
        assert all(seen.reach == {0: 1} for seen in found.values())


@pytest.mark.parametrize(
    ("ports", "expected"),
    [
        ([1, 2], [(1, 1), (2, 2)]),
        ([1, 2, 3], [(1, 3)]),
        ([1, 2, 3, 5, 7, 8, 9], [(1, 3), (5, 5), (7, 9)]),
        ([], []),
    ],
)
def test_neighbours_are_a_range(ports: list[int], expected: list[tuple[int, int]]) -> None:
    assert [one[1:] for one in folded(PortRange("tcp", port, port) for port in ports)] == expected
