# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts that answer with what Ansible obeys: nothing of it is obeyed, by real runs of the oldest and newest Ansible."""

from __future__ import annotations

import json
import os
import pathlib
import re
import subprocess
import sys
import typing as t

import pytest
from _scenes.audit import AUDIT, COLLECTIONS
from _scenes.stage import PYTHON
from ansible_collections.fleetports.compliance.plugins.module_utils._socket import to_dict
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.document._evidence_document import (
    nothing_seen,
)
from ansible_collections.fleetports.compliance.tests.unit.factories.hostile_keys import HOSTILE
from ansible_collections.fleetports.compliance.tests.unit.factories.listeners import listener, owner

CORES = ("oldest", "newest")
UNFIT = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u202e\u2066\u2028]")
COMMAND = re.compile(r"^\s*(::|##\[)", re.MULTILINE)
# Each of them does more than the last with what a task returned: shown, kept, compared, templated again.
TASKS = """
- hosts: all
  gather_facts: false
  tasks:
    - fleetports.compliance.listening_sockets_info:
      register: sockets
      ignore_errors: true
      ignore_unreachable: true
    - fleetports.compliance.port_audit:
        policy: {version: 1, name: none, rules: []}
        return_listeners: true
      register: audited
      ignore_errors: true
      ignore_unreachable: true
    - ansible.builtin.debug:
        var: audited
    - ansible.builtin.debug:
        msg: "{{ audited.findings | default([]) }} {{ audited.msg | default('') }} {{ sockets.msg | default('') }}"
    - ansible.builtin.set_fact:
        again: "{{ audited }}"
        name: "{{ sockets.host.hostname | default('') }}"
    - ansible.builtin.set_fact:
        twice: "{{ again }} {{ name }} {{ name | upper }}"
    - ansible.builtin.debug:
        msg: "{{ twice }}"
      when:
        - name != 'x'
        - again.findings | default([]) | selectattr('owner', 'equalto', name) | list | length >= 0
- hosts: localhost
  gather_facts: false
  tasks:
    - ansible.builtin.copy:
        content: "{{ seen | to_json }}"
        dest: "{{ playbook_dir }}/seen.json"
      vars:
        seen:
          groups: "{{ groups }}"
          hosts: "{{ hostvars.keys() | list }}"
          names: "{{ dict(groups.all | zip(groups.all | map('extract', hostvars) | map('list'))) }}"
          facts: "{{ dict(groups.all | zip(groups.all | map('extract', hostvars, 'ansible_facts'))) }}"
          whole: "{{ hostvars.whole.audited }}"
          sockets: "{{ hostvars.whole.sockets }}"
          failing: "{{ hostvars.failing.audited }}"
"""
MADE = {"sockets", "audited", "again", "name", "twice"}  # the variables that the tasks make
GIVEN = {"ansible_shell_executable", "ansible_facts", "ansible_ssh_executable", "ansible_ssh_retries"}
EVIDENCE = {"host", "collector", "listeners"}
# Before 2.20 Ansible asks for the platform too.
_SHELL = """#!/bin/sh
case "$*" in
    *PLATFORM*) printf 'PLATFORM\\nLinux\\n'; cat {work}/found.out;;
    *ENDFOUND*) cat {work}/found.out;;
    *) exec /bin/sh "$@";;
esac
"""


class Ran(t.NamedTuple):
    work: pathlib.Path
    code: int
    said: str

    @property
    def seen(self) -> dict[str, t.Any]:
        """What the variables of all hosts were in the end."""
        return t.cast("dict[str, t.Any]", json.loads((self.work / "seen.json").read_text()))

    def recap(self, host: str) -> dict[str, int]:
        (line,) = re.findall(rf"^{host} +: (.+)$", self.said, re.MULTILINE)
        return {name: int(number) for name, number in (pair.split("=") for pair in line.split())}

    def run_file(self, name: str) -> t.Any:
        return json.loads((self.work / "port-audit" / "latest" / name).read_text())


def bait(work: pathlib.Path) -> str:
    """A template that leaves a file where it is rendered, and what a screen or a CI system obeys."""
    return "::error::{{ lookup('ansible.builtin.pipe', 'touch %s/obeyed') }}\n::error::\x1b[2J\x9b\u202e\u2028" % work


