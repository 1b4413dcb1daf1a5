# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Turn IANA's CSV into the compact data that the registry loads.

Stands alone, so that an installed collection can be refreshed with one command (``python …/_convert.py FILE.csv``):
standard library only, no import from the collection.

Source: IANA, "Service Name and Transport Protocol Port Number Registry", in the layout of its own
``service-names-port-numbers.csv``. The reading of it is RFC 6335's: a row with a service name is an assignment; one
without is reserved, unless it says unassigned, which a port without any row is too.
"""

from __future__ import annotations

import argparse
import csv
import dataclasses
import json
import os
import pathlib
import re
import sys
import tempfile
import typing as t

DATA = pathlib.Path(__file__).with_name("iana-ports.json")
SOURCE = "IANA Service Name and Transport Protocol Port Number Registry"
FORMAT = 1

# A download that broke off would turn assigned ports into unassigned ones. IANA's file has had more rows since 2012.
MINIMUM_ROWS = 10_000

_LETTERS = {"tcp": "t", "udp": "u", "sctp": "s", "dccp": "d"}
_COLUMNS = ("Service Name", "Port Number", "Transport Protocol", "Description")
_DATES = ("Registration Date", "Modification Date")
_DATE = re.compile(r"[12]\d{3}-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?")
_PORTS = re.compile(r"(\d{1,5})(?:-(\d{1,5}))?")


class ConvertError(Exception):
    """The file is not IANA's registry, or not all of it."""


@dataclasses.dataclass
class _RegistryRow:
    """One service (or reservation) on one port or range; ``letters`` says for which transports."""

    first: int
    last: int
    name: str | None
    description: str
    letters: str

    def says(self, other: _RegistryRow) -> bool:
        """Whether both say the same but for the transports."""
        return (self.name, self.description, self.last) == (other.name, other.description, other.last)


def convert(lines: t.Iterable[str], *, snapshot: str | None = None, minimum: int = MINIMUM_ROWS) -> str:
    """Return the data file's text for IANA's CSV, given as lines with their line ends.

    ``snapshot`` is the date to record (``YYYY-MM`` or ``YYYY-MM-DD``); by default the newest registration or
    modification date in the file. Raises ConvertError.
    """
    rows = _read(lines)
    if len(rows) < minimum:
        raise ConvertError(
            f"only {len(rows)} rows, the whole registry has more than {minimum}: was the download cut off?"
        )
    return _text(_merge(rows), snapshot=_snapshot(rows, snapshot), rows=len(rows))


def _read(lines: t.Iterable[str]) -> list[dict[str, str]]:
    reader = csv.DictReader(lines, restval="")
    missing = [column for column in _COLUMNS if column not in (reader.fieldnames or ())]
    if missing:
        raise ConvertError(f"not IANA's layout: it has no column {missing[0]!r}")
    try:
        return list(reader)
    except csv.Error as error:
        raise ConvertError(f"line {reader.line_num}: {error}") from error


def _snapshot(rows: t.Iterable[dict[str, str]], given: str | None) -> str:
    if given is not None:
        if not _DATE.fullmatch(given):
            raise ConvertError(f"snapshot {given!r} is not a date: YYYY-MM or YYYY-MM-DD")
        return given
    dates = [row.get(column, "").strip() for row in rows for column in _DATES]
    newest = max((date for date in dates if _DATE.fullmatch(date)), default=None)
    if newest is None:
        raise ConvertError("the file has no dates: give the snapshot's date with --snapshot YYYY-MM")
    return newest


def _merge(rows: t.Iterable[dict[str, str]]) -> list[_RegistryRow]:
    """Rows of the same service on the same port become one entry; order stays, for the first name is the primary."""
    entries: list[_RegistryRow] = []
    on_port: dict[int, list[_RegistryRow]] = {}
    for number, row in enumerate(rows, start=2):
        entry = _entry(row, number)
        if entry is None or _joined(on_port.setdefault(entry.first, []), entry):
            continue
        on_port[entry.first].append(entry)
        entries.append(entry)
    return entries


def _joined(earlier: t.Sequence[_RegistryRow], entry: _RegistryRow) -> bool:
    """Add the transports of ``entry`` to an equal one, unless that would move it before another name of theirs."""
    for candidate in reversed(earlier):
        if candidate.says(entry):
            candidate.letters = "".join(x for x in "tusd" if x in candidate.letters + entry.letters)
            return True
        if set(candidate.letters) & set(entry.letters):
            return False
    return False


def _entry(row: t.Mapping[str, str], number: int) -> _RegistryRow | None:
    """One row; None where it says nothing: no port (a name alone), or unassigned, which is what no row means too."""
    name, ports, transport, description = (" ".join((row[column] or "").split()) for column in _COLUMNS)
    if not ports or (not name and description.lower().startswith("unassigned")):
        return None
    match = _PORTS.fullmatch(ports)
    if match is None:
        raise ConvertError(f"record {number}: {ports!r} is not a port or a range")
    first, last = int(match[1]), int(match[2] or match[1])
    if not first <= last <= 65535:
        raise ConvertError(f"record {number}: {ports!r} is not within 0-65535")
    letters = _letters(transport.lower(), number)
    return _RegistryRow(first, last, name or None, description, letters)


def _letters(transport: str, number: int) -> str:
    if not transport:
        return "tusd"  # a row without a transport holds for all of them
    if transport not in _LETTERS:
        raise ConvertError(f"record {number}: unknown transport {transport!r}")
    return _LETTERS[transport]


def _text(entries: t.Iterable[_RegistryRow], *, snapshot: str, rows: int) -> str:
    """The data file: one entry per line, so that a refresh can be read as a diff."""
    head = {"format": FORMAT, "source": SOURCE, "snapshot": snapshot, "rows": rows}
    lines = (json.dumps([e.letters, e.first, e.last, e.name, e.description], ensure_ascii=True) for e in entries)
    return json.dumps(head)[:-1] + ', "entries": [\n' + ",\n".join(lines) + "\n]}\n"


def write(text: str, path: pathlib.Path) -> None:
    """Replace ``path`` at once: a reader sees the old data or the new, never a part."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    try:
        with open(handle, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def _arguments(argv: t.Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Refresh the bundled port registry from IANA's CSV.")
    parser.add_argument("csv", type=pathlib.Path, help="service-names-port-numbers.csv, as IANA publishes it")
    parser.add_argument("--snapshot", help="its date, YYYY-MM or YYYY-MM-DD; default: the newest date in the file")
    parser.add_argument("--output", type=pathlib.Path, default=DATA, help="default: the bundled data (%(default)s)")
    return parser.parse_args(argv)


def main(argv: t.Sequence[str] | None = None) -> int:
    """Convert; 0 when the data was written, 1 with one line on stderr when not."""
    arguments = _arguments(argv)
    try:
        with arguments.csv.open(encoding="utf-8-sig", newline="") as lines:
            text = convert(lines, snapshot=arguments.snapshot)
        write(text, arguments.output)
    except (ConvertError, OSError, UnicodeDecodeError) as error:
        print(f"{arguments.csv}: {error}", file=sys.stderr)
        return 1
    head = json.loads(text)
    print(f"{arguments.output}: {head['rows']} rows of {head['snapshot']}, {len(head['entries'])} entries")
    return 0


if __name__ == "__main__":
    sys.exit(main())
