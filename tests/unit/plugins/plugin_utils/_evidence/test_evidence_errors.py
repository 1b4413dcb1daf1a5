# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Damaged evidence concerns one host; a run that was altered ends whatever reads it."""

from __future__ import annotations

import pathlib

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence._evidence_errors import (
    AlteredEvidence,
    EvidenceError,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.document._read_evidence import (
    read_evidence,
)
from ansible_collections.fleetports.compliance.tests.unit.factories.runs import StoredRun


@pytest.fixture
def run(tmp_path: pathlib.Path) -> StoredRun:
    made = StoredRun(tmp_path, 3, {"a": 22, "b": 22})
    made.evidence("a").write_text("{")
    return made


def test_damage_is_the_reason_of_one_host(run: StoredRun) -> None:
    found = dict(read_evidence(run.directory, expected=["a", "b"]))
    assert isinstance(found["a"], EvidenceError)
    assert isinstance(found["b"], dict)


def test_an_altered_run_ends_the_reading(run: StoredRun) -> None:
    run.directory.hold(whole=False)
    with pytest.raises(AlteredEvidence, match=r"a\.json"):
        list(read_evidence(run.directory, expected=["a", "b"]))
