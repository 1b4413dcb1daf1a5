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
import select
import signal
import struct
import time
import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils._collect import _files, _process

DEADLINE = 2.0  # seconds without an answer
CHILDREN = 3  # so many stuck files are stepped over

_HEADER = struct.Struct("=II")


class Question(t.NamedTuple):
    """What to find out. ``pid`` None: of a unit that has not started, ``link`` is the path it would execute."""

    pid: t.Optional[int]
    link: str


class Answer(t.NamedTuple):
    """``on_host`` None: it could not be found out."""

    exe: t.Optional[str]
    deleted: t.Optional[bool]
    on_host: t.Optional[bool]


Solve = t.Callable[[Question, _files.Roots], Answer]


def unanswered(question: Question) -> Answer:
    """What the link alone says."""
    path, deleted = _process.strip_deleted(question.link)
    return Answer(path, deleted, None)


def solve(question: Question, roots: _files.Roots) -> Answer:
    """Compare the files. May hang on a dead mount."""
    if question.pid is None:
        return _of_unit(question.link, roots)
    running = _stat("%s/%d/exe" % (roots.proc, question.pid))
    if running is None:
        return unanswered(question)
    # A file may really be named "sshd (deleted)": the kernel's mark is believed only if no such file is the one
    # running.
    if _stat(roots.path(question.link)) == running:
        return Answer(question.link, False, True)
    path, deleted = _process.strip_deleted(question.link)
    return Answer(path, deleted, _stat(roots.path(path)) == running)


def _of_unit(path: str, roots: _files.Roots) -> Answer:
    """The executable as it will show once the unit runs: symbolic links resolved, of a script its interpreter."""
    real = os.path.realpath(roots.path(path))
    try:
        with open(real, "rb") as file:
            head = file.read(256)
    except OSError:
        return Answer(path, False, False)
    if head.startswith(b"#!"):
        words = head[2:].split(b"\n", 1)[0].split()
        real = os.path.realpath(roots.path(os.fsdecode(words[0]))) if words else real
    prefix = os.path.realpath(roots.fs).rstrip("/")
    return Answer(real[len(prefix) :] if real.startswith(prefix) else real, False, True)


def _stat(path: str) -> t.Optional[t.Tuple[int, int]]:
    try:
        status = os.stat(path)
    except OSError:
        return None
    return (status.st_dev, status.st_ino)


def ask(
    questions: t.Sequence[Question], roots: _files.Roots, *, deadline: float = DEADLINE, solve: Solve = solve
) -> t.Tuple[t.List[Answer], int]:
    """Answer all questions, in their order, and count those that hung."""
    answers: t.List[t.Optional[Answer]] = [None] * len(questions)
    stuck: t.List[int] = []
    todo = list(range(len(questions)))
    while todo and len(stuck) < CHILDREN:
        for index, answer in _in_child([(index, questions[index]) for index in todo], roots, deadline, solve):
            answers[index] = answer
        todo = [index for index in todo if answers[index] is None]
        if todo:
            stuck.append(todo.pop(0))
    waiting = stuck + todo
    return [answer or unanswered(question) for answer, question in zip(answers, questions)], len(waiting)


def _in_child(
    questions: t.Sequence[t.Tuple[int, Question]], roots: _files.Roots, deadline: float, solve: Solve
) -> t.Iterator[t.Tuple[int, Answer]]:
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        _child(questions, roots, writer, solve)
    os.close(writer)
    try:
        yield from _answers(reader, deadline)
    finally:
        os.close(reader)
        _end(child)


def _child(questions: t.Sequence[t.Tuple[int, Question]], roots: _files.Roots, writer: int, solve: Solve) -> t.NoReturn:
    """Answer into the pipe and leave without any of the parent's clean-up."""
    try:
        # A child that hangs for ever must not hold the pipes of the connection open: sshd waits for them.
        null = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(null, descriptor)
        os.dup2(writer, 3)
        os.closerange(4, max(writer, null, 256) + 1)
        for index, question in questions:
            os.write(3, _pack(index, solve(question, roots)))
    finally:
        os._exit(0)


def _pack(index: int, answer: Answer) -> bytes:
    flags = b"".join(b"?" if value is None else b"1" if value else b"0" for value in answer[1:])
    body = flags + os.fsencode(answer.exe or "")
    return _HEADER.pack(index, len(body)) + body


def _answers(reader: int, deadline: float) -> t.Iterator[t.Tuple[int, Answer]]:
    buffer = b""
    last = time.monotonic()
    while True:
        left = last + deadline - time.monotonic()
        if left <= 0 or not select.select([reader], [], [], left)[0]:
            return
        data = os.read(reader, 65536)
        if not data:
            return
        buffer += data
        last = time.monotonic()
        while len(buffer) >= _HEADER.size:
            index, size = _HEADER.unpack_from(buffer)
            if len(buffer) < _HEADER.size + size:
                break
            yield index, _unpack(buffer[_HEADER.size : _HEADER.size + size])
            buffer = buffer[_HEADER.size + size :]


def _unpack(body: bytes) -> Answer:
    deleted, on_host = ({b"?": None, b"1": True, b"0": False}[body[at : at + 1]] for at in (0, 1))
    return Answer(os.fsdecode(body[2:]) or None, deleted, on_host)


def _end(child: int) -> None:
    """Take leave of the child. One that is stuck in the kernel ends when it can, and init reaps it."""
    try:
        os.kill(child, signal.SIGKILL)
        for _attempt in range(50):
            if os.waitpid(child, os.WNOHANG)[0]:
                return
            time.sleep(0.001)
    except (ProcessLookupError, ChildProcessError):
        return
