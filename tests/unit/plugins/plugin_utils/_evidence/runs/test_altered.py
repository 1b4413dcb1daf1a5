# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs that are over and are not as they left it: whoever reads them is told, and by which file."""

from __future__ import annotations

import json
import os
import pathlib
import typing as t

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence._evidence_errors import (
    AlteredEvidence,
    EvidenceError,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.files import _atomic_files
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.runs._stored_run import (
    hold,
    open_run,
    open_runs,
    unheld,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.runs._verified_run import open_places
from ansible_collections.fleetports.compliance.tests.unit.factories.runs import StoredRun

ENDED = "2026-11-22T09:30:00Z"
Change = t.Callable[[pathlib.Path], object]


@pytest.fixture
def run(tmp_path: pathlib.Path) -> StoredRun:
    """A finished run, to which ``latest`` points."""
    made = StoredRun(tmp_path / "out", 3, {"a": 22, "b": 22, "dead": None}, ended=ENDED)
    made.directory.point_latest()
    return made


def _text(name: str, old: str, new: str) -> Change:
    def change(run: pathlib.Path) -> None:
        path = run / name
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))

    return change


def _record(**fields: t.Any) -> Change:
    def change(run: pathlib.Path) -> None:
        (run / "run.json").write_text(json.dumps({**json.loads((run / "run.json").read_text()), **fields}))

    return change


def _policy(run: pathlib.Path) -> None:
    [policy] = (run / "policies").iterdir()
    policy.write_text(policy.read_text().replace("ssh", "xxx"))


def _link(run: pathlib.Path) -> None:
    """The same content, until it is another."""
    evidence = run / "evidence" / "a.json"
    elsewhere = run.parent.parent / "elsewhere.json"
    evidence.rename(elsewhere)
    evidence.symlink_to(elsewhere)


def _linked_folder(run: pathlib.Path) -> None:
    (run / "evidence").rename(run.parent.parent / "elsewhere")
    (run / "evidence").symlink_to(run.parent.parent / "elsewhere")


def _pipe(run: pathlib.Path) -> None:
    (run / "evidence" / "a.json").unlink()
    os.mkfifo(run / "evidence" / "a.json")


def _shorter(run: pathlib.Path) -> None:
    """A host is taken out of the sums, and its evidence changed."""
    lines = (run / "SHA256SUMS").read_text().splitlines(keepends=True)
    (run / "SHA256SUMS").write_text("".join(line for line in lines if "a.json" not in line))


def _twice(run: pathlib.Path) -> None:
    lines = (run / "SHA256SUMS").read_text()
    (run / "SHA256SUMS").write_text("0" * 64 + "  evidence/a.json\n" + lines)


ALTERED = {
    "evidence": (_text("evidence/a.json", "22", "23"), "altered: evidence/a.json"),
    "evidence that is gone": (lambda run: (run / "evidence" / "a.json").unlink(), "missing: evidence/a.json"),
    "evidence that was added": (lambda run: (run / "evidence" / "c.json").write_text("{}"), "extra: evidence/c.json"),
    "evidence of another host": (
        lambda run: (run / "evidence" / "a.json").write_bytes((run / "evidence" / "b.json").read_bytes()),
        "altered: evidence/a.json",
    ),
    "evidence that is a link": (_link, "altered: evidence/a.json"),
    "evidence that is a pipe": (_pipe, "altered: evidence/a.json"),
    "evidence in a linked folder": (_linked_folder, "missing: evidence/a.json"),
    "a failure": (_text("failures/dead.json", "refused", "retired"), "altered: failures/dead.json"),
    "a policy": (_policy, "altered: policies/"),
    "another file": (lambda run: (run / "note.txt").write_text(""), "extra: note.txt"),
    "the end of the run": (_record(ended=None), "altered: run.json"),
    "whom it was for": (_record(expected=["a"]), "altered: run.json"),
    "run.json is gone": (lambda run: (run / "run.json").unlink(), "neither run.json nor a run named latest"),
    "sums that lack a file": (_shorter, "extra: evidence/a.json"),
    "sums with a file twice": (_twice, "has a different sum in an earlier line"),
    "sums that are none": (lambda run: (run / "SHA256SUMS").write_text("x\n"), "not a line of sha256sum"),
    "no sums": (lambda run: (run / "SHA256SUMS").unlink(), "is finished and has no SHA256SUMS"),
    "sums that are a link": (
        lambda run: (run / "SHA256SUMS").rename(run.parent / "s") and (run / "SHA256SUMS").symlink_to(run.parent / "s"),
        "it is a link",
    ),
    "no sums, and no end": (
        lambda run: (_record(ended=None)(run), (run / "SHA256SUMS").unlink()),
        "is finished and has no SHA256SUMS",
    ),
    "no sums, no end, but policies": (
        lambda run: (
            _record(ended=None, policies=[{"name": "x", "sha256": "y", "sources": []}])(run),
            (run / "SHA256SUMS").unlink(),
            (run.parent / "latest").unlink(),
        ),
        "is finished and has no SHA256SUMS",
    ),
}


