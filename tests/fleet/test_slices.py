# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fleet audited in slices, by jobs of ansible-runner at the same time, and reported as one; and hosts gone silent."""

from __future__ import annotations

import json
import pathlib
import typing as t

import pytest
from _fleet.controller import AS_OF, CALM, POLICY, Controller, Play, Run
from _fleet.fleet import AUDITED
from _fleet.runner import Job

REPORT = "fleetports.compliance.report"
SLICES = 3
# What is a matter of the moment: nobody compares process ids and ports that chance gave.
SAME = ("host", "code", "verdict", "severity", "protocol", "address", "rule", "waiver", "place", "reach", "registry")


@pytest.fixture(scope="module")
def jobs(controller: Controller) -> list[Job]:
    """Three jobs that run side by side, each with the inventory of its slice alone, as AWX gives it to them."""
    names = [spec.name for spec in AUDITED]
    variables = {"port_audit_policy": str(POLICY), "port_audit_as_of": AS_OF, "port_audit_formats": ["json"]}
    started = [
        Job(controller, names[number::SLICES], name=f"slice{number}", variables=variables) for number in range(SLICES)
    ]
    for job in started:
        code, said = job.wait()
        assert code == 0, said
    return started


def _merge(controller: Controller, places: t.Sequence[pathlib.Path], *hosts: str, **variables: t.Any) -> Run:
    """Report runs that are over, with an inventory of these hosts; contacts none of them."""
    given = {"port_audit_runs": [str(place) for place in places], **variables}
    run = controller.run(Play(REPORT, hosts, variables=given))
    assert "Traceback" not in run.text
    assert set(run.connections.values()) == {0}
    return run


def _findings(run: Run) -> list[tuple[t.Any, ...]]:
    found = [tuple(finding[key] for key in SAME) for finding in run.report["findings"]]
    return sorted(found, key=repr)


def test_slices_say_together_what_one_run_says(controller: Controller, jobs: list[Job], audited: Run) -> None:
    names = [spec.name for spec in AUDITED]
    merged = _merge(controller, [job.output for job in jobs], *names)
    assert merged.code == 0, merged.text
    assert merged.verdicts() == audited.verdicts()
    assert _findings(merged) == _findings(audited)
    for counted in ("expected", "assessed", "left_out", "by_verdict"):
        assert merged.report["summary"]["hosts"][counted] == audited.report["summary"]["hosts"][counted]
    assert len(merged.report["run"]["sources"]) == SLICES
    assert "merged from 3 runs" in merged.text
    ages = [host["earlier"]["age"] for host in merged.report["hosts"]]
    assert len(ages) == len(names)
    assert max(ages) < 600


def test_a_slice_that_never_ran_is_missed(controller: Controller, jobs: list[Job]) -> None:
    """The other slices have not heard of its hosts: the inventory has."""
    names = [spec.name for spec in AUDITED]
    variables = {"port_audit_fail_on": ["fail"], "port_audit_max_unreachable": "100%"}
    merged = _merge(controller, [job.output for job in jobs[1:]], *names, **variables)
    assert merged.code == 4
    missed = {row["host"]: row["reason"] for row in merged.report["coverage"]["not_assessed"]}
    assert missed == dict.fromkeys(names[0::SLICES], "no run was meant for it")
    assert "not assessed" in merged.text


def test_slices_that_were_judged_by_two_policies_are_refused(controller: Controller, jobs: list[Job]) -> None:
    calm = controller.audit("calm1", variables={"port_audit_policy": CALM})
    places = [calm.output, jobs[0].output]
    variables = {"port_audit_runs": [str(place) for place in places]}
    play = Play("\n".join(_PLAYBOOK), ("calm1",), variables=variables)
    run = controller.run(play)
    assert run.code == 2
    assert "were judged by several policies" in run.text
    assert not run.output.exists()


_PLAYBOOK = (
    "- hosts: localhost",
    "  gather_facts: false",
    "  tasks:",
    "    - fleetports.compliance.port_audit_merge:",
    '        runs: "{{ port_audit_runs }}"',
)


def test_recent_evidence_stands_in_for_a_host_that_went_silent(controller: Controller) -> None:
    directory = controller.new_directory()
    first = controller.audit("calm1", directory=directory, variables={"port_audit_policy": CALM})
    first_id = first.report["run"]["id"]  # read before the next run moves the link that leads to it
    variables = {
        "port_audit_policy": CALM,
        "port_audit_fail_on": ["fail", "unverified"],
        "port_audit_max_evidence_age": "24h",
    }
    silent = controller.audit("dead1", directory=directory, renamed={"dead1": "calm1"}, variables=variables)
    assert silent.code == 0, silent.text
    [host] = silent.report["hosts"]
    assert (host["verdict"], host["earlier"]["run"]) == ("pass", first_id)
    assert host["earlier"]["absent"].startswith("unreachable: ")
    assert "1 host did not answer: judged by earlier evidence" in (silent.directory / "report.md").read_text()
    assert json.loads((silent.directory / "verdicts.json").read_text())["counts"]["unreachable"] == 0
