# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What stops a gate."""

from __future__ import annotations

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._gate._rules import host_stops, policy_stopping
from ansible_collections.fleetports.compliance.plugins.plugin_utils._judge._model import (
    POLICY_CODES,
    Finding,
    HostResult,
)


def result(*verdicts: str) -> HostResult:
    findings = tuple(Finding("unlisted-listener", verdict, "low", "said") for verdict in verdicts)
    return HostResult("web1", verdicts[0] if verdicts else "pass", findings=findings)


@pytest.mark.parametrize(
    ("verdicts", "assessed", "fail_on", "stops"),
    [
        pytest.param(["fail"], True, {"fail"}, True, id="named"),
        pytest.param(["fail"], True, {"warn"}, False, id="not named"),
        pytest.param(["fail", "warn"], True, {"warn"}, True, id="named, behind a worse one"),
        pytest.param([], True, {"fail", "warn", "unverified", "policy"}, False, id="nothing found"),
        pytest.param(["waived"], True, {"fail", "warn", "unverified"}, False, id="waived"),
        pytest.param(["unverified"], False, {"fail"}, True, id="not assessed stops any gate"),
        pytest.param(["unverified"], False, {"policy"}, True, id="not assessed stops the policy's gate"),
        pytest.param(["fail"], False, set(), False, id="off"),
    ],
)
def test_a_host_stops_the_gate(verdicts: list[str], assessed: bool, fail_on: set[str], stops: bool) -> None:
    assert host_stops(result(*verdicts), assessed=assessed, fail_on=fail_on) is stops


def test_a_host_that_is_forgiven_does_not_stop_it() -> None:
    unseen = result("unverified")
    assert not host_stops(unseen, assessed=False, fail_on={"fail", "unverified"}, forgiven=True)


def test_the_policy_stops_it_by_all_but_what_nothing_uses() -> None:
    findings = [Finding(code, "warn", "low", "said") for code in POLICY_CODES]
    stopping = {finding.code for finding in policy_stopping(findings, fail_on={"policy"})}
    assert set(POLICY_CODES) - stopping == {"unused-rule", "unused-waiver"}
    assert policy_stopping(findings, fail_on={"fail", "warn"}) == []
