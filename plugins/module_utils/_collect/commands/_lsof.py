# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""lsof(8), read by its field output: columns are cut and padded, fields are not.

Fields are ended by NUL, so that a newline in a name does not end one; a set of fields begins with ``p`` (a process) or
``f`` (a descriptor). See OUTPUT FOR OTHER PROGRAMS in its manual page.
"""

from __future__ import annotations

import re
import typing as t

from ansible_collections.fleetports.compliance.plugins.module_utils._collect.commands import _listing
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _host_files, _tool

_OPTIONS = ("-nP", "-w")  # numbers only, no warnings
_FIELDS = "-F0pcuLftdPTn"
# Two commands: a filter for the state of TCP sockets leaves out every UDP socket (seen with lsof 4.95).
TCP = (*_OPTIONS, "-iTCP", "-sTCP:LISTEN", _FIELDS)
UDP = (*_OPTIONS, "-iUDP", _FIELDS)
_EXECUTABLES = (*_OPTIONS, "-a", "-d", "txt", "-F0pftDin", "-p")

_FAMILIES = {"IPv4": "ipv4", "IPv6": "ipv6"}
_PROTOCOLS = {"TCP": "tcp", "UDP": "udp", "UDPLITE": "udplite"}
_ESCAPE = re.compile(r"\\x([0-9a-fA-F]{2})")


class Text(t.NamedTuple):
    """The file that a process runs: its path, and device and inode where lsof tells them."""

    path: str
    device: t.Optional[int]
    inode: t.Optional[int]


class FieldSet(t.NamedTuple):
    """Fields of one descriptor; ``process`` are those of the process that has it. ``T`` repeats, and is joined."""

    pid: int
    process: t.Mapping[str, str]
    fields: t.Mapping[str, str]


def sockets(run: _tool.Run) -> _listing.Listing:
    """What listens, and who holds it, of the processes that lsof may look into. Raises ToolError."""
    return parse(_asked(run, TCP) + _asked(run, UDP))


def executables(run: _tool.Run, pids: t.Iterable[int]) -> t.Dict[int, Text]:
    """The executables of processes: the first ``txt`` of each, which is the program itself. Raises ToolError."""
    wanted = ",".join(str(pid) for pid in sorted(pids))
    found: t.Dict[int, Text] = {}
    if wanted:
        for item in field_sets(_asked(run, (*_EXECUTABLES, wanted))):
            path = item.fields.get("n", "")
            if item.fields.get("f") == "txt" and path.startswith("/"):
                found.setdefault(
                    item.pid, Text(unescape(path), _hex(item.fields.get("D")), _number(item.fields.get("i")))
                )
    return found


def _asked(run: _tool.Run, arguments: t.Sequence[str]) -> str:
    """lsof exits 1 when one thing that it was asked for is not there, be it UDP: its output counts all the same."""
    answer = run("lsof", *arguments)
    complaints = [line for line in answer.stderr.splitlines() if line.strip() and "WARNING" not in line]
    if answer.status not in (0, 1) or (not answer.stdout and complaints):
        raise _tool.ToolError("tool-failed", _tool.worded("lsof", answer))
    return answer.stdout


def parse(text: str) -> _listing.Listing:
    """Read what ``TCP`` and ``UDP`` print."""
    items = list(field_sets(text))
    table = _listing.table(items, _row)
    holders = {row.pid for row in table.rows}
    return _listing.Listing(table, {item.pid: _process(item.process) for item in items if item.pid in holders})


def field_sets(text: str) -> t.Iterator[FieldSet]:
    """The descriptors, each with its process."""
    pid, process, fields = 0, {}, {}  # type: t.Tuple[int, t.Dict[str, str], t.Dict[str, str]]
    for field in text.split("\0"):
        name, value = field.lstrip("\n")[:1], field.lstrip("\n")[1:]
        if name in ("p", "f") and fields:
            yield FieldSet(pid, process, fields)
            fields = {}
        if name == "p":
            pid, process = _number(value) or 0, {}
        elif fields or name == "f":
            fields[name] = fields[name] + " " + value if name in fields else value
        else:
            process[name] = value
    if fields:
        yield FieldSet(pid, process, fields)


def _row(item: FieldSet) -> t.Optional[_listing.Row]:
    """The row of a descriptor; None when it is no listener: connected, bound to nothing, another protocol or state."""
    family = _FAMILIES.get(item.fields.get("t", ""))
    protocol = _PROTOCOLS.get(item.fields.get("P", ""))
    name = item.fields.get("n", "")
    if not item.pid:
        raise ValueError("a descriptor without a process: %r" % name)
    if family is None or protocol is None or "->" in name or name in ("", "*:*"):
        return None
    if protocol == "tcp" and "ST=LISTEN" not in item.fields.get("T", "ST=LISTEN").split():
        return None
    found = _listing.endpoint(name.split(" ", 1)[0], family=family)
    if found is None:
        return None
    handle = item.fields.get("d")
    return _listing.Row(
        protocol=protocol,
        family=family,
        address=found.address,
        port=found.port,
        scope=found.scope,
        pid=item.pid,
        handle=handle,
        inode=_number(handle),  # on Linux its inode, elsewhere the address of a kernel's structure
    )


def _process(fields: t.Mapping[str, str]) -> _listing.ListedProcess:
    uid = _number(fields.get("u", "").lstrip("-"))
    if uid is not None and fields["u"].startswith("-"):
        uid = 2**32 - uid  # nobody is -2 on macOS
    return _listing.ListedProcess(unescape(fields.get("c", "")) or None, uid, fields.get("L") or None)


def unescape(text: str) -> str:
    """Undo the escapes of lsof, which prints a space in a name as ``\\x20``, and in the C locale all but ASCII so."""
    if "\\x" not in text:
        return text
    raw = _ESCAPE.sub(lambda match: chr(int(match.group(1), 16)), text)
    try:
        return _host_files.unicode_text(raw.encode("latin-1"))
    except UnicodeEncodeError:
        return text


def _number(text: t.Optional[str]) -> t.Optional[int]:
    return _tool.number(text) if text else None


def _hex(text: t.Optional[str]) -> t.Optional[int]:
    try:
        return int(text or "", 16)
    except ValueError:
        return None
