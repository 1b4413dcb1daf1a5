# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run left, altered after it: no task reads it without a word."""

from __future__ import annotations

import json
import pathlib
import shutil
import typing as t

import pytest
from _scenes.controller import Controller

Change = t.Callable[[pathlib.Path], object]


def _emptied(run: pathlib.Path) -> None:
    """A host that shows no listener any more."""
    path = run / "evidence" / "one.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "listeners": []}))


def _unfinished(run: pathlib.Path) -> None:
    """Altered, and made to look as if it had never come to its sums."""
    _emptied(run)
    (run / "SHA256SUMS").unlink()


ALTERED: dict[str, tuple[Change, str]] = {
    "evidence": (_emptied, "altered: evidence/one.json"),
    "no sums": (_unfinished, "is finished and has no SHA256SUMS"),
}
TASKS: dict[str, tuple[str, t.Callable[[pathlib.Path], dict[str, t.Any]]]] = {
    "replay": ("port_audit_replay", lambda run: {"evidence": [str(run)], "policy": "policy.json"}),
    "drift before": ("port_audit_drift", lambda run: {"before": [str(run)], "after": [f"{run}-whole"]}),
    "drift after": ("port_audit_drift", lambda run: {"before": [f"{run}-whole"], "after": [str(run)]}),
    "suggest": ("port_audit_suggest", lambda run: {"evidence": [str(run)], "dest": f"{run}.yml", "force": True}),
    "baseline": (
        "port_audit_baseline",
        lambda run: {
            "evidence": [str(run)],
            "policy": "policy.json",
            "dest": f"{run}.yml",
            "force": True,
            "owner": "me",
            "expires": "{{ '%Y-%m-%d' | strftime(now().timestamp() + 864000) }}",
        },
    ),
    "merge": ("port_audit_merge", lambda run: {"evidence": [str(run)], "output_dir": f"{run}-merged"}),
    "lint": ("port_policy_check", lambda run: {"evidence": [str(run)], "policy": "policy.json"}),
    "report": ("port_audit_report", lambda run: {"output_dir": str(run.parent), "run_id": run.name}),
    "reference": (
        "port_audit_check",
        lambda run: {"output_dir": f"{run}-new", "policy": "policy.json", "reference": [str(run)]},
    ),
}


class Finished(t.NamedTuple):
    controller: Controller
    run: pathlib.Path


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    controller = Controller(tmp_path_factory.mktemp("altered"))
    assert controller.audit({"one": {}, "two": {}}).code == 0
    return Finished(controller, controller.latest)


Altered = t.Callable[[str], tuple[pathlib.Path, str]]


@pytest.fixture
def altered(finished: Finished, tmp_path: pathlib.Path) -> Altered:
    return lambda how: _altered(finished, tmp_path, how)


def _altered(finished: Finished, tmp_path: pathlib.Path, how: str) -> tuple[pathlib.Path, str]:
    """A copy of the run, altered, beside one that is whole; and what is said of it."""
    change, said = ALTERED[how]
    run = tmp_path / finished.run.name
    for copy in (run, pathlib.Path(f"{run}-whole")):
        shutil.copytree(finished.run, copy)
    change(run)
    return run, said


@pytest.mark.parametrize(("task", "how"), [*((task, "evidence") for task in TASKS), ("replay", "no sums")])
def test_a_task_that_reads_it(finished: Finished, altered: Altered, task: str, how: str) -> None:
    run, said = altered(how)
    module, arguments = TASKS[task]
    refused = " ".join(finished.controller.again(module, **arguments(run))["failed"].split())
    assert said in refused
    assert "verify: false" in refused
    before = (run / "SHA256SUMS").read_text() if (run / "SHA256SUMS").exists() else None
    if task == "report":
        assert before is None or "report.html" in before  # nothing was sealed anew
    told = finished.controller.again(module, **arguments(run), verify=False)
    assert told["failed"] is False, told
    if task == "reference":
        return
    assert told["verified"] is False
    assert any(run.name in warning or "SHA256SUMS" in warning for warning in told["warnings"])


def test_a_report_of_it_says_so_from_then_on(finished: Finished, altered: Altered) -> None:
    run, said = altered("no sums")
    assert said in " ".join(finished.controller.report(run)["failed"].split())
    assert finished.controller.report(run, verify=False)["verified"] is False
    [kept] = json.loads((run / "report.json").read_text())["run"]["on_trust"]
    assert run.name in kept
    again = finished.controller.report(run)
    assert again["verified"] is True
    assert json.loads((run / "report.json").read_text())["run"]["on_trust"] == [kept]
    for name in ("report.html", "report.md", "summary.txt"):
        assert "SHA256SUMS" in (run / name).read_text()
