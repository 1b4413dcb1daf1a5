# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several layers as one policy: rules, waivers, and what layers share."""

from __future__ import annotations

import datetime
import typing as t

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._policy_errors import PolicyError
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._policy_model import Policy, Rule
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy.compiled._canonical import (
    from_json,
    to_json,
)
from ansible_collections.fleetports.compliance.tests.unit.factories.policies import loaded

SSH = "{id: ssh, protocol: tcp, port: 22}"


def refusal(source: t.Any, **more: t.Any) -> str:
    with pytest.raises(PolicyError) as caught:
        loaded(source, **more)
    return str(caught.value)


def rules(policy: Policy) -> dict[str, Rule]:
    return {rule.id: rule for rule in policy.rules}


class TestList:
    def test_rules_of_all_layers_with_the_layer_they_came_from(self, write: t.Callable[..., str]) -> None:
        own = {"version": 1, "name": "host", "rules": [{"id": "x", "protocol": "tcp", "port": 99}]}
        policy = loaded([write("org.yml", SSH), write("web.yml", "{id: https, protocol: tcp, port: 443}"), own])
        assert {name: rule.place.layer for name, rule in rules(policy).items()} == {
            "ssh": "org",
            "https": "web",
            "x": "host",
        }
        assert policy.name == "org + web + host"
        assert policy.sources == ("org.yml", "web.yml", "inline")

    def test_long_stack_has_a_short_name(self, write: t.Callable[..., str]) -> None:
        assert loaded([write(f"{name}.yml") for name in "abcde"]).name == "a + b + c and 2 more"

    def test_layer_survives_the_compiled_form(self, write: t.Callable[..., str]) -> None:
        policy = from_json(to_json(loaded([write("org.yml", SSH), write("web.yml")])))
        assert policy.rules[0].place.layer == "org"
        assert policy.defaults.place is not None
        assert policy.defaults.place.layer == "org"

    def test_silent_duplicate_names_both_places(self, write: t.Callable[..., str]) -> None:
        assert refusal([write("org.yml", SSH), write("web.yml", SSH)]) == (
            'web.yml:4:10: $.rules[0].id: the id is already used, found "ssh", first at org.yml:4:5 (org); '
            "to replace it, set override: true"
        )

    def test_override_replaces(self, write: t.Callable[..., str]) -> None:
        web = write("web.yml", "{id: ssh, override: true, protocol: tcp, port: 2222}")
        rule = rules(loaded([write("org.yml", SSH), web]))["ssh"]
        assert (rule.ports[0].first, str(rule.place)) == (2222, "web.yml:4:5")

    def test_override_of_nothing(self, write: t.Callable[..., str]) -> None:
        web = write("web.yml", "{id: ssj, override: true, protocol: tcp, port: 2222}")
        assert 'replaces nothing: no earlier layer has the id "ssj"' in refusal([write("org.yml", SSH), web])

    def test_override_within_one_layer_stays_a_duplicate(self, write: t.Callable[..., str]) -> None:
        web = write("web.yml", SSH, "{id: ssh, override: true, protocol: tcp, port: 2222}")
        assert "the id is already used" in refusal(web)

    def test_problems_of_all_layers_at_once(self, write: t.Callable[..., str]) -> None:
        said = refusal([write("a.yml", "{id: r, protocol: tcp, port: 70000}"), write("b.yml", "{id: q, protocol: x}")])
        assert [line.split(":")[0] for line in said.splitlines()] == ["a.yml", "b.yml", "b.yml"]

    def test_waivers_merge_too(self, write: t.Callable[..., str]) -> None:
        waiver = {
            "id": "W",
            "match": {"rule": "ssh"},
            "applies_to": {"groups": "web"},
            "justification": "j",
            "approved_by": "s",
            "expires": datetime.date(2027, 1, 1),
        }
        own = {"version": 1, "name": "host", "rules": [], "waivers": [waiver]}
        again = {**own, "name": "other", "waivers": [{**waiver, "override": True, "justification": "k"}]}
        policy = loaded([write("org.yml", SSH), own, again])
        assert [(found.id, found.justification) for found in policy.waivers] == [("W", "k")]
        assert "first at inline policy 2 (host)" in refusal([write("org.yml", SSH), own, {**own, "name": "other"}])


class TestWhatLayersShare:
    def test_defaults_key_by_key(self, write: t.Callable[..., str]) -> None:
        org = write("org.yml", top="defaults: {unlisted: warn, severity: high}\n")
        defaults = loaded([org, write("web.yml", top="defaults: {unlisted: fail}\n"), write("z.yml")]).defaults
        assert (defaults.unlisted, defaults.severity) == ("fail", "high")
        assert defaults.place is not None
        assert defaults.place.layer == "web"

    def test_services_of_another_layer(self, write: t.Callable[..., str]) -> None:
        org = write("org.yml", top="services: {ours: [{protocol: tcp, port: 9100}]}\n")
        policy = loaded([org, write("web.yml", "{id: r, protocol: tcp, port: ours}")])
        assert policy.rules[0].ports[0].first == 9100

    def test_service_with_two_meanings(self, write: t.Callable[..., str]) -> None:
        layers = [
            write(f"s{n}.yml", top=f"services: {{ours: [{{protocol: tcp, port: {n}}}]}}\n") for n in ("9100", "9101")
        ]
        said = refusal(layers)
        assert (
            "$.services.ours: is defined with other ports at s9100.yml:3:18 (s9100); a name can have only one meaning"
            in said
        )

    def test_networks_that_contradict(self, write: t.Callable[..., str]) -> None:
        org = write("org.yml", top="networks: {public: 10.0.0.0/8}\n")
        web = write("web.yml", top="networks: {private: [10.0.0.0/8]}\n")
        assert '"10.0.0.0/8" is public at org.yml:3:20 (org)' in refusal([org, web])

    def test_networks_add_up(self, write: t.Callable[..., str]) -> None:
        org = write("org.yml", top="networks: {public: 10.0.0.0/8}\n")
        web = write("web.yml", top="networks: {public: [10.0.0.0/8, 11.0.0.0/8]}\n")
        assert len(loaded([org, web]).public_networks) == 2
