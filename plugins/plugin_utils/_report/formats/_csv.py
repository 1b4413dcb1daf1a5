# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""CSV (RFC 4180, UTF-8): every finding a row, for people with spreadsheets.

Where a comma is the decimal sign, a spreadsheet takes the semicolon for the separator, and whoever opens a file may
choose another. Then quotes do not hold a cell together any more, and what follows any separator in it begins a cell.
"""

from __future__ import annotations

import csv
import io
import re
import typing as t

from ..._common._printable import printable
from ..._judge._judgement import Finding
from ..model._inputs import Earlier
from ..model._report import ReportModel
from ._text_pieces import taken

COLUMNS = (
    "host",
    "verdict",
    "severity",
    "code",
    "protocol",
    "port",
    "address",
    "device",
    "owner",
    "unit",
    "reach",
    "registry",
    "rule",
    "waiver",
    "before_waiver",
    "expected",
    "found",
    "message",
    "place",
    "controls",
    "evidence_run",
    "evidence_age",
    "why",
)
# What a spreadsheet takes for a formula, in ASCII and full width.
_SIGNS = frozenset("=+-@\uff1d\uff0b\uff0d\uff20")
# A cell begins at the start, and with some setting of some spreadsheet behind what separates or quotes; a sign counts
# behind blanks and quotes too. All that may stand between is taken at once: looking ahead from each of many quotes
# would take a time that grows with the square of them.
_BETWEEN = re.compile(r"[\s\"',;|:]+")
# A row begins with its host. CI systems take the start of a line that they show for a command to them.
_PLAIN_START = re.compile(r"[\w']")
_BATCH = 500


def render(model: ReportModel) -> t.Iterator[str]:
    """The header, then findings in order of host, those on the policy last, in pieces of some hundred rows."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    for number, (finding, earlier) in enumerate(_findings(model), start=1):
        host, *cells = map(cell, _row(finding, earlier))
        writer.writerow([_first(host), *cells])
        if number % _BATCH == 0:
            yield taken(buffer)
    yield taken(buffer)


def cell(value: t.Any) -> str:
    """Text that a spreadsheet shows and does not compute; an apostrophe in front says so. Unknown is empty.

    A blank in front of the sign would not stop every spreadsheet. An apostrophe that is there gets one too, so that all
    of it reads back.
    """
    if value is None:
        return ""
    text = printable(str(value))
    shown = text if _SIGNS.isdisjoint(text) else _between(text, _mark)
    return f"'{shown}" if text.startswith("'") or _begins_computed(text) else shown


def _begins_computed(text: str) -> bool:
    """Whether the cell at the start of the text is one."""
    between = _BETWEEN.match(text)
    sign = between.end() if between else 0
    return text[sign : sign + 1] in _SIGNS and not (between and _parted(between[0])[0])


def _between(text: str, change: t.Callable[[str], str]) -> str:
    """Change what stands in front of a sign."""
    return _BETWEEN.sub(lambda it: change(it[0]) if text[it.end() : it.end() + 1] in _SIGNS else it[0], text)


def _mark(between: str) -> str:
    head, tail = _parted(between)
    return head + ("'" if head else "") + tail.replace('"', "\"'")


def _unmark(between: str) -> str:
    head, tail = _parted(between)
    return head + (tail.removeprefix("'") if head else tail).replace("\"'", '"')


def _parted(between: str) -> tuple[str, str]:
    """What ends with the last separator, and the rest, with which a cell begins."""
    last = max(between.rfind(sign) for sign in ",;|:")
    return between[: last + 1], between[last + 1 :]


def _first(shown: str) -> str:
    return f"'{shown}" if shown and not _PLAIN_START.match(shown) else shown


def plain(shown: str) -> str:
    """A cell read back: the text without the apostrophes that cell() put in."""
    return _between(shown.removeprefix("'"), _unmark)


def _findings(model: ReportModel) -> t.Iterator[tuple[Finding, Earlier | None]]:
    for host in model.hosts:
        for finding in host.result.findings:
            yield finding, host.earlier
    for finding in model.policy_findings:
        yield finding, None


def _row(finding: Finding, earlier: Earlier | None) -> t.Iterator[t.Any]:
    """The two cells of evidence are empty where the evidence is of this run; the age is in seconds."""
    for column in COLUMNS:
        if column == "port":
            yield finding.port_label or finding.port
        elif column == "evidence_run":
            yield earlier.run if earlier else None
        elif column == "evidence_age":
            yield earlier.age if earlier else None
        elif column == "controls":
            yield "; ".join(" ".join(control) for control in finding.controls) or None
        else:
            yield getattr(finding, column)