def hostile(work: pathlib.Path) -> dict[str, t.Any]:
    """An answer of the right shape, with all that it must not say beside it and inside it."""
    text = bait(work)
    observation = nothing_seen(text, text, platform="linux")
    observation["collector"]["sources"] = ["sock_diag"]
    observation["collector"]["gaps"][0].update(affects="units")
    one = listener(port=4444, unit=text, owners=(owner(name=text, exe="/" + text, user=text),))
    warnings = [text, *("again %d" % number for number in range(50))]
    return {**HOSTILE, **observation, "host": {"hostname": text}, "listeners": [to_dict(one)], "warnings": warnings}


def interpreter(work: pathlib.Path, name: str, answer: str, *, stderr: str = "", status: int = 0) -> dict[str, str]:
    """A host whose Python says one thing whatever it is asked."""
    (work / (name + ".out")).write_text(answer, encoding="utf-8", errors="surrogateescape")
    (work / (name + ".err")).write_text(stderr, encoding="utf-8")
    path = work / (name + "-python")
    path.write_text("#!/bin/sh\ncat %s/%s.out; cat %s/%s.err >&2; exit %d\n" % (work, name, work, name, status))
    path.chmod(0o755)
    return {"ansible_python_interpreter": str(path)}


def discovering(work: pathlib.Path) -> dict[str, str]:
    """A host whose shell names an interpreter that is a template."""
    path = work / "shell"
    found = "/opt/{{ lookup('ansible.builtin.pipe', 'touch %s/obeyed') }}\x1b[2J" % work
    (work / "found.out").write_text("FOUND\n%s\nENDFOUND\n" % found)
    path.write_text(_SHELL.format(work=work))
    path.chmod(0o755)
    return {"ansible_shell_executable": str(path)}


def unreachable(work: pathlib.Path) -> dict[str, str]:
    """A host whose SSH server says all of that before it lets nobody in."""
    path = work / "ssh"
    (work / "banner").write_text(bait(work) + "\nPermission denied (publickey).\n")
    path.write_text("#!/bin/sh\ncat %s/banner >&2; exit 255\n" % work)
    path.chmod(0o755)
    return {"ansible_connection": "ssh", "ansible_ssh_executable": str(path), "ansible_ssh_retries": "0"}


def play(work: pathlib.Path, core: str, *playbook: str) -> Ran:
    """Run a playbook over the hosts."""
    text = bait(work)
    failing = {**hostile(work), "failed": True, "msg": text, "exception": "Traceback\n" + text}
    hosts: dict[str, t.Any] = {
        "whole": interpreter(work, "whole", json.dumps(hostile(work))),
        "failing": interpreter(work, "failing", json.dumps(failing), status=1),
        "junk": interpreter(work, "junk", text + "\n{}}", stderr=text + "\n" + text, status=3),
        "finding": discovering(work),
        "banner": unreachable(work),
        "honest": {"ansible_python_interpreter": PYTHON},
        "localhost": {"ansible_python_interpreter": PYTHON},
    }
    inventory = {"all": {"vars": {"ansible_connection": "local"}, "hosts": hosts}}
    (work / "inventory.json").write_text(json.dumps(inventory))
    programs = pathlib.Path(os.environ["SCENES_OLDEST"] + "/bin" if core == "oldest" else sys.executable)
    program = (programs if core == "oldest" else programs.parent) / "ansible-playbook"
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("ANSIBLE_", "PYTHON"))}
    settings = {"HOME": work / "home", "COLLECTIONS_PATH": COLLECTIONS, "NOCOLOR": "true"}
    done = subprocess.run(
        [str(program), "-i", "inventory.json", *playbook],
        cwd=work,
        env={**kept, **{"ANSIBLE_" + key: str(value) for key, value in settings.items()}},
        capture_output=True,
        timeout=180,
        check=False,
    )
    return Ran(work, done.returncode, (done.stdout + b"\n" + done.stderr).decode("utf-8", "surrogateescape"))


