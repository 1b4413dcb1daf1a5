# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A replay of runs: what stops a gate, and what is written."""

from __future__ import annotations

import json
import pathlib
import typing as t

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action._close_run import close
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action.stored import (
    _replay_runs,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence._evidence_errors import EvidenceError
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.runs._stored_run import (
    Run,
    open_run,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._replay import _replay_text
from ansible_collections.fleetports.compliance.tests.unit.factories.listeners import listener
from ansible_collections.fleetports.compliance.tests.unit.factories.policies import NONE, SSH, loaded
from ansible_collections.fleetports.compliance.tests.unit.factories.runs import FIRST, run_of


def _replayed(runs: list[Run], policy: dict[str, t.Any], **more: t.Any) -> tuple[_replay_runs.Replayed, list[t.Any]]:
    changes: list[t.Any] = []
    given = {"against": None, "as_of": None, **more}
    return _replay_runs.replay(runs, policy=loaded(policy), emit=changes.append, **given), changes


@pytest.mark.parametrize("named", ["fail", "unverified", "warn"])
def test_a_replay_stops_on_a_verdict_and_all_that_is_worse(tmp_path: pathlib.Path, named: str) -> None:
    done, _changes = _replayed([open_run(run_of(tmp_path, FIRST, {"a": [listener()]}, absent=()))], NONE)
    assert _replay_runs.stopping(done, [named]) == ["The policy would turn 1 to fail on 1 host."]
    assert _replay_runs.stopping(done, []) == []


NEVER = "The effect of the policy is unknown: 1 host without evidence in these runs: audit them first."


UNREADABLE = "The effect of the policy is unknown: 1 host could not be judged."


@pytest.mark.parametrize(
    ("hosts", "absent", "damaged", "stops"),
    [
        pytest.param(["a"], [], [], [], id="all assessed"),
        pytest.param(["a"], ["dead"], [], [NEVER], id="never assessed"),
        pytest.param(["a"], ["b"], ["b"], [UNREADABLE], id="assessed, and the evidence damaged"),
        pytest.param([], ["dead"], [], [NEVER, "No host was judged."], id="none was assessed"),
        pytest.param([], [], [], ["No host was judged."], id="runs of nobody"),
    ],
)
def test_a_replay_stops_on_whoever_was_not_judged(
    tmp_path: pathlib.Path, hosts: list[str], absent: list[str], damaged: list[str], stops: list[str]
) -> None:
    run = run_of(tmp_path, FIRST, {host: [listener()] for host in hosts}, absent=absent)
    for host in damaged:
        (pathlib.Path(run) / "evidence" / f"{host}.json").write_text("{")
    done, _changes = _replayed([open_run(run)], SSH)
    assert _replay_runs.stopping(done, ["fail"]) == stops
    assert _replay_runs.stopping(done, []) == []


def test_changes_are_written_as_they_come(tmp_path: pathlib.Path) -> None:
    run = open_run(run_of(tmp_path, FIRST, {"a": [listener()]}))
    files = _replay_runs.Files(str(tmp_path / "out"))
    with files.changes() as emit:
        done = _replay_runs.replay([run], policy=loaded(NONE), against=None, as_of=None, emit=emit)
    about = _replay_runs.about([run], policy=loaded(NONE), against=None, as_of=None)
    files.write(_replay_text.document(done.tally, unseen=[], policy_findings=[], about=about))
    [line] = (tmp_path / "out" / "changes.jsonl").read_text().splitlines()
    assert json.loads(line)["after"]["codes"] == ["unlisted-listener"]
    assert json.loads((tmp_path / "out" / "replay.json").read_text())["into"]["fail"] == {"listeners": 1, "hosts": 1}


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        pytest.param(lambda text: text.replace('"ssh"', '"ash"'), "was altered", id="altered"),
        pytest.param(lambda text: text[:40], "cannot be read back", id="truncated"),
    ],
)
def test_a_policy_that_was_damaged_judges_nobody(
    tmp_path: pathlib.Path, damage: t.Callable[[str], str], said: str
) -> None:
    run = open_run(run_of(tmp_path, FIRST, {"a": [listener()]}))
    path = pathlib.Path(run.directory.path) / "policies" / f"{loaded().sha256}.json"
    path.write_text(damage(path.read_text()))
    for reading in (lambda: close(run.directory, run.record, gate=()), lambda: _replayed([run], NONE)):
        with pytest.raises(EvidenceError, match=f"{path.name}.*{said}"):
            reading()
