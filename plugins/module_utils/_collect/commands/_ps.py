# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ps(1) says of processes: the effective user, the jail, when they started. Arguments carry secrets, and are never
read."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _tool

# lstart is ctime(3) in the C locale, and UTC because the command runs with TZ=UTC0. The name comes last: it may hold
# anything.
_LINE = re.compile(
    r"\s*(?P<pid>[0-9]{1,18})\s+(?P<uid>-?[0-9]{1,18})\s+(?:(?P<jid>[0-9]{1,18})\s+)?"
    r"(?P<started>[A-Z][a-z]{2} [A-Z][a-z]{2} [ 0-9][0-9] [0-9]{2}:[0-9]{2}:[0-9]{2} [0-9]{4})\s+(?P<name>.*)"
)


class PsProcess(t.NamedTuple):
    uid: int
    jid: t.Optional[int]
    started: str
    name: t.Optional[str]


def processes(run: _tool.Run, *, jails: bool = False) -> t.Dict[int, PsProcess]:
    """Every process by pid. ``jails``: ps knows the column ``jid``. Raises ToolError."""
    columns = ["pid=", "uid=", *(["jid="] if jails else []), "lstart=", "ucomm="]
    answer = run("ps", "-A", *(word for column in columns for word in ("-o", column)))
    if answer.status != 0:
        raise _tool.ToolError("tool-failed", _tool.worded("ps", answer))
    return parse(answer.stdout)


def parse(text: str) -> t.Dict[int, PsProcess]:
    """Read the columns; lines that are not understood are left out."""
    found = {}
    for line in text.splitlines():
        match = _LINE.match(line)
        started = None if match is None else _utc(match.group("started"))
        if match is not None and started is not None:
            jid = match.group("jid")
            found[int(match.group("pid"))] = PsProcess(
                uid=int(match.group("uid")) % 2**32,  # nobody is -2 on macOS
                jid=None if jid is None else int(jid),
                started=started,
                name=match.group("name").strip() or None,
            )
    return found


def _utc(text: str) -> t.Optional[str]:
    """ISO 8601 of ``Tue Nov 24 12:09:29 2026``; read by hand, for strptime asks the locale of this process."""
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    _day, month, number, clock, year = text.split()
    if month not in months:
        return None
    return "%s-%02d-%02dT%sZ" % (year, months.index(month) + 1, int(number), clock)
