# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether an executable is the file of that path on the host, found out in a child with a deadline.

Anyone can mount a file of their own over ``/usr/sbin/sshd`` in a namespace of their own, and ``exe`` then shows that
path. Comparing device and inode tells, but stat on a dead FUSE or NFS mount never returns and cannot be interrupted:
it is done by a child that may be left behind.
"""

from __future__ import annotations

import os
import stat
import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _child, _host_files
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.owners import _exe_alias
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.procfs import _process
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux.systemd import _exec_start

DEADLINE = 2.0  # seconds without an answer


class Question(t.NamedTuple):
    """What to find out. ``pid`` None: of a unit that has not started, ``link`` is the path it would execute.

    ``name``: what the kernel calls the process.
    """

    pid: t.Optional[int]
    link: str
    name: t.Optional[str] = None


def of_process(process: _process.ProcfsProcess) -> Question:
    """What to find out of a process whose executable was read."""
    return Question(process.pid, process.link or "", process.name)


class ExeAnswer(t.NamedTuple):
    """``on_host`` None: it could not be found out. ``alias``: another path of the same file."""

    exe: t.Optional[str]
    deleted: t.Optional[bool]
    on_host: t.Optional[bool]
    alias: t.Optional[str] = None


NOT_TOLD = ExeAnswer(None, None, None)

Solve = t.Callable[[Question, _host_files.Roots], ExeAnswer]


def unanswered(question: Question) -> ExeAnswer:
    """What the link alone says."""
    path, deleted = _process.strip_deleted(question.link)
    return ExeAnswer(path, deleted, None)


def solve(question: Question, roots: _host_files.Roots) -> ExeAnswer:
    """Compare the files. May hang on a dead mount."""
    if question.pid is None:
        return _of_unit(question.link, roots)
    running = _stat("%s/%d/exe" % (roots.proc, question.pid))
    # It may have ended or gone on to another program since, which is then not what was asked for.
    if running is None or _host_files.readlink("%s/%d/exe" % (roots.proc, question.pid)) != question.link:
        return _ended(question, roots)
    # A file may really be named "sshd (deleted)": the kernel's mark is believed only if no such file is the one
    # running.
    if _stat(roots.path(question.link)) == running:
        return ExeAnswer(question.link, False, True, _exe_alias.find(question.link, question.name, roots))
    path, deleted = _process.strip_deleted(question.link)
    return ExeAnswer(path, deleted, _stat(roots.path(path)) == running)


def _ended(question: Question, roots: _host_files.Roots) -> ExeAnswer:
    """Another process of the same file may answer for it. By which path it was started, its own name tells."""
    answer = unanswered(question)
    if answer.deleted or answer.exe is None:
        return answer
    return answer._replace(alias=_exe_alias.find(answer.exe, question.name, roots))


def _of_unit(path: str, roots: _host_files.Roots) -> ExeAnswer:
    """The executable as it will show once the unit runs: symbolic links resolved, of a script its interpreter.

    Nothing is known where that executes another program, or runs as the owner of its file.
    """
    program = _opened(path, roots)
    if program is None:
        return ExeAnswer(path, False, False)
    if program.head.startswith(b"#!"):
        words = [os.fsdecode(word) for word in program.head[2:].split(b"\n", 1)[0].split()]
        if not words or _exec_start.executes_another(*words[:2]):
            return NOT_TOLD
        program = _opened(words[0], roots)
    if program is None or not program.runs or _exec_start.executes_another(program.path):
        return NOT_TOLD
    prefix = os.path.realpath(roots.fs).rstrip("/")
    exe = program.path[len(prefix) :] if program.path.startswith(prefix) else program.path
    # As it will be found once the process runs, which is named after the file that is executed.
    alias = _exe_alias.find(exe, os.path.basename(path)[: _process.COMM_LENGTH], roots)
    return ExeAnswer(exe, False, True, alias)


class _Program(t.NamedTuple):
    """A file that may be executed. ``path``: without links; ``head``: its first bytes."""

    path: str
    head: bytes
    setuid: bool

    @property
    def runs(self) -> bool:
        """Whether it runs itself, as whoever starts it: an interpreter may be a script in turn (binfmt_script.c)."""
        return self.head.startswith(b"\x7fELF") and not self.setuid


def _opened(path: str, roots: _host_files.Roots) -> t.Optional[_Program]:
    real = os.path.realpath(roots.path(path))
    try:
        with open(real, "rb") as file:
            return _Program(real, file.read(256), bool(os.fstat(file.fileno()).st_mode & stat.S_ISUID))
    except OSError:
        return None


def _stat(path: str) -> t.Optional[t.Tuple[int, int]]:
    try:
        status = os.stat(path)
    except OSError:
        return None
    return (status.st_dev, status.st_ino)


def ask(
    questions: t.Sequence[Question], roots: _host_files.Roots, *, deadline: float = DEADLINE, solve: Solve = solve
) -> t.Tuple[t.List[ExeAnswer], int]:
    """Answer all questions, in their order, and count those that hung."""

    def solved(index: int) -> t.Tuple[t.Any, ...]:
        return tuple(solve(questions[index], roots))

    found = _child.ask(len(questions), solved, deadline=deadline)
    answers = [ExeAnswer(*answer) if answer else unanswered(question) for answer, question in zip(found, questions)]
    return answers, found.count(None)
