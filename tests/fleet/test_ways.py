# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ways to run: batches, strategies, limits, check mode, again into the same place, from a playbook of one's own."""

from __future__ import annotations

import itertools
import json
import pathlib

import pytest
from _fleet.controller import CALM, Controller, Play, Run
from _fleet.expected import FINDINGS
from test_findings import as_found

CALM_HOSTS = ("calm1", "calm2", "calm3")
POLICY = {"port_audit_policy": CALM}

# As the documentation tells users whose own playbook runs in batches.
THREE_PLAYS = """\
- hosts: all
  gather_facts: false
  tasks:
    - ansible.builtin.import_role: {name: fleetports.compliance.port_audit, tasks_from: check}
- hosts: all
  gather_facts: false
  %s
  tasks:
    - ansible.builtin.import_role: {name: fleetports.compliance.port_audit, tasks_from: audit}
- hosts: all
  gather_facts: false
  tasks:
    - ansible.builtin.import_role: {name: fleetports.compliance.port_audit, tasks_from: report}
    - ansible.builtin.copy:
        src: "{{ port_audit_report_files.json }}"
        dest: pushed.json
        mode: "0600"
      delegate_to: localhost
      connection: local
      run_once: true
    - ansible.builtin.import_role: {name: fleetports.compliance.port_audit, tasks_from: gate}
"""
ONE_PLAY = """\
- hosts: all
  gather_facts: false
  %s
  roles:
    - fleetports.compliance.port_audit
"""

# Each part of the role under a tag of its own.
TAGGED = """\
- hosts: all
  gather_facts: false
  tasks:
    - ansible.builtin.import_role: {name: fleetports.compliance.port_audit, tasks_from: check}
      tags: [check]
    - ansible.builtin.import_role: {name: fleetports.compliance.port_audit, tasks_from: audit}
      tags: [audit]
    - ansible.builtin.import_role: {name: fleetports.compliance.port_audit, tasks_from: report}
      tags: [report]
    - ansible.builtin.import_role: {name: fleetports.compliance.port_audit, tasks_from: gate}
      tags: [gate]
"""


def test_the_role_in_one_play(controller: Controller) -> None:
    run = controller.run(Play(ONE_PLAY % "", CALM_HOSTS, variables=POLICY))
    assert run.code == 0
    assert run.verdicts() == dict.fromkeys(CALM_HOSTS, "pass")


@pytest.mark.parametrize(
    ("keyword", "words"),
    [
        pytest.param("serial: 2", "runs in batches", id="batches"),
        # Ansible itself refuses an action that acts once for all hosts.
        pytest.param("strategy: ansible.builtin.free", "bypasses the host loop", id="free"),
        pytest.param("strategy: ansible.builtin.host_pinned", "bypasses the host loop", id="host_pinned"),
    ],
)
def test_the_role_in_one_play_refuses_a_part_of_the_fleet(controller: Controller, keyword: str, words: str) -> None:
    run = controller.run(Play(ONE_PLAY % keyword, CALM_HOSTS, variables=POLICY))
    assert run.code not in (0, 4)
    assert words in run.text
    assert "Traceback" not in run.text
    assert set(run.connections.values()) == {0}


@pytest.mark.parametrize(
    "keyword",
    ["serial: 2", "serial: 1", "strategy: ansible.builtin.free", "{serial: 2, strategy: host_pinned}"],
)
def test_plays_of_ones_own(controller: Controller, keyword: str) -> None:
    line = keyword.strip("{}").replace(", ", "\n  ")
    hosts = ("dead1", "dead2", *CALM_HOSTS)  # the first batch is dead as a whole
    directory = controller.new_directory()
    run = controller.run(Play(THREE_PLAYS % line, hosts, variables=POLICY), directory=directory)
    assert run.code == 0
    assert run.verdicts() == {**dict.fromkeys(CALM_HOSTS, "pass"), "dead1": "unverified", "dead2": "unverified"}
    assert len(list(run.output.iterdir())) == len(["the run", "latest"])
    assert (directory / "pushed.json").read_bytes() == (run.directory / "report.json").read_bytes()


@pytest.mark.parametrize(
    "variables",
    [
        pytest.param({"port_audit_strategy": "ansible.builtin.free"}, id="free"),
        pytest.param({"port_audit_serial": 2}, id="batches"),
    ],
)
def test_the_playbook_takes_strategy_and_batches(controller: Controller, variables: dict[str, object]) -> None:
    run = controller.audit(*CALM_HOSTS, variables={**POLICY, **variables})
    assert run.code == 0
    assert run.verdicts() == dict.fromkeys(CALM_HOSTS, "pass")


def _span(evidence: pathlib.Path) -> tuple[float, float]:
    """When a host was being looked at. Evidence gives whole seconds, and is written as soon as the look is over."""
    ended = evidence.stat().st_mtime
    return ended - json.loads(evidence.read_text())["collected"]["duration"], ended


