# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs that go wrong: no half file, a reason with its place, a report of what there is, and the next run works."""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import typing as t

import pytest
from _scenes.audit import COLLECTIONS
from _scenes.controller import Controller, ended, killed, reasons, sealed, whole
from _scenes.stage import PYTHON

DAY = 86400
# Twice what differs by case alone, paths, and what no file system takes for a name.
ODD_NAMES = ("../../etc/x", "a/b", "h" * 300, "db", "DB")
# The time is the audit's alone: nothing else may run out of it on a slow machine.
SHORT_OF_TIME = """\
- {hosts: all, gather_facts: false, tasks: [import_role: {name: fleetports.compliance.port_audit, tasks_from: check}]}
- hosts: all
  gather_facts: false
  timeout: 2
  tasks: [import_role: {name: fleetports.compliance.port_audit, tasks_from: audit}]
- {hosts: all, gather_facts: false, tasks: [import_role: {name: fleetports.compliance.port_audit, tasks_from: report}]}
"""


def script(path: pathlib.Path, text: str) -> str:
    path.write_text("#!/bin/sh\n" + text + "\n")
    path.chmod(0o755)
    return str(path)


def hanging(work: pathlib.Path) -> dict[str, str]:
    """A host that takes the module and never answers; ``hangs`` is there from then on."""
    return {"ansible_python_interpreter": script(work / "hang", "touch %s/hangs; exec sleep 30" % work)}


def off_by(work: pathlib.Path, seconds: int) -> dict[str, str]:
    """A host whose clock is so much ahead."""
    place = work / ("clock%d" % seconds)
    place.mkdir()
    (place / "sitecustomize.py").write_text(
        "import time\n_real = time.time\ntime.time = lambda: _real() + (%d)\n" % seconds
    )
    return {"ansible_python_interpreter": script(place / "python", 'PYTHONPATH=%s exec %s "$@"' % (place, PYTHON))}


def without_become(work: pathlib.Path) -> dict[str, t.Any]:
    refusing = script(work / "nosudo", 'echo "sudo: a password is required" >&2; exit 1')
    return {"ansible_become": True, "ansible_become_user": "nobody", "ansible_become_exe": refusing}