@pytest.fixture(scope="module", params=CORES)
def ran(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """Tasks of a playbook that use what the actions return."""
    work = tmp_path_factory.mktemp(request.param)
    (work / "tasks.yml").write_text(TASKS)
    return play(work, request.param, "tasks.yml")


@pytest.fixture(scope="module", params=CORES)
def audited(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """The collection's own playbook, with a gate."""
    work = tmp_path_factory.mktemp(request.param)
    variables = {"port_audit_policy": {"version": 1, "name": "none", "rules": []}, "port_audit_fail_on": ["fail"]}
    return play(work, request.param, "-e", json.dumps(variables), AUDIT)


def test_the_run_went_to_its_end(ran: Ran) -> None:
    assert ran.code == 0, ran.said
    assert "Traceback" not in ran.said


@pytest.mark.parametrize("host", ["whole", "failing", "junk", "finding", "banner", "honest"])
def test_no_variable_is_an_answers(ran: Ran, host: str) -> None:
    names = set(ran.seen["names"][host])
    assert not (names - set(ran.seen["names"]["localhost"])) - MADE - GIVEN
    assert "port_audit_policy" not in names
    assert ran.seen["facts"][host] in ({}, "", None) or set(ran.seen["facts"][host]) <= {"again", "name", "twice"}


def test_nothing_joins_the_inventory(ran: Ran) -> None:
    hosts = {"whole", "failing", "junk", "finding", "banner", "honest", "localhost"}
    assert set(ran.seen["hosts"]) == hosts
    assert set(ran.seen["groups"]) == {"all", "ungrouped"}


def test_no_text_is_a_template(ran: Ran) -> None:
    assert not (ran.work / "obeyed").exists()
    assert "{{ lookup" in ran.seen["sockets"]["host"]["hostname"]


def test_no_key_is_handed_on(ran: Ran) -> None:
    ansible = {"changed", "failed", "warnings"}
    assert set(ran.seen["sockets"]) <= EVIDENCE | ansible
    assert not set(ran.seen["whole"]) & set(HOSTILE) - {"changed", "verdict", "evidence", "run_id"}
    assert (ran.seen["whole"]["verdict"], ran.seen["whole"]["changed"]) == ("fail", False)
    assert ran.seen["whole"]["run_id"] != "evil"
    assert not set(ran.seen["failing"]) & set(HOSTILE) - {"changed", "verdict", "evidence", "run_id", "exception"}
    assert ran.seen["failing"]["verdict"] == "unverified"


def test_a_host_that_says_skipped_or_unreachable_is_neither(ran: Ran) -> None:
    assert {**ran.recap("whole"), "ok": 0} == dict.fromkeys(
        ("ok", "changed", "unreachable", "failed", "skipped", "rescued", "ignored"), 0
    )
    assert ran.recap("failing")["ignored"] == 2
    assert ran.recap("junk")["ignored"] == 2
    assert ran.recap("honest")["failed"] == 0


def test_a_screen_and_a_ci_system_have_nothing_to_obey(ran: Ran) -> None:
    _nothing_to_obey(ran)


def test_nor_after_an_audit(audited: Ran) -> None:
    _nothing_to_obey(audited)


def _nothing_to_obey(ran: Ran) -> None:
    assert [line for line in ran.said.split("\n") if UNFIT.search(line)] == []
    assert COMMAND.findall(ran.said) == []
    assert "\\x1b[2J" in ran.said


def test_warnings_are_no_flood(ran: Ran) -> None:
    assert ran.said.count("again 5") > 0
    assert "again 30" not in ran.said


def test_the_audit_says_of_each_what_was_seen(audited: Ran) -> None:
    report = audited.run_file("report.json")
    assert {host["host"]: host["verdict"] for host in report["hosts"] if host["host"] in ("whole", "failing")} == {
        "whole": "fail",
        "failing": "unverified",
    }
    assert {missed["host"] for missed in report["coverage"]["not_assessed"]} == {"failing", "junk", "finding", "banner"}
    reasons = {missed["host"]: missed["reason"] for missed in report["coverage"]["not_assessed"]}
    assert reasons["banner"].endswith("Permission denied (publickey).")
    assert not any(UNFIT.search(reason) for reason in reasons.values())
    assert not (audited.work / "obeyed").exists()


def test_the_gate_stops_on_those_and_no_other(audited: Ran) -> None:
    verdicts = audited.run_file("report.json")["hosts"]
    passing = {host["host"] for host in verdicts if host["verdict"] in ("pass", "warn", "waived")}
    assert audited.code == 4
    assert audited.recap("whole")["failed"] == 1
    for host in ("failing", "junk", "finding", "banner"):
        assert audited.recap(host)["unreachable"] == 1
    for host in passing:
        assert (audited.recap(host)["failed"], audited.recap(host)["unreachable"]) == (0, 0)


def test_evidence_is_a_strangers_text_in_places_that_are_documented(audited: Ran) -> None:
    document = audited.run_file("evidence/whole.json")
    (gap,) = document["collector"]["gaps"]
    assert not UNFIT.search(gap["detail"] + gap["code"])
    assert not COMMAND.search(gap["detail"])
    (one,) = document["listeners"]
    assert one["owners"][0]["name"] == bait(audited.work), "names are kept as they are"
    failure = audited.run_file("evidence/failing.json")["collector"]["gaps"][0]
    assert (failure["code"], UNFIT.findall(failure["detail"])) == ("collector-failed", [])
