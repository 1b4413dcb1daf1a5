# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may set an option, how people write it, and that a run without hosts is no pass: with real ansible-playbook."""

from __future__ import annotations

import json
import pathlib
import platform
import typing as t
import xml.etree.ElementTree as ET

import pytest
from _scenes.typed import CORES, Shell

HOSTS = ("-i", "inventory.json")
NAMED = ("-e", "port_audit_policy=baseline")
GATE = (*NAMED, "-e", "port_audit_fail_on=fail")
JUNIT = ("-e", '{"port_audit_formats": ["json", "junit"]}')


@pytest.fixture(params=CORES)
def shell(request: pytest.FixtureRequest, tmp_path: pathlib.Path) -> Shell:
    """For what the versions of Ansible do each in their own way."""
    return Shell(tmp_path, request.param)


@pytest.fixture
def newest(tmp_path: pathlib.Path) -> Shell:
    """For what is ours alone."""
    return Shell(tmp_path, "newest")


NOBODY = {
    "no inventory": ((), {}),
    "a missing inventory": (("-i", "missing"), {}),
    "an empty inventory": (("-i", "empty.ini"), {}),
    "a misspelt group": ((*HOSTS, "-e", "port_audit_hosts=wbe"), {}),
    "an empty group": (("-i", "empty-group.ini", "-e", "port_audit_hosts=web"), {}),
    "a limit that leaves none of them": ((*HOSTS, "-e", "port_audit_hosts=db", "--limit", "w1"), {}),
    "all tasks skipped": ((*HOSTS, "--skip-tags", "always"), {}),
}


@pytest.mark.parametrize("case", NOBODY)
def test_a_gate_closes_when_nobody_was_audited(shell: Shell, case: str) -> None:
    (shell.work / "empty.ini").write_text("")
    (shell.work / "empty-group.ini").write_text("[web]\n[db]\nd1 ansible_connection=local\n")
    arguments, settings = NOBODY[case]
    run = shell.types(*arguments, *GATE, *JUNIT, **settings)
    assert run.code == 2, run.said
    assert run.record()["expected"] == []
    assert run.run is not None
    assert (run.run / "report.json").exists()
    suites = ET.parse(run.run / "junit.xml").getroot()  # noqa: S314 - our own report
    assert int(suites.get("failures", "0")) + int(suites.get("errors", "0")) > 0


def test_without_a_gate_nobody_is_a_warning(newest: Shell) -> None:
    run = newest.types(*HOSTS, *NAMED, "-e", "port_audit_hosts=wbe")
    assert run.code == 0
    assert "No host was audited" in run.said


def test_tags_leave_nothing_out(shell: Shell) -> None:
    run = shell.types(*HOSTS, *GATE, "--tags", "nothing")
    assert run.record()["expected"] == ["d1", "w1", "w2"]
    assert run.run is not None
    assert len(list((run.run / "evidence").iterdir())) == 3


STORED = {
    "report": NAMED,
    "replay": NAMED,
    "drift": ("-e", "port_audit_before=port-audit/latest", "-e", "port_audit_after=port-audit/latest"),
    "policy_check": NAMED,
}


def test_playbooks_of_stored_runs_are_not_skipped_and_run_once(newest: Shell) -> None:
    """With the strategy ``free`` tasks of theirs are for each host, or an error of Ansible."""
    assert newest.types(*HOSTS, *NAMED).code == 0
    for name, arguments in STORED.items():
        playbook = f"fleetports.compliance.{name}"
        run = newest.types(*HOSTS, *arguments, playbook=playbook, ANSIBLE_STRATEGY="ansible.builtin.free")
        assert run.code == 0, run.said
        run = newest.types(*HOSTS, *arguments, "--skip-tags", "always", playbook=playbook)
        assert (run.code, "so nothing was checked" in run.said) == (2, True), run.said


