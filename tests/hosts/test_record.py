# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What this run was on goes into its results: the documentation says what was tested from there."""

from __future__ import annotations

import json
import os
import pathlib

import pytest
from _fleet.controller import REPOSITORY
from _hosts.record import Record

RESULTS = pathlib.Path(os.environ.get("RESULTS", REPOSITORY / ".build" / "results" / "hosts"))


def test_the_record_is_kept(record: Record, capsys: pytest.CaptureFixture[str]) -> None:
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / "record.json").write_text(json.dumps(record.document, indent=2) + "\n")
    with capsys.disabled():
        print("", *record.lines, sep="\n")
    assert record.document["collector in"].keys() == {"ss", "ping", "setup"}


def test_the_documentation_names_this_machine(record: Record) -> None:
    page = (REPOSITORY / "docs" / "what-is-seen.md").read_text(encoding="utf-8")
    assert record.row in page
