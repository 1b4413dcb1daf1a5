# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""netstat(1) of BSD systems, read by its header: columns come and go between releases of macOS.

It shows the sockets of every user without privilege, which lsof does not, and which families a wildcard takes.
"""

from __future__ import annotations

import re
import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils._collect.commands import _listing
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _tool

# -W and -l print addresses in full; a release that does not know them cuts them.
_WIDE, _NARROW = "-anvWl", "-anv"
_CUT = 15  # characters of an IPv6 address that a narrow table has room for

_PROTOCOLS = ("tcp", "udp", "sctp")
_NAMES = re.compile(r"Local Address|Foreign Address|\(state\)|\S+")
_STATE = re.compile(r"[A-Z][A-Z0-9_]*\Z")
_NAMED = re.compile(r":([0-9]{1,18})(?=\s|\Z)")
_BEFORE_STATE = ("Proto", "Recv-Q", "Send-Q", "Local Address", "Foreign Address", "(state)")


def sockets(run: _tool.Run) -> _listing.SourceTable:
    """Everything that listens, of every user. Raises ToolError."""
    tables = [_of(run, protocol) for protocol in ("tcp", "udp")]
    return _listing.SourceTable(
        [row for table in tables for row in table.rows], [line for table in tables for line in table.unreadable]
    )


def _of(run: _tool.Run, protocol: str) -> _listing.SourceTable:
    answer = run("netstat", _WIDE, "-p", protocol)
    wide = answer.status == 0
    if not wide:
        answer = run("netstat", _NARROW, "-p", protocol)
    if answer.status != 0:
        raise _tool.ToolError("tool-failed", _tool.worded("netstat", answer))
    # Where the kernel refuses a table, it says so, prints none and ends with status 0 (warn() of inet.c).
    return _listing.with_complaints(parse(answer.stdout, wide=wide), answer)


def parse(text: str, *, wide: bool) -> _listing.SourceTable:
    """Read a table of Internet sockets. ``wide``: addresses were asked for in full.

    Output that has rows and no header which is understood is unreadable as a whole: nothing is guessed.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    header = next((_NAMES.findall(line) for line in lines if line.startswith("Proto")), None)
    sockets = [line for line in lines if line.startswith(_PROTOCOLS)]
    if lines and not sockets and header is None:
        return _listing.SourceTable([], ["%r: no header is understood" % lines[0]])
    return _listing.table(sockets, lambda line: _row(line, header, wide=wide))


def _row(line: str, header: t.Optional[t.Sequence[str]], *, wide: bool) -> t.Optional[_listing.Row]:
    """The row of a line; None when it is no listener."""
    words = line.split()
    match = _listing.KIND.match(words[0])
    if match is None or header is None or tuple(header[:6]) != _BEFORE_STATE or len(words) < 5:
        raise ValueError("%r: the columns are not understood" % line.strip())
    state = words[5] if len(words) > 5 and _STATE.match(words[5]) else None
    if words[4] != "*.*" or (match.group(1) != "udp" and state != "LISTEN"):
        return None
    row = _listing.of_kind(match, words[3], separator=".")
    if row is None:
        return None
    if not wide and row.family == "ipv6" and len(words[3].rpartition(".")[0]) >= _CUT:
        raise ValueError("%r may be incomplete" % words[3])
    return row._replace(pid=_pid(words[6 if state else 5 :], header[6:]))


def _pid(words: t.Sequence[str], names: t.Sequence[str]) -> t.Optional[int]:
    """The process, out of ``process:pid`` (whose name may hold spaces and colons) or a ``pid`` column; 0 is none.

    Some releases head the column ``pid`` and print ``process:pid`` in it, so that the row is asked first.
    """
    named = _NAMED.findall(" ".join(words))
    if named:
        return int(named[-1]) or None
    if "pid" not in names or len(words) <= names.index("pid"):
        return None
    word = words[names.index("pid")]
    return _tool.number(word) or None