INVENTORIES = {
    "one of two is missing": (("-i", "inventory.json", "-i", "missing"), "missing does not exist"),
    "one of two is broken": (("-i", "inventory.json", "-i", "broken.yml"), "broken.yml cannot be read"),
    "one of a folder is broken": (("-i", "folder"), "folder/broken.yml cannot be read"),
}


@pytest.mark.parametrize("case", INVENTORIES)
@pytest.mark.parametrize("gate", [pytest.param(GATE, id="gate"), pytest.param((), id="no gate")])
def test_half_an_inventory_is_refused(newest: Shell, case: str, gate: tuple[str, ...]) -> None:
    (newest.work / "folder").mkdir()
    for place in (newest.work, newest.work / "folder"):
        (place / "broken.yml").write_text("all: {hosts: {x: [}}\n")
    (newest.work / "folder" / "good.ini").write_text("w1 ansible_connection=local\n")
    (newest.work / "folder" / "group_vars").mkdir()
    arguments, said = INVENTORIES[case]
    run = newest.types(*arguments, *gate)
    assert run.code == 2
    assert said in run.said
    assert run.run is None


COPIES = {
    "a run that is over": "port-audit/latest/run.json",
    "a device": "/dev/null",
    "a directory": ".",
    "the policy": "policy.yml",
}


@pytest.mark.parametrize("case", COPIES)
def test_a_copy_that_must_not_be_is_refused_before_a_host_is_contacted(newest: Shell, case: str) -> None:
    (newest.work / "policy.yml").write_text("version: 1\nname: p\nrules: []\n")
    arguments = (*HOSTS, "-e", "port_audit_policy=policy.yml", "--limit", "d1")
    first = newest.types(*arguments)
    assert first.run is not None, first.said
    formats = json.dumps({"port_audit_formats": ["json", {"format": "csv", "path": COPIES[case]}]})
    run = newest.types(*arguments, "-e", formats)
    assert run.code == 2, run.said
    assert f"port_audit_formats: the path '{COPIES[case]}' of format csv is" in run.said.replace(" cannot be", " is")
    assert "Audit what listens" not in run.said
    assert run.run == first.run
    assert json.loads((first.run / "run.json").read_text())["ended"]


def test_a_merge_refuses_such_a_copy_and_a_gate_that_was_not_asked(newest: Shell) -> None:
    first = newest.types(*HOSTS, *NAMED, "--limit", "d1")
    assert first.run is not None, first.said
    runs = ("-e", json.dumps({"port_audit_runs": [str(first.run)]}))
    copy = ("-e", json.dumps({"port_audit_formats": [{"format": "csv", "path": "port-audit/latest/run.json"}]}))
    merged = newest.types(*HOSTS, *NAMED, *runs, *copy, playbook="fleetports.compliance.report")
    assert (merged.code, merged.run) == (2, first.run), merged.said
    assert "of format csv is in the directory of the run" in merged.said
    plays = [_play("check", "audit", "report"), _play("merge", hosts="localhost:all")]
    (newest.work / "mine.yml").write_text(json.dumps(plays))
    second = newest.types(*HOSTS, *GATE, *runs, playbook="mine.yml")
    assert second.code == 2, second.said
    assert "has a gate that port_audit_gate has not evaluated" in second.said


WORDS = {
    "quoted": ('port_audit_fail_on="FAIL, unverified"', ["fail", "unverified"]),
    "lines": ('{"port_audit_fail_on": "fail\\nunverified\\n"}', ["fail", "unverified"]),
    "empty": ("port_audit_fail_on=", []),
    "null": ('{"port_audit_fail_on": null}', []),
}


@pytest.mark.parametrize("case", WORDS)
def test_a_list_as_people_write_it(newest: Shell, case: str) -> None:
    text, meant = WORDS[case]
    run = newest.types(*HOSTS, *NAMED, "-e", text, "--limit", "d1")
    assert run.record()["options"]["fail_on"] == meant, run.said


