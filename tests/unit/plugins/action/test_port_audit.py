# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One host: its evidence, what the task returns, and every way in which it is not assessed."""

from __future__ import annotations

import json
import pathlib
import typing as t

import pytest
from ansible.errors import AnsibleConnectionFailure
from ansible_collections.fleetports.compliance.plugins.plugin_utils._common._clock import RUN_ID
from ansible_collections.fleetports.compliance.tests.unit.factories.actions import Play
from ansible_collections.fleetports.compliance.tests.unit.factories.evidence import observation
from ansible_collections.fleetports.compliance.tests.unit.factories.listeners import APP, listener
from ansible_collections.fleetports.compliance.tests.unit.factories.policies import SSH, WEB

RUN = pathlib.Path("port-audit") / RUN_ID


def _kept(folder: str, host: str) -> t.Any:
    return json.loads((RUN / folder / f"{host}.json").read_text())


def test_evidence_is_kept_and_its_verdict_returned(play: Play) -> None:
    play.answers["b"] = observation(listener(22), APP)
    _opened, one, other = play.audited(policy=SSH)
    assert (one["verdict"], other["verdict"], one.get("failed")) == ("pass", "fail", None)
    assert [finding["code"] for finding in other["findings"]] == ["unlisted-listener"]
    assert "listeners" not in one
    evidence = _kept("evidence", "a")
    assert (evidence["host"]["groups"], evidence["run"]["id"]) == (["all", "web"], RUN_ID)
    assert (RUN / "policies" / f"{evidence['run']['policy']}.json").exists()


def test_listeners_are_returned_to_whoever_asks(play: Play) -> None:
    play.task("port_audit_check", policy=SSH)
    assert [one["port"] for one in play.task("port_audit", policy=SSH, return_listeners=True)["listeners"]] == [22]


def test_the_time_to_judge_at_is_that_of_the_run(play: Play) -> None:
    play.audited(policy=SSH, as_of="2026-12-24")
    assert _kept("evidence", "a")["run"]["as_of"] == "2026-12-24T00:00:00Z"


def test_a_time_that_is_none_is_refused(play: Play) -> None:
    refused = play.task("port_audit", policy=SSH, as_of="soon")
    assert (refused["failed"], refused["msg"].partition(":")[0]) == (True, "as_of")


def test_a_collector_that_failed_leaves_evidence_of_nothing(play: Play) -> None:
    play.answers["a"] = {"failed": True, "msg": "no Python"}
    result = play.audited(policy=SSH)[1]
    assert (result["failed"], result["msg"], result["verdict"]) == (True, "no Python", "unverified")
    assert _kept("evidence", "a")["collector"]["gaps"][0]["code"] == "collector-failed"


def test_a_host_that_cannot_be_reached_leaves_the_reason(play: Play) -> None:
    play.task("port_audit_check", policy=SSH)
    play.answers["a"] = AnsibleConnectionFailure("Connection refused")
    with pytest.raises(AnsibleConnectionFailure, match="Connection refused"):
        play.task("port_audit", policy=SSH)
    failure = _kept("failures", "a")
    assert (failure["kind"], failure["message"], len(failure["policy"])) == ("unreachable", "Connection refused", 64)


def test_whatever_else_ends_the_task_leaves_the_reason(play: Play) -> None:
    play.task("port_audit_check", policy=SSH)
    play.answers["a"] = ZeroDivisionError("odd")
    with pytest.raises(ZeroDivisionError):
        play.task("port_audit", policy=SSH)
    assert (_kept("failures", "a")["kind"], _kept("failures", "a")["message"]) == ("failed", "odd")


def test_a_policy_that_is_wrong_leaves_the_reason(play: Play) -> None:
    play.task("port_audit_check", policy=SSH)
    result = play.task("port_audit", policy={**SSH, "version": 2})
    assert result["failed"]
    assert "$.version" in result["msg"]
    assert "$.version" in _kept("failures", "a")["message"]


def test_a_second_policy_is_refused_and_makes_the_host_unverified(play: Play) -> None:
    play.audited(policy=SSH)
    assert not play.task("port_audit", policy=SSH).get("failed"), "a task may be retried"
    refused = play.task("port_audit", policy=WEB)
    assert refused["msg"].startswith("This run has judged the host by another policy")
    assert _kept("evidence", "a")["listeners"] == []
    assert _kept("failures", "a")["message"] == refused["msg"]


@pytest.mark.parametrize(
    ("options", "keywords", "said"),
    [
        pytest.param({"policy": SSH}, {"delegate_to": "z"}, "port_audit cannot be delegated", id="delegated"),
        pytest.param({}, {}, "The gate is on, but no policy was named for this host", id="a gate without a policy"),
    ],
)
def test_what_is_refused_leaves_the_reason(
    play: Play, options: dict[str, t.Any], keywords: dict[str, t.Any], said: str
) -> None:
    play.task("port_audit_check", policy=SSH, fail_on=["fail"])
    result = play.task("port_audit", task=keywords, **options)
    assert (result["failed"], result["msg"].startswith(said)) == (True, True)
    assert _kept("failures", "a")["message"] == result["msg"]
