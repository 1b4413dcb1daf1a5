# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The index answers as a search through all items would, in their order."""

from __future__ import annotations

import random

from ansible_collections.fleetports.compliance.plugins.plugin_utils._judge.conditions._port_index import PortIndex
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._policy_model import PortItem


def item(protocol, first, last):
    return PortItem(protocol, first, last, "")


def test_edges_of_ranges():
    inner, outer = object(), object()
    index = PortIndex([(item("tcp", 10, 20), outer), (item("tcp", 15, 15), inner)])
    answers = {port: index.at("tcp", port) for port in (9, 10, 14, 15, 16, 20, 21)}
    assert answers == {9: (), 10: (outer,), 14: (outer,), 15: (outer, inner), 16: (outer,), 20: (outer,), 21: ()}


def test_whole_range_and_protocols():
    everything, one = object(), object()
    index = PortIndex([(item("tcp", 0, 65535), everything), (item("udp", 0, 0), one)])
    assert index.at("tcp", 0) == index.at("tcp", 65535) == (everything,)
    assert index.at("udp", 0) == (one,)
    assert index.at("udp", 1) == ()
    assert index.at("sctp", 0) == ()


def test_twice_on_a_port_is_once_in_the_answer():
    one = object()
    assert PortIndex([(item("tcp", 1, 9), one), (item("tcp", 5, 12), one)]).at("tcp", 7) == (one,)


def test_same_as_a_search():
    chance = random.Random(4)  # noqa: S311 - the same every time
    items = []
    for number in range(200):
        first = chance.randrange(300)
        items.append((item(chance.choice(["tcp", "udp"]), first, first + chance.choice([0, 0, 5, 90])), f"r{number}"))
    index = PortIndex(items)
    for protocol in ("tcp", "udp"):
        for port in range(400):
            expected = [
                name for given, name in items if given.protocol == protocol and given.first <= port <= given.last
            ]
            assert list(index.at(protocol, port)) == expected
