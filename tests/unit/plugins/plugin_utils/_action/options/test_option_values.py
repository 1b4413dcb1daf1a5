# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options as people write them, as YAML values and as text."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action.options._option_errors import OptionProblem
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action.options._option_values import as_meant

SPEC: dict[str, dict[str, t.Any]] = {
    "fail_on": {"type": "list", "elements": "str", "choices": ["fail", "unverified", "warn"]},
    "formats": {"type": "list", "elements": "raw"},
    "runs": {"type": "list", "elements": "path", "aliases": ["evidence"]},
    "verify": {"type": "bool"},
    "cpu_budget": {"type": "float"},
    "owners": {"type": "str", "choices": ["all", "first", "none"]},
    "as_of": {"type": "str"},
    "policy": {"type": "raw"},
}

READ: dict[str, tuple[str, t.Any, t.Any]] = {
    "a word": ("fail_on", "fail", ["fail"]),
    "a list": ("fail_on", ["fail", "warn"], ["fail", "warn"]),
    "a tuple": ("fail_on", ("fail",), ["fail"]),
    "commas": ("fail_on", "fail,unverified", ["fail", "unverified"]),
    "commas and spaces": ("fail_on", " fail ,  unverified ", ["fail", "unverified"]),
    "lines": ("fail_on", "fail\nunverified\n", ["fail", "unverified"]),
    "lines of YAML": ("fail_on", "- fail\n- unverified", ["fail", "unverified"]),
    "JSON": ("fail_on", '["fail", "unverified"]', ["fail", "unverified"]),
    "YAML": ("fail_on", "[fail, unverified]", ["fail", "unverified"]),
    "spaces alone": ("fail_on", "fail unverified", ["fail", "unverified"]),
    "commas in an item": ("fail_on", ["fail, unverified"], ["fail", "unverified"]),
    "twice": ("fail_on", ["fail", "fail"], ["fail"]),
    "upper case": ("fail_on", "Fail", ["fail"]),
    "an empty item": ("fail_on", ["fail", "", None], ["fail"]),
    "an empty list": ("fail_on", [], []),
    "an item that is zero": ("runs", [0, "a"], [0, "a"]),
    "formats": ("formats", "html, json", ["html", "json"]),
    "a format with settings": ("formats", {"format": "html"}, [{"format": "html"}]),
    "formats with settings, as text": ("formats", '[{"format": "html"}, "json"]', [{"format": "html"}, "json"]),
    "a path with a space": ("runs", "/srv/my runs, /srv/other", ["/srv/my runs", "/srv/other"]),
    "a path with a comma in a list": ("runs", ["/srv/a,b"], ["/srv/a,b"]),
    "a path that is a number": ("runs", 2026, [2026]),
    "yes": ("verify", "yes", True),
    "Off": ("verify", " Off ", False),
    "1": ("verify", 1, True),
    "0 as text": ("verify", "0", False),
    "a number": ("cpu_budget", 2, 2.0),
    "a number as text": ("cpu_budget", " 2.5 ", 2.5),
    "the largest number": ("cpu_budget", 10**9, 1e9),
    "a choice": ("owners", "First", "first"),
    "a text": ("as_of", "2026-11-29", "2026-11-29"),
    "a policy": ("policy", {"version": 1}, {"version": 1}),
}


@pytest.mark.parametrize("case", READ)
def test_read(case: str) -> None:
    name, value, meant = READ[case]
    assert as_meant({name: value}, SPEC) == {name: meant}


@pytest.mark.parametrize("name", SPEC)
@pytest.mark.parametrize("value", [None, "", "  ", "\n"])
def test_empty_and_null_are_unset(name: str, value: t.Any) -> None:
    assert as_meant({name: value}, SPEC) == {}


def test_an_alias_is_read_as_what_it_stands_for() -> None:
    assert as_meant({"evidence": "a, b"}, SPEC) == {"runs": ["a", "b"]}


def test_a_name_that_the_task_lacks_is_left_to_ansible() -> None:
    assert as_meant({"polcy": "x"}, SPEC) == {"polcy": "x"}


REFUSED: dict[str, tuple[str, t.Any, str]] = {
    "true for a list": ("fail_on", True, "must be a list, found True, such as [fail]"),
    "a mapping for a list": ("fail_on", {"fail": True}, "must be a list"),
    "a misspelt choice": ("fail_on", "failed", "'failed' is not one of fail, unverified, warn; did you mean fail?"),
    "no choice at all": ("fail_on", ["xyz"], "'xyz' is not one of fail, unverified, warn"),
    "true as an item": ("fail_on", [True], "True is not one of"),
    "false as an item": ("fail_on", [False], "False is not one of"),
    "a comma at the end": ("fail_on", "fail,", '-e \'fail_on="fail"\' or -e \'{"fail_on": ["fail"]}\''),
    "a comma alone": ("formats", ",", "ends with a comma"),
    "a list that does not end": ("formats", "[html", "begins like a list but is not one"),
    "a mapping of an unhashable key": ("formats", "{[a]: b}", "begins like a list but is not one"),
    "a word for a switch": ("verify", "maybe", "must be true or false, found 'maybe'"),
    "two for a switch": ("verify", 2, "must be true or false"),
    "a list for a switch": ("verify", ["yes"], "must be true or false"),
    "a word for a number": (
        "cpu_budget",
        "much",
        "must be a number above 0 and no more than 1,000,000,000, found 'much'",
    ),
    "not a number": ("cpu_budget", "nan", "must be a number above 0"),
    "without end": ("cpu_budget", "1e999", "must be a number above 0"),
    "longer than anybody waits": ("cpu_budget", 1e10, "and no more than 1,000,000,000, found 1"),
    "more than a number can be": ("cpu_budget", 10**400, "must be a number above 0"),
    "nothing": ("cpu_budget", 0, "must be a number above 0"),
    "less than nothing": ("cpu_budget", -1, "must be a number above 0"),
    "true for a number": ("cpu_budget", True, "must be a number above 0"),
    "a misspelt word": ("owners", "frist", "did you mean first?"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case: str) -> None:
    name, value, said = REFUSED[case]
    with pytest.raises(OptionProblem) as refused:
        as_meant({name: value}, SPEC)
    assert str(refused.value).startswith(f"{name}: ")
    assert said in str(refused.value)


def test_what_was_found_is_short_and_printable() -> None:
    with pytest.raises(OptionProblem) as refused:
        as_meant({"owners": "\x1b[2J" + "x" * 500}, SPEC)
    assert "\x1b" not in str(refused.value)
    assert len(str(refused.value)) < 200