@pytest.mark.parametrize("what", ALTERED)
@pytest.mark.parametrize("how", ["open_run", "open_runs", "open_places", "hold"])
def test_a_run_that_is_not_as_it_was(run: StoredRun, what: str, how: str) -> None:
    change, said = ALTERED[what]
    change(run.path)
    place = str(run.path)
    ways: dict[str, t.Callable[[], object]] = {
        "open_run": lambda: open_run(place),
        "open_runs": lambda: open_runs([place]),
        "open_places": lambda: open_places([place]),
        "hold": lambda: hold(run.directory),
    }
    if what == "run.json is gone":  # then it is no run, which is said in other words
        with pytest.raises((EvidenceError, AlteredEvidence)):
            ways[how]()
        return
    with pytest.raises(AlteredEvidence, match=said):
        ways[how]()


@pytest.mark.parametrize("what", [what for what in ALTERED if what != "run.json is gone"])
def test_it_can_be_read_all_the_same_and_that_is_told(run: StoredRun, what: str) -> None:
    ALTERED[what][0](run.path)
    opened = open_run(str(run.path), verify=False)
    told = unheld([opened])
    assert told["verified"] is False
    assert f"verify is false for run {run.id}" in told["warnings"][0]


def test_a_run_that_is_as_it_was_says_nothing(run: StoredRun) -> None:
    opened = open_run(str(run.path.parent))
    assert unheld([opened]) == {"verified": True}
    assert [stored.read()["host"]["name"] for stored in opened.evidence()] == ["a", "b"]


def test_a_run_that_was_cut_off_is_read_and_that_is_told(tmp_path: pathlib.Path) -> None:
    made = StoredRun(tmp_path, 3, {"a": 22}, sealed=False)
    opened = open_run(str(made.path))
    assert [stored.read()["host"]["name"] for stored in opened.evidence()] == ["a"]
    assert "did not finish" in unheld([opened])["warnings"][0]


def test_what_changes_after_it_was_compared_is_not_read(run: StoredRun) -> None:
    opened = open_run(str(run.path))
    [first, _second] = opened.evidence()
    run.change("a", lambda it: it.update(listeners=[]))
    with pytest.raises(AlteredEvidence, match=r"evidence/a\.json of run .* it was altered"):
        first.read()
    _policy(run.path)
    with pytest.raises(AlteredEvidence, match="it was altered"):
        opened.directory.policies()
    run.evidence("c").write_text("{}")
    with pytest.raises(AlteredEvidence, match="is not listed"):
        opened.directory.content("evidence/c.json")
    run.evidence("b").unlink()
    with pytest.raises(AlteredEvidence, match="No such file"):
        _second.read()


def test_a_copy_under_another_name_is_held_too(run: StoredRun, tmp_path: pathlib.Path) -> None:
    copied = run.path.rename(tmp_path / "copy")
    assert [stored.read()["host"]["name"] for stored in open_run(str(copied)).evidence()] == ["a", "b"]
    _text("evidence/a.json", "22", "23")(copied)
    with pytest.raises(AlteredEvidence, match="altered: evidence/a"):
        open_run(str(copied))


def test_the_record_is_the_last_that_is_written(tmp_path: pathlib.Path) -> None:
    """A run that was killed before that is one that was cut off, not one that was altered."""
    made = StoredRun(tmp_path, 3, {"a": 22}, sealed=False)
    made.directory.write_text("x", name="report.html")
    made.directory.write({}, name="verdicts.json")
    assert "did not finish" in str(open_run(str(made.path)).unheld)
    record = made.record.closed(ENDED)
    made.directory.finish(record.to_dict(), name="run.json")
    assert open_run(str(made.path)).record == record


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param('{"a": 1, "a": 2}', "the key 'a' occurs twice", id="a key twice"),
        pytest.param('[{"b": {"x": 1, "y": 2, "x": 1}}]', "the key 'x' occurs twice", id="deep inside"),
        pytest.param('{"a": NaN}', "NaN is not a number", id="NaN"),
        pytest.param('{"a": -Infinity}', "-Infinity is not a number", id="infinite"),
        pytest.param('{"a": 1e999}', "1e999 is not a number", id="too large a float"),
        pytest.param('{"a": %s}' % ("9" * 5000), "is not complete JSON", id="too long a number"),
        pytest.param("[" * 200_000, "nested too deeply", id="too deep"),
        pytest.param('{"a": "\udc80"}', "is not complete JSON", id="no UTF-8"),
        pytest.param("", "is not complete JSON", id="empty"),
        pytest.param("{} {}", "is not complete JSON", id="two documents"),
    ],
)
def test_json_that_could_be_read_in_two_ways(tmp_path: pathlib.Path, text: str, said: str) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(EvidenceError, match=said):
        _atomic_files.read_json(str(path))