CUT = {
    "a list": (["port_audit_fail_on=fail, unverified"], "-e 'port_audit_fail_on=\"fail, unverified\"'"),
    "formats": (["port_audit_formats=html, json"], '{\\"port_audit_formats\\": [\\"html\\", \\"json\\"]}'),
    "a share": (["port_audit_max_unreachable=5 %"], '{\\"port_audit_max_unreachable\\": \\"5 %\\"}'),
    "an option after it": (["port_audit_fail_on=fail, unverified port_audit_as_of=2026-11-01"], "fail, unverified"),
    "a comma at the end": (["port_audit_fail_on=fail,"], "ends with a comma"),
    "a comma at the end, in JSON": (['{"port_audit_formats": "html,"}'], "ends with a comma"),
    "a variable of somebody's own": (["mine=a b"], "does not belong to an option"),
}


@pytest.mark.parametrize("case", CUT)
def test_what_ansible_cut_is_refused(shell: Shell, case: str) -> None:
    texts, said = CUT[case]
    run = shell.types(*HOSTS, *NAMED, *(part for text in texts for part in ("-e", text)))
    assert run.code == 2
    assert said in run.said.replace('\\\\"', '\\"') or said in run.said.replace('\\"', '"')
    assert run.run is None


REFUSED = {
    "a misspelt name": (("-e", "port_audit_polcy=x.yml"), "port_audit_polcy (did you mean port_audit_policy?)"),
    "a name without the prefix": (("-e", "policy=x.yml"), "policy is named port_audit_policy"),
    "the former name of evidence": (("-e", "evidence=x"), "evidence is named port_audit_runs"),
    "a name in capitals": ((*NAMED, "-e", "PORT_AUDIT_FAIL_ON=fail"), "did you mean port_audit_fail_on?"),
    "a name with hyphens": ((*NAMED, "-e", "port-audit-fail-on=fail"), "did you mean port_audit_fail_on?"),
    "one of two groups is misspelt": ((*NAMED, "-e", "port_audit_hosts=web:dbb"), "of the inventory is named dbb."),
    "one of two limits is misspelt": ((*NAMED, "--limit", "web,d2"), "of the inventory is named d2."),
    "a verdict that is none": ((*NAMED, "-e", "port_audit_fail_on=failed"), "did you mean fail?"),
    "a list that is true": ((*NAMED, "-e", '{"port_audit_fail_on": true}'), "must be a list"),
    "a limit that is none": ((*NAMED, "-e", "port_audit_max_unreachable=many"), "max_unreachable: 'many'"),
    "a gate without a policy": (("-e", "port_audit_fail_on=fail"), "A gate needs a policy"),
    "a gate on drift without a policy": (
        ("-e", "port_audit_fail_on_drift=opened", "-e", "port_audit_reference=/nowhere"),
        "/nowhere",
    ),
    "an empty policy with a gate": (("-e", "port_audit_fail_on=fail", "-e", "port_audit_policy="), "needs a policy"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_nobody_can_mean_is_refused(newest: Shell, case: str) -> None:
    arguments, said = REFUSED[case]
    run = newest.types(*HOSTS, *arguments)
    assert (run.code, run.run) == (2, None)
    assert said in run.said


def test_a_machine_that_audits_itself(shell: Shell) -> None:
    """As ansible-pull starts it: limited to all names that the machine may have, of which the inventory has one."""
    short = platform.node().partition(".")[0]
    name = f"{short}.of.a.domain"
    run = shell.types("-i", f"{name},", "-c", "local", "--limit", f"localhost,{name},{short},127.0.0.1", *NAMED)
    assert run.record()["expected"] == [name], run.said


@pytest.mark.parametrize("name", ["hosts", "serial", "strategy"])
def test_an_option_where_ansible_does_not_read_it(newest: Shell, name: str) -> None:
    newest.inventory("inventory", **{f"port_audit_{name}": "web"})
    run = newest.types(*HOSTS, *NAMED)
    assert run.code == 2
    assert f"port_audit_{name}: Ansible reads this in extra variables" in run.said


def test_the_hosts_of_an_import_are_read(shell: Shell) -> None:
    (shell.work / "mine.yml").write_text(
        json.dumps([{"import_playbook": "fleetports.compliance.audit", "vars": {"port_audit_hosts": "db"}}])
    )
    run = shell.types(*HOSTS, *NAMED, playbook="mine.yml")
    assert run.code == 0, run.said
    assert run.record()["expected"] == ["d1"]


def test_an_output_directory_is_trusted_by_who_starts_the_run_alone(newest: Shell) -> None:
    newest.inventory("inventory", port_audit_output_trusted=True)
    run = newest.types(*HOSTS, *NAMED)
    assert run.code == 2
    assert "port_audit_output_trusted works only as an extra variable" in run.said


def test_a_variable_of_the_users_own(newest: Shell) -> None:
    newest.inventory("inventory", port_audit_x_ticket="CHG-1")
    assert newest.types(*HOSTS, *NAMED, "--limit", "d1").code == 0


def _plays(before: t.Any, **between: t.Any) -> str:
    """The playbook after a task of somebody, or with one between audit and report."""
    role = "fleetports.compliance.port_audit"
    parts = [{"import_role": {"name": role, "tasks_from": part}} for part in ("check", "audit", "report", "gate")]
    if between:
        parts.insert(2, t.cast("t.Any", between))
    tasks = [*([before] if before else []), *parts]
    return json.dumps([{"hosts": "all", "gather_facts": False, "tasks": tasks}])


def _play(*parts: str, hosts: str = "all") -> dict[str, t.Any]:
    """A play with these parts of the role."""
    role = "fleetports.compliance.port_audit"
    tasks = [{"import_role": {"name": role, "tasks_from": part}} for part in parts]
    return {"hosts": hosts, "gather_facts": False, "tasks": tasks}


_RUN = ("check", "audit", "report")
_SKIPPED = {"fleetports.compliance.port_audit_gate": {}, "when": False}
LEFT_OUT = {
    "no task for the gate": ([_play(*_RUN)], GATE, True),
    "the gate is skipped": ([_play(*_RUN), {"hosts": "all", "gather_facts": False, "tasks": [_SKIPPED]}], GATE, True),
    "a gate in a later play": ([_play(*_RUN), _play("gate")], GATE, False),
    "a gate that is off": ([_play(*_RUN)], NAMED, False),
    "no report": ([_play("check", "audit")], GATE, False),
}


@pytest.mark.parametrize("case", LEFT_OUT)
def test_a_gate_that_no_task_evaluates_is_a_warning_at_the_end(shell: Shell, case: str) -> None:
    plays, gate, warned = LEFT_OUT[case]
    (shell.work / "mine.yml").write_text(json.dumps(plays))
    run = shell.types(*HOSTS, "--limit", "d1", *gate, playbook="mine.yml")
    assert run.said.count("no task evaluated it") == warned
    if warned:
        assert run.code == 0
        assert run.run is not None
        assert f"The gate of run {run.run.name} was set" in run.said


TWO = {
    "in one play": ([_play(*_RUN, *_RUN, "gate")], 2),
    "in two plays": ([_play(*_RUN), _play(*_RUN, "gate")], 2),
    "each with its gate": ([_play(*_RUN, "gate", *_RUN, "gate")], 0),
}


@pytest.mark.parametrize("case", TWO)
def test_a_second_check_does_not_hide_the_gate_of_the_first(shell: Shell, case: str) -> None:
    plays, code = TWO[case]
    (shell.work / "mine.yml").write_text(json.dumps(plays))
    gate = ("-e", "port_audit_policy=baseline", "-e", "port_audit_fail_on=policy")
    run = shell.types(*HOSTS, "--limit", "d1", *gate, playbook="mine.yml")
    assert ("has a gate that port_audit_gate has not evaluated" in run.said) is bool(code), run.said
    assert code in (0, run.code), run.said


def test_the_last_play_asks_a_gate_that_nobody_asked(shell: Shell) -> None:
    plays = [_play(*_RUN), _play("nobody", hosts="all:localhost")]
    (shell.work / "mine.yml").write_text(json.dumps(plays))
    (shell.work / "policy.yml").write_text(json.dumps({"version": 1, "name": "p", "rules": [REQUIRED]}))
    gate = ("-e", "port_audit_policy=policy.yml", "-e", "port_audit_fail_on=fail")
    run = shell.types(*HOSTS, "--limit", "d1", *gate, playbook="mine.yml")
    assert run.code == 2, run.said
    assert "has a gate that no task has evaluated: it is evaluated now" in run.said
    assert run.record()["expected"] == ["d1"]  # the run that was open, and no other


REQUIRED = {"id": "absent", "expect": "required", "protocol": "tcp", "port": 1}


def _hostile(shell: Shell, facts: t.Mapping[str, t.Any]) -> None:
    """A module of the play's own whose answer is what a host chose."""
    (shell.work / "library").mkdir()
    module = shell.work / "library" / "look.py"
    answer = json.dumps({"changed": False, "ansible_facts": facts})
    module.write_text(f"#!/usr/bin/python\n# WANT_JSON\nprint({answer!r})\n")


FACTS = {
    "the gate": {"port_audit_fail_on": []},
    "the formats": {"port_audit_formats": [{"format": "markdown", "template": "x", "path": "stolen"}]},
    "stand-in evidence": {"port_audit_evidence": ["elsewhere"], "port_audit_max_evidence_age": "9w"},
    "a name that is no option yet": {"port_audit_future": 1},
    "what the role keeps for itself": {"__port_audit_report": {"files": {}}},
}


@pytest.mark.parametrize("case", FACTS)
def test_facts_of_an_earlier_task_set_nothing(shell: Shell, case: str) -> None:
    _hostile(shell, FACTS[case])
    (shell.work / "mine.yml").write_text(_plays({"look": {}}))
    run = shell.types(*HOSTS, *GATE, playbook="mine.yml")
    assert (run.code, run.run) == (2, None)
    assert "Options may not come from facts" in run.said
    assert next(iter(FACTS[case])) in run.said


@pytest.mark.parametrize("host", ["d1", "w1", "w2"])
def test_facts_of_any_host_of_the_run(newest: Shell, host: str) -> None:
    task = {"set_fact": {"port_audit_fail_on": [], "cacheable": True}, "when": f"inventory_hostname == '{host}'"}
    (newest.work / "mine.yml").write_text(_plays(task))
    run = newest.types(*HOSTS, *GATE, playbook="mine.yml")
    assert run.code == 2
    assert f"{host}: port_audit_fail_on" in run.said


@pytest.mark.parametrize(
    "task",
    [
        pytest.param({"set_fact": {"port_audit_policy": "x.yml"}}, id="set_fact"),
        pytest.param({"ping": {}, "register": "port_audit_policies"}, id="register"),
    ],
)
def test_set_fact_and_register_set_nothing(shell: Shell, task: dict[str, t.Any]) -> None:
    (shell.work / "mine.yml").write_text(_plays(task))
    run = shell.types(*HOSTS, *GATE, playbook="mine.yml")
    assert run.code == 2
    assert "Options may not come from facts" in run.said


def test_facts_between_the_tasks_of_a_run_change_nothing(shell: Shell) -> None:
    """The gate is closed by the policy; whoever sets facts after the check does not open it, nor choose a file."""
    wanted = str(shell.work / "stolen")
    _hostile(shell, {"port_audit_fail_on": [], "port_audit_formats": [{"format": "markdown", "path": wanted}]})
    rule = {"id": "x", "protocol": "tcp", "port": 1, "expect": "required"}
    (shell.work / "policy.yml").write_text(json.dumps({"version": 1, "name": "closed", "rules": [rule]}))
    (shell.work / "mine.yml").write_text(_plays(None, look={}))
    arguments = ("-e", "port_audit_policy=policy.yml", "-e", "port_audit_fail_on=fail")
    run = shell.types(*HOSTS, *arguments, playbook="mine.yml")
    assert run.code == 2, run.said
    assert not (shell.work / "stolen").exists()
    assert run.record()["options"]["fail_on"] == ["fail"]


def test_a_fact_cache_that_an_earlier_process_filled(shell: Shell) -> None:
    """jsonfile: Ansible reads what stands there as facts of the host, in every later process."""
    cache = shell.work / "cache"
    cache.mkdir()
    settings = {
        "ANSIBLE_CACHE_PLUGIN": "ansible.builtin.jsonfile",
        "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(cache),
        "ANSIBLE_CACHE_PLUGIN_TIMEOUT": "0",
    }
    (shell.work / "fill.yml").write_text(json.dumps([{"hosts": "w2", "gather_facts": False, "tasks": [{"look": {}}]}]))
    _hostile(shell, {"port_audit_fail_on": []})
    assert shell.types(*HOSTS, playbook="fill.yml", **settings).code == 0
    assert list(cache.iterdir())
    run = shell.types(*HOSTS, *GATE, **settings)
    assert run.code == 2
    assert "w2: port_audit_fail_on" in run.said
    assert shell.types(*HOSTS, *GATE, "--flush-cache", "--limit", "w2", **settings).run is not None


LENIENT = {
    "errors": {"ignore_errors": True},
    "both": {"ignore_errors": True, "ignore_unreachable": True},
}


@pytest.mark.parametrize("case", LENIENT)
@pytest.mark.parametrize(
    ("policy", "code"),
    [
        pytest.param("closed.yml", 2, id="a host fails"),
        pytest.param("nowhere.yml", 2, id="the policy cannot be read"),
        pytest.param("baseline", 4, id="a host cannot be reached"),
    ],
)
def test_a_play_that_ignores_errors_is_stopped_all_the_same(shell: Shell, case: str, policy: str, code: int) -> None:
    """People set it so that a host with a fault does not end the play. The gate would be open for all hosts by it."""
    if policy == "baseline":
        (shell.work / "host_vars").mkdir()
        dead = {"ansible_connection": "ssh", "ansible_host": "127.0.0.1", "ansible_port": 1}
        (shell.work / "host_vars" / "d1.yml").write_text(json.dumps(dead))
    rule = {"id": "x", "protocol": "tcp", "port": 1, "expect": "required"}
    (shell.work / "closed.yml").write_text(json.dumps({"version": 1, "name": "closed", "rules": [rule]}))
    play = {"hosts": "all", "gather_facts": False, "roles": ["fleetports.compliance.port_audit"], **LENIENT[case]}
    (shell.work / "mine.yml").write_text(json.dumps([play]))
    run = shell.types(
        *HOSTS, "-e", f"port_audit_policy={policy}", "-e", "port_audit_fail_on=policy,fail", playbook="mine.yml"
    )
    assert run.code == code, run.said


GATES = {
    "for one host alone": {"run_once": True},
    "with retries": {"register": "done", "retries": 2, "delay": 0, "until": "done is success"},
}


@pytest.mark.parametrize("case", GATES)
def test_a_gate_stops_for_hosts_that_do_not_come_to_it(shell: Shell, case: str) -> None:
    """The first host passes. d1 has no policy, so it was not assessed."""
    plays = json.loads(_plays(None))
    plays[0]["tasks"].pop()
    gate = {"fleetports.compliance.port_audit_gate": {}, **GATES[case]}
    plays.append({"hosts": "all" if "run_once" in gate else "web", "gather_facts": False, "tasks": [gate]})
    (shell.work / "mine.yml").write_text(json.dumps(plays))
    (shell.work / "group_vars").mkdir()
    (shell.work / "group_vars" / "db.yml").write_text("port_audit_policy: nowhere.yml\n")
    (shell.work / "group_vars" / "web.yml").write_text("port_audit_policy: baseline\n")
    run = shell.types(*HOSTS, "-e", "port_audit_fail_on=policy", playbook="mine.yml")
    assert run.code in (2, 4), run.said
    assert '"gate": "closed"' in run.said
    assert "d1: not assessed" in run.said


def test_hosts_of_a_play_as_ansible_reads_them(shell: Shell) -> None:
    """A group may be empty, what is taken away may be none, and a variable of a host has no say in it."""
    (shell.work / "more.ini").write_text("[later]\n")
    shell.inventory("inventory", target="of a host")
    plays = json.loads(_plays(None))
    plays[0]["hosts"] = "{{ target | default('d*:later:!former:web[0]') }}"
    (shell.work / "mine.yml").write_text(json.dumps(plays))
    run = shell.types(*HOSTS, "-i", "more.ini", *NAMED, playbook="mine.yml")
    assert run.record()["expected"] == ["d1", "w1"], run.said
    assert shell.types(*HOSTS, *NAMED, "-e", "target=web:dbb", playbook="mine.yml").code == 2


def test_a_gate_without_a_check_is_refused(newest: Shell) -> None:
    role = {"import_role": {"name": "fleetports.compliance.port_audit", "tasks_from": "gate"}}
    (newest.work / "mine.yml").write_text(json.dumps([{"hosts": "all", "gather_facts": False, "tasks": [role]}]))
    run = newest.types(*HOSTS, *GATE, playbook="mine.yml")
    assert run.code == 2
    assert "The gate has no run" in run.said


def test_a_second_check_opens_a_run_of_its_own(shell: Shell) -> None:
    plays = json.loads(_plays(None))
    plays[0]["tasks"] *= 2
    (shell.work / "mine.yml").write_text(json.dumps(plays))
    run = shell.types(*HOSTS, *NAMED, "--limit", "d1", playbook="mine.yml")
    assert run.code == 0, run.said
    runs = [path for path in run.output.iterdir() if path.name != "latest"]
    assert len(runs) == 2
    assert all(len(list((path / "evidence").iterdir())) == 1 for path in runs)


def test_a_second_policy_in_one_run_hides_nothing(newest: Shell) -> None:
    """Once it took the place of the first, and of what that had found."""
    names = ["first.yml", "second.yml", "second.yml"]
    for name in names:
        (newest.work / name).write_text(json.dumps({"version": 1, "name": name, "rules": []}))
    plays = json.loads(_plays(None))
    del plays[0]["tasks"][1]
    audit = {"fleetports.compliance.port_audit": {"policy": "{{ item }}"}, "loop": names, "ignore_errors": True}
    plays[0]["tasks"].insert(1, audit)
    (newest.work / "mine.yml").write_text(json.dumps(plays))
    run = newest.types(*HOSTS, *GATE, "--limit", "d1", playbook="mine.yml")
    assert run.code == 4, run.said
    assert "not assessed: This run has judged the host by another policy already" in run.said


def test_policies_by_group_stay(newest: Shell) -> None:
    for name in ("web", "db"):
        (newest.work / f"{name}.yml").write_text(json.dumps({"version": 1, "name": name, "rules": []}))
        (newest.work / "group_vars").mkdir(exist_ok=True)
        (newest.work / "group_vars" / f"{name}.yml").write_text(f"port_audit_policy: {name}.yml\n")
    run = newest.types(*HOSTS, "-e", "port_audit_fail_on=policy")
    assert {policy["name"] for policy in run.record()["policies"]} == {"web", "db"}, run.said


def test_a_host_without_a_named_policy_is_not_assessed_by_a_gate(newest: Shell) -> None:
    (newest.work / "web.yml").write_text(json.dumps({"version": 1, "name": "web", "rules": []}))
    (newest.work / "group_vars").mkdir()
    (newest.work / "group_vars" / "web.yml").write_text("port_audit_policy: web.yml\n")
    run = newest.types(*HOSTS, "-e", "port_audit_fail_on=policy")
    assert run.code == 4, run.said
    assert "no policy was named for this host" in run.said
