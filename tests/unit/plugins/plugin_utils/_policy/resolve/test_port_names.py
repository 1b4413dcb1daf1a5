# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ports of rules: numbers, ranges, names of services."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._policy_model import (
    Policy,
    PortItem,
    Rule,
)
from ansible_collections.fleetports.compliance.tests.unit.factories.policies import FakeRegistry, loaded


def load(source: t.Any) -> Policy:
    return loaded(source, registry=FakeRegistry())


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
