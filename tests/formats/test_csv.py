# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""CSV: what is written is read back, and no spreadsheet computes it."""

from __future__ import annotations

import csv
import io
import re

import fleets
import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._common._printable import printable
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.formats._csv import COLUMNS, plain


def _rows(text):
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_every_finding_reads_back(fleet, report):
    model = fleets.model(fleet)
    findings = [*(finding for host in model.hosts for finding in host.result.findings), *model.policy_findings]
    rows = _rows(report(fleet, "csv"))
    assert len(rows) == len(findings)
    for row, finding in zip(rows, findings, strict=True):
        for column in set(COLUMNS) - {"port", "controls", "evidence_run", "evidence_age"}:
            value = getattr(finding, column)
            assert plain(row[column]) == ("" if value is None else printable(str(value)))


def test_no_cell_is_a_formula(fleet, report):
    cells = [cell for row in csv.reader(io.StringIO(report(fleet, "csv"), newline="")) for cell in row]
    signs = tuple("=+-@\t\r\uff1d\uff0b\uff0d\uff20")
    assert [cell for cell in cells if cell.lstrip().startswith(signs)] == []
    assert not any(ord(character) < 32 for cell in cells for character in cell)


@pytest.mark.parametrize("delimiter", [";", "|", ":", "\t"])
@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_NONE])
def test_no_cell_is_a_formula_where_something_else_separates(fleet, report, delimiter, quoting):
    text = io.StringIO(report(fleet, "csv"), newline="")
    cells = [cell for row in csv.reader(text, delimiter=delimiter, quoting=quoting) for cell in row]
    signs = tuple("=+-@\uff1d\uff0b\uff0d\uff20")
    assert [cell for cell in cells if cell.lstrip(' "').startswith(signs)] == []


def test_no_row_begins_with_a_command(fleet, report):
    lines = report(fleet, "csv").splitlines()
    assert [line for line in lines if not re.match(r"[\w,'\"]", line)] == []


def test_it_is_as_rfc_4180_has_it(report):
    text = report("small", "csv")
    assert text.startswith(",".join(COLUMNS) + "\r\n")
    assert text.endswith("\r\n")
    assert _rows(report("empty", "csv")) == []
