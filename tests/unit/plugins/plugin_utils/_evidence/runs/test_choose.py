# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which evidence answers for a host, out of that of several runs, and what makes none of it answer."""

from __future__ import annotations

import datetime
import pathlib
import typing as t

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence._evidence_errors import EvidenceError
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.runs._choose import (
    ChoiceTerms,
    EvidenceCandidate,
    choose,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.runs._verified_run import (
    open_doubted,
    open_places,
)
from ansible_collections.fleetports.compliance.tests.unit.factories.runs import NOW, StoredRun

DAY = datetime.timedelta(days=1)


def _chosen(place: pathlib.Path, limit: datetime.timedelta | None = DAY, host: str = "a", **terms: t.Any) -> str:
    """The run whose evidence answers, or why none does."""
    found = choose(f"{host}.json", open_doubted([str(place)]), ChoiceTerms(NOW, limit, **terms))
    return found.run if isinstance(found, EvidenceCandidate) else str(found)


def test_the_newest_answers(tmp_path: pathlib.Path) -> None:
    StoredRun(tmp_path, 5, {"a": 22, "b": 22})
    newer = StoredRun(tmp_path, 2, {"a": 22})
    assert _chosen(tmp_path) == newer.id


def test_a_newer_run_without_evidence_of_it_hides_nothing(tmp_path: pathlib.Path) -> None:
    older = StoredRun(tmp_path, 5, {"a": 22})
    StoredRun(tmp_path, 2, {"a": None})
    assert _chosen(tmp_path) == older.id


def test_newest_is_what_was_collected_last_not_the_run_that_began_last(tmp_path: pathlib.Path) -> None:
    """A run may begin early and reach a host late."""
    long = StoredRun(tmp_path, 5, {"a": 22})
    long.change("a", lambda it: it["collected"].update(ended="2026-11-22T11:30:00Z"), seal=True)
    StoredRun(tmp_path, 2, {"a": 22})
    assert _chosen(tmp_path) == long.id


@pytest.mark.parametrize(
    ("hours", "limit", "said"),
    [
        pytest.param(23.9, DAY, None, id="within the limit"),
        pytest.param(25, DAY, "25", id="beyond it"),
        pytest.param(1000, None, None, id="no limit"),
    ],
)
def test_stale_evidence_answers_for_nobody(
    tmp_path: pathlib.Path, hours: float, limit: datetime.timedelta | None, said: str | None
) -> None:
    run = StoredRun(tmp_path, hours, {"a": 22})
    found = _chosen(tmp_path, limit)
    expected = f"its newest evidence is of 2026-11-21T11:00:00Z (run {run.id}), 1 d 1 h old, and the limit is 1 d 0 h"
    assert found == (expected if said else run.id)


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        pytest.param(23, "several machines have its name", id="within the limit"),
        pytest.param(24, "several machines have its name", id="at the limit"),
        pytest.param(25, None, id="beyond it"),
    ],
)
def test_another_machine_is_a_doubt_as_long_as_its_evidence_may_answer(
    tmp_path: pathlib.Path, hours: float, said: str | None
) -> None:
    StoredRun(tmp_path, hours, {"a": 22}, machines={"a": "1" * 32})
    newest = StoredRun(tmp_path, 2, {"a": 22}, machines={"a": "2" * 32})
    assert _chosen(tmp_path).startswith(said or newest.id)


def test_of_what_is_all_too_old_the_newest_says_why(tmp_path: pathlib.Path) -> None:
    """What is older still does not matter, whatever is wrong with it."""
    StoredRun(tmp_path, 60, {"a": 22}, machines={"a": "1" * 32})
    newest = StoredRun(tmp_path, 50, {"a": 22}, machines={"a": "2" * 32})
    found = _chosen(tmp_path)
    assert newest.id in found
    assert "2 d 2 h old" in found


def test_no_evidence_at_all(tmp_path: pathlib.Path) -> None:
    StoredRun(tmp_path, 2, {"a": 22})
    assert _chosen(tmp_path, host="b") == "None"


@pytest.mark.parametrize(("minutes", "answers"), [(4, True), (6, False), (60 * 24, False)])
def test_evidence_from_the_future_is_a_gap(tmp_path: pathlib.Path, minutes: int, answers: bool) -> None:
    """Some clock is wrong, so that nobody knows which is the newest: an older one does not answer either."""
    StoredRun(tmp_path, 2, {"a": 22})
    run = StoredRun(tmp_path, -minutes / 60, {"a": 22}, controller="drifting")
    found = _chosen(tmp_path)
    assert found == run.id if answers else "the clock of drifting or of this controller is wrong" in found


