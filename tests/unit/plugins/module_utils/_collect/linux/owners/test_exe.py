# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Executables: deleted, replaced, forged and on a file system that does not answer."""

from __future__ import annotations

import os
import pathlib
import shutil
import subprocess
import time

import pytest
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _host_files
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.owners import _exe, _exe_alias

HOST = _host_files.Roots()
SLEEP = os.path.realpath(shutil.which("sleep") or "/bin/sleep")


@pytest.fixture(name="run")
def runner():
    children = []

    def run(path):
        child = subprocess.Popen([str(path), "600"])
        children.append(child)
        while os.readlink("/proc/%d/exe" % child.pid) != os.path.realpath(str(path)):
            time.sleep(0.01)
        return child.pid

    yield run
    for child in children:
        child.kill()
        child.wait()


def ask(pid):
    question = _exe.Question(pid, os.readlink("/proc/%d/exe" % pid))
    (answer,), hung = _exe.ask([question], HOST)
    assert hung == 0
    return answer


def copy(tmp_path, name):
    return pathlib.Path(shutil.copy(SLEEP, str(tmp_path / name)))


def test_file_of_the_host(run):
    assert ask(run(SLEEP)) == _exe.ExeAnswer(SLEEP, False, True)


def test_deleted_file(tmp_path, run):
    path = copy(tmp_path, "sleeper")
    pid = run(path)
    path.unlink()
    assert ask(pid) == _exe.ExeAnswer(str(path), True, False)


def test_replaced_file(tmp_path, run):
    path = copy(tmp_path, "sleeper")
    pid = run(path)
    path.unlink()
    copy(tmp_path, "sleeper")
    assert ask(pid) == _exe.ExeAnswer(str(path), True, False)


def test_file_named_as_if_deleted(tmp_path, run):
    """``sshd (deleted)`` beside the real one must not pass for an sshd that was upgraded."""
    copy(tmp_path, "sshd")
    path = copy(tmp_path, "sshd (deleted)")
    assert ask(run(path)) == _exe.ExeAnswer(str(path), False, True)


def test_another_file_at_that_path_on_the_host(tmp_path, run):
    """As when a fake is mounted over the path in a namespace of its own."""
    path = copy(tmp_path, "fake")
    host = tmp_path / "host"
    (host / str(path.parent).lstrip("/")).mkdir(parents=True)
    shutil.copy(SLEEP, "%s%s" % (host, path))
    question = _exe.Question(run(path), str(path))
    assert _exe.ask([question], _host_files.Roots(fs=str(host))) == ([_exe.ExeAnswer(str(path), False, False)], 0)


def test_a_process_that_runs_another_program_by_now(tmp_path, run):
    """It has executed something else since it was seen: nothing is known of the file that it was."""
    pid = run(copy(tmp_path, "later"))
    assert _exe.ask([_exe.Question(pid, SLEEP)], HOST) == ([_exe.ExeAnswer(SLEEP, False, None)], 0)


def test_name_with_bytes_that_are_no_text(tmp_path, run):
    path = os.fsdecode(os.fsencode(str(tmp_path)) + b"/a\xff\nb")
    shutil.copy(SLEEP, path)
    assert ask(run(path)) == _exe.ExeAnswer(path, False, True)


def test_process_that_has_ended(tmp_path):
    with subprocess.Popen([SLEEP, "0"]) as child:
        child.wait()
    question = _exe.Question(child.pid, "/usr/bin/x (deleted)")
    assert _exe.ask([question], HOST) == ([_exe.ExeAnswer("/usr/bin/x", True, None)], 0)


def test_process_that_has_ended_was_started_by_its_name(tree, monkeypatch):
    monkeypatch.setattr(_exe_alias, "_of_root", lambda path, roots: True)
    question = _exe.Question(0, "/usr/bin/python3.11", "python3")
    assert _exe.solve(question, tree) == _exe.ExeAnswer("/usr/bin/python3.11", False, None, "/usr/bin/python3")
    deleted = question._replace(link="/usr/bin/python3.11 (deleted)")
    assert _exe.solve(deleted, tree) == _exe.ExeAnswer("/usr/bin/python3.11", True, None)


@pytest.fixture(name="tree")
def host_tree(tmp_path):
    (tmp_path / "usr" / "bin").mkdir(parents=True)
    (tmp_path / "usr" / "bin" / "daemon").write_bytes(b"\x7fELF")
    (tmp_path / "usr" / "bin" / "python3.11").write_bytes(b"\x7fELF")
    (tmp_path / "usr" / "bin" / "python3").symlink_to("python3.11")
    (tmp_path / "usr" / "bin" / "script").write_bytes(b"#!%s/usr/bin/python3 -E\n" % os.fsencode(str(tmp_path)))
    (tmp_path / "bin").symlink_to("usr/bin")
    return _host_files.Roots("/proc", str(tmp_path))


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        pytest.param("/usr/bin/daemon", ("/usr/bin/daemon", False, True), id="as it is"),
        pytest.param("/bin/daemon", ("/usr/bin/daemon", False, True), id="merged /usr"),
        pytest.param("/bin/python3", ("/usr/bin/python3.11", False, True), id="link"),
        pytest.param("/usr/sbin/none", ("/usr/sbin/none", False, False), id="not there"),
    ],
)
def test_of_a_service_that_has_not_started(tree, path, expected):
    assert _exe.solve(_exe.Question(None, path), tree)[:3] == expected


