# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""sockstat(1) of FreeBSD: JSON by libxo where the release has it (15 and later), else its table.

Not with ``-L``, which leaves out what is bound to the loopback: that listens too.
"""

from __future__ import annotations

import json
import re
import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils._collect.commands import _listing
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.commands.freebsd import _libxo
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _tool

_JSON = ("--libxo", "json", "-46l")
_WIDE, _NARROW = "-46lw", "-46l"
_CUT = 21  # width of an address in a table that is not wide

# A command may hold spaces: pid, descriptor and protocol after it are what is certain. Unknown is ? or ??.
# A process chooses its name, which may look like all that comes behind it: the last words that fit are the columns.
_LINE = re.compile(
    r"(?P<user>\S+)\s+(?P<command>.+)\s+(?P<pid>[0-9]+|\?+)\s+(?P<fd>\d+|\?+)\s+(?P<kind>[a-z]+\d*)\s+"
    r"(?P<local>\S+)\s+(?P<foreign>\S+)"
)
_HEADER = ("USER", "COMMAND", "PID", "FD", "PROTO", "LOCAL", "ADDRESS", "FOREIGN", "ADDRESS")
_WILDCARDS = ("*", "0", "", None)


class _Line(t.NamedTuple):
    kind: str
    local: str
    foreign: str
    pid: t.Optional[int]
    process: _listing.ListedProcess


def sockets(run: _tool.Run) -> _listing.Listing:
    """What listens and who holds it, jails that share the host's network included. Raises ToolError."""
    answer = run("sockstat", *_JSON)
    if answer.status == 0 and answer.stdout.lstrip().startswith("{"):
        return _with(parse_json(answer.stdout), answer)
    for options in (_WIDE, _NARROW):
        answer = run("sockstat", options)
        if answer.status == 0:
            return _with(parse_text(answer.stdout, wide=options == _WIDE), answer)
    raise _tool.ToolError("tool-failed", _tool.worded("sockstat", answer))


def _with(listing: _listing.Listing, answer: _tool.ToolAnswer) -> _listing.Listing:
    """It ends with status 0 where it leaves out a protocol ("struct xinpgen size mismatch" of main.c)."""
    return listing._replace(table=_listing.with_complaints(listing.table, answer))


def parse_json(text: str) -> _listing.Listing:
    """Read the JSON. Raises ToolError when it is not sockstat's."""
    try:
        found = json.loads(text)["sockstat"].get("socket", [])
        lines = [_of_json(raw) for raw in found]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _tool.ToolError("tool-failed", "the JSON of sockstat is not understood: %s" % error) from error
    return _listed(lines, [], wide=True)


def _of_json(raw: t.Mapping[str, t.Any]) -> _Line:
    """A socket that no process holds lacks ``user``, ``command`` and ``pid``."""
    pid = raw.get("pid")
    return _Line(
        kind=str(raw["proto"]),
        local=_joined(raw.get("local", {})),
        foreign=_joined(raw.get("foreign", {})),
        pid=None if pid is None else _pid(pid),
        process=_listing.ListedProcess(_text(raw.get("command")), user=_text(raw.get("user"))),
    )


def _pid(value: t.Any) -> int:
    found = _libxo.whole(value)
    if found is None:
        raise ValueError("%.40r is not a process" % (value,))
    return found


def _joined(end: t.Mapping[str, t.Any]) -> str:
    port = end.get("port")
    return "%s:%s" % (end.get("address", "*"), "*" if port in (0, "0", None) else port)


def _text(value: t.Any) -> t.Optional[str]:
    return None if value is None else str(value).strip() or None


def parse_text(text: str, *, wide: bool) -> _listing.Listing:
    """Read the table. ``wide``: addresses were asked for in full."""
    lines: t.List[_Line] = []
    unreadable: t.List[str] = []
    for number, line in enumerate(text.splitlines()):
        words = tuple(line.split())
        if not words or words[:9] == _HEADER:
            continue
        match = _LINE.match(line.strip())
        if match is None or number == 0 or len(match.group("pid")) > _tool.DIGITS:
            unreadable.append("%r: the columns are not understood" % line.strip())
            continue
        lines.append(_of_text(match))
    return _listed(lines, unreadable, wide=wide)


def _of_text(match: t.Match[str]) -> _Line:
    pid = match.group("pid")
    known = pid.isdigit()
    return _Line(
        kind=match.group("kind"),
        local=match.group("local"),
        foreign=match.group("foreign"),
        pid=int(pid) if known else None,
        process=_listing.ListedProcess(match.group("command"), user=match.group("user"))
        if known
        else _listing.ListedProcess(None),
    )


def _listed(lines: t.Iterable[_Line], unreadable: t.Sequence[str], *, wide: bool) -> _listing.Listing:
    kept = list(lines)
    table = _listing.table(kept, lambda line: _row(line, wide=wide))
    holders = {row.pid for row in table.rows}
    processes = {line.pid: line.process for line in kept if line.pid is not None and line.pid in holders}
    return _listing.Listing(_listing.SourceTable(table.rows, [*unreadable, *table.unreadable]), processes)


def _row(line: _Line, *, wide: bool) -> t.Optional[_listing.Row]:
    """The row of a line; None when it is no listener of a protocol that is looked at."""
    match = _listing.KIND.match(line.kind)
    if match is None or line.foreign.rpartition(":")[2] not in _WILDCARDS:
        return None
    if not wide and len(line.local) >= _CUT:
        raise ValueError("%r may be incomplete" % line.local)
    row = _listing.of_kind(match, line.local)
    return None if row is None else row._replace(pid=line.pid)
