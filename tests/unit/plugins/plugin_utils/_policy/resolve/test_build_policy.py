# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules and matches as the model has them."""

from __future__ import annotations

import datetime
import ipaddress
import pathlib
import typing as t

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._policy_model import (
    Policy,
    PortItem,
    ProcessPatterns,
    Rule,
    SourcePlace,
    WaiverMatch,
)
from ansible_collections.fleetports.compliance.tests.unit.factories.policies import FakeRegistry, loaded


def load(source: t.Any) -> Policy:
    return loaded(source, registry=FakeRegistry())


def rule(**more: t.Any) -> Rule:
    raw = {"id": "r", "protocol": "tcp", "port": 22, **more}
    return load({"version": 1, "name": "x", "rules": [raw]}).rules[0]


def match(**raw: t.Any) -> WaiverMatch:
    waiver = {"applies_to": {"groups": "all"}, "justification": "j", "approved_by": "a", "expires": "2027-01-01"}
    rules = [{"id": "r", "protocol": "tcp", "port": 22}]
    policy = load({"version": 1, "name": "x", "rules": rules, "waivers": [{"id": "w", "match": raw, **waiver}]})
    return policy.waivers[0].match


class TestDefaultsOfARule:
    def test_allowed_everywhere_without_conditions(self) -> None:
        assert rule() == Rule(id="r", place=SourcePlace("inline policy"), ports=(PortItem("tcp", 22, 22, "22"),))

    def test_defaults_of_the_policy_stand_at_its_top_when_it_has_none(self, tmp_path: pathlib.Path) -> None:
        (tmp_path / "p.yml").write_text("# words\nversion: 1\nname: x\nrules: []\n")
        place = load(str(tmp_path / "p.yml")).defaults.place
        assert place == SourcePlace(str(tmp_path / "p.yml"), 2, 1)


class TestWhatIsJustWithinBounds:
    def test_name_of_15_bytes(self) -> None:
        name = "systemd-network"
        assert rule(process={"name": name}).process == ProcessPatterns(name=(name,))

    def test_review_on_the_day_of_approval(self) -> None:
        approval = rule(approved_on="2026-01-05", review_by="2026-01-05").approval
        assert approval.approved_on == approval.review_by == datetime.date(2026, 1, 5)


class TestMatch:
    def test_port_alone_is_of_any_protocol(self) -> None:
        assert [item.protocol for item in match(port=22).ports] == ["tcp", "udp", "udplite", "sctp", "dccp"]

    def test_name_alone_is_of_the_protocols_that_it_has(self) -> None:
        assert [(item.protocol, item.first) for item in match(port="domain").ports] == [("tcp", 53), ("udp", 53)]

    def test_protocol_alone_is_every_port(self) -> None:
        assert [(item.protocol, item.first, item.last) for item in match(protocol="udp").ports] == [("udp", 0, 65535)]

    def test_neither_is_no_condition(self) -> None:
        assert match(codes="excess-reach").ports == ()


class TestAddresses:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            pytest.param("127.0.0.1", "127.0.0.1/32", id="address"),
            pytest.param("2001:db8::1", "2001:db8::1/128", id="v6-address"),
            pytest.param("0.0.0.0/0", "0.0.0.0/0", id="all"),
            pytest.param("::/0", "::/0", id="all-v6"),
            pytest.param("::ffff:10.0.0.0/104", "10.0.0.0/8", id="mapped-network"),
            pytest.param("::ffff:10.1.2.3", "10.1.2.3/32", id="mapped-address"),
            pytest.param("::ffff:0:0/96", "0.0.0.0/0", id="all-mapped"),
        ],
    )
    def test_networks(self, text: str, expected: str) -> None:
        assert rule(address=text).address == (ipaddress.ip_network(expected),)
