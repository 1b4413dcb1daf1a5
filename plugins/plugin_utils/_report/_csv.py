# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""CSV (RFC 4180, UTF-8): every finding a row, for people with spreadsheets."""

from __future__ import annotations

import csv
import io
import typing as t

from .._judge._model import Finding
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
)
# What a spreadsheet takes for a formula, in ASCII and full width.
_FORMULA = tuple("=+-@\uff1d\uff0b\uff0d\uff20\t\r")
_BATCH = 500


def render(model: ReportModel) -> t.Iterator[str]:
    """The header, then findings in order of host, those on the policy last, in pieces of some hundred rows."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    for number, finding in enumerate(_findings(model), start=1):
        writer.writerow([cell(value) for value in _row(finding)])
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


def _findings(model: ReportModel) -> t.Iterator[Finding]:
    for host in model.hosts:
        yield from host.result.findings
    yield from model.policy_findings


def _row(finding: Finding) -> t.Iterator[t.Any]:
    for column in COLUMNS:
        if column == "port":
            yield finding.port_label or finding.port
        elif column == "controls":
            yield "; ".join(" ".join(control) for control in finding.controls) or None
        else:
            yield getattr(finding, column)


def _taken(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text