def test_script_of_a_service_shows_as_its_interpreter(tmp_path):
    interpreter = tmp_path / "interpreter"
    interpreter.write_bytes(b"\x7fELF")
    script = tmp_path / "script"
    script.write_text("#! %s -E\n" % interpreter)
    assert _exe.solve(_exe.Question(None, str(script)), HOST) == _exe.ExeAnswer(str(interpreter), False, True)


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("#!/usr/bin/env python3", id="env finds the interpreter"),
        pytest.param("#!/bin/sh -e", id="a shell may go on as another program"),
        pytest.param("#! /usr/bin/busybox sh", id="a shell of busybox"),
        pytest.param("#!", id="no interpreter"),
    ],
)
def test_script_that_leaves_open_what_will_run(tmp_path, line):
    script = tmp_path / "script"
    script.write_text(line + "\n")
    assert _exe.solve(_exe.Question(None, str(script)), HOST) == _exe.NOT_TOLD


@pytest.mark.parametrize("name", ["bash", "env"])
def test_link_to_what_starts_another_program(tmp_path, name):
    (tmp_path / name).write_bytes(b"\x7fELF")
    (tmp_path / "server").symlink_to(name)
    assert _exe.solve(_exe.Question(None, str(tmp_path / "server")), HOST) == _exe.NOT_TOLD


@pytest.mark.parametrize("interpreter", ["script", "setuid", "text", "nowhere"])
def test_interpreter_that_is_not_what_will_run(tmp_path, interpreter):
    (tmp_path / "script").write_text("#!/usr/bin/python3\n")
    (tmp_path / "text").write_text("echo\n")
    (tmp_path / "setuid").write_bytes(b"\x7fELF")
    (tmp_path / "setuid").chmod(0o4755)
    (tmp_path / "server").write_text("#!%s/%s\n" % (tmp_path, interpreter))
    assert _exe.solve(_exe.Question(None, str(tmp_path / "server")), HOST) == _exe.NOT_TOLD


def test_program_that_runs_as_the_owner_of_its_file(tmp_path):
    program = tmp_path / "program"
    program.write_bytes(b"\x7fELF")
    program.chmod(0o4755)
    assert _exe.solve(_exe.Question(None, str(program)), HOST) == _exe.NOT_TOLD


def test_a_link_is_known_before_and_after_the_start(tree, monkeypatch):
    """Whoever runs the test: that the paths are root's alone has tests of its own."""
    monkeypatch.setattr(_exe_alias, "_of_root", lambda path, roots: True)
    before = _exe.solve(_exe.Question(None, "/bin/python3"), tree)
    assert before == _exe.ExeAnswer("/usr/bin/python3.11", False, True, "/usr/bin/python3")
    monkeypatch.setattr(_exe, "_stat", lambda path: 1)
    monkeypatch.setattr(_exe._host_files, "readlink", lambda path: "/usr/bin/python3.11")
    assert _exe.solve(_exe.Question(7, "/usr/bin/python3.11", "python3"), tree) == before


def hang(question, roots):
    if question.link == "/dead":
        time.sleep(3600)
    return _exe.ExeAnswer(question.link, False, True)


def test_dead_file_system_is_stepped_over():
    questions = [_exe.Question(1, "/a"), _exe.Question(2, "/dead"), _exe.Question(3, "/b")]
    started = time.monotonic()
    answers, hung = _exe.ask(questions, HOST, deadline=0.2, solve=hang)
    assert time.monotonic() - started < 5
    assert hung == 1
    assert [answer[:3] for answer in answers] == [("/a", False, True), ("/dead", False, None), ("/b", False, True)]


def test_only_so_many_children_are_left_behind():
    questions = [_exe.Question(number, "/dead") for number in range(10)] + [_exe.Question(99, "/b")]
    answers, hung = _exe.ask(questions, HOST, deadline=0.1, solve=hang)
    assert hung == 11
    assert {answer.on_host for answer in answers} == {None}


def test_no_child_stays(monkeypatch):
    """Waited for without the patience that a busy machine outlasts."""
    children, fork, wait = [], os.fork, os.waitpid
    monkeypatch.setattr(os, "fork", lambda: children.append(fork()) or children[-1])
    monkeypatch.setattr(os, "waitpid", lambda child, _options: wait(child, 0))
    _exe.ask([_exe.Question(1, "/dead")], HOST, deadline=0.1, solve=hang)
    assert children
    for child in children:
        with pytest.raises(ChildProcessError):
            wait(child, os.WNOHANG)


def test_many_answers():
    questions = [_exe.Question(number, "/x" * 1000 + str(number)) for number in range(500)]
    answers, hung = _exe.ask(questions, HOST, solve=hang)
    assert hung == 0
    assert [answer.exe for answer in answers] == [question.link for question in questions]
