# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The policies that come with the role."""

from __future__ import annotations

import datetime
import pathlib

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._policy_model import Policy
from ansible_collections.fleetports.compliance.tests.unit.factories.policies import loaded

POLICIES = pathlib.Path(__file__).parents[5] / "roles" / "port_audit" / "files" / "policies"
WRITTEN = datetime.date(2026, 11, 1)


def load(name: str) -> Policy:
    return loaded(str(POLICIES / name))


def selected(policy: Policy, protocol: str, port: int) -> list[str]:
    return [
        rule.id
        for rule in policy.rules
        if any(item.protocol == protocol and item.first <= port <= item.last for item in rule.ports)
    ]


@pytest.mark.parametrize("file", sorted(POLICIES.glob("*.yml")), ids=lambda file: file.stem)
class TestEveryBundledPolicy:
    def test_loads(self, file: pathlib.Path) -> None:
        assert load(file.name).rules

    def test_justifies_every_rule(self, file: pathlib.Path) -> None:
        assert [rule.id for rule in load(file.name).rules if not rule.approval.justification] == []


def test_there_are_three() -> None:
    assert sorted(file.name for file in POLICIES.iterdir()) == [
        "baseline.yml",
        "example-database-tier.yml",
        "example-web-tier.yml",
    ]


class TestBaseline:
    def test_defaults_warn_of_what_is_unlisted_and_fail_what_is_unassigned(self) -> None:
        defaults = load("baseline.yml").defaults
        assert (defaults.unlisted, defaults.unassigned, defaults.reach_host) == ("warn", "fail", "ignore")

    @pytest.mark.parametrize(
        ("protocol", "port"),
        [
            pytest.param("tcp", 22, id="ssh"),
            pytest.param("udp", 68, id="dhcp-client"),
            pytest.param("udp", 546, id="dhcpv6-client"),
            pytest.param("udp", 123, id="ntp"),
            pytest.param("udp", 323, id="chrony"),
            pytest.param("tcp", 53, id="resolver-tcp"),
            pytest.param("udp", 53, id="resolver-udp"),
            pytest.param("udp", 5353, id="mdns"),
            pytest.param("tcp", 5355, id="llmnr-tcp"),
            pytest.param("udp", 5355, id="llmnr-udp"),
            pytest.param("tcp", 111, id="rpcbind-tcp"),
            pytest.param("udp", 111, id="rpcbind-udp"),
            pytest.param("tcp", 25, id="mail"),
            pytest.param("tcp", 631, id="cups"),
        ],
    )
    def test_knows_stock_services(self, protocol: str, port: int) -> None:
        assert len(selected(load("baseline.yml"), protocol, port)) == 1

    @pytest.mark.parametrize(
        ("protocol", "port"),
        [
            pytest.param("tcp", 81, id="unassigned"),
            pytest.param("udp", 631, id="cups-browsed"),
            pytest.param("udp", 22, id="ssh-over-udp"),
            pytest.param("tcp", 9090, id="cockpit"),
        ],
    )
    def test_leaves_the_rest_to_the_defaults(self, protocol: str, port: int) -> None:
        assert selected(load("baseline.yml"), protocol, port) == []

    def test_needs_no_privilege(self) -> None:
        assert [rule.id for rule in load("baseline.yml").rules if rule.process] == []

    def test_requires_and_forbids_nothing(self) -> None:
        assert {rule.expect for rule in load("baseline.yml").rules} == {"allowed"}


@pytest.mark.parametrize("name", ["example-web-tier.yml", "example-database-tier.yml"])
class TestExamples:
    def test_reviews_lie_ahead(self, name: str) -> None:
        dates = [rule.approval.review_by for rule in load(name).rules]
        assert all(date and date > WRITTEN for date in dates)

    def test_waivers_end_after_they_begin_and_within_a_year(self, name: str) -> None:
        for waiver in load(name).waivers:
            assert waiver.approved_on
            assert waiver.expires > WRITTEN
            assert waiver.expires - waiver.approved_on < datetime.timedelta(days=365)

    def test_shows_what_a_policy_can_say(self, name: str) -> None:
        policy = load(name)
        assert policy.waivers
        assert policy.service_names
        assert {rule.expect for rule in policy.rules} == {"allowed", "required", "forbidden"}
        assert any(rule.process and rule.reach and rule.applies_to.groups and rule.controls for rule in policy.rules)
