# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ports of rules: numbers, ranges, names of services."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._load import load_policy
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._policy_model import (
    Policy,
    PortItem,
    Rule,
)


class FakeRegistry:
    """The registry's interface with a handful of names."""

    PORTS: t.Mapping[tuple[str, str], tuple[tuple[int, int], ...]] = {
        ("domain", "tcp"): ((53, 53),),
        ("domain", "udp"): ((53, 53),),
        ("telnet", "tcp"): ((23, 23),),
        ("x11", "tcp"): ((6000, 6063),),
        ("twice", "tcp"): ((10, 10), (20, 25)),
        ("overlay", "tcp"): ((1, 1),),
    }

    def ports(self, name: str, protocol: str) -> tuple[tuple[int, int], ...]:
        return self.PORTS.get((name, protocol), ())

    def names_like(self, name: str) -> list[str]:
        return [known for known, _protocol in self.PORTS if known[0] == name[0]]


def load(source: t.Any) -> Policy:
    return load_policy(source, registry=FakeRegistry())


def rule(**more: t.Any) -> Rule:
    raw = {"id": "r", "protocol": "tcp", "port": 22, **more}
    return load({"version": 1, "name": "x", "rules": [raw]}).rules[0]


class TestPorts:
    @pytest.mark.parametrize(
        ("port", "expected"),
        [
            pytest.param(1, [(1, 1, "1")], id="lowest"),
            pytest.param(65535, [(65535, 65535, "65535")], id="highest"),
            pytest.param("1-65535", [(1, 65535, "1-65535")], id="all"),
            pytest.param("22", [(22, 22, "22")], id="number-as-text"),
            pytest.param("22-22", [(22, 22, "22-22")], id="range-of-one"),
            pytest.param("x11", [(6000, 6063, "x11")], id="name-of-a-range"),
            pytest.param("twice", [(10, 10, "twice"), (20, 25, "twice")], id="name-of-several"),
            pytest.param([22, 22, "22"], [(22, 22, "22")], id="same-twice"),
        ],
    )
    def test_items(self, port: t.Any, expected: list[tuple[int, int, str]]) -> None:
        assert [(item.first, item.last, item.label) for item in rule(port=port).ports] == expected

    def test_own_services_beat_the_registrys(self) -> None:
        services = {"domain": [{"protocol": "tcp", "port": 5300}]}
        rules = [{"id": "r", "protocol": "tcp", "port": "domain"}]
        policy = load({"version": 1, "name": "x", "services": services, "rules": rules})
        assert policy.rules[0].ports == (PortItem("tcp", 5300, 5300, "domain"),)
