# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lint of a policy: what is told, what fails, and how a pipeline reads it."""

from __future__ import annotations

import json
import pathlib
import typing as t

import pytest
from ansible.utils.display import Display
from ansible_collections.fleetports.compliance.tests.unit.factories.actions import Play
from ansible_collections.fleetports.compliance.tests.unit.factories.listeners import listener
from ansible_collections.fleetports.compliance.tests.unit.factories.policies import SSH
from ansible_collections.fleetports.compliance.tests.unit.factories.runs import FIRST, run_of

RULE: dict[str, t.Any] = {"id": "r", "protocol": "tcp", "port": 22}
WHOLE: dict[str, t.Any] = {**RULE, "owner": "o", "justification": "j", "reach": "private"}
INSECURE: dict[str, t.Any] = {**WHOLE, "id": "i", "insecure": True}


def _policy(*rules: dict[str, t.Any]) -> dict[str, t.Any]:
    return {"version": 1, "name": "p", "rules": list(rules)}


@pytest.mark.parametrize(
    ("rules", "strictness", "msg", "errors"),
    [
        pytest.param([], "basic", "p: valid, 0 warnings.", 0, id="nothing to say"),
        pytest.param([{**RULE, "port": 81}], "basic", "p: valid, 1 warning.", 0, id="a warning"),
        pytest.param([{**WHOLE, "port": 81}, INSECURE], "basic", "Lint errors: 1.", 1, id="an error"),
        pytest.param([{**RULE, "port": 81}], "off", "p: valid, 0 warnings.", 0, id="no lint"),
        pytest.param([RULE], "strict", "Lint errors: ", 3, id="strict"),
    ],
)
def test_remarks_are_counted(play: Play, rules: list[dict[str, t.Any]], strictness: str, msg: str, errors: int) -> None:
    result = play.task("port_policy_check", policy=_policy(*rules), strictness=strictness)
    assert result["msg"].splitlines()[0].startswith(msg)
    assert (result["errors"], bool(result.get("failed"))) == (errors, errors > 0)
    assert result["msg"].splitlines()[1:] == result["remarks"]


def test_the_day_can_be_set(play: Play) -> None:
    policy = _policy({**WHOLE, "review_by": "2026-06-01"})
    results = [play.task("port_policy_check", policy=policy, as_of=day) for day in ("2026-06-01", "2026-06-02")]
    assert [len(result["remarks"]) for result in results] == [0, 1]


def test_evidence_shows_what_is_unused(play: Play) -> None:
    run = run_of(pathlib.Path("port-audit"), FIRST, {"a": [listener()]}, absent=())
    policy = _policy(WHOLE, {**WHOLE, "id": "db", "port": 5432})
    result = play.task("port_policy_check", policy=policy, evidence=[run], verify=False)
    assert [remark.partition("unused-rule")[2] for remark in result["remarks"] if "unused-rule" in remark] != []
    assert "rule db matched no listener on 1 host" in result["msg"]
    assert result["verified"] is False


def test_what_evidence_cannot_decide_is_counted(play: Play) -> None:
    run = run_of(pathlib.Path("port-audit"), FIRST, {"a": [listener()]})  # and a host that was not seen
    policy = _policy(WHOLE, {**WHOLE, "id": "db", "port": 5432})
    result = play.task("port_policy_check", policy=policy, evidence=[run], verify=False)
    assert result["undecided"] == 1
    assert result["msg"].splitlines()[-1].endswith("because the evidence of some hosts has gaps: 1.")


@pytest.mark.parametrize(
    ("policy", "level"),
    [
        pytest.param(_policy({**RULE, "port": 81}), "warning", id="a remark"),
        pytest.param({**SSH, "version": 2}, "error", id="a policy that is none"),
    ],
)
def test_github_is_told(play: Play, monkeypatch: pytest.MonkeyPatch, policy: dict[str, t.Any], level: str) -> None:
    lines: list[str] = []
    monkeypatch.setattr(Display, "display", lambda _self, text, **_how: lines.append(text))
    play.task("port_policy_check", policy=policy, annotations="github")
    assert [line.split(" ")[0] for line in lines] == [f"::{level}"]


def test_gitlab_is_told(play: Play) -> None:
    play.task(
        "port_policy_check", policy=_policy({**RULE, "port": 81}), annotations="gitlab", annotations_path="q.json"
    )
    (entry,) = json.loads(pathlib.Path("q.json").read_text())
    assert entry["check_name"] == "unassigned-without-justification"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        pytest.param({}, "policy: required", id="no policy"),
        pytest.param({"policy": SSH, "as_of": "soon"}, "as_of: 'soon'", id="a day that is none"),
        pytest.param(
            {"policy": SSH, "evidence": ["x"], "strictness": "off"},
            "evidence: needs the lint",
            id="evidence for nothing",
        ),
        pytest.param({"policy": SSH, "evidence": ["gone"]}, "gone", id="evidence that is not there"),
        pytest.param(
            {"policy": SSH, "annotations": "gitlab", "annotations_path": "no/q.json"},
            "annotations_path: no/q.json cannot be written: No such file or directory",
            id="a file that cannot be written",
        ),
    ],
)
def test_what_cannot_be_done_is_refused(play: Play, options: dict[str, t.Any], said: str) -> None:
    result = play.task("port_policy_check", **options)
    assert (result["failed"], said in result["msg"]) == (True, True), result["msg"]
