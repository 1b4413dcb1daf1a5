# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task that suggests says, refuses and keeps."""

from __future__ import annotations

import pathlib
import typing as t

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action.stored._suggest_policy import (
    keep,
    rules_summary,
    suggested,
    suggested_waivers,
    terms,
    waivers_summary,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence._evidence_errors import EvidenceError
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.runs._stored_run import (
    open_run,
)
from ansible_collections.fleetports.compliance.tests.unit.factories.listeners import listener
from ansible_collections.fleetports.compliance.tests.unit.factories.policies import BASELINE
from ansible_collections.fleetports.compliance.tests.unit.factories.runs import FIRST, FIRST_DAY, run_of


def test_one_is_not_told_as_many(tmp_path: pathlib.Path) -> None:
    run = open_run(run_of(tmp_path, FIRST, {"a": [listener()]}))
    written = suggested([run], name="mine")
    assert rules_summary("p.yml", written.counts) == (
        "p.yml: 1 rule from 1 host, 0 for outliers. Decide on every REVIEW."
    )
    assert "# listeners without a rule that only their host can reach: 0" in written.text
    waivers = suggested_waivers([run], name="w", terms=terms(BASELINE, today=FIRST_DAY, source=FIRST))
    assert waivers_summary("w.yml", waivers.counts, expires="2027-03-31") == (
        "w.yml: 1 waiver for 1 finding on 1 host, until 2027-03-31. Not covered: nothing."
    )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"owner": " "}, "owner: required"),
        ({"expires": ""}, "expires: required"),
        ({"expires": "soon"}, "is not a date"),
        ({"expires": "2026-11-22"}, "is not after today"),
        ({"expires": "2027-11-24"}, "more than a year away"),
    ],
)
def test_a_baseline_without_owner_or_end_is_refused(changes: dict[str, t.Any], said: str) -> None:
    with pytest.raises(EvidenceError, match=said):
        terms({**BASELINE, **changes}, today=FIRST_DAY, source=FIRST)


def test_a_file_that_is_there_is_kept(tmp_path: pathlib.Path) -> None:
    written = suggested([open_run(run_of(tmp_path, FIRST, {"a": [listener()]}))], name="mine")
    (tmp_path / "mine.yml").write_text("worked on")
    with pytest.raises(EvidenceError, match="already exists"):
        keep(written, dest=str(tmp_path / "mine.yml"), force=False)
    assert keep(written, dest=str(tmp_path / "mine.yml"), force=True) == str(tmp_path / "mine.yml")
    with pytest.raises(EvidenceError, match="there is no directory"):
        keep(written, dest=str(tmp_path / "none" / "mine.yml"), force=False)