@pytest.mark.parametrize("strategy", ["linear", "free"])
def test_throttle_lets_one_host_at_a_time_be_looked_at(controller: Controller, strategy: str) -> None:
    play = THREE_PLAYS.replace("tasks_from: audit}", "tasks_from: audit}\n      throttle: 1")
    run = controller.run(Play(play % f"strategy: ansible.builtin.{strategy}", CALM_HOSTS, variables=POLICY))
    assert run.code == 0
    assert run.verdicts() == dict.fromkeys(CALM_HOSTS, "pass")
    spans = sorted(map(_span, (run.directory / "evidence").iterdir()))
    assert [after[0] > before[1] for before, after in itertools.pairwise(spans)] == [True, True]


@pytest.mark.parametrize(
    ("tags", "code", "verdict"),
    [
        pytest.param(("--tags", "check,audit,report,gate"), 0, "pass", id="all of them"),
        pytest.param(("--skip-tags", "check"), 2, "pass", id="without the check, which decides about the gate"),
        pytest.param(("--skip-tags", "audit"), 4, "unverified", id="without the audit: nothing was seen"),
        pytest.param(("--tags", "something"), 0, "pass", id="all of them, whatever is chosen"),
        pytest.param(("--skip-tags", "gate"), 0, "pass", id="without the gate"),
    ],
)
def test_parts_that_tags_leave_out_never_make_a_pass(
    controller: Controller, tags: tuple[str, ...], code: int, verdict: str
) -> None:
    variables = {**POLICY, "port_audit_fail_on": ["fail", "unverified"]}
    run = controller.run(Play(TAGGED, CALM_HOSTS, variables=variables, arguments=tags))
    assert run.code == code
    assert run.verdicts() == dict.fromkeys(CALM_HOSTS, verdict)


def test_a_gate_without_anything_before_it_stops(controller: Controller) -> None:
    variables = {**POLICY, "port_audit_fail_on": ["fail"]}
    run = controller.run(Play(TAGGED, CALM_HOSTS, variables=variables, arguments=("--skip-tags", "check,audit,report")))
    assert run.code == 2
    assert "Traceback" not in run.text


def test_a_role_under_a_tag_runs_as_a_whole_or_not_at_all(controller: Controller) -> None:
    role = "fleetports.compliance.port_audit"
    tagged = ONE_PLAY.replace(f"- {role}", f"- {{role: {role}, tags: ports}}")
    run = controller.run(Play(tagged % "", CALM_HOSTS, variables=POLICY, arguments=("--tags", "ports")))
    assert (run.code, run.verdicts()) == (0, dict.fromkeys(CALM_HOSTS, "pass"))
    other = controller.run(Play(tagged % "", CALM_HOSTS, variables=POLICY, arguments=("--tags", "other")))
    assert (other.code, other.verdicts()) == (0, dict.fromkeys(CALM_HOSTS, "pass"))
    none = controller.run(Play(tagged % "", CALM_HOSTS, variables=POLICY, arguments=("--skip-tags", "ports")))
    assert (none.code, none.output.exists(), set(none.connections.values())) == (0, False, {0})


def test_hosts_left_out_by_a_limit_are_counted(controller: Controller) -> None:
    run = controller.audit(*CALM_HOSTS, variables=POLICY, arguments=("--limit", "calm2"))
    assert run.code == 0
    assert run.verdicts() == {"calm2": "pass"}
    hosts = run.report["summary"]["hosts"]
    assert (hosts["inventory"], hosts["expected"], hosts["left_out"]) == (3, 1, 2)
    assert run.report["coverage"]["left_out"] == ["calm1", "calm3"]
    assert (run.record["limit"], run.report["run"]["limit"]) == ("calm2", "calm2")
    assert run.codes(None) == []  # unused-rule would need the hosts left out


def test_the_playbook_takes_a_pattern_of_hosts(controller: Controller) -> None:
    run = controller.audit(*CALM_HOSTS, variables={**POLICY, "port_audit_hosts": "calm1:calm3"})
    assert run.verdicts() == {"calm1": "pass", "calm3": "pass"}
    assert run.report["summary"]["hosts"]["left_out"] == 1


def test_check_mode_finds_the_same(controller: Controller) -> None:
    hosts = ("web2", "edge2")
    run = controller.audit(*hosts, arguments=("--check", "--diff"))
    assert run.code == 0
    for host in hosts:
        found = [as_found(finding) for finding in run.findings(host)]
        assert sorted(found, key=repr) == sorted(FINDINGS[host], key=repr)


def test_evidence_of_an_earlier_run_does_not_answer_for_this_one(controller: Controller) -> None:
    directory = controller.new_directory()
    first = controller.audit("calm1", "calm2", variables=POLICY, directory=directory)
    assert first.verdicts() == {"calm1": "pass", "calm2": "pass"}
    nobody_there = {"calm2": {"ansible_port": 9}}
    second = controller.audit("calm1", "calm2", variables=POLICY, host_variables=nobody_there, directory=directory)
    assert second.verdicts() == {"calm1": "pass", "calm2": "unverified"}
    assert second.codes("calm2") == ["not-assessed"]
    assert first.directory != second.directory
    assert {path.name for path in first.output.iterdir()} == {"latest", first.directory.name, second.directory.name}


def test_two_runs_over_the_same_state_say_the_same(controller: Controller, audited: Run) -> None:
    again = controller.audit("db1", "app2")
    for host in ("db1", "app2"):
        assert again.evidence(host)["listeners"] == audited.evidence(host)["listeners"]
