# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What tasks take as limits and gates, as people write it, and what they refuse."""

from __future__ import annotations

import datetime
import typing as t

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action._base import TaskRefused
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action.arguments import (
    _control_names,
    _hazard_changes,
    _limits,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action.arguments._gate_option import gate_rules

DAY = datetime.timedelta(days=1)


@pytest.mark.parametrize(
    ("written", "of_ten", "of_a_thousand"),
    [
        pytest.param(0, 0, 0, id="a number"),
        pytest.param("2", 2, 2, id="a number as text"),
        pytest.param("10%", 1, 100, id="a share"),
        pytest.param(" 10 % ", 1, 100, id="a share with spaces"),
    ],
)
def test_a_limit_of_unreachable_hosts(written: t.Any, of_ten: int, of_a_thousand: int) -> None:
    limit = _limits.unreachable_limit({"max_unreachable": written})
    assert (limit.allowed(10), limit.allowed(1000)) == (of_ten, of_a_thousand)


@pytest.mark.parametrize("written", ["many", "-1", "101%", "10 5", "%"])
def test_what_is_no_limit_is_named(written: str) -> None:
    with pytest.raises(TaskRefused, match=r"^max_unreachable: "):
        _limits.unreachable_limit({"max_unreachable": written})


@pytest.mark.parametrize(
    ("written", "age"),
    [("", None), ("24h", DAY), ("24 h", DAY), (" 7d ", 7 * DAY), ("1w", 7 * DAY), ("90m", DAY / 16)],
)
def test_an_age_of_evidence(written: str, age: datetime.timedelta | None) -> None:
    assert _limits.evidence_age({"max_evidence_age": written}) == age


@pytest.mark.parametrize("written", ["24", "a day", "-1h", "1 year"])
def test_what_is_no_age_is_named(written: str) -> None:
    with pytest.raises(TaskRefused, match=r"^max_evidence_age: "):
        _limits.evidence_age({"max_evidence_age": written})


@pytest.mark.parametrize(
    ("age", "places", "searched"),
    [
        pytest.param("", [], None, id="nothing may stand in"),
        pytest.param("", [""], None, id="an empty place is none"),
        pytest.param("24h", [], ((), DAY), id="in the output directory"),
        pytest.param("24h", ["old", ""], (("old",), DAY), id="elsewhere too"),
    ],
)
def test_where_evidence_is_searched(age: str, places: list[str], searched: t.Any) -> None:
    found = _limits.search({"max_evidence_age": age, "evidence": places})
    assert (found and (found.places, found.limit)) == searched


def test_places_alone_do_not_say_how_old_evidence_may_be() -> None:
    with pytest.raises(TaskRefused, match="evidence: needs max_evidence_age"):
        _limits.search({"max_evidence_age": "", "evidence": ["old"]})


def _gate(**changes: t.Any) -> t.Mapping[str, t.Any]:
    return {"fail_on": [], "fail_on_drift": [], "max_unreachable": 0, **changes}


@pytest.mark.parametrize(
    ("changes", "on"),
    [
        ({}, False),
        ({"fail_on": ["fail"]}, True),
        ({"fail_on_drift": ["opened"]}, True),
        ({"max_unreachable": 5}, False),
    ],
)
def test_what_turns_a_gate_on(changes: dict[str, t.Any], on: bool) -> None:
    rules = gate_rules(_gate(**changes))
    assert rules.on is on
    assert (rules.fail_on, rules.fail_on_drift) == (
        tuple(changes.get("fail_on", ())),
        tuple(changes.get("fail_on_drift", ())),
    )


@pytest.mark.parametrize("given", [{}, {"hazards": []}, {"hazards": None}], ids=["absent", "empty", "nothing"])
def test_hazards_are_the_bundled_ones_unless_told(given: dict[str, t.Any]) -> None:
    assert _hazard_changes.asked_hazards(given).hazards.keys() >= {"redis", "smb"}


def test_hazards_are_changed() -> None:
    assert "redis" not in _hazard_changes.asked_hazards({"hazards": ["redis:silent"]}).hazards
    with pytest.raises(TaskRefused, match=r"^port_audit_hazards: hazards\[0\]: the catalogue has no nonsense"):
        _hazard_changes.asked_hazards({"hazards": ["nonsense:low"]})


def test_controls_are_read_from_the_catalogue() -> None:
    (control,) = _control_names.asked_controls({"controls": ["pci-dss:1.2.5"]})
    assert (control.framework, control.edition, control.id) == ("pci-dss", "4.0.1", "1.2.5")
    assert _control_names.asked_controls({"controls": []}) == ()


def test_a_control_that_is_none_is_named() -> None:
    with pytest.raises(TaskRefused, match=r"^port_audit_controls: .*nonsense"):
        _control_names.asked_controls({"controls": ["nonsense"]})
