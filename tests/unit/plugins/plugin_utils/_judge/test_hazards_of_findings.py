# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Known hazards make findings graver and say why; they never change a verdict, and a person's severity stands."""

from __future__ import annotations

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._hazards._hazard_catalogue import HazardCatalogue
from ansible_collections.fleetports.compliance.plugins.plugin_utils._hazards._hazard_choices import read_hazards
from ansible_collections.fleetports.compliance.plugins.plugin_utils._judge._judge import Judge
from ansible_collections.fleetports.compliance.tests.unit.factories.judging import NOW, host_facts, judge, only
from ansible_collections.fleetports.compliance.tests.unit.factories.listeners import (
    listener,
    owner_named,
    unowned,
)
from ansible_collections.fleetports.compliance.tests.unit.factories.policies import REGISTRY, policy, rule

REDIS = listener(6379, owner_named("redis-server"))
WHY = "redis-server serves Redis: "
OTHER = {"process": {"exe": "/usr/bin/other"}}


@pytest.mark.parametrize(
    ("rules", "given", "code", "severity"),
    [
        pytest.param([], REDIS, "unlisted-listener", "high", id="unlisted"),
        pytest.param([rule("6379/tcp", expect="forbidden")], REDIS, "forbidden-listener", "high", id="forbidden"),
        pytest.param([rule("6379/tcp", reach="host")], REDIS, "excess-reach", "high", id="reach"),
        pytest.param([rule("6379/tcp", address="127.0.0.1")], REDIS, "wrong-address", "high", id="address"),
        pytest.param([rule("6379/tcp", **OTHER)], REDIS, "wrong-owner", "high", id="owner"),
        pytest.param([rule("6379/tcp", **OTHER)], unowned("denied", 6379), "unverified-owner", "high", id="unverified"),
        pytest.param([rule("6379/tcp", reach="host", severity="low")], REDIS, "excess-reach", "low", id="a person's"),
        pytest.param([], listener(6379), "unlisted-listener", "medium", id="another program"),
    ],
)
def test_severity_of_a_known_hazard(rules, given, code, severity):
    finding = only(judge(policy(*rules), given))
    assert (finding.code, finding.severity) == (code, severity)
    assert (finding.hazard is None) == (given == listener(6379))


def test_the_sentence_stands_beside_the_message():
    finding = only(judge(policy(rule("6379/tcp", reach="host", severity="low")), REDIS))
    assert finding.message == "6379/tcp by redis-server: bound to 0.0.0.0, reach private; rule ssh allows host at most"
    assert (finding.hazard, (finding.why or "")[: len(WHY)]) == ("redis", WHY)


def test_a_hazard_never_makes_a_finding_less_grave():
    assert only(judge(policy(defaults={"severity": "critical"}), REDIS)).severity == "critical"


def test_a_port_that_chance_gave_is_no_hazard():
    by_chance = listener(40001, owner_named("memcached"), protocol="udp", ephemeral=True)
    finding = only(judge(policy(), by_chance))
    assert (finding.code, finding.hazard, finding.severity) == ("ephemeral-udp", None, "medium")


@pytest.mark.parametrize("changes", [[], ["redis:silent"], ["redis:critical"]], ids=["bundled", "silent", "critical"])
@pytest.mark.parametrize("rules", [[], [rule("6379/tcp")], [rule("6379/tcp", reach="host")]])
def test_hazards_never_change_a_verdict(rules, changes):
    hazards = read_hazards(changes, HazardCatalogue.load())
    result = Judge(policy(*rules), REGISTRY, hazards).judge(host_facts(), [REDIS], as_of=NOW)
    plain = Judge(policy(*rules), REGISTRY, read_hazards([], HazardCatalogue.load()))
    before = plain.judge(host_facts(), [REDIS], as_of=NOW)
    assert (result.verdict, [one.code for one in result.findings]) == (
        before.verdict,
        [one.code for one in before.findings],
    )


def test_ports_of_different_hazards_are_not_folded():
    """Of many ports in a row those that mean something stay apart."""
    own = {
        "id": "till",
        "title": "a till",
        "why": "it takes money",
        "severity": "low",
        "ports": {"tcp": [50070, 50075]},
    }
    hazards = read_hazards([own], HazardCatalogue.load())
    many = [unowned("denied", port) for port in range(50060, 50090)]
    result = Judge(policy(), REGISTRY, hazards).judge(host_facts(), many, as_of=NOW)
    labels = {(one.port_label, one.hazard) for one in result.findings}
    assert labels == {("50070, 50075", "till"), ("50060-50069, 50071-50074, 50076-50089", None)}
