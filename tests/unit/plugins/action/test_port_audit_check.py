# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The task that opens a run: with a policy that loads, options that can be used, and for whom."""

from __future__ import annotations

import json
import pathlib
import typing as t

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._common._clock import RUN_ID
from ansible_collections.fleetports.compliance.tests.unit.factories.actions import Play
from ansible_collections.fleetports.compliance.tests.unit.factories.policies import SSH, loaded


def test_the_run_is_opened_for_the_hosts_of_the_play(play: Play) -> None:
    result = play.task("port_audit_check", policy=SSH, fail_on=["fail"])
    assert (result["hosts"], result["left_out"], result["rules"], result["waivers"]) == (2, 0, 1, 0)
    assert (result["gate"], result["run_id"]) == ("on", RUN_ID)
    assert result["policy"] == {"name": "ssh", "sha256": loaded().sha256, "sources": ["inline"]}
    record = json.loads(pathlib.Path(result["run_directory"], "run.json").read_text())
    assert (record["expected"], record["options"]["fail_on"], record["ended"]) == (["a", "b"], ["fail"], None)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        pytest.param({"policy": {"version": 1}}, "the keys name and rules are missing", id="a policy that is none"),
        pytest.param({"policy": "nowhere.yml"}, "nowhere.yml", id="a policy that is not there"),
        pytest.param({"policy": SSH, "formats": ["docx"]}, "port_audit_formats: ", id="a format that is none"),
        pytest.param({"policy": SSH, "fail_on": ["everything"]}, "fail_on", id="a gate that is none"),
        pytest.param({"policy": SSH, "as_of": "soon"}, "as_of: 'soon'", id="a time that is none"),
        pytest.param({"fail_on": ["fail"]}, "A gate needs a policy", id="a gate without a policy"),
        pytest.param({"policy": SSH, "output_trusted": True}, "only as an extra variable", id="trust by an inventory"),
        pytest.param({"policy": SSH, "polices": 1}, "polices", id="an option that is none"),
    ],
)
def test_what_cannot_be_used_opens_no_run(play: Play, options: dict[str, t.Any], said: str) -> None:
    result = play.task("port_audit_check", **options)
    assert (result["failed"], said in result["msg"]) == (True, True), result["msg"]
    assert not pathlib.Path("port-audit", RUN_ID, "run.json").exists()


def test_without_a_policy_the_bundled_one_is_used(play: Play) -> None:
    result = play.task("port_audit_check")
    assert (result["policy"]["name"], result["gate"]) == ("baseline", "off")


def test_a_run_without_a_report_is_taken_up_again(play: Play) -> None:
    play.audited(policy=SSH)
    assert play.task("port_audit_check", policy=SSH, unless_open=True) == {
        "changed": False,
        "skipped": True,
        "msg": "a run is open",
    }


def test_a_gate_that_nobody_asked_is_not_hidden_by_a_second_run(play: Play) -> None:
    play.audited(policy=SSH, fail_on=["fail"])
    refused = play.task("port_audit_check", policy=SSH)
    assert (refused["failed"], "has a gate that port_audit_gate has not evaluated" in refused["msg"]) == (True, True)
    told = play.task("port_audit_check", policy=SSH, unless_open=True)
    assert told["warnings"] == [f"The run {RUN_ID} has a gate that no task has evaluated: it is evaluated now."]


def test_a_run_for_nobody_is_told(play: Play) -> None:
    result = play.task("port_audit_check", policy=SSH, fail_on=["fail"], unless_open=True)
    assert result["hosts"] == 0
    assert result["warnings"][0].startswith("No host was audited: ")


@pytest.mark.parametrize(("number", "told"), [(100, False), (101, True)])
def test_a_large_inline_policy_is_advised_against(play: Play, number: int, told: bool) -> None:
    rules = [{"id": f"r{port}", "protocol": "tcp", "port": port} for port in range(1, number + 1)]
    result = play.task("port_audit_check", policy={**SSH, "rules": rules})
    assert ("Put the policy into a file" in str(result.get("warnings"))) is told
