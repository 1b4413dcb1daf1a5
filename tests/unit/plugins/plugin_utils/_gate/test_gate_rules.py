# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the words of a gate mean."""

from __future__ import annotations

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._gate._gate_rules import GateRules
from ansible_collections.fleetports.compliance.plugins.plugin_utils._judge._finding_codes import CODES, POLICY


@pytest.mark.parametrize(
    ("fail_on", "verdicts"),
    [
        pytest.param(("fail",), {"fail"}, id="fail is the worst"),
        pytest.param(("unverified",), {"fail", "unverified"}, id="unverified, and what is worse"),
        pytest.param(("warn",), {"fail", "unverified", "warn"}, id="warn, and what is worse"),
        pytest.param(("fail", "warn"), {"fail", "unverified", "warn"}, id="the least of several"),
        pytest.param(("warn", "fail"), {"fail", "unverified", "warn"}, id="in any order"),
        pytest.param(("policy", "new"), set(), id="these stand outside of the order"),
        pytest.param(("policy", "unverified"), {"fail", "unverified"}, id="beside others too"),
        pytest.param((), set(), id="off"),
    ],
)
def test_naming_a_verdict_means_all_that_is_worse(fail_on: tuple[str, ...], verdicts: set[str]) -> None:
    assert GateRules(fail_on).verdicts == verdicts


@pytest.mark.parametrize(
    ("fail_on", "drift", "on"),
    [((), (), False), (("fail",), (), True), (("policy",), (), True), (("new",), (), True), ((), ("closed",), True)],
)
def test_the_gate_is_on_when_anything_is_named(fail_on: tuple[str, ...], drift: tuple[str, ...], on: bool) -> None:
    assert GateRules(fail_on, drift).on is on


@pytest.mark.parametrize(
    ("fail_on", "drift", "said"),
    [
        pytest.param(("fial",), (), "fail_on: 'fial' is not one of .*, did you mean fail", id="misspelt"),
        pytest.param(("fail, warn",), (), "fail_on: 'fail, warn' is not one of", id="two in one"),
        pytest.param(("opened",), (), "fail_on: 'opened' is not one of", id="a kind of change"),
        pytest.param((), ("fail",), "fail_on_drift: 'fail' is not one of", id="a verdict"),
        pytest.param((" fail",), (), "fail_on: ' fail' is not one of", id="not stripped"),
    ],
)
def test_a_name_that_is_none_is_no_open_gate(fail_on: tuple[str, ...], drift: tuple[str, ...], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        GateRules(fail_on, drift)


POLICY_CODES = {code.name for code in CODES if code.about == POLICY}


def test_policy_means_all_findings_about_it_but_what_nothing_uses() -> None:
    stopping = {code for code in POLICY_CODES if GateRules(("policy",)).stops_policy(code, "warn")}
    assert POLICY_CODES - stopping == {"unused-rule", "unused-waiver"}


@pytest.mark.parametrize("fail_on", [("fail",), ("warn",), ("new",), ()])
def test_no_verdict_means_the_policy(fail_on: tuple[str, ...]) -> None:
    assert not any(GateRules(fail_on).stops_policy(code, "warn") for code in POLICY_CODES)


def test_a_policy_that_fails_does_not_hide_behind_hosts() -> None:
    assert GateRules(("fail",)).stops_policy("expired-waiver", "fail")
    assert not GateRules(("new",)).stops_policy("expired-waiver", "fail")
