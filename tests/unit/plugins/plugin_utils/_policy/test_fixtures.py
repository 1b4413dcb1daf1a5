# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Policies that load (``positive``) and policies that do not (``negative``), with all that is said about them.

The wrong ones are called ``.policy``, for linters of YAML refuse many of them; the messages are in ``.expected`` files
beside them.
"""

from __future__ import annotations

import copy
import json
import pathlib
import time
import typing as t

import pytest
import yaml
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._load import load_layers
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._policy_errors import PolicyError
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy.compiled._canonical import (
    from_json,
    to_json,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy.schema._schema import (
    check_schema,
    schema_text,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy.source import _read_yaml
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy.source._source import Source, open_source
from ansible_collections.fleetports.compliance.plugins.plugin_utils._registry._lookup import Registry
from ansible_collections.fleetports.compliance.tests.unit.factories.policies import loaded
from jsonschema import Draft202012Validator

HERE = pathlib.Path(__file__).parent
POSITIVE = sorted((HERE / "positive").glob("*.yml"))
NEGATIVE = sorted((HERE / "negative").glob("*.policy"))


def name(file: pathlib.Path) -> str:
    return file.stem


def problems(source: t.Any) -> str:
    with pytest.raises(PolicyError) as caught:
        loaded(source)
    return str(caught.value)


def test_there_are_cases() -> None:
    assert len(POSITIVE) >= 5
    assert len(NEGATIVE) >= 80
    assert {file.with_suffix(".expected") for file in NEGATIVE} == set((HERE / "negative").glob("*.expected"))


@pytest.mark.parametrize("file", POSITIVE, ids=name)
class TestPositive:
    def test_loads(self, file: pathlib.Path) -> None:
        assert loaded(str(file)).name == yaml.safe_load(file.read_text())["name"]

    def test_says_the_same_inline(self, file: pathlib.Path) -> None:
        of_file = loaded(str(file))
        inline = loaded(yaml.safe_load(file.read_text()))
        assert inline.sha256 == of_file.sha256
        assert inline.sources == ("inline",)

    def test_survives_its_compiled_form(self, file: pathlib.Path) -> None:
        policy = loaded(str(file))
        assert from_json(to_json(policy)) == policy

    def test_loads_without_libyaml(self, file: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
        with_libyaml = loaded(str(file))
        monkeypatch.setattr(_read_yaml, "_LOADER", yaml.SafeLoader)
        assert loaded(str(file)) == with_libyaml


@pytest.mark.parametrize("file", NEGATIVE, ids=name)
class TestNegative:
    @pytest.fixture(autouse=True)
    def _here(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(HERE / "negative")

    def test_says_all_that_is_wrong(self, file: pathlib.Path) -> None:
        assert problems(file.name) + "\n" == file.with_suffix(".expected").read_text()

    def test_sorts_by_line(self, file: pathlib.Path) -> None:
        lines = [line.split(":")[1] for line in problems(file.name).splitlines()]
        numbers = [int(number) for number in lines if number.isdigit()]
        assert numbers == sorted(numbers)

    def test_is_refused_without_libyaml_too(self, file: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Words of syntax errors differ between the parsers; what is no matter of syntax does not."""
        monkeypatch.setattr(_read_yaml, "_LOADER", yaml.SafeLoader)
        expected = file.with_suffix(".expected").read_text().splitlines()
        said = problems(file.name).splitlines()
        assert [line for line in said if "is not YAML" not in line] == [
            line for line in expected if "is not YAML" not in line
        ]
        assert ["is not YAML" in line for line in said] == ["is not YAML" in line for line in expected]


def _readable(file: pathlib.Path) -> bool:
    """Whether the data of a wrong policy can be had at all, to give it inline."""
    try:
        document = open_source(str(file)).read()
    except PolicyError:
        return False
    return isinstance(document.data, dict) and not document.problems


@pytest.mark.parametrize("file", [file for file in NEGATIVE if _readable(file)], ids=name)
def test_inline_says_the_same_without_lines(file: pathlib.Path) -> None:
    inline = problems(copy.deepcopy(open_source(str(file)).read().data))
    assert {_message(line) for line in inline.splitlines()} == {
        _message(line) for line in file.with_suffix(".expected").read_text().splitlines()
    }
    assert all(line.startswith("inline policy: $") for line in inline.splitlines())


def _message(line: str) -> str:
    """Path and words, without place and the words that need a file."""
    path_and_words = line[line.index("$") :]
    for of_file in (" (written ", ", first "):
        path_and_words = path_and_words.partition(of_file)[0].removesuffix(": quote it")
    return path_and_words


@pytest.mark.parametrize("file", [*POSITIVE, *filter(_readable, NEGATIVE)], ids=name)
def test_finds_what_jsonschema_itself_finds(file: pathlib.Path) -> None:
    """Our keywords have their own messages, not their own meaning; but only they tell days from text and 1.0 from 1."""
    document = open_source(str(file)).read()
    stock = Draft202012Validator(json.loads(schema_text()), format_checker=Draft202012Validator.FORMAT_CHECKER)
    at_fault = {error.absolute_path[0] for error in stock.iter_errors(document.data) if error.absolute_path}
    wrong = not stock.is_valid(document.data)
    check_schema(document)
    ours = {problem.path.removeprefix("$.").partition("[")[0].partition(".")[0] for problem in document.problems}
    assert at_fault <= ours
    if file.stem not in {"text-that-is-a-date", "version-with-fraction", "port-with-fraction", "line-end-in-id"}:
        assert wrong == bool(ours)


def test_the_search_for_problems_has_an_end() -> None:
    """Half a million wrong values took hours: every one was compared with all that were told before."""
    content = "version: 1\nname: n\nrules:\n" + "- {id: a, protocol: tcp, port: no-such}\n" * 20_000
    begun = time.process_time()
    with pytest.raises(PolicyError) as caught:
        load_layers([Source("policy.yml", content.encode())], registry=Registry.load())
    assert time.process_time() - begun < 15
    assert len(caught.value.problems) == 500
    assert "500 problems and more" in str(caught.value)


@pytest.mark.parametrize("loader", ["CSafeLoader", "SafeLoader"])
@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b'name: "\\Uffffffff"', id="escape of no character"),
        pytest.param(b'name: "\\ud800"', id="escape of half a character"),
        pytest.param(b"? " * 5000, id="keys of keys"),
        pytest.param(b"- " * 5000, id="lists of lists"),
        pytest.param(b"%YAML " + b"9" * 5000 + b".1\n---\n", id="version of thousands of digits"),
        pytest.param(b"x: " + b"1:" * 500_000 + b"1", id="a million parts"),
        pytest.param(b"x: 0x" + b"f" * 1_000_000, id="a million digits"),
        pytest.param(b"rules: [{id: " + b"a" * 200_000 + b"!}]", id="a pattern that looks back"),
        pytest.param(b"x: &a [*a]", id="alias of itself"),
        pytest.param(b"<<: &a {x: 1, <<: *a}", id="merge of itself"),
    ],
)
def test_ends_with_problems(content: bytes, loader: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_read_yaml, "_LOADER", getattr(yaml, loader, yaml.SafeLoader))
    begun = time.process_time()
    with pytest.raises(PolicyError) as caught:
        load_layers([Source("policy.yml", content)], registry=Registry.load())
    assert time.process_time() - begun < 20
    assert all(line.isprintable() and len(line) < 400 for line in str(caught.value).splitlines())
