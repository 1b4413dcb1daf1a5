# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the typed policy holds."""

from __future__ import annotations

import datetime
import gc
import ipaddress
import pathlib
import typing as t

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._policy_errors import PolicyError
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._policy_model import (
    AppliesTo,
    Approval,
    Control,
    Defaults,
    Policy,
    PortItem,
    ProcessPatterns,
    Rule,
    SourcePlace,
    Waiver,
    WaiverMatch,
)
from ansible_collections.fleetports.compliance.tests.unit.factories.policies import FakeRegistry, loaded

EVERY_KEY = pathlib.Path(__file__).parent / "positive" / "design.yml"


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


class TestEveryKey:
    @pytest.fixture
    def policy(self, monkeypatch: pytest.MonkeyPatch) -> Policy:
        monkeypatch.chdir(EVERY_KEY.parent)
        return load("design.yml")

    def test_defaults(self, policy: Policy) -> None:
        assert policy.defaults == Defaults(reserved="warn", place=SourcePlace("design.yml", 7, 1))

    def test_networks(self, policy: Policy) -> None:
        assert policy.public_networks == (ipaddress.ip_network("10.20.0.0/16"),)
        assert policy.private_networks == (ipaddress.ip_network("192.0.2.0/24"),)

    def test_services(self, policy: Policy) -> None:
        assert policy.service_names["overlay"] == (
            PortItem("tcp", 2379, 2379, "2379"),
            PortItem("tcp", 2380, 2380, "2380"),
            PortItem("udp", 8472, 8473, "8472-8473"),
        )

    def test_rule(self, policy: Policy) -> None:
        assert policy.rules[0] == Rule(
            id="ssh",
            place=SourcePlace("design.yml", 23, 5),
            ports=(PortItem("tcp", 22, 22, "22"),),
            expect="allowed",
            reach="private",
            address=(ipaddress.ip_network("10.0.0.0/8"),),
            process=ProcessPatterns(("sshd",), ("/usr/sbin/sshd",), ("root",), ("ssh*.service",), ("a*", "b*")),
            applies_to=AppliesTo(groups=("web",), hosts=("db-*",), not_groups=("dmz",)),
            severity="high",
            approval=Approval(
                owner="platform",
                justification="administration",
                ticket="CHG-1",
                approved_by="security",
                approved_on=datetime.date(2026, 1, 5),
                review_by=datetime.date(2027, 1, 5),
            ),
            controls=(Control("cis-debian-12", "1.1.0", "2.1.22"),),
            remediation="Stop it and tell the platform team.",
            runbook="https://wiki.example.org/runbooks/ssh",
        )

    def test_ports_of_many_kinds_each_once(self, policy: Policy) -> None:
        assert policy.rules[1].ports == (
            PortItem("tcp", 53, 53, "domain"),
            PortItem("udp", 53, 53, "domain"),
            PortItem("tcp", 8000, 8099, "8000-8099"),
            PortItem("udp", 8000, 8099, "8000-8099"),
            PortItem("tcp", 2379, 2379, "overlay"),
            PortItem("tcp", 2380, 2380, "overlay"),
            PortItem("udp", 8472, 8473, "overlay"),
            PortItem("tcp", 53, 53, "53"),
            PortItem("udp", 53, 53, "53"),
        )

    def test_waiver(self, policy: Policy) -> None:
        assert policy.waivers[0] == Waiver(
            id="W-1",
            place=SourcePlace("design.yml", 50, 5),
            match=WaiverMatch(
                ports=(PortItem("tcp", 6379, 6379, "6379"),),
                codes=("unlisted-listener",),
                address=(ipaddress.ip_network("::1"),),
                process=ProcessPatterns(user=("redis",)),
            ),
            applies_to=AppliesTo(hosts=("db1",)),
            expires=datetime.date(2026, 12, 31),
            justification="migration",
            approved_by="security",
            approved_on=datetime.date(2026, 6, 1),
            ticket="SEC-1",
        )

    def test_waiver_by_rule_and_code(self, policy: Policy) -> None:
        assert policy.waivers[1].match == WaiverMatch(codes=("excess-reach",), rules=("ssh", "mixed"))


class TestGarbageCollector:
    @pytest.mark.parametrize("enabled", [True, False])
    def test_is_left_as_it_was(self, enabled: bool) -> None:
        before = gc.isenabled()
        try:
            (gc.enable if enabled else gc.disable)()
            rule()
            assert gc.isenabled() is enabled
            with pytest.raises(PolicyError):
                rule(port=0)
            assert gc.isenabled() is enabled
        finally:
            (gc.enable if before else gc.disable)()


class TestHash:
    BASE: t.Mapping[str, t.Any] = {"version": 1, "name": "x", "rules": [{"id": "r", "protocol": "tcp", "port": 22}]}

    def test_does_not_depend_on_where_it_stands(self, tmp_path: pathlib.Path) -> None:
        (tmp_path / "a.yml").write_text("version: 1\nname: x\nrules: [{id: r, protocol: tcp, port: 22}]\n")
        (tmp_path / "b.yml").write_text(
            "# far below\n\nrules:\n- port: 22\n  protocol: tcp\n  id: r\nname: x\nversion: 1\n"
        )
        hashes = {load(source).sha256 for source in (str(tmp_path / "a.yml"), str(tmp_path / "b.yml"), dict(self.BASE))}
        assert len(hashes) == 1
        assert len(hashes.pop()) == 64

    @pytest.mark.parametrize(
        "change",
        [
            pytest.param({"expect": "required"}, id="expect"),
            pytest.param({"port": 23}, id="port"),
            pytest.param({"protocol": "udp"}, id="protocol"),
            pytest.param({"reach": "host"}, id="reach"),
            pytest.param({"address": "::1"}, id="address"),
            pytest.param({"process": {"user": "root"}}, id="process"),
            pytest.param({"applies_to": {"groups": "web"}}, id="applies_to"),
            pytest.param({"severity": "low"}, id="severity"),
            pytest.param({"owner": "o"}, id="owner"),
            pytest.param({"justification": "o"}, id="justification"),
            pytest.param({"ticket": "o"}, id="ticket"),
            pytest.param({"approved_by": "o"}, id="approved_by"),
            pytest.param({"approved_on": "2026-01-01"}, id="approved_on"),
            pytest.param({"review_by": "2026-01-01"}, id="review_by"),
            pytest.param({"controls": [{"framework": "f", "version": "1", "id": "i"}]}, id="controls"),
        ],
    )
    def test_changes_with_what_a_rule_says(self, change: dict[str, t.Any]) -> None:
        changed = {**self.BASE, "rules": [{**self.BASE["rules"][0], **change}]}
        assert load(changed).sha256 != load(dict(self.BASE)).sha256

    @pytest.mark.parametrize(
        "change",
        [
            pytest.param({"name": "y"}, id="name"),
            pytest.param({"defaults": {"unlisted": "warn"}}, id="defaults"),
            pytest.param({"networks": {"public": "10.0.0.0/8"}}, id="public"),
            pytest.param({"networks": {"private": "10.0.0.0/8"}}, id="private"),
            pytest.param({"services": {"s": [{"protocol": "tcp", "port": 1}]}}, id="services"),
            pytest.param({"rules": []}, id="rules"),
        ],
    )
    def test_changes_with_what_the_policy_says(self, change: dict[str, t.Any]) -> None:
        assert load({**self.BASE, **change}).sha256 != load(dict(self.BASE)).sha256