@contextlib.contextmanager
def deaf() -> t.Iterator[dict[str, t.Any]]:
    """A host that takes a connection and says nothing on it, as behind a firewall that drops."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        ssh = {"ansible_connection": "ssh", "ansible_ssh_common_args": "-F /dev/null"}
        yield {**ssh, "ansible_host": "127.0.0.1", "ansible_port": port}


@contextlib.contextmanager
def small_disk(place: pathlib.Path, size: str) -> t.Iterator[t.Callable[[], int]]:
    """A file system with room for so much; what is handed out makes room."""
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=" + size, "scene", str(place)], check=True)
    try:
        yield lambda: subprocess.check_call(["mount", "-o", "remount,size=8m", str(place)])
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Controller:
    """One run over hosts that all have a bad day but one."""
    work = tmp_path_factory.mktemp("bad")
    controller = Controller(work)
    clocks = {"ahead": off_by(work, DAY), "behind": off_by(work, -DAY)}
    with deaf() as silent:
        hosts = {**clocks, "deaf": silent, "sudo": without_become(work), **{name: {} for name in ODD_NAMES}, "calm": {}}
        done = controller.audit(hosts)
    assert (done.code, "Traceback" in done.said) == (0, False), done.said
    return controller


def test_hosts_that_time_out_or_refuse_are_told_with_the_reason(fleet: Controller) -> None:
    why = reasons(fleet.latest)
    assert sorted(why) == ["deaf", "sudo"]
    assert why["deaf"].startswith("unreachable: ")
    assert "timed out" in why["deaf"]
    assert "sudo: a password is required" in why["sudo"]
    report = json.loads((fleet.latest / "report.json").read_text())
    assert {one["host"] for one in report["hosts"] if one["verdict"] == "unverified"} == {"deaf", "sudo"}
    assert whole(fleet.latest)
    assert sealed(fleet.latest)


def test_clocks_of_hosts_are_told_and_count_for_nothing(fleet: Controller) -> None:
    folder = fleet.latest / "evidence"
    found = {name: json.loads((folder / (name + ".json")).read_text()) for name in ("ahead", "behind")}
    record = json.loads((fleet.latest / "run.json").read_text())
    for document in found.values():
        assert record["started"] <= document["collected"]["started"] <= document["collected"]["ended"]
        assert record["started"] <= document["run"]["as_of"] <= record["ended"]
    offsets = {name: document["collected"]["clock_offset"] for name, document in found.items()}
    assert offsets == {"ahead": pytest.approx(DAY, abs=60), "behind": pytest.approx(-DAY, abs=60)}
    assert "the host's own clock differs by %s s" % offsets["ahead"] in (fleet.latest / "report.html").read_text()


def test_names_that_are_paths_stay_inside(fleet: Controller) -> None:
    folder = fleet.latest / "evidence"
    names = [json.loads(path.read_text())["host"]["name"] for path in folder.iterdir()]
    assert sorted(names) == sorted([*ODD_NAMES, "ahead", "behind", "calm"] + ["sudo"] * ("sudo" in names))
    assert len({path.name.lower() for path in folder.iterdir()}) == len(names)
    assert {path.name for path in fleet.output.iterdir()} == {"latest", fleet.latest.name}


def test_a_task_that_runs_out_of_time_is_told(tmp_path: pathlib.Path) -> None:
    controller = Controller(tmp_path)
    (tmp_path / "timed.yml").write_text(SHORT_OF_TIME)
    done = controller.audit({"slow": hanging(tmp_path)}, playbook="timed.yml")
    assert done.code == 0, done.said
    assert reasons(controller.latest)["slow"].startswith("failed: T")  # "Timed out after …", of 2.18 its class


def test_a_controller_that_is_killed(tmp_path: pathlib.Path) -> None:
    controller = Controller(tmp_path)
    hosts = {"calm": {}, "slow": hanging(tmp_path)}
    run = controller.start(hosts)
    killed(run, lambda: (tmp_path / "hangs").exists() and list(controller.output.glob("*/evidence/calm.json")))
    [cut] = controller.runs
    assert whole(cut)
    assert {path.name for path in controller.output.iterdir()} == {cut.name}  # latest names no such run
    # As a kill in the middle of a write leaves it.
    (cut / "evidence" / ".writing-x").write_text('{"evidence_ver')
    assert "only the run %s that did not finish a report" % cut.name in controller.again(
        "port_audit_replay", evidence=[str(controller.output)], policy="policy.json"
    )["failed"].replace("\n", " ")
    replayed = controller.again("port_audit_replay", evidence=[str(cut)], policy="policy.json")
    assert (replayed["hosts"]["judged"], replayed["without_evidence"]) == (1, ["slow"])
    # The next run, on the same directory.
    assert controller.audit({"calm": {}}).code == 0
    assert controller.latest != cut
    assert sealed(controller.latest)
    # And what the first had seen.
    (controller.output / "20260101T000000Z-abcdef").mkdir()
    nameless = controller.report(controller.output / "20260101T000000Z-abcdef")["failed"]
    assert "20260101T000000Z-abcdef has no run.json" in nameless
    told = controller.report(cut)
    assert list(told["not_assessed"]) == ["slow"]
    assert any("was interrupted before its report" in warning for warning in told["warnings"])
    seen = json.loads((cut / "evidence" / "calm.json").read_text())
    assert json.loads((cut / "run.json").read_text())["ended"] == seen["collected"]["ended"]
    assert sealed(cut)


def test_a_writer_that_is_killed_leaves_no_half_file(tmp_path: pathlib.Path) -> None:
    script = (
        "import os, signal\n"
        "from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.files import _run_directory\n"
        "def pieces():\n"
        "    yield 'x' * 1000000\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "    yield ''\n"
        "_run_directory.RunDirectory(%r, 'run').write_pieces(pieces(), name='report.html')\n" % str(tmp_path)
    )
    environment = {**os.environ, "PYTHONPATH": str(COLLECTIONS)}
    done = subprocess.run([sys.executable, "-B", "-c", script], env=environment, check=False)
    assert done.returncode == -9
    [left] = (tmp_path / "run").iterdir()
    assert left.name.startswith(".writing-")


@pytest.mark.parametrize(
    ("size", "number", "where"),
    [
        pytest.param("24k", 5, r"evidence/h\d\.json", id="in evidence"),  # one page for each file at least
        pytest.param("40k", 1, r"report\.\w+", id="in the report"),
    ],
)
def test_a_disk_that_is_full(tmp_path: pathlib.Path, size: str, number: int, where: str) -> None:
    with small_disk(tmp_path / "disk", size) as make_room:
        controller = Controller(tmp_path, tmp_path / "disk" / "out")
        hosts: dict[str, dict[str, t.Any]] = {"h%d" % host: {} for host in range(number)}
        done = controller.audit(hosts)
        assert done.code == 2
        assert "Traceback" not in done.said
        [cut] = controller.runs
        assert re.search("cannot write %s/%s: No space left on device" % (re.escape(str(cut)), where), done.said)
        assert whole(cut)
        assert not (controller.output / "latest").exists()
        make_room()
        told = controller.report(cut)
        kept = {path.stem for path in (cut / "evidence").glob("*.json")}
        assert set(told["not_assessed"]) == set(hosts) - kept
        assert sealed(cut)
        assert controller.audit(hosts).code == 0
        assert sealed(controller.latest)


def test_two_runs_into_one_directory(tmp_path: pathlib.Path) -> None:
    controller = Controller(tmp_path)
    running = [controller.start({"a": {}, name: {}}, name=name) for name in ("one", "two")]
    assert [ended(run).code for run in running] == [0, 0]
    first, second = controller.runs
    assert controller.latest in (first, second)
    assert {path.name for path in controller.output.iterdir()} == {"latest", first.name, second.name}
    found = [{path.stem for path in (run / "evidence").iterdir()} for run in (first, second)]
    assert sorted(map(sorted, found)) == [["a", "one"], ["a", "two"]]
    for run in (first, second):
        assert whole(run)
        assert sealed(run)


@pytest.mark.parametrize(
    ("clock", "why"),
    [
        pytest.param(DAY, "the clock of", id="ahead: nobody knows which evidence is the newest"),
        pytest.param(-DAY - 3600, "1 d 1 h old, and the limit is 1 d 0 h", id="behind: it looks too old to answer"),
    ],
)
def test_a_controller_whose_clock_is_a_day_off(tmp_path: pathlib.Path, clock: int, why: str) -> None:
    controller = Controller(tmp_path)
    assert controller.audit({"one": {}, "two": {}}, clock=clock).code == 0
    off = controller.latest
    assert (reasons(off), whole(off), sealed(off)) == ({}, True, True)
    missed = merged(controller)
    assert [(host, why in reason) for host, reason in sorted(missed.items())] == [("one", True), ("two", True)], missed
    # The clock is right again. What was ahead stays the newest that there is; what was behind is outdone.
    assert controller.audit({"one": {}, "two": {}}).code == 0
    assert set(merged(controller)) == ({"one", "two"} if clock > 0 else set())
    off.rename(tmp_path / "put-away")
    assert merged(controller) == {}


def merged(controller: Controller) -> dict[str, str]:
    """Why hosts were not assessed in a report of all its runs."""
    place = controller.work / "merged"
    told = controller.again("port_audit_merge", evidence=[str(controller.output)], output_dir=str(place))
    run = pathlib.Path(told["run_directory"])
    controller.report(run)
    return reasons(run)


DAMAGE: dict[str, tuple[t.Callable[[str], str], str]] = {
    "truncated": (lambda text: text[: len(text) // 2], "is not complete JSON"),
    "altered": (lambda text: text.replace('"os": {', '"os": 5, "was": {'), "host.os is a int"),
    "newer": (lambda text: text.replace('"evidence_version": 1', '"evidence_version": 2'), "evidence version 2"),
    "empty": (lambda _text: "", "is not complete JSON"),
}


def test_evidence_that_is_damaged(tmp_path: pathlib.Path) -> None:
    controller = Controller(tmp_path)
    assert controller.audit({**{name: {} for name in DAMAGE}, "calm": {}}).code == 0
    run = controller.latest
    for name, (damage, _says) in DAMAGE.items():
        path = run / "evidence" / (name + ".json")
        path.write_text(damage(path.read_text()))
    refused = controller.report(run)["failed"]
    assert "does not match its SHA256SUMS: altered: " in refused
    assert "evidence/newer.json" in refused
    told = controller.report(run, verify=False)
    assert sorted(told["not_assessed"]) == sorted(DAMAGE)
    replayed = controller.again("port_audit_replay", evidence=[str(run)], policy="policy.json")
    unjudged = {one["host"].removesuffix(".json"): one["reason"] for one in replayed["not_judged"]}
    assert sorted(unjudged) == sorted(DAMAGE)
    for name, (_damage, says) in DAMAGE.items():
        assert says in told["not_assessed"][name]
        assert says in unjudged[name]
    [policy] = (run / "policies").iterdir()
    policy.write_text(policy.read_text().replace('"bad days"', '"good days"'))
    assert "was altered: its SHA-256" in controller.report(run, verify=False)["failed"]
    assert controller.audit({"calm": {}}).code == 0
