# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why hosts gave no evidence: written, read back, and held to its form."""

from __future__ import annotations

import json
import pathlib
import typing as t

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.document._failure import (
    Failure,
    read_failures,
    write_failure,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.files import _atomic_files
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.files._run_directory import RunDirectory

RUN = "20261122T000000Z-abcdef"
REFUSED = Failure("unreachable", "Connection refused", policy="ab")
WRITTEN: dict[str, t.Any] = {
    "host": "web1",
    "run": RUN,
    "kind": "unreachable",
    "message": "Connection refused",
    "note": None,
    "policy": "ab",
}


@pytest.fixture
def run(tmp_path: pathlib.Path) -> RunDirectory:
    return RunDirectory(str(tmp_path), RUN)


def _read(run: RunDirectory) -> dict[str, Failure]:
    return read_failures(run, expected=["web1", "Web 2"])


def _put(run: RunDirectory, content: t.Any) -> None:
    _atomic_files.make_private_directory(f"{run.path}/failures")
    _atomic_files.write_json(f"{run.path}/failures/web1.json", content)


def test_the_file_is_the_documented_one(run: RunDirectory) -> None:
    path = write_failure(run, "web1", REFUSED)
    assert path == f"{run.path}/failures/web1.json"
    assert pathlib.Path(path).read_text() == json.dumps(WRITTEN) + "\n"


def test_it_is_read_back_for_the_host_that_it_names(run: RunDirectory) -> None:
    write_failure(run, "web1", REFUSED)
    write_failure(run, "Web 2", Failure("failed", "no policy", note="there is none"))
    assert _read(run) == {"web1": REFUSED, "Web 2": Failure("failed", "no policy", note="there is none")}


def test_what_another_run_wrote_is_left_out(run: RunDirectory) -> None:
    _put(run, {**WRITTEN, "run": "yesterday"})
    assert _read(run) == {}


def test_records_of_earlier_versions_are_read(run: RunDirectory) -> None:
    _put(run, {key: WRITTEN[key] for key in ("host", "run", "kind", "message")})
    assert _read(run) == {"web1": Failure("unreachable", "Connection refused")}


def test_what_a_host_said_is_made_printable(run: RunDirectory) -> None:
    _put(run, {**WRITTEN, "message": "a\x1b[2Jb", "note": "c\u202ed"})
    assert _read(run)["web1"].reason == "unreachable: a\\x1b[2Jb; c\\u202ed"


DAMAGED = [
    pytest.param([], "failures/web1.json is not the record of a failure: it is a list", id="a list"),
    pytest.param({}, "failures/web1.json is not the record of a failure: host is missing", id="empty"),
    pytest.param(
        {**WRITTEN, "kind": "retired"},
        "failures/web1.json is not the record of a failure: kind is 'retired', not one of unreachable, failed, absent",
        id="a kind that there is not",
    ),
    pytest.param({**WRITTEN, "message": ["x"]}, "failure: message is a list", id="a list for a text"),
    pytest.param({**WRITTEN, "note": 5}, "failure: note is a int", id="a number for a text"),
    pytest.param({**WRITTEN, "policy": {}}, "failure: policy is a dict", id="an object for a sum"),
    pytest.param({**WRITTEN, "run": None}, "failure: run is a NoneType", id="no run"),
    pytest.param({**WRITTEN, "host": "db1"}, "failures/web1.json names the host 'db1'", id="another host's"),
]


@pytest.mark.parametrize(("content", "why"), DAMAGED)
def test_a_damaged_record_is_told_and_the_host_may_have_answered(run: RunDirectory, content: t.Any, why: str) -> None:
    _put(run, content)
    failure = _read(run)["web1"]
    assert failure.kind == "failed"
    assert failure.reason.startswith("failed: its record cannot be used: failures/web1.json ")
    assert why in failure.reason


def test_a_record_that_is_no_json_is_told_with_its_path(run: RunDirectory) -> None:
    pathlib.Path(write_failure(run, "web1", REFUSED)).write_text("{")
    assert f"{run.path}/failures/web1.json is not complete JSON" in _read(run)["web1"].reason
