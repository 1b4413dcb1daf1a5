# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What another policy would say of stored evidence."""

from __future__ import annotations

import datetime
import pathlib
import typing as t

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action.stored import (
    _replay_runs,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.runs._stored_run import (
    Run,
    open_run,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._replay import _replay, _replay_text
from ansible_collections.fleetports.compliance.tests.unit.factories.listeners import APP, listener
from ansible_collections.fleetports.compliance.tests.unit.factories.policies import NONE, SSH, loaded
from ansible_collections.fleetports.compliance.tests.unit.factories.runs import FIRST, run_of


def _replayed(runs: list[Run], policy: dict[str, t.Any], **more: t.Any) -> tuple[_replay_runs.Replayed, list[t.Any]]:
    changes: list[t.Any] = []
    given = {"against": None, "as_of": None, **more}
    return _replay_runs.replay(runs, policy=loaded(policy), emit=changes.append, **given), changes


def test_a_replay_says_what_would_change_and_who_was_not_judged(tmp_path: pathlib.Path) -> None:
    run = run_of(tmp_path, FIRST, {"a": [listener()], "b": [listener(), APP]})
    (pathlib.Path(run) / "evidence" / "c.json").write_text("{")
    done, changes = _replayed([open_run(run)], NONE)
    assert [(change.host, change.port, change.before.verdict, change.after.verdict) for change in changes] == [
        ("a", "22", "pass", "fail"),
        ("b", "22", "pass", "fail"),
    ]
    assert done.without_evidence == ["dead"]
    [unseen] = done.unseen
    assert unseen.host == "c.json"
    lines = _replay_text.summary(done.tally, unseen=done.unseen, policy_findings=done.policy_findings, absent=1)
    assert lines[:2] == [
        "2 changes on 2 hosts, of 3 listeners on 2 hosts.",
        "  2 listeners on 2 hosts would newly fail",
    ]
    assert "  22/tcp by sshd on a, b: pass -> fail (unlisted-listener)" in lines


def test_two_processes_say_the_same_as_one(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = [open_run(run_of(tmp_path, FIRST, {f"h{number}": [listener(), APP] for number in range(7)}))]
    alone = _replayed(runs, NONE)[1]
    monkeypatch.setattr(_replay, "_ALONE", 0)
    monkeypatch.setattr(_replay, "_CHUNK", 2)
    monkeypatch.setattr(_replay, "_cores", lambda: 2)
    assert _replayed(runs, NONE)[1] == alone


def test_a_required_rule_is_a_change_where_nothing_listens(tmp_path: pathlib.Path) -> None:
    required = {**SSH, "rules": [*SSH["rules"], {"id": "db", "expect": "required", "protocol": "tcp", "port": 5432}]}
    [change] = _replayed([open_run(run_of(tmp_path, FIRST, {"a": [listener()]}))], required)[1]
    assert (change.port, change.address, change.after.codes) == ("5432", None, ("missing-listener",))


def test_as_of_makes_waivers_lapse(tmp_path: pathlib.Path) -> None:
    waived = {**SSH, "waivers": [_waiver("2026-12-31")]}
    runs = [open_run(run_of(tmp_path, FIRST, {"a": [listener(), APP]}))]
    later = datetime.datetime(2027, 1, 1, tzinfo=datetime.UTC)
    assert [change.after.verdict for change in _replayed(runs, waived)[1]] == ["waived"]
    done, changes = _replayed(runs, waived, as_of=later)
    assert changes == []
    assert [finding.code for finding in done.policy_findings] == ["expired-waiver"]


def _waiver(expires: str) -> dict[str, t.Any]:
    match = {"protocol": "tcp", "port": 8081}
    where = {"applies_to": {"groups": ["all"]}}
    return {"id": "w", "match": match, **where, "justification": "x", "approved_by": "y", "expires": expires}
