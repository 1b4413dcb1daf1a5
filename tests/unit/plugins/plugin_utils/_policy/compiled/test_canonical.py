# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The compiled form: the same policy comes back, anything else is refused."""

from __future__ import annotations

import json
import pathlib
import typing as t

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._policy_errors import PolicyError
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._policy_model import Policy
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy.compiled._canonical import (
    from_json,
    to_json,
)
from ansible_collections.fleetports.compliance.tests.unit.factories.policies import loaded

EVERY_KEY = pathlib.Path(__file__).parents[1] / "positive" / "design.yml"


@pytest.fixture
def policy() -> Policy:
    return loaded(str(EVERY_KEY))


def test_gives_an_equal_policy_back(policy: Policy) -> None:
    again = from_json(to_json(policy))
    assert again == policy
    for one, other in ((again.rules[0], policy.rules[0]), (again.waivers[0], policy.waivers[0])):
        assert (repr(one), hash(one), vars(one).keys()) == (repr(other), hash(other), vars(other).keys())


def test_is_the_same_text_each_time(policy: Policy) -> None:
    assert to_json(from_json(to_json(policy))) == to_json(policy)


def test_is_plain_json_on_one_line(policy: Policy) -> None:
    text = to_json(policy)
    assert text.isascii()
    assert "\n" not in text
    assert json.loads(text)["sha256"] == policy.sha256


def test_keeps_what_many_rules_share_once(policy: Policy) -> None:
    assert to_json(policy).count(EVERY_KEY.name) == 2  # the source, and the file of every place


def test_writes_names_of_files_that_are_not_utf8(tmp_path: pathlib.Path) -> None:
    path = f"{tmp_path}/p\udcff.yml"
    pathlib.Path(path).write_text("version: 1\nname: x\nrules: []\n", encoding="utf-8")
    policy = loaded(path)
    assert from_json(to_json(policy).encode().decode()) == policy


def _changed(key: str, value: t.Any) -> t.Callable[[str], str]:
    return lambda text: json.dumps({**json.loads(text), key: value})


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda _text: "", id="empty"),
        pytest.param(lambda text: text[: len(text) // 2], id="half"),
        pytest.param(lambda _text: "[]", id="list"),
        pytest.param(lambda _text: "null", id="null"),
        pytest.param(lambda _text: "{}", id="nothing-in-it"),
        pytest.param(lambda _text: "[" * 100_000, id="deep"),
        pytest.param(_changed("compiled", 0), id="other-version"),
        pytest.param(_changed("rules", [["ssh"]]), id="short-rule"),
        pytest.param(_changed("hosts", []), id="short-table"),
        pytest.param(_changed("networks", ["x"]), id="bad-network"),
        pytest.param(_changed("defaults", ["fail"]), id="short-defaults"),
    ],
)
def test_refuses_what_is_damaged(damage: t.Callable[[str], str], policy: Policy) -> None:
    with pytest.raises(PolicyError, match="compiled policy: cannot be read back"):
        from_json(damage(to_json(policy)))
