# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which evidence is believed."""

from __future__ import annotations

import pathlib
import typing as t

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence import _files
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence._directory import RunDirectory
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence._errors import EvidenceError
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence._read import (
    Failure,
    read_evidence,
    read_failures,
)

RUN = "20261122T000000Z-abcdef"


def _document(**changed: t.Any) -> dict[str, t.Any]:
    document: dict[str, t.Any] = {
        "evidence_version": 1,
        "run": {"id": RUN},
        "host": {"name": "web1"},
        "collected": {},
        "collector": {},
        "listeners": [],
    }
    return {**document, **changed}


REFUSED = [
    pytest.param(_document(run={"id": "yesterday"}), "belongs to run 'yesterday'", id="another run"),
    pytest.param(_document(evidence_version=2), "evidence version 2, this one reads 1", id="newer"),
    pytest.param(_document(host={"name": "web2"}), "names the host 'web2'", id="another host's"),
    pytest.param(_document(listeners=None), "lacks listeners", id="no listeners"),
    pytest.param([1], "is not an evidence document", id="not an object"),
    pytest.param({}, "is not an evidence document", id="empty"),
]


@pytest.fixture
def run(tmp_path: pathlib.Path) -> RunDirectory:
    return RunDirectory(str(tmp_path), RUN)


def _put(run: RunDirectory, content: t.Any) -> None:
    _files.make_private_directory(f"{run.path}/evidence")
    _files.write_json(f"{run.path}/evidence/web1.json", content)


def test_the_run_s_own_evidence_is_believed(run: RunDirectory) -> None:
    run.write_evidence(_document())
    assert dict(read_evidence(run, expected=["web1", "web2"])) == {"web1": _document()}


@pytest.mark.parametrize(("content", "why"), REFUSED)
def test_other_evidence_is_a_reason(run: RunDirectory, content: t.Any, why: str) -> None:
    _put(run, content)
    found = dict(read_evidence(run, expected=["web1"]))
    assert isinstance(found["web1"], EvidenceError)
    assert why in str(found["web1"])


def test_why_a_host_failed_is_told(run: RunDirectory) -> None:
    run.write_failure("web1", kind="unreachable", message="Connection refused")
    assert read_failures(run) == {"web1": Failure("unreachable", "Connection refused")}


def test_a_failure_of_another_run_is_not_told(run: RunDirectory) -> None:
    run.write_failure("web1", kind="unreachable", message="Connection refused")
    path = f"{run.path}/failures/web1.json"
    _files.write_json(path, {**_files.read_json(path), "run": "yesterday"})
    assert read_failures(run) == {}
