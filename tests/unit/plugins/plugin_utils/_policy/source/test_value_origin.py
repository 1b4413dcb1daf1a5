# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Places of inline policies: what ansible-core remembers of its values, in either of the two ways that it has.

Here the ways are played. The integration target port_policy_check meets them as they are.
"""

from __future__ import annotations

import pathlib
import types
import typing as t

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._cache import compiled
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._policy_errors import PolicyError
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy.source import _value_origin
from ansible_collections.fleetports.compliance.plugins.plugin_utils._registry._lookup import Registry
from ansible_collections.fleetports.compliance.tests.unit.factories.policies import loaded


class Text(str):
    """Text of which core 2.18 knows the place."""

    ansible_pos: tuple[str | None, int, int]


class Tagged:
    """Stands for core's Origin: knows the tags of values by their identity."""

    def __init__(self) -> None:
        self.tags: dict[int, tuple[t.Any, t.Any]] = {}

    def get_tag(self, value: t.Any) -> t.Any:
        return self.tags.get(id(value), (None, None))[1]

    def put(self, value: t.Any, path: str | None, line: int | None, column: int | None) -> t.Any:
        tag = types.SimpleNamespace(path=path, line_num=line, col_num=column)
        self.tags[id(value)] = (value, tag)  # the value too: an identity is given again once it is gone
        return value


@pytest.fixture
def tagged(monkeypatch: pytest.MonkeyPatch) -> Tagged:
    tags = Tagged()
    monkeypatch.setattr(_value_origin, "Origin", tags)
    return tags


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path) -> t.Callable[[str, int, int], Text]:
    """Make text that stands somewhere, as core 2.18 does: ``at("port", 7, 11)``."""
    monkeypatch.setattr(_value_origin, "Origin", None)
    monkeypatch.chdir(tmp_path)

    def text(words: str, line: int, column: int, file: str = "play.yml") -> Text:
        made = Text(words)
        made.ansible_pos = (str(tmp_path / file), line, column)
        return made

    return text


def refusal(source: t.Any) -> str:
    with pytest.raises(PolicyError) as caught:
        loaded(source)
    return str(caught.value)


class TestOfOldCores:
    def test_key_stands_in_for_a_value_without_a_place(self, at: t.Any) -> None:
        rule = {at("id", 6, 11): "a", "protocol": "tcp", at("port", 7, 11): 70000}
        said = refusal({"version": 1, "name": "x", "rules": [rule]})
        assert said == "play.yml:7:11: $.rules[0].port: must be at most 65535, found 70000"

    def test_unknown_key_is_told_at_the_key(self, at: t.Any) -> None:
        rule = {at("id", 6, 11): "a", "protocol": "tcp", "port": 22, at("reech", 8, 11): at("host", 8, 18)}
        said = refusal({"version": 1, "name": "x", "rules": [rule]})
        assert said == "play.yml:8:11: $.rules[0].reech: unknown key, did you mean reach?"

    def test_missing_key_is_told_where_the_mapping_begins(self, at: t.Any) -> None:
        said = refusal({"version": 1, "name": "x", "rules": [{at("id", 6, 11): "a", "protocol": "tcp"}]})
        assert said.startswith("play.yml:6:11: $.rules[0]: ")

    def test_what_a_template_made_is_told_at_the_nearest_thing_around_it(self, at: t.Any) -> None:
        rules = [{"id": "a", "protocol": "tcp", "port": 70000}]
        said = refusal({at("version", 4, 9): 1, "name": "x", at("rules", 6, 9): rules})
        assert said == "play.yml:6:9: $.rules[0].port: must be at most 65535, found 70000"

    def test_the_other_of_two_is_named_with_its_file(self, at: t.Any) -> None:
        rules = [
            {"id": at(name, line, 9, file), "protocol": "tcp", "port": 22}
            for name, line, file in (("a", 3, "web.yml"), ("a", 9, "all.yml"))
        ]
        said = refusal({"version": 1, "name": "x", "rules": rules})
        assert said == 'all.yml:9:9: $.rules[1].id: the id is already used, found "a", first at web.yml:3:9'

    @pytest.mark.parametrize(
        "place",
        [
            pytest.param((None, 0, 0), id="unknown"),
            pytest.param(("<string>", 1, 1), id="no-file"),
            pytest.param(("play.yml", 1, 1), id="relative-path"),
        ],
    )
    def test_what_is_no_place_is_none(self, at: t.Any, place: tuple[str | None, int, int]) -> None:
        text = Text("a b")
        text.ansible_pos = place
        said = refusal({"version": 1, "name": "x", "rules": [{"id": text, "protocol": "tcp", "port": 22}]})
        assert said.startswith("inline policy: $.rules[0].id: ")


class TestOfNewCores:
    def test_deepest_place_counts(self, tagged: Tagged) -> None:
        ports = tagged.put([tagged.put(70001, "/vars/web.yml", 3, 20), 70002], "/vars/web.yml", 3, 19)
        rule = tagged.put({"id": "a", "protocol": "tcp", "port": ports}, "/vars/web.yml", 2, 5)
        policy = tagged.put({"version": 1, "name": "x", "rules": [rule]}, "/play.yml", 7, 9)
        assert refusal(policy).splitlines() == [
            "/vars/web.yml:3:19: $.rules[0].port[1]: must be at most 65535, found 70002",
            "/vars/web.yml:3:20: $.rules[0].port[0]: must be at most 65535, found 70001",
        ]

    @pytest.mark.parametrize(
        "tag",
        [
            pytest.param((None, None, None), id="option-of-the-command-line"),
            pytest.param(("/play.yml", None, None), id="no-line"),
        ],
    )
    def test_tag_without_a_line_is_passed_over(self, tagged: Tagged, tag: tuple[t.Any, t.Any, t.Any]) -> None:
        port = tagged.put(70000, *tag)
        policy = {"version": 1, "name": "x", "rules": [{"id": "a", "protocol": "tcp", "port": port}]}
        assert refusal(policy) == "inline policy: $.rules[0].port: must be at most 65535, found 70000"

    def test_rules_and_findings_have_places(self, tagged: Tagged) -> None:
        rule = tagged.put({"id": "a", "protocol": "tcp", "port": 22}, "/vars/web.yml", 2, 5)
        policy = loaded({"version": 1, "name": "x", "rules": [rule]})
        assert (str(policy.rules[0].place), policy.rules[0].place.layer) == ("/vars/web.yml:2:5", "x")
        assert policy.sources == ("inline",)

    def test_the_hash_knows_no_places(self, tagged: Tagged) -> None:
        raw = {"version": 1, "name": "x", "rules": [{"id": "a", "protocol": "tcp", "port": 22}]}
        bare = loaded(raw)
        tagged.put(raw["rules"], "/vars/web.yml", 2, 5)
        assert loaded(raw).sha256 == bare.sha256

    def test_the_cache_keeps_same_words_from_elsewhere_apart(self, tagged: Tagged, tmp_path: pathlib.Path) -> None:
        places = []
        for line in (2, 30):
            rule = tagged.put({"id": "a", "protocol": "tcp", "port": 22}, "/vars/web.yml", line, 5)
            source = {"version": 1, "name": "x", "rules": [rule]}
            policy = compiled(source, registry_loader=Registry.load, cache_dir=str(tmp_path / "cache"))
            places.append(policy.rules[0].place.line)
        assert places == [2, 30]
