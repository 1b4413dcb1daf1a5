# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``port_audit_hazards``: what it takes, and what it says of what it does not take."""

from __future__ import annotations

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._hazards._hazard_catalogue import HazardCatalogue
from ansible_collections.fleetports.compliance.plugins.plugin_utils._hazards._hazard_choices import (
    HazardsProblem,
    read_hazards,
)
from ansible_collections.fleetports.compliance.tests.unit.factories.listeners import listener, owner_named, unowned

CATALOGUE = HazardCatalogue.load()
OWN = {
    "id": "till",
    "title": "the till",
    "why": "it takes money",
    "severity": "high",
    "ports": {"tcp": [7777, "90-92"]},
}
PRIVATE, PUBLIC = 2, 3


@pytest.mark.parametrize(
    ("changes", "private", "public"),
    [
        pytest.param([], "high", "critical", id="as bundled"),
        pytest.param(["redis:silent"], None, None, id="silent"),
        pytest.param([{"id": "redis", "silent": True}], None, None, id="silent, spelled out"),
        pytest.param(["redis : low"], "low", "low", id="a severity of one's own"),
        pytest.param([{"id": "redis", "severity": {"public": "low"}}], None, "low", id="from another reach on"),
        pytest.param([{"id": "redis", "ports": {"tcp": [1]}}], None, None, id="on another port"),
        pytest.param([OWN], "high", "critical", id="one's own changes no other"),
    ],
)
def test_changes_to_a_bundled_hazard(changes, private, public):
    hazards = read_hazards(changes, CATALOGUE)
    found = [hazards.of(unowned("denied", 6379), reach) for reach in (PRIVATE, PUBLIC)]
    assert [one and one.severity for one in found] == [private, public]
    assert hazards.hazards.keys() - {"redis", "till"} == CATALOGUE.hazards.keys() - {"redis"}


def test_what_is_not_named_stays_as_it_was():
    hazards = read_hazards([{"id": "redis", "why": "ours has no password"}], CATALOGUE)
    found = hazards.of(listener(6379, owner_named("redis-server")), PUBLIC)
    assert found == ("redis", "critical", "redis-server serves Redis: ours has no password.")


@pytest.mark.parametrize("port", [7777, 91])
def test_a_hazard_of_ones_own(port):
    found = read_hazards([OWN], CATALOGUE).of(unowned("denied", port), PRIVATE)
    assert found == ("till", "high", f"Port {port}/tcp is usually the till: it takes money.")


def test_programs_are_compared_in_lower_case():
    hazards = read_hazards([{**OWN, "programs": ["Till*"]}], CATALOGUE)
    found = hazards.of(listener(1, owner_named("TillServer")), PRIVATE)
    assert found is not None
    assert found.hazard == "till"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        pytest.param("redis", "must be a mapping, id:silent or id:severity", id="a name alone"),
        pytest.param("redis:loud", "severity must be low, medium, high or critical", id="no severity"),
        pytest.param(7, "must be a mapping with an id, found 7", id="a number"),
        pytest.param({"title": "x"}, "a hazard needs an id", id="no id"),
        pytest.param({"id": ["redis"]}, "id must be text, found a list", id="an id that is no text"),
        pytest.param({"id": "redis", "sevrity": "low"}, 'no key "sevrity", did you mean severity?', id="misspelled"),
        pytest.param("reddis:silent", "the catalogue has no reddis, did you mean redis?", id="silence for nothing"),
        pytest.param(
            "reddis:low", "no reddis, did you mean redis? A hazard of your own needs title", id="an id misspelled"
        ),
        pytest.param({**OWN, "ports": {}}, "needs ports, programs or units", id="nothing to know it by"),
        pytest.param({"id": "redis", "silent": True, "why": "x"}, "redis is silent", id="silent and loud"),
        pytest.param({**OWN, "silent": "yes"}, "silent must be true or false", id="no switch"),
        pytest.param({**OWN, "ports": [7777]}, "ports must be a mapping", id="ports without a protocol"),
        pytest.param({**OWN, "ports": {"icmp": [1]}}, "the protocol must be tcp, udp", id="no protocol"),
        pytest.param({**OWN, "ports": {"tcp": 7777}}, "tcp must be a list, found 7777", id="no list"),
        pytest.param({**OWN, "ports": {"tcp": ["9-8"]}}, 'found "9-8"', id="a range that runs backwards"),
        pytest.param({**OWN, "ports": {"tcp": ["5_0"]}}, 'found "5_0"', id="a number of Python"),
        pytest.param({**OWN, "ports": {"tcp": ["\u0667"]}}, "a port is a number", id="digits of another script"),
        pytest.param({**OWN, "ports": {"tcp": [10**5000]}}, "a port is a number", id="a number without end"),
        pytest.param({**OWN, "ports": {"tcp": [float("nan")]}}, "a port is a number", id="not a number"),
        pytest.param({**OWN, "ports": {"tcp": []}}, "needs ports, programs or units", id="no port of a protocol"),
        pytest.param({"k" * 10**6: 1}, 'no key "kkk', id="a key without end"),
        pytest.param({**OWN, "ports": {"tcp": [True]}}, "found true", id="a port that is none"),
        pytest.param({**OWN, "severity": {"host": "low"}}, "the reach must be link, private or public", id="host"),
        pytest.param({**OWN, "severity": {}}, "severity must be low", id="no severity at all"),
        pytest.param({**OWN, "severity": {"public": {"public": "low"}}}, "severity: public must be low", id="nested"),
        pytest.param({**OWN, "certainty": "always"}, "certainty must be usually or sometimes", id="too certain"),
        pytest.param({**OWN, "why": "a\x1b[2J"}, "why has the character U+001B in it", id="a control character"),
        pytest.param({**OWN, "why": "a" * 501}, "why has more than 500 characters", id="a novel"),
        pytest.param({**OWN, "units": "x"}, 'units must be a list, found "x"', id="units without a list"),
    ],
)
def test_refusals_name_the_entry(value, said):
    with pytest.raises(HazardsProblem) as caught:
        read_hazards(["smb:low", value], CATALOGUE)
    assert str(caught.value).startswith("hazards[1]: ")
    assert said in str(caught.value)


def test_one_id_once():
    with pytest.raises(HazardsProblem, match=r"^hazards\[1\]: the id redis occurs twice"):
        read_hazards(["redis:low", "redis:silent"], CATALOGUE)


@pytest.mark.parametrize("order", [1, -1], ids=["as named", "the other way round"])
def test_of_several_the_gravest_counts(order):
    both = [OWN, {**OWN, "id": "aaa", "severity": "low"}, {**OWN, "id": "zzz", "severity": "medium"}]
    found = read_hazards(both[::order], CATALOGUE).of(unowned("denied", 7777), PRIVATE)
    assert found is not None
    assert (found.hazard, found.severity) == ("till", "high")
