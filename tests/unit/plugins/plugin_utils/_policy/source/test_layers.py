# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Policies in layers: files, directories, mappings, and what files include."""

from __future__ import annotations

import pathlib
import typing as t

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._cache import compiled
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._policy_errors import PolicyError
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._policy_model import Policy, Rule
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy.source import _layers
from ansible_collections.fleetports.compliance.plugins.plugin_utils._registry._lookup import Registry
from ansible_collections.fleetports.compliance.tests.unit.factories.policies import loaded

SSH = "{id: ssh, protocol: tcp, port: 22}"


def refusal(source: t.Any, **more: t.Any) -> str:
    with pytest.raises(PolicyError) as caught:
        loaded(source, **more)
    return str(caught.value)


def rules(policy: Policy) -> dict[str, Rule]:
    return {rule.id: rule for rule in policy.rules}


class TestDirectories:
    def test_files_by_name_hidden_and_other_ones_left_out(self, write: t.Callable[..., str]) -> None:
        for name in ("p/20-b.yml", "p/10-a.yaml", "p/.hidden.yml", "p/notes.txt"):
            write(name)
        assert loaded("p").sources == ("p/10-a.yaml", "p/20-b.yml")


class TestInclude:
    def test_is_relative_to_the_file_that_names_it(self, write: t.Callable[..., str]) -> None:
        write("p/base/org.yml", SSH, top="include: more/deep.yml\n")
        write("p/base/more/deep.yml", "{id: deep, protocol: tcp, port: 1}")
        policy = loaded(write("p/web.yml", top="include: [base/org.yml]\n"))
        assert policy.sources == ("p/base/more/deep.yml", "p/base/org.yml", "p/web.yml")

    def test_outside_of_the_root(self, write: t.Callable[..., str]) -> None:
        write("org.yml", SSH)
        web = write("p/web.yml", top="include: ../org.yml\n")
        assert refusal(web) == "p/web.yml:3:10: $.include: is outside p, found p/../org.yml"
        assert loaded(web, include_outside=True).rules

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
        assert loaded(layers).sources == ("org.yml", "a.yml", "b.yml")

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