@pytest.mark.parametrize(
    ("change", "seal", "said"),
    [
        pytest.param(lambda it: it.update(listeners=[]), False, "it was altered", id="altered"),
        pytest.param(lambda it: it.update(evidence_version=2), True, "has evidence version 2", id="newer schema"),
        pytest.param(lambda it: it["run"].update(id="other"), True, "belongs to run 'other'", id="of another run"),
        pytest.param(lambda it: it["host"].update(name="b"), True, "names the host 'b'", id="of another host"),
        pytest.param(lambda it: it["collected"].pop("ended"), True, "collected.ended is missing", id="no time"),
        pytest.param(lambda it: it.pop("host"), True, "host is missing", id="a part is gone"),
    ],
)
def test_damage_is_a_gap_and_a_newer_run_makes_up_for_it(
    tmp_path: pathlib.Path, change: t.Callable[[dict[str, t.Any]], object], seal: bool, said: str
) -> None:
    StoredRun(tmp_path, 5, {"a": 22})
    StoredRun(tmp_path, 3, {"a": 22}).change("a", change, seal=seal)
    assert said in _chosen(tmp_path)
    newest = StoredRun(tmp_path, 1, {"a": 22})
    assert _chosen(tmp_path) == newest.id


def test_damage_is_a_gap_unless_the_newest_run_answers_itself(tmp_path: pathlib.Path) -> None:
    """Where a long run collected later than newer ones, what was damaged between them may have been later still."""
    long = StoredRun(tmp_path, 5, {"a": 22})
    long.change("a", lambda it: it["collected"].update(ended="2026-11-22T11:30:00Z"), seal=True)
    StoredRun(tmp_path, 3, {"a": 22}).change("a", lambda it: it.update(listeners=[]))
    StoredRun(tmp_path, 2, {"a": 22})
    assert "it was altered" in _chosen(tmp_path)


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        pytest.param(lambda path: path.write_text(path.read_text()[:40]), "it was altered", id="truncated"),
        pytest.param(lambda path: path.unlink(), "evidence/a.json: No such file", id="removed"),
    ],
)
def test_files_that_are_not_as_the_sums_have_them(
    tmp_path: pathlib.Path, damage: t.Callable[[pathlib.Path], object], said: str
) -> None:
    damage(StoredRun(tmp_path, 3, {"a": 22}).evidence("a"))
    assert said in _chosen(tmp_path)


def test_a_file_that_was_added_is_not_believed(tmp_path: pathlib.Path) -> None:
    run = StoredRun(tmp_path, 3, {"a": 22})
    run.evidence("b").write_text(run.evidence("a").read_text().replace('"name": "a"', '"name": "b"'))
    assert "is not listed in its SHA256SUMS" in _chosen(tmp_path, host="b")


def test_a_run_whose_record_was_altered_is_not_believed(tmp_path: pathlib.Path) -> None:
    run = StoredRun(tmp_path, 3, {"a": 22})
    record = run.path / "run.json"
    record.write_text(record.read_text().replace("alice", "mallory"))
    assert "run.json" in _chosen(tmp_path)
    assert "it was altered" in _chosen(tmp_path)
    newer = StoredRun(tmp_path, 1, {"a": 22})
    assert _chosen(tmp_path) == newer.id


def test_a_run_that_is_over_and_has_no_sums_is_not_believed(tmp_path: pathlib.Path) -> None:
    StoredRun(tmp_path, 5, {"a": 22})
    run = StoredRun(tmp_path, 3, {"a": 22}, ended="2026-11-22T09:00:00Z")
    (run.path / "SHA256SUMS").unlink()
    assert "is finished and has no SHA256SUMS" in _chosen(tmp_path)


def test_a_run_that_did_not_finish_answers_for_nobody(tmp_path: pathlib.Path) -> None:
    StoredRun(tmp_path, 3, {"a": 22}, sealed=False)
    assert _chosen(tmp_path) == "None"


def test_two_machines_of_one_name_are_a_gap(tmp_path: pathlib.Path) -> None:
    StoredRun(tmp_path, 3, {"a": 22}, machines={"a": "1" * 32})
    newer = StoredRun(tmp_path, 2, {"a": 22}, machines={"a": "2" * 32})
    assert "several machines have its name" in _chosen(tmp_path)
    assert _chosen(tmp_path, one_machine=False) == newer.id


def test_a_machine_without_an_id_is_no_second_machine(tmp_path: pathlib.Path) -> None:
    StoredRun(tmp_path, 3, {"a": 22}, machines={"a": "1" * 32})
    newer = StoredRun(tmp_path, 2, {"a": 22})
    assert _chosen(tmp_path) == newer.id


def test_places_are_runs_output_directories_and_patterns(tmp_path: pathlib.Path) -> None:
    first = StoredRun(tmp_path / "one" / "port-audit", 3, {"a": 22})
    second = StoredRun(tmp_path / "two" / "port-audit", 2, {"a": 22}, suffix="bbbbbb")
    (tmp_path / "one" / "port-audit" / "latest").symlink_to(first.id)
    for places in (
        [str(first.path), str(second.path)],
        [str(tmp_path / "one" / "port-audit"), str(tmp_path / "two" / "port-audit"), str(first.path)],
        [str(tmp_path / "*" / "port-audit")],
        [str(tmp_path / "*" / "port-audit" / "*")],
    ):
        assert [run.id for run in open_places(places)] == [first.id, second.id]


def test_a_place_without_a_run_is_an_error(tmp_path: pathlib.Path) -> None:
    StoredRun(tmp_path / "one", 3, {"a": 22})
    with pytest.raises(EvidenceError, match=r"there is no run at .*/none\*"):
        open_places([str(tmp_path / "one"), str(tmp_path / "none*")])
