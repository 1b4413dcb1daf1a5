# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Policies in layers: files, directories, mappings, and what files include."""

from __future__ import annotations

import datetime
import pathlib
import typing as t

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._cache import compiled
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._load import load_policy
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._policy_errors import PolicyError
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._policy_model import Policy, Rule
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy.compiled._canonical import (
    from_json,
    to_json,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy.source import _layers
from ansible_collections.fleetports.compliance.plugins.plugin_utils._registry._lookup import Registry

SSH = "{id: ssh, protocol: tcp, port: 22}"


def load(source: t.Any, **more: t.Any) -> Policy:
    return load_policy(source, registry=Registry.load(), **more)


def refusal(source: t.Any, **more: t.Any) -> str:
    with pytest.raises(PolicyError) as caught:
        load(source, **more)
    return str(caught.value)


def rules(policy: Policy) -> dict[str, Rule]:
    return {rule.id: rule for rule in policy.rules}


@pytest.fixture
def write(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> t.Callable[..., str]:
    monkeypatch.chdir(tmp_path)

    def written(name: str, *listed: str, top: str = "") -> str:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        head = f"version: 1\nname: {path.stem}\n{top}"
        path.write_text(head + ("rules:\n" + "".join(f"  - {rule}\n" for rule in listed) if listed else "rules: []\n"))
        return name

    return written


class TestList:
    def test_rules_of_all_layers_with_the_layer_they_came_from(self, write: t.Callable[..., str]) -> None:
        own = {"version": 1, "name": "host", "rules": [{"id": "x", "protocol": "tcp", "port": 99}]}
        policy = load([write("org.yml", SSH), write("web.yml", "{id: https, protocol: tcp, port: 443}"), own])
        assert {name: rule.place.layer for name, rule in rules(policy).items()} == {
            "ssh": "org",
            "https": "web",
            "x": "host",
        }
        assert policy.name == "org + web + host"
        assert policy.sources == ("org.yml", "web.yml", "inline")

    def test_long_stack_has_a_short_name(self, write: t.Callable[..., str]) -> None:
        assert load([write(f"{name}.yml") for name in "abcde"]).name == "a + b + c and 2 more"

    def test_layer_survives_the_compiled_form(self, write: t.Callable[..., str]) -> None:
        policy = from_json(to_json(load([write("org.yml", SSH), write("web.yml")])))
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
        rule = rules(load([write("org.yml", SSH), web]))["ssh"]
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
        policy = load([write("org.yml", SSH), own, again])
        assert [(found.id, found.justification) for found in policy.waivers] == [("W", "k")]
        assert "first at inline policy 2 (host)" in refusal([write("org.yml", SSH), own, {**own, "name": "other"}])


class TestWhatLayersShare:
    def test_defaults_key_by_key(self, write: t.Callable[..., str]) -> None:
        org = write("org.yml", top="defaults: {unlisted: warn, severity: high}\n")
        defaults = load([org, write("web.yml", top="defaults: {unlisted: fail}\n"), write("z.yml")]).defaults
        assert (defaults.unlisted, defaults.severity) == ("fail", "high")
        assert defaults.place is not None
        assert defaults.place.layer == "web"

    def test_services_of_another_layer(self, write: t.Callable[..., str]) -> None:
        org = write("org.yml", top="services: {ours: [{protocol: tcp, port: 9100}]}\n")
        policy = load([org, write("web.yml", "{id: r, protocol: tcp, port: ours}")])
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
        assert len(load([org, web]).public_networks) == 2


class TestDirectories:
    def test_files_by_name_hidden_and_other_ones_left_out(self, write: t.Callable[..., str]) -> None:
        for name in ("p/20-b.yml", "p/10-a.yaml", "p/.hidden.yml", "p/notes.txt"):
            write(name)
        assert load("p").sources == ("p/10-a.yaml", "p/20-b.yml")


class TestInclude:
    def test_is_relative_to_the_file_that_names_it(self, write: t.Callable[..., str]) -> None:
        write("p/base/org.yml", SSH, top="include: more/deep.yml\n")
        write("p/base/more/deep.yml", "{id: deep, protocol: tcp, port: 1}")
        policy = load(write("p/web.yml", top="include: [base/org.yml]\n"))
        assert policy.sources == ("p/base/more/deep.yml", "p/base/org.yml", "p/web.yml")

    def test_outside_of_the_root(self, write: t.Callable[..., str]) -> None:
        write("org.yml", SSH)
        web = write("p/web.yml", top="include: ../org.yml\n")
        assert refusal(web) == "p/web.yml:3:10: $.include: is outside p, found p/../org.yml"
        assert load(web, include_outside=True).rules

    def test_outside_by_way_of_a_link(self, write: t.Callable[..., str], tmp_path: pathlib.Path) -> None:
        write("org.yml", SSH)
        web = write("p/web.yml", top="include: link.yml\n")
        (tmp_path / "p/link.yml").symlink_to("../org.yml")
        assert "is outside p" in refusal(web)

    def test_circle(self, write: t.Callable[..., str]) -> None:
        write("b.yml", top="include: a.yml\n")
        assert refusal(write("a.yml", top="include: b.yml\n")) == (
            "b.yml:3:10: $.include: includes itself through a.yml"
        )

    def test_a_chain_has_an_end(self, write: t.Callable[..., str]) -> None:
        for number in range(500):
            write(f"f{number}.yml", top=f"include: f{number + 1}.yml\n")
        assert refusal("f0.yml") == (
            "f31.yml:3:10: $.include: is in a chain of more than 32 files that include each other"
        )

    @pytest.mark.parametrize("word", ["https://git.example/org.yml", "~/org.yml", "$HOME/org.yml"])
    def test_what_is_no_path_has_a_sentence_of_its_own(self, write: t.Callable[..., str], word: str) -> None:
        assert f'found "{word}"' in refusal(write("a.yml", top=f"include: {word}\n")).replace("the URL ", "")

    def test_layers_together_have_a_largest_size(
        self, write: t.Callable[..., str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(_layers, "MAX_TOTAL", 200)
        assert "the layers together are larger than" in refusal([write(f"{name}.yml", SSH) for name in "abcd"])

    def test_the_same_file_twice_counts_once(self, write: t.Callable[..., str]) -> None:
        write("org.yml", SSH)
        layers = [write(f"{name}.yml", top="include: org.yml\n") for name in "ab"]
        assert load(layers).sources == ("org.yml", "a.yml", "b.yml")

    @pytest.mark.parametrize(
        ("include", "said"),
        [
            pytest.param("nowhere.yml", "the file does not exist, found nowhere.yml", id="missing"),
            pytest.param("7", "$.include: must be", id="number"),
            pytest.param("[]", "$.include: ", id="nothing"),
        ],
    )
    def test_wrong(self, write: t.Callable[..., str], include: str, said: str) -> None:
        assert said in refusal(write("a.yml", top=f"include: {include}\n"))

    def test_key_in_disguise_is_not_passed_over(self, write: t.Callable[..., str]) -> None:
        assert "write the key without an anchor or alias" in refusal(write("a.yml", top='"incl\\x75de": b.yml\n'))

    def test_inline(self) -> None:
        said = refusal({"version": 1, "name": "n", "rules": [], "include": "a.yml"})
        assert said == "inline policy: include is supported only in files: add the file to the list of policies"

    def test_too_many(self, write: t.Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(_layers, "MAX_LAYERS", 2)
        assert "can have at most 2 layers" in refusal([write(f"{name}.yml") for name in "abc"])


class TestCache:
    def test_follows_the_content_of_what_is_included(self, write: t.Callable[..., str], tmp_path: pathlib.Path) -> None:
        web, kept = write("web.yml", top="include: org.yml\n"), tmp_path / "kept"

        def ids() -> list[str]:
            policy = compiled(web, registry_loader=Registry.load, cache_dir=str(kept))
            return [rule.id for rule in policy.rules]

        write("org.yml", SSH)
        assert ids() == ids() == ["ssh"]
        assert len(list(kept.glob("*.json"))) == 1
        write("org.yml", "{id: other, protocol: tcp, port: 22}")
        assert ids() == ["other"]

    def test_knows_layers_by_their_order(self, write: t.Callable[..., str], tmp_path: pathlib.Path) -> None:
        layers = [write(f"{n}.yml", top=f"defaults: {{severity: {n}}}\n") for n in ("low", "high")]
        found = [
            compiled(given, registry_loader=Registry.load, cache_dir=str(tmp_path / "kept")).defaults.severity
            for given in (layers, layers[::-1])
        ]
        assert found == ["high", "low"]
