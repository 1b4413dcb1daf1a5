# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the audit task returns: plain JSON types, which is all that a variable of Ansible can hold."""

from __future__ import annotations

import dataclasses
import json
import typing as t

from ansible_collections.fleetports.compliance.plugins.plugin_utils._action._task_result import MOST, outcome
from ansible_collections.fleetports.compliance.plugins.plugin_utils._judge._judgement import Finding, HostResult
from ansible_collections.fleetports.compliance.tests.unit.factories import sample

FINDING = Finding("unassigned-port", "fail", "high", "81/tcp is unassigned", port=81, owner="python3")


def returned(*findings: Finding) -> t.Any:
    result = HostResult("web1", "fail", findings=findings)
    return json.loads(json.dumps(outcome(result, policy=sample.POLICY, evidence="e", run_id="r")))


def test_a_finding_tells_what_and_where() -> None:
    (finding,) = returned(FINDING)["findings"]
    told = {name: value for name, value in finding.items() if value is not None}
    assert told == {
        "code": "unassigned-port",
        "verdict": "fail",
        "severity": "high",
        "message": "81/tcp is unassigned",
        "port": 81,
        "owner": "python3",
    }


def test_what_does_not_apply_is_null() -> None:
    (finding,) = returned(FINDING)["findings"]
    assert (finding["address"], finding["rule"], finding["waiver"]) == (None, None, None)


def test_findings_keep_their_order() -> None:
    found = [dataclasses.replace(FINDING, port=port, verdict=verdict) for port, verdict in ((1, "warn"), (2, "fail"))]
    answer = returned(*found)
    assert [finding["port"] for finding in answer["findings"]] == [1, 2]
    assert answer["findings_left_out"] == 0


def test_of_many_the_worst_are_returned_and_the_rest_is_counted() -> None:
    verdicts = {number: "fail" if number % 10 == 9 else "warn" for number in range(1000)}
    answer = returned(*(dataclasses.replace(FINDING, port=port, verdict=verdict) for port, verdict in verdicts.items()))
    assert [finding["verdict"] for finding in answer["findings"]] == ["fail"] * MOST
    assert [finding["port"] for finding in answer["findings"]] == list(range(9, 10 * MOST, 10))
    assert answer["findings_left_out"] == 1000 - MOST
    assert answer["summary"]["findings"] == {"waived": 0, "warn": 900, "unverified": 0, "fail": 100}
