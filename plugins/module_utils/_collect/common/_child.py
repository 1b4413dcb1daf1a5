# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Work that may hang, or that changes the process that does it: done in a child, with a deadline.

A file on a dead network mount hangs whoever looks at it, and can then not be killed (state D). The collector goes on
without such a child; init reaps it once it ends.
"""

from __future__ import annotations

import marshal
import os
import select
import signal
import struct
import time
import typing as t

CHILDREN = 3  # so many stuck pieces of work are stepped over

_HEADER = struct.Struct("=II")

Answer = t.TypeVar("Answer")
Work = t.Callable[[int], Answer]


def ask(
    count: int, work: Work[Answer], *, deadline: float, total: t.Optional[float] = None
) -> t.List[t.Optional[Answer]]:
    """What ``work`` returns for 0 to ``count`` - 1, in order; None for what hung or was not reached.

    ``deadline``: seconds that one answer may take; ``total``: that all of them may take. ``work`` runs in one child for
    all, and in another one for what is left when it hangs or dies. It returns what marshal can hold: no records.
    """
    end = None if total is None else time.monotonic() + total
    answers: t.List[t.Optional[Answer]] = [None] * count
    waiting = list(range(count))
    for _attempt in range(CHILDREN):
        for index, answer in _in_child(waiting, work, deadline, end) if waiting else ():
            answers[index] = answer
        left = [index for index in waiting if answers[index] is None]
        waiting = left[1:]  # the first of them is what hung
    return answers


def _in_child(
    indexes: t.Sequence[int], work: Work[Answer], deadline: float, end: t.Optional[float]
) -> t.Iterator[t.Tuple[int, Answer]]:
    try:
        reader, writer = os.pipe()
    except OSError:
        return  # no descriptor is left
    try:
        child = os.fork()
    except OSError:
        # No process may be made any more: a limit of the user or of the cgroup, or no memory.
        os.close(reader)
        os.close(writer)
        return
    if child == 0:
        _run(indexes, work, writer)
    os.close(writer)
    try:
        for index, body in _answers(reader, deadline, end):
            yield index, marshal.loads(body)  # noqa: S302 - the child is this program
    finally:
        os.close(reader)
        _end(child)


def _run(indexes: t.Sequence[int], work: Work[t.Any], writer: int) -> t.NoReturn:
    """Answer into the pipe and leave without any of the parent's clean-up."""
    try:
        # A child that hangs for ever must not hold the pipes of the connection open: sshd waits for them.
        null = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(null, descriptor)
        os.dup2(writer, 3)
        os.closerange(4, max(writer, null, 256) + 1)
        for index in indexes:
            _write(3, index, marshal.dumps(work(index)))
    finally:
        os._exit(0)


def _write(pipe: int, index: int, body: bytes) -> None:
    data = memoryview(_HEADER.pack(index, len(body)) + body)
    while data:
        data = data[os.write(pipe, data) :]


def _answers(reader: int, deadline: float, end: t.Optional[float]) -> t.Iterator[t.Tuple[int, bytes]]:
    buffer = b""
    last = time.monotonic()
    while True:
        left = (last + deadline if end is None else min(last + deadline, end)) - time.monotonic()
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
            yield index, buffer[_HEADER.size : _HEADER.size + size]
            buffer = buffer[_HEADER.size + size :]


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
