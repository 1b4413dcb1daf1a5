# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Earlier evidence that stands in for hosts that do not answer: judged as of today, shown with its age."""

from __future__ import annotations

import dataclasses
import datetime
import json
import pathlib
import typing as t

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action._close_run import ClosingRun, close
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action._substitute_evidence import (
    EvidenceSearch,
    stand_in,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action.stored._compare_runs import Reference
from ansible_collections.fleetports.compliance.plugins.plugin_utils._common._clock import iso
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.document._failure import (
    Failure,
    write_failure,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.runs._run_record import RunRecord
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.runs._stored_run import open_run
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.formats import _csv, _json, _junit, _sarif
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.formats._console import summary
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.formats._openmetrics import (
    render as metrics,
)
from ansible_collections.fleetports.compliance.tests.unit.factories.policies import WEB
from ansible_collections.fleetports.compliance.tests.unit.factories.runs import NOW, StoredRun

SEARCH = EvidenceSearch((), datetime.timedelta(days=7))


def _closed(run: StoredRun, search: EvidenceSearch = SEARCH, **options: t.Any) -> ClosingRun:
    record = stand_in(run.directory, run.record, search, now=NOW)
    run.directory.write(record.closed(iso(NOW)).to_dict(), name="run.json")
    reread = RunRecord.from_dict(json.loads((run.path / "run.json").read_text()))
    return close(run.directory, reread, gate=("fail",), **options)


def _today(output: pathlib.Path, hosts: t.Mapping[str, int | None], **fields: t.Any) -> StoredRun:
    return StoredRun(output, 0, hosts, sealed=False, suffix="ffffff", **fields)


def _host(closing: ClosingRun, name: str) -> dict[str, t.Any]:
    hosts = json.loads("".join(_json.render(closing.model)))["hosts"]
    return t.cast("dict[str, t.Any]", next(host for host in hosts if host["host"] == name))


def test_recent_evidence_stands_in(tmp_path: pathlib.Path) -> None:
    earlier = StoredRun(tmp_path, 50, {"a": 22, "b": 22})
    closing = _closed(_today(tmp_path, {"a": 22, "b": None}))
    assert closing.reasons == {}
    host = _host(closing, "b")
    assert (host["verdict"], host["assessed"]) == ("pass", True)
    assert host["earlier"] == {"run": earlier.id, "age": 50 * 3600, "absent": "unreachable: refused"}
    assert _host(closing, "a")["earlier"] is None
    assert (closing.model.gate.trips, closing.model.summary.stood_in) == (False, 1)
    assert closing.model.coverage.complete is False


def test_it_is_kept_byte_for_byte(tmp_path: pathlib.Path) -> None:
    earlier = StoredRun(tmp_path, 50, {"b": 22})
    today = _today(tmp_path, {"b": None})
    closing = _closed(today)
    assert today.evidence("b").read_bytes() == earlier.evidence("b").read_bytes()
    assert [(file.host, file.age) for file in closing.model.evidence.files] == [("b", 50 * 3600)]


def test_it_is_judged_by_the_policy_of_today_in_the_groups_of_today(tmp_path: pathlib.Path) -> None:
    StoredRun(tmp_path, 50, {"b": 22})
    only_db = {**WEB, "rules": [{**WEB["rules"][0], "port": 22, "applies_to": {"groups": ["db"]}}]}
    for groups, verdict in ((("all", "db"), "pass"), (("all",), "fail")):
        today = _today(tmp_path / verdict, {"b": None}, source=only_db, inventory={"b": groups})
        closing = _closed(today, EvidenceSearch((str(tmp_path / "*Z-aaaaaa"),), datetime.timedelta(days=7)))
        assert _host(closing, "b")["verdict"] == verdict


def test_a_waiver_that_has_ended_since_covers_nothing(tmp_path: pathlib.Path) -> None:
    waiver = {
        "id": "W-1",
        "match": {"protocol": "tcp", "port": 81},
        "applies_to": {"hosts": ["b"]},
        "justification": "migration",
        "approved_by": "security",
        "expires": "2026-11-21",
    }
    source = {"version": 1, "name": "waived", "rules": [], "waivers": [waiver]}
    StoredRun(tmp_path, 50, {"b": 81}, source=source)
    assert _host(_closed(_today(tmp_path, {"b": None}, source=source)), "b")["verdict"] == "fail"


@pytest.mark.parametrize(
    ("prepare", "said"),
    [
        pytest.param(lambda place: None, "there is none", id="none"),
        pytest.param(
            lambda place: StoredRun(place, 24 * 8, {"b": 22}), "8 d 0 h old, and the limit is 7 d 0 h", id="stale"
        ),
        pytest.param(
            lambda place: StoredRun(place, 5, {"b": 22}).change("b", lambda it: it.update(listeners=[])),
            "it was altered",
            id="altered",
        ),
        pytest.param(lambda place: StoredRun(place, 5, {"b": 22}, sealed=False), "there is none", id="did not finish"),
        pytest.param(
            lambda place: (StoredRun(place, 5, {"b": 22}).path / "run.json").write_text("{"),
            "there is none",
            id="broken run",
        ),
        pytest.param(
            lambda place: StoredRun(place, 5, {"b": 22}).change(
                "b",
                lambda it: (
                    it.update(listeners=[]),
                    it["collector"].update(
                        gaps=[
                            {
                                "code": "x",
                                "affects": "listeners",
                                "detail": "no Python",
                                "protocol": None,
                                "family": None,
                            }
                        ]
                    ),
                ),
                seal=True,
            ),
            "the earlier evidence shows nothing either: no Python",
            id="nothing was seen then",
        ),
    ],
)
def test_what_does_not_stand_in_leaves_the_host_not_assessed(
    tmp_path: pathlib.Path, prepare: t.Callable[[pathlib.Path], object], said: str
) -> None:
    prepare(tmp_path)
    closing = _closed(_today(tmp_path, {"a": 22, "b": None}))
    assert closing.reasons["b"].startswith("unreachable: refused; no earlier evidence could be used: ")
    assert said in closing.reasons["b"]
    assert (closing.model.gate.unreachable, closing.model.gate.trips) == (1, True)


def test_nothing_stands_in_for_a_host_that_failed(tmp_path: pathlib.Path) -> None:
    StoredRun(tmp_path, 5, {"b": 22})
    today = _today(tmp_path, {"b": None})
    write_failure(today.directory, "b", Failure("failed", "no policy"))
    assert _closed(today).reasons == {"b": "failed: no policy"}


def test_nothing_stands_in_where_the_record_of_the_failure_is_damaged(tmp_path: pathlib.Path) -> None:
    """It may have said that the host answered."""
    StoredRun(tmp_path, 5, {"b": 22})
    today = _today(tmp_path, {"b": None})
    (today.path / "failures" / "b.json").write_text("{}")
    why = "failures/b.json is not the record of a failure: host is missing"
    assert _closed(today).reasons == {"b": f"failed: its record cannot be used: {why}"}


def test_a_host_that_was_never_reached_is_judged_by_the_policy_of_the_run_if_it_has_one(tmp_path: pathlib.Path) -> None:
    StoredRun(tmp_path, 5, {"b": 22})
    today = _today(tmp_path, {"b": None})
    (today.path / "failures" / "b.json").unlink()
    assert _host(_closed(today), "b")["verdict"] == "pass"
    other = _today(tmp_path / "other", {"b": None})
    (other.path / "failures" / "b.json").unlink()
    other.directory.write_policy(lambda: "{}", sha256="0" * 64)
    stand_in(other.directory, other.record, EvidenceSearch((str(tmp_path / "*Z-aaaaaa"),), SEARCH.limit), now=NOW)
    [note] = [json.loads(path.read_text()) for path in (other.path / "failures").iterdir()]
    assert "this run has several policies" in note["note"]


def test_what_stood_in_once_does_not_grow_younger(tmp_path: pathlib.Path) -> None:
    first = StoredRun(tmp_path, 24 * 6, {"b": 22})
    middle = StoredRun(tmp_path, 24 * 3, {"b": None}, suffix="bbbbbb", sealed=False)
    record = stand_in(middle.directory, middle.record, SEARCH, now=middle.started)
    middle.directory.write(record.closed(record.started).to_dict(), name="run.json")
    middle.seal()
    assert _host(_closed(_today(tmp_path, {"b": None})), "b")["earlier"]["run"] == first.id
    stale = _closed(
        _today(tmp_path / "later", {"b": None}), EvidenceSearch((str(middle.path),), datetime.timedelta(days=5))
    )
    assert "6 d 0 h old" in stale.reasons["b"]


def test_every_format_shows_its_age(tmp_path: pathlib.Path) -> None:
    earlier = StoredRun(tmp_path, 50, {"b": 81})
    model = _closed(_today(tmp_path, {"a": 22, "b": None})).model
    assert "1 host did not answer: judged by earlier evidence, at most 2 d 2 h old." in model.summary.details
    console = " ".join(summary(model, color=False, paths={}).split())
    assert f"judged by evidence of 2 d 2 h ago, run {earlier.id}" in console
    assert "port_audit_hosts_stood_in 1" in metrics(model)
    assert "port_audit_oldest_evidence_seconds 180000" in metrics(model)
    rows = "".join(_csv.render(model)).splitlines()
    assert [row.endswith(f",{earlier.id},180000,") for row in rows if row.startswith("b,")] == [True]
    junit = "".join(_junit.render(model))
    assert '<property name="evidence-age" value="180000"' in junit
    assert f"(evidence of 2 d 2 h ago, run {earlier.id})" in junit
    [result] = _sarif.to_document(model)["runs"][0]["results"]
    assert result["properties"]["oldestEvidenceSeconds"] == 180_000


def test_evidence_that_is_compared_with_itself_says_nothing_of_drift(tmp_path: pathlib.Path) -> None:
    earlier = StoredRun(tmp_path, 50, {"b": 22})
    closing = _closed(_today(tmp_path, {"b": None}), reference=Reference([open_run(str(earlier.path))]))
    [since] = [host.since for host in closing.model.hosts if host.name == "b"]
    assert since is not None
    assert "changes since then are unknown" in str(since.drift.reason)


def test_a_run_with_evidence_that_stands_in_can_be_read_again(tmp_path: pathlib.Path) -> None:
    StoredRun(tmp_path, 50, {"b": 22})
    today = _today(tmp_path, {"b": None})
    closing = _closed(today)
    today.seal()
    [stored] = open_run(str(today.path)).evidence()
    assert stored.read()["run"]["as_of"] == iso(today.started)
    again = dataclasses.replace(open_run(str(today.path)).record)
    assert json.loads("".join(_json.render(close(today.directory, again, gate=("fail",)).model))) == json.loads(
        "".join(_json.render(closing.model))
    )
