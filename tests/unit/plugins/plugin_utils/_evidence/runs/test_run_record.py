# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``run.json`` read back."""

from __future__ import annotations

import dataclasses
import json
import pathlib
import typing as t

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence._evidence_errors import EvidenceError
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.document._substitute_origin import Origin
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.files._run_directory import RunDirectory
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.runs._run_record import (
    RecordedPolicy,
    RunRecord,
    SourceRun,
    read_record,
    write_record,
)
from ansible_collections.fleetports.compliance.tests.unit.factories.evidence import RUN_ID
from ansible_collections.fleetports.compliance.tests.unit.factories.runs import record

RECORD = record(
    RUN_ID,
    ("web1", "web2"),
    limit="web*",
    inventory={"web1": ("all", "web"), "web2": ("all",), "db1": ("all", "db")},
    options={"owners": "all"},
    policies=(RecordedPolicy("ssh", "ab", ("policy.yml",)),),
    origins={"web1": Origin(RUN_ID, "ab" * 32, "2026-11-22T00:00:00Z", ("all", "web"), "unreachable: refused")},
    sources=(SourceRun(RUN_ID, "2026-11-22T00:00:00Z", "bastion", None, 2, finished=True),),
    on_trust=("verify is false",),
)


WRITTEN: dict[str, t.Any] = json.loads(json.dumps(RECORD.to_dict()))


def test_it_survives_json() -> None:
    assert RunRecord.from_dict(WRITTEN) == RECORD


def test_the_document_is_the_one_of_earlier_versions() -> None:
    assert list(WRITTEN) == [
        *("run_version", "id", "started", "ended", "user", "controller", "ansible_version", "collection_version"),
        *("limit", "expected", "inventory", "options", "policies", "origins", "sources", "on_trust", "left_out"),
    ]
    assert WRITTEN["policies"] == [{"name": "ssh", "sha256": "ab", "sources": ["policy.yml"]}]
    assert WRITTEN["sources"] == [
        {
            "id": RUN_ID,
            "started": "2026-11-22T00:00:00Z",
            "controller": "bastion",
            "limit": None,
            "expected": 2,
            "finished": True,
        }
    ]


def test_records_of_earlier_versions_are_read() -> None:
    earlier = {key: item for key, item in WRITTEN.items() if key not in ("origins", "sources", "on_trust")}
    assert RunRecord.from_dict(earlier) == dataclasses.replace(RECORD, origins={}, sources=(), on_trust=())


def test_a_key_of_a_later_version_is_left_out() -> None:
    policy = {**WRITTEN["policies"][0], "more": 1}
    assert RunRecord.from_dict({**WRITTEN, "more": 1, "policies": [policy]}) == RECORD


def test_the_time_to_judge_at_is_that_of_the_options() -> None:
    assert RECORD.as_of is None
    assert dataclasses.replace(RECORD, options={"as_of": "2026-12-24"}).as_of == "2026-12-24"


def test_closing_it_keeps_the_end_and_the_policies() -> None:
    policies = [RecordedPolicy("web", "cd", ("web.yml",))]
    closed = RECORD.closed("2026-11-22T00:01:00Z", policies=policies)
    assert (closed.ended, closed.policies) == ("2026-11-22T00:01:00Z", tuple(policies))


def test_hosts_left_out_are_counted() -> None:
    assert RECORD.left_out == ("db1",)
    assert RECORD.to_dict()["left_out"] == 1


def _with(part: str, **values: t.Any) -> dict[str, t.Any]:
    """The document with other values in one part of it, or in the first of a list."""
    if isinstance(WRITTEN[part], list):
        return {**WRITTEN, part: [{**WRITTEN[part][0], **values}]}
    return {**WRITTEN, part: {**WRITTEN[part], **values}}


def _origin(**values: t.Any) -> dict[str, t.Any]:
    return {**WRITTEN, "origins": {"web1": {**WRITTEN["origins"]["web1"], **values}}}


DAMAGED = [
    pytest.param({**WRITTEN, "run_version": 2}, "of version 1", id="newer"),
    pytest.param([], "of version 1", id="not an object"),
    pytest.param({"run_version": 1}, "id is missing", id="incomplete"),
    pytest.param({**WRITTEN, "user": None}, "user is a NoneType", id="nobody"),
    pytest.param({**WRITTEN, "inventory": []}, "inventory is a list", id="a list for an object"),
    pytest.param(_with("inventory", web1=["all", 1]), "inventory.web1[1] is a int", id="a number for a group"),
    pytest.param({**WRITTEN, "expected": "web1"}, "expected is a str", id="a host for hosts"),
    pytest.param({**WRITTEN, "started": "now"}, "started cannot be read: Invalid isoformat string", id="no time"),
    pytest.param({**WRITTEN, "ended": 5}, "ended is a int", id="a number for an end"),
    pytest.param({**WRITTEN, "options": None}, "options is a NoneType", id="no options"),
    pytest.param(_with("options", as_of="soon"), "options.as_of cannot be read: Invalid", id="no time to judge"),
    pytest.param(_with("options", as_of=5), "options.as_of is a int", id="a number for a time to judge"),
    pytest.param(_with("policies", sha256=None), "policies[0].sha256 is a NoneType", id="a policy without a sum"),
    pytest.param(_with("policies", sources="x"), "policies[0].sources is a str", id="a policy of a text"),
    pytest.param({**WRITTEN, "sources": [{"id": RUN_ID}]}, "sources[0].started is missing", id="half a run"),
    pytest.param(_with("sources", expected=True), "sources[0].expected is a bool", id="a truth for a number"),
    pytest.param({**WRITTEN, "on_trust": [1]}, "on_trust[0] is a int", id="a number for a sentence"),
    pytest.param({**WRITTEN, "origins": {"web1": []}}, "origins.web1 is a list", id="no origin"),
    pytest.param(_origin(as_of="yesterday"), "origins.web1.as_of cannot be read", id="an origin without a time"),
    pytest.param(
        _origin(as_of="9999-12-31T23:59:59-14:00"),
        "origins.web1.as_of cannot be read: in UTC it is outside the years 1 to 9999",
        id="a time that UTC does not have",
    ),
    pytest.param(_origin(as_of=5), "origins.web1.as_of is a int", id="a number for a time"),
    pytest.param(_origin(groups=[1]), "origins.web1.groups[0] is a int", id="a number for the group of an origin"),
    pytest.param(_origin(groups=None), "origins.web1.groups is a NoneType", id="no groups"),
    pytest.param(_origin(absent=["x"]), "origins.web1.absent is a list", id="a list of reasons"),
]


@pytest.mark.parametrize(("document", "why"), DAMAGED)
def test_anything_else_is_refused(tmp_path: pathlib.Path, document: t.Any, why: str) -> None:
    run = RunDirectory(str(tmp_path), RUN_ID)
    path = run.write(document, name="run.json")
    with pytest.raises(EvidenceError) as refused:
        read_record(run)
    assert str(refused.value).startswith(f"{path} is not a run record")
    assert why in str(refused.value)


def test_what_was_written_is_read(tmp_path: pathlib.Path) -> None:
    run = RunDirectory(str(tmp_path), RUN_ID)
    write_record(run, RECORD)
    assert read_record(run) == RECORD
