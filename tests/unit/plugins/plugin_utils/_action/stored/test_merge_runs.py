# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One run of several: who is in it, by which evidence and policy, and who is not assessed and why."""

from __future__ import annotations

import datetime
import json
import pathlib
import typing as t

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action._close_run import ClosingRun, close
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action.stored._merge_runs import (
    MergeOptions,
    merge,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._common._clock import iso
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence._evidence_errors import (
    AlteredEvidence,
    EvidenceError,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.files._run_directory import RunDirectory
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.runs._choose import ChoiceTerms
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.runs._run_record import RunRecord
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.runs._stored_run import open_run
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.runs._verified_run import open_places
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.formats import _json
from ansible_collections.fleetports.compliance.tests.unit.factories.policies import WEB, loaded
from ansible_collections.fleetports.compliance.tests.unit.factories.runs import NOW, StoredRun

DAY = datetime.timedelta(days=1)


def _merged(tmp_path: pathlib.Path, **wishes: t.Any) -> tuple[RunRecord, ClosingRun]:
    """Merge every run below ``runs`` and judge the result, as it is read back from its directory."""
    target = StoredRun(tmp_path / "merged", 0, {}, sealed=False, suffix="cccccc")
    for path in (target.path / "policies").iterdir():
        path.unlink()
    given = MergeOptions(
        **{
            "hosts": {},
            "policy": None,
            "keep_policies": False,
            "as_of": iso(NOW),
            "terms": ChoiceTerms(NOW, DAY),
            **wishes,
        }
    )
    record = merge(open_places([str(tmp_path / "runs")]), target.directory, target.record, wishes=given)
    reread = RunRecord.from_dict(json.loads((target.path / "run.json").read_text()))
    assert reread == record
    return record, close(target.directory, record.closed(iso(NOW)), gate=("fail",))


def _runs(tmp_path: pathlib.Path) -> pathlib.Path:
    return tmp_path / "runs"


def _verdicts(closing: ClosingRun) -> dict[str, str]:
    return {result.host: result.verdict for result in closing.results}


def test_slices_make_one_run(tmp_path: pathlib.Path) -> None:
    whole = dict.fromkeys(("a", "b", "c", "d"), ("all",))
    for number, host in enumerate("abc"):
        port = 81 if host == "c" else 22
        StoredRun(_runs(tmp_path), 3, {host: port}, suffix=f"aaaaa{number}", inventory=whole, limit=host)
    record, closing = _merged(tmp_path)
    assert _verdicts(closing) == {"a": "pass", "b": "pass", "c": "fail"}
    assert record.left_out == ("d",)
    assert closing.model.summary.inventory == 4
    assert "Merged from 3 runs; the oldest evidence is 3 h 0 min old." in closing.model.summary.details
    assert closing.model.summary.stood_in == 0
    assert len(json.loads("".join(_json.render(closing.model)))["run"]["sources"]) == 3


def test_hosts_without_evidence_are_counted_with_what_is_known_of_them(tmp_path: pathlib.Path) -> None:
    lost = StoredRun(_runs(tmp_path), 3, {"a": 22, "dead": None, "lost": 22}, sealed=False)
    lost.evidence("lost").unlink()
    lost.seal()
    killed = StoredRun(_runs(tmp_path), 2, {"k": 22}, suffix="bbbbbb", sealed=False)
    _record, closing = _merged(tmp_path, hosts={"never": ("all",), "a": ("all", "db")})
    assert closing.reasons["dead"].startswith("unreachable: refused (run ")
    assert closing.reasons["never"] == "no run was meant for it"
    assert closing.reasons["k"].startswith(f"run {killed.id} did not finish")
    assert closing.reasons["lost"] == f"run {lost.id} has no evidence of it"
    assert (closing.model.summary.expected, closing.model.summary.assessed) == (5, 1)
    assert closing.model.gate.unreachable == 1
    assert json.loads("".join(_json.render(closing.model)))["hosts"][0]["groups"] == ["all", "db"]


def test_a_run_that_could_not_reach_a_host_does_not_hide_its_evidence(tmp_path: pathlib.Path) -> None:
    StoredRun(_runs(tmp_path), 5, {"a": 22})
    later = StoredRun(_runs(tmp_path), 2, {"a": None}, suffix="bbbbbb")
    _record, closing = _merged(tmp_path)
    assert (_verdicts(closing), closing.model.summary.stood_in) == ({"a": "pass"}, 1)
    [row] = closing.model.coverage.stood_in
    assert (row.reason, row.age) == (f"unreachable: refused (run {later.id})", "5 h 0 min")


def test_stale_evidence_is_a_gap(tmp_path: pathlib.Path) -> None:
    StoredRun(_runs(tmp_path), 30, {"a": 22, "b": 22})
    StoredRun(_runs(tmp_path), 2, {"a": None}, suffix="bbbbbb")
    _record, closing = _merged(tmp_path)
    assert _verdicts(closing) == {"a": "unverified", "b": "unverified"}
    assert "1 d 6 h old, and the limit is 1 d 0 h" in closing.reasons["b"]
    assert closing.reasons["a"].startswith("unreachable: refused (run ")
    assert "1 d 6 h old" in closing.reasons["a"]


def test_policies_that_differ_are_refused_by_name(tmp_path: pathlib.Path) -> None:
    first = StoredRun(_runs(tmp_path), 3, {"a": 22})
    second = StoredRun(_runs(tmp_path), 2, {"b": 81}, source=WEB, suffix="bbbbbb")
    with pytest.raises(EvidenceError, match="were judged by several policies") as refused:
        _merged(tmp_path)
    for told in (first.id, second.id, loaded().sha256[:12], loaded(WEB).sha256[:12]):
        assert told in str(refused.value)
    assert not (tmp_path / "merged" / "evidence").exists()


def test_policies_that_differ_can_be_kept_or_replaced(tmp_path: pathlib.Path) -> None:
    StoredRun(_runs(tmp_path), 3, {"a": 22})
    StoredRun(_runs(tmp_path), 2, {"b": 81}, source=WEB, suffix="bbbbbb")
    assert _verdicts(_merged(tmp_path, keep_policies=True)[1]) == {"a": "pass", "b": "pass"}
    assert _verdicts(_merged(tmp_path, policy=loaded(WEB))[1]) == {"a": "fail", "b": "pass"}


def test_a_policy_file_that_was_altered_is_not_used(tmp_path: pathlib.Path) -> None:
    run = StoredRun(_runs(tmp_path), 3, {"a": 22})
    [path] = (run.path / "policies").iterdir()
    path.write_text(path.read_text().replace("ssh", "xxx"))
    with pytest.raises(AlteredEvidence, match=r"SHA256SUMS: altered: policies/"):
        _merged(tmp_path)


def test_a_run_that_does_not_say_truly_whom_it_was_for_is_refused(tmp_path: pathlib.Path) -> None:
    """Who takes a host out of run.json takes it out of the denominator."""
    run = StoredRun(_runs(tmp_path), 3, {"a": 22, "b": None})
    record = run.path / "run.json"
    record.write_text(record.read_text().replace('"expected": ["a", "b"]', '"expected": ["a"]'))
    with pytest.raises(AlteredEvidence, match=r"SHA256SUMS: altered: run\.json"):
        _merged(tmp_path)


def test_a_merged_run_is_a_run_as_any_other(tmp_path: pathlib.Path) -> None:
    first = StoredRun(_runs(tmp_path), 3, {"a": 22})
    record, _closing = _merged(tmp_path)
    merged = tmp_path / "merged" / record.id
    [stored] = open_run(str(merged)).evidence()
    assert stored.read()["run"]["policy"] == loaded().sha256
    again = open_places([str(merged)])[0]
    assert again.record.origins["a"].run == first.id


def test_waivers_are_judged_as_of_the_merge(tmp_path: pathlib.Path) -> None:
    waiver = {
        "id": "W-1",
        "match": {"protocol": "tcp", "port": 81},
        "applies_to": {"hosts": ["a"]},
        "justification": "migration",
        "approved_by": "security",
        "expires": "2026-11-21",
    }
    source = {"version": 1, "name": "waived", "rules": [], "waivers": [waiver]}
    StoredRun(_runs(tmp_path), 13, {"a": 81}, source=source)  # the day before
    assert _verdicts(_merged(tmp_path)[1]) == {"a": "fail"}
    assert _verdicts(_merged(tmp_path, as_of="2026-11-21T23:00:00Z")[1]) == {"a": "waived"}


@pytest.mark.parametrize("name", ["../evidence/x", "../../x", "None", "a\x00", "\ud800", ""])
def test_evidence_that_names_no_policy(tmp_path: pathlib.Path, name: str) -> None:
    """Nothing is read or written beside the policies, whatever a run that is not verified says."""
    run = StoredRun(_runs(tmp_path), 3, {"a": 22})
    run.change("a", lambda document: document["run"].update(policy=name))
    for place in (run.path / "evidence", _runs(tmp_path)):
        (place / "x.json").write_text("{}")
    directory = RunDirectory(str(tmp_path / "merged"), "20261123T000000Z-cccccc")
    wishes = MergeOptions({}, None, keep_policies=False, as_of=iso(NOW), terms=ChoiceTerms(NOW, DAY))
    with pytest.raises(EvidenceError, match="is not the SHA-256 of a policy"):
        merge(open_places([str(run.path)], verify=False), directory, run.record, wishes=wishes)
    assert not list(tmp_path.glob("merged/**/x.json"))


def test_a_policy_that_is_no_text(tmp_path: pathlib.Path) -> None:
    run = StoredRun(_runs(tmp_path), 3, {"a": 22}, sealed=False)
    (policy,) = (run.path / "policies").iterdir()
    policy.write_bytes(policy.read_bytes() + b"\xff")
    run.seal()
    with pytest.raises(EvidenceError, match="cannot be read back"):
        _merged(tmp_path)
