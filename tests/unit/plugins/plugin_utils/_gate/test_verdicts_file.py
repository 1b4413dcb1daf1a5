# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The facts that the gate reads: written by the report of this run, as it left them, or an error."""

from __future__ import annotations

import json
import os
import pathlib
import typing as t

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._common._clock import RUN_ID
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence._evidence_errors import EvidenceError
from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.files._run_directory import RunDirectory
from ansible_collections.fleetports.compliance.plugins.plugin_utils._gate._decide import decide, state_of
from ansible_collections.fleetports.compliance.plugins.plugin_utils._gate._gate_rules import GateRules
from ansible_collections.fleetports.compliance.plugins.plugin_utils._gate._unreachable_limit import read_limit
from ansible_collections.fleetports.compliance.plugins.plugin_utils._gate._verdicts_file import (
    VERDICT_LINES_FILE,
    VERDICTS_FILE,
    read_verdicts,
    write_verdicts,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.model._inputs import HostReport
from ansible_collections.fleetports.compliance.tests.unit.factories.gated_hosts import (
    BLIND,
    FAILS,
    SSH,
    STALE,
    UNUSED,
    compared,
    host,
    unseen,
)

ODD = ("a\nb", "web\u2028\u202e", "caf\udce9", "x" * 300, "../etc", '"', "\\", "", "ﬁ", "\x00", "web1 ", "WEB1")
FLEET = [
    host("web1", SSH, FAILS),
    compared(host("db1", SSH), "opened"),
    unseen("dead"),
    host("dark", BLIND),
    *(host(name, SSH) for name in ODD),
]


def _written(
    output: pathlib.Path, hosts: t.Sequence[HostReport] = FLEET, *, run: str = RUN_ID, rules: GateRules | None = None
) -> RunDirectory:
    directory = RunDirectory(str(output), run)
    (output / run / "evidence").mkdir(parents=True, exist_ok=True)
    write_verdicts(
        directory, decide(rules or GateRules(("fail",)), hosts, [STALE, STALE, UNUSED]), [STALE, STALE, UNUSED]
    )
    directory.finish({}, name="run.json")
    return directory


def test_every_host_finds_its_own(tmp_path: pathlib.Path) -> None:
    verdicts = read_verdicts(_written(tmp_path))
    for report in FLEET:
        state = verdicts.state(report.name)
        assert state is not None
        assert json.loads(json.dumps(state)) == json.loads(json.dumps(state_of(report)))
    assert {state.host for state in verdicts.states()} == {report.name for report in FLEET}


@pytest.mark.parametrize("name", ["web", "web1\n", "web2", "a", "Web1", "e\u0301"])
def test_a_host_that_the_run_was_not_meant_for_has_none(tmp_path: pathlib.Path, name: str) -> None:
    assert read_verdicts(_written(tmp_path)).state(name) is None


def test_the_decision_does_not_grow_with_the_fleet(tmp_path: pathlib.Path) -> None:
    def size(number: int) -> int:
        run = _written(tmp_path, [host(f"web{it}", FAILS) for it in range(number)], run=str(number))
        return os.path.getsize(os.path.join(run.path, VERDICTS_FILE))

    assert abs(size(2) - size(500)) < 20  # a number has more digits


def test_it_has_counts_and_the_policy_by_code(tmp_path: pathlib.Path) -> None:
    verdicts = read_verdicts(_written(tmp_path))
    assert verdicts.counts == (len(FLEET), len(FLEET) - 1, 1)
    assert [(row["code"], row["count"]) for row in verdicts.policy] == [("expired-waiver", 2), ("unused-rule", 1)]
    assert verdicts.excuse(GateRules(("fail",), (), read_limit(1))) == (
        f"excused: 1 of {len(FLEET)} hosts are unreachable and the limit is 1"
    )


@pytest.mark.parametrize("named", [True, False])
def test_it_says_whether_a_policy_was_named(tmp_path: pathlib.Path, named: bool) -> None:
    rules = GateRules(("fail",), policy_named=named)
    assert read_verdicts(_written(tmp_path, rules=rules)).policy_named is named


@pytest.mark.parametrize("said", ['"no"', "1", "[false]"])
def test_a_policy_is_named_by_true_alone(tmp_path: pathlib.Path, said: str) -> None:
    directory = _written(tmp_path)
    _edit(pathlib.Path(directory.path, VERDICTS_FILE), '"policy_named": true', f'"policy_named": {said}')
    RunDirectory(directory.output, directory.run_id).finish({}, name="run.json")
    assert read_verdicts(directory).policy_named is False


def _edit(path: pathlib.Path, before: str, after: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")


def _missing(run: pathlib.Path) -> None:
    (run / VERDICTS_FILE).unlink()


def _no_lines(run: pathlib.Path) -> None:
    (run / VERDICT_LINES_FILE).unlink()


def _no_manifest(run: pathlib.Path) -> None:
    (run / "SHA256SUMS").unlink()


def _not_listed(run: pathlib.Path) -> None:
    lines = (run / "SHA256SUMS").read_text().splitlines(keepends=True)
    (run / "SHA256SUMS").write_text("".join(line for line in lines if VERDICTS_FILE not in line))


def _altered(run: pathlib.Path) -> None:
    _edit(run / VERDICTS_FILE, '"unreachable": 1', '"unreachable": 0')


def _unverified(run: pathlib.Path) -> None:
    _edit(run / VERDICT_LINES_FILE, '{"fail": 1}', '{"warn": 1}')


def _cut(run: pathlib.Path) -> None:
    os.truncate(run / VERDICT_LINES_FILE, os.path.getsize(run / VERDICT_LINES_FILE) - 1)


def _half(run: pathlib.Path) -> None:
    os.truncate(run / VERDICTS_FILE, 100)


def _fifo(run: pathlib.Path) -> None:
    (run / VERDICTS_FILE).unlink()
    os.mkfifo(run / VERDICTS_FILE)


def _link(run: pathlib.Path) -> None:
    (run / VERDICTS_FILE).rename(run / "other.json")
    (run / VERDICTS_FILE).symlink_to("other.json")


def _foreign(run: pathlib.Path) -> None:
    """Whole and sealed, and listed in the sums, but of another run."""
    other = _written(run.parent, run="20200101T000000Z-aaaaaa")
    for name in (VERDICTS_FILE, VERDICT_LINES_FILE):
        (run / name).write_bytes(pathlib.Path(other.path, name).read_bytes())
    RunDirectory(str(run.parent), run.name).finish({}, name="run.json")


def _lines_of_an_earlier_report(run: pathlib.Path) -> None:
    kept = (run / VERDICT_LINES_FILE).read_bytes()
    _written(run.parent, run=run.name)
    (run / VERDICT_LINES_FILE).write_bytes(kept)


def _earlier_report(run: pathlib.Path) -> None:
    kept = (run / VERDICTS_FILE).read_bytes(), (run / VERDICT_LINES_FILE).read_bytes()
    _written(run.parent, run=run.name)
    (run / VERDICTS_FILE).write_bytes(kept[0])
    (run / VERDICT_LINES_FILE).write_bytes(kept[1])


def _seen_since(run: pathlib.Path) -> None:
    (run / "evidence" / "web1.json").write_text("{}")
    later = os.stat(run / "SHA256SUMS").st_mtime_ns + 1
    os.utime(run / "evidence", ns=(later, later))


def _failed_since(run: pathlib.Path) -> None:
    (run / "failures").mkdir()
    later = os.stat(run / "SHA256SUMS").st_mtime_ns + 1
    os.utime(run / "failures", ns=(later, later))


def _of_another_version(run: pathlib.Path) -> None:
    _edit(run / VERDICTS_FILE, '"verdicts_version": 3', '"verdicts_version": 1')
    RunDirectory(str(run.parent), run.name).finish({}, name="run.json")


def _no_counts(run: pathlib.Path) -> None:
    _edit(run / VERDICTS_FILE, '"counts"', '"count"')
    RunDirectory(str(run.parent), run.name).finish({}, name="run.json")


def _not_an_object(run: pathlib.Path) -> None:
    (run / VERDICTS_FILE).write_text("[]\n")
    RunDirectory(str(run.parent), run.name).finish({}, name="run.json")


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        pytest.param(_missing, "found no verdicts.json", id="missing"),
        pytest.param(_no_lines, "No such file", id="no lines"),
        pytest.param(_no_manifest, "its report did not finish", id="no manifest"),
        pytest.param(_not_listed, "does not match SHA256SUMS", id="not in the manifest"),
        pytest.param(_altered, "does not match SHA256SUMS", id="altered"),
        pytest.param(_unverified, "was changed after the report wrote it", id="a line altered"),
        pytest.param(_cut, "was changed after the report wrote it", id="cut"),
        pytest.param(_half, "does not match SHA256SUMS", id="half"),
        pytest.param(_fifo, "not a regular file", id="a pipe"),
        pytest.param(_link, "cannot read", id="a link"),
        pytest.param(_foreign, "belongs to run '20200101T000000Z-aaaaaa'", id="of another run"),
        pytest.param(
            _lines_of_an_earlier_report, "was changed after the report wrote it", id="lines of an earlier report"
        ),
        pytest.param(_earlier_report, "does not match SHA256SUMS", id="of an earlier report"),
        pytest.param(_seen_since, "has changed since the report", id="older than the evidence"),
        pytest.param(_failed_since, "failures has changed since the report", id="older than a failure"),
        pytest.param(_of_another_version, "version 1", id="of another version"),
        pytest.param(_no_counts, "KeyError", id="another shape"),
        pytest.param(_not_an_object, "TypeError", id="no object"),
    ],
)
def test_whatever_it_is_not_is_an_error(
    tmp_path: pathlib.Path, spoil: t.Callable[[pathlib.Path], None], said: str
) -> None:
    directory = _written(tmp_path)
    assert read_verdicts(directory).state("web1")
    spoil(pathlib.Path(directory.path))
    with pytest.raises(EvidenceError, match=said):
        read_verdicts(directory).state("web1")
    with pytest.raises(EvidenceError):
        read_verdicts(directory).states()


def test_the_line_of_another_host_is_not_believed(tmp_path: pathlib.Path) -> None:
    """Two names of one hash: nobody can make them, and they must not speak for each other."""
    directory = _written(tmp_path, [host("web1", FAILS), host("web2", FAILS)])  # lines of one length
    path = pathlib.Path(directory.path, VERDICT_LINES_FILE)
    lines = path.read_bytes().splitlines(keepends=True)
    one, other = (next(line for line in lines if f'"host": "{name}"'.encode() in line) for name in ("web1", "web2"))
    path.write_bytes(b"".join(other[:9] + one[9:41] + other[41:] if line == one else line for line in lines))
    with pytest.raises(EvidenceError, match="is about 'web2' instead of 'web1'"):
        read_verdicts(directory).state("web1")
