# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who stands behind the ports that HTTP.sys holds: the answer of ``netsh http show servicestate view=requestq``.

netsh speaks the language of the system, so that no word of it is looked for: a line that is a URL is a registered URL,
a line that is a number, or begins with a word and a number, names a process, and the indentation tells where one
request queue ends. What cannot be told apart counts for every port of its part: a condition needs every owner.
"""

from __future__ import annotations

import re
import typing as t

_URL = re.compile(r"https?://(?:\[[^\]]*\]|[^/:\[]+):([0-9]{1,9})(?::[^/]*)?/", re.IGNORECASE)
_PID = re.compile(r"([0-9]{1,18})\Z")
_PID_AND_IMAGE = re.compile(r"[^\s:]+: ([0-9]{1,18}), ")


def processes(text: str) -> dict[int, frozenset[int]]:
    """Process ids by port. A port whose queue names no process (an application pool that sleeps) has an empty set."""
    found: dict[int, frozenset[int]] = {}
    for queue in _queues(text.replace("\0", "").splitlines()):
        pids = frozenset(pid for line in queue if (pid := _pid(line)) is not None)
        for line in queue:
            url = _URL.match(line)
            if url is not None:
                port = int(url.group(1))
                found[port] = found.get(port, frozenset()) | pids
    return found


def _pid(line: str) -> int | None:
    match = _PID.match(line) or _PID_AND_IMAGE.match(line)
    return int(match.group(1)) if match else None


def _queues(lines: t.Iterable[str]) -> t.Iterator[list[str]]:
    """The parts of the answer: a line of the least indentation, and what stands below it."""
    kept = [line for line in lines if line.strip() and not line.startswith("---")]
    body = kept[1:]  # after the headline
    least = min((_indent(line) for line in body), default=0)
    part: list[str] = []
    for line in body:
        if _indent(line) == least and part:
            yield part
            part = []
        part.append(line.strip())
    if part:
        yield part


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
