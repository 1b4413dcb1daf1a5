# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a run may go: not where another user could exchange it while it goes on."""

from __future__ import annotations

import json
import os
import pathlib
import typing as t

import pytest
from _scenes.controller import Controller

STRANGER = 54321


def _given_away(path: pathlib.Path) -> pathlib.Path:
    path.mkdir()
    os.chown(path, STRANGER, STRANGER)
    return path


def _open(path: pathlib.Path) -> pathlib.Path:
    path.mkdir()
    path.chmod(0o777)
    return path


def _linked(path: pathlib.Path) -> pathlib.Path:
    (path.parent / "target").mkdir()
    path.symlink_to("target")
    os.chown(path, STRANGER, STRANGER, follow_symlinks=False)
    return path


@pytest.mark.parametrize(
    ("make", "said"),
    [
        pytest.param(_given_away, "place belongs to uid 54321", id="of another user"),
        pytest.param(_open, "place can be written by everybody (mode 0777)", id="for everybody"),
        pytest.param(_linked, "place is a link of uid 54321", id="behind another's link"),
    ],
)
@pytest.mark.parametrize("below", [pytest.param("", id="itself"), pytest.param("deep/down", id="far below")])
def test_a_place_that_others_can_change(
    tmp_path: pathlib.Path, make: t.Callable[[pathlib.Path], pathlib.Path], said: str, below: str
) -> None:
    place = make(tmp_path / "place")
    controller = Controller(tmp_path, place / below)
    refused = controller.audit({"one": {}})
    assert refused.code == 2
    assert "Traceback" not in refused.said
    assert said in " ".join(refused.said.split())
    assert "port_audit_output_trusted" in refused.said
    assert list(place.iterdir()) == []  # it is told before anything is written
    accepted = controller.audit({"one": {}}, more={"port_audit_output_trusted": "true"})
    assert accepted.code == 0, accepted.said
    run = controller.latest
    [recorded] = json.loads((run / "run.json").read_text())["on_trust"]
    assert said in recorded
    assert json.loads((run / "report.json").read_text())["run"]["on_trust"] == [recorded]
    assert said in (run / "report.html").read_text()
    assert said.partition(" (")[0] in " ".join((run / "summary.txt").read_text().split())


def test_a_place_that_is_given_away_in_the_middle(tmp_path: pathlib.Path) -> None:
    """Between the audit and the report: neither takes what another could have put there."""
    controller = Controller(tmp_path)
    playbook = tmp_path / "away.yml"
    give_away = f"- hosts: all\n  gather_facts: false\n  tasks: [{{command: 'chmod 0777 {controller.output}'}}]\n"
    playbook.write_text(_PLAYS % give_away)
    done = controller.audit({"one": {}}, playbook=str(playbook))
    assert done.code == 2
    assert "port-audit can be written by everybody" in " ".join(done.said.split())
    assert not (controller.output / "latest").exists()
    [run] = controller.runs
    assert not (run / "report.json").exists()


_ROLE = """\
- hosts: all
  gather_facts: false
  tasks:
    - import_role: {name: fleetports.compliance.port_audit, tasks_from: %s}
"""
_PLAYS = "".join(_ROLE % part for part in ("check", "audit")) + "%s" + _ROLE % "report"
