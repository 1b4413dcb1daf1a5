# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``run.json`` read back."""

from __future__ import annotations

import json

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence._evidence_errors import EvidenceError
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.runs._run_record import RunRecord

RECORD = RunRecord(
    id="20261122T000000Z-abcdef",
    started="2026-11-22T00:00:00Z",
    ended=None,
    user="alice",
    controller="bastion",
    ansible_version="2.19.0",
    collection_version="0.1.0",
    limit="web*",
    expected=("web1", "web2"),
    inventory={"web1": ("all", "web"), "web2": ("all",), "db1": ("all", "db")},
    options={"owners": "all"},
    policies=({"name": "ssh", "sha256": "ab", "sources": ["policy.yml"]},),
)


def test_it_survives_json() -> None:
    assert RunRecord.from_dict(json.loads(json.dumps(RECORD.to_dict()))) == RECORD


def test_closing_it_keeps_the_end_and_the_policies() -> None:
    policies = [{"name": "web", "sha256": "cd", "sources": ["web.yml"]}]
    closed = RECORD.closed("2026-11-22T00:01:00Z", policies=policies)
    assert (closed.ended, closed.policies) == ("2026-11-22T00:01:00Z", tuple(policies))


def test_hosts_left_out_are_counted() -> None:
    assert RECORD.left_out == ("db1",)
    assert RECORD.to_dict()["left_out"] == 1


@pytest.mark.parametrize(
    "document",
    [
        pytest.param({**RECORD.to_dict(), "run_version": 2}, id="newer"),
        pytest.param({"run_version": 1}, id="incomplete"),
        pytest.param({**RECORD.to_dict(), "inventory": []}, id="wrong shape"),
        pytest.param([], id="not an object"),
    ],
)
def test_anything_else_is_refused(document: object) -> None:
    with pytest.raises(EvidenceError, match=r"run\.json is not a run record"):
        RunRecord.from_dict(document)
