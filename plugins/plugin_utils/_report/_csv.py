# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""CSV (RFC 4180, UTF-8): every finding a row, for people with spreadsheets."""

from __future__ import annotations

import csv
import io
import typing as t

from .._judge._model import Finding
from ._inputs import Earlier
from ._text import printable
from ._views import ReportModel

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
)
# What a spreadsheet takes for a formula, in ASCII and full width.
_FORMULA = tuple("=+-@\uff1d\uff0b\uff0d\uff20\t\r")
_BATCH = 500


def render(model: ReportModel) -> t.Iterator[str]:
    """The header, then findings in order of host, those on the policy last, in pieces of some hundred rows."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    for number, (finding, earlier) in enumerate(_findings(model), start=1):
        writer.writerow([cell(value) for value in _row(finding, earlier)])
        if number % _BATCH == 0:
            yield _taken(buffer)
    yield _taken(buffer)


def cell(value: t.Any) -> str:
    """Text that a spreadsheet shows and does not compute; an apostrophe in front says so. Unknown is empty."""
    if value is None:
        return ""
    shown = printable(str(value))
    # A blank in front of the sign does not stop every spreadsheet; an apostrophe is doubled so that it reads back.
    return f"'{shown}" if shown.lstrip().startswith(_FORMULA) or shown.startswith("'") else shown


def plain(shown: str) -> str:
    """A cell read back: the text without the apostrophe that cell() put in front."""
    return shown.removeprefix("'")


def _findings(model: ReportModel) -> t.Iterator[tuple[Finding, Earlier | None]]:
    for host in model.hosts:
        for finding in host.result.findings:
            yield finding, host.earlier
    for finding in model.policy_findings:
        yield finding, None


def _row(finding: Finding, earlier: Earlier | None) -> t.Iterator[t.Any]:
    """The last two cells are empty where the evidence is of this run; the age is in seconds."""
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


def _taken(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text
