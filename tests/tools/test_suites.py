# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How make test counts, and that what did not run or ran nothing never looks like a pass."""

from __future__ import annotations

import pathlib

import cores
import links
import pytest
import suites
from suites import Count

JUNIT = """<testsuites tests="9"><testsuite tests="4" failures="1">
<testcase name="a"/><testcase name="b"><failure/></testcase><testcase name="c"><error/></testcase>
<testcase name="d"><skipped/></testcase></testsuite></testsuites>"""


def test_counts_cases_and_checks(tmp_path: pathlib.Path) -> None:
    (tmp_path / "one.xml").write_text(JUNIT)
    (tmp_path / "checks.tsv").write_text("ok\truff\nFAILED\tmypy\n")
    assert suites.count_results(tmp_path) == Count(passed=2, failed=3, skipped=1)


@pytest.mark.parametrize(
    ("status", "files", "word", "count"),
    [
        pytest.param(0, {"checks.tsv": "ok\ta\n"}, "passed", Count(passed=1), id="passed"),
        pytest.param(1, {"checks.tsv": "ok\ta\n"}, "FAILED", Count(passed=1, failed=1), id="broke off after its tests"),
        pytest.param(1, {"one.xml": JUNIT}, "FAILED", Count(1, 2, 1), id="failed tests are not counted twice"),
        pytest.param(0, {"one.xml": JUNIT}, "FAILED", Count(1, 2, 1), id="failures count whatever the exit code"),
        pytest.param(0, {}, "FAILED", Count(failed=1), id="ran nothing"),
        pytest.param(77, {}, "FAILED", Count(failed=1), id="exit 77 without a reason"),
        pytest.param(77, {"not-run.txt": "no root\nsudo make fleet\n"}, "NOT RUN", Count(), id="could not run"),
    ],
)
def test_outcomes(tmp_path: pathlib.Path, status: int, files: dict[str, str], word: str, count: Count) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    outcome = suites.judge("x", status=status, seconds=1.0, results=tmp_path, ci=False)
    assert (outcome.word, outcome.count) == (word, count)


def test_in_ci_what_cannot_run_has_failed(tmp_path: pathlib.Path) -> None:
    (tmp_path / "not-run.txt").write_text("no root\nsudo make fleet\n")
    outcome = suites.judge("fleet", status=77, seconds=1.0, results=tmp_path, ci=True)
    assert outcome.count == Count(failed=1)
    assert suites.warnings([outcome]) == ["!!! fleet did NOT RUN: no root.", "!!! It would with: sudo make fleet"]


@pytest.mark.parametrize(("ci", "code"), [("", 0), ("true", 1)])
def test_the_closing_line_and_the_exit_code(
    tmp_path: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    ci: str,
    code: int,
) -> None:
    scripts = {"good": "printf 'ok\\tx\\n' >$RESULTS/checks.tsv", "bare": "echo why >$RESULTS/not-run.txt; exit 77"}
    for name, text in scripts.items():
        (tmp_path / f"{name}.sh").write_text(f"#!/bin/sh\n{text}\n")
        (tmp_path / f"{name}.sh").chmod(0o755)
    monkeypatch.setattr(suites, "SCRIPTS", tmp_path)
    monkeypatch.setattr(suites, "RESULTS", tmp_path / "results")
    monkeypatch.setenv("CI", ci)
    assert suites.main(["good", "bare"]) == code
    assert capfd.readouterr().out.splitlines()[-1] == f"1 passed, {code} failed"


def test_lanes_run_side_by_side_and_each_says_its_own_in_one_piece(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Each waits for the other: one after the other they would end without what they wait for."""
    for name, other in (("left", "right"), ("right", "left")):
        script = f"""#!/bin/sh
echo {name} begins; touch {tmp_path}/{name}.here
for _ in $(seq 200); do [ -e {tmp_path}/{other}.here ] && break; sleep 0.05; done
[ -e {tmp_path}/{other}.here ] && printf 'ok\tx\n' >$RESULTS/checks.tsv
echo {name} ends
"""
        (tmp_path / f"{name}.sh").write_text(script)
        (tmp_path / f"{name}.sh").chmod(0o755)
    monkeypatch.setattr(suites, "SCRIPTS", tmp_path)
    monkeypatch.setattr(suites, "RESULTS", tmp_path / "results")
    monkeypatch.setattr(suites, "LANES", (("left",), ("right",)))
    outcomes = suites.run_all(["left", "right"], ci=False)
    assert [(it.name, it.word) for it in outcomes] == [("left", "passed"), ("right", "passed")]
    said = capfd.readouterr().out
    for name in ("left", "right"):
        assert f"=== {name}\n{name} begins\n{name} ends\n" in said


def test_every_suite_is_in_the_order() -> None:
    in_lanes = tuple(name for lane in suites.LANES for name in lane)
    assert sorted(in_lanes + suites.ALONE + suites.ASKED_FOR) == sorted(
        path.stem for path in suites.SCRIPTS.glob("*.sh")
    )


@pytest.mark.parametrize(
    ("available", "oldest", "newest"),
    [
        pytest.param([11], (11, "ansible-core~=2.18.0"), (11, "ansible-core"), id="one"),
        pytest.param([11, 12, 13, 14], (11, "ansible-core~=2.18.0"), (14, "ansible-core"), id="all"),
        pytest.param([14], (14, "ansible-core~=2.20.0"), (14, "ansible-core"), id="too new for the oldest"),
    ],
)
def test_cores_fit_the_pythons(available: list[int], oldest: tuple[int, str], newest: tuple[int, str]) -> None:
    assert cores.choose(available) == {"oldest": oldest, "newest": newest}


def test_pythons_of_hosts_are_no_controllers(tmp_path: pathlib.Path) -> None:
    for name in ("python3.8", "python3.10", "python3.12", "python3.11"):
        (tmp_path / name).touch()
    assert cores.minors(tmp_path) == [11, 12]


def test_links(tmp_path: pathlib.Path) -> None:
    (tmp_path / "there.md").write_text("# A `name`, and more\n\n## Twice\n\n## Twice\n")
    page = tmp_path / "page.md"
    good = (
        "[a](there.md#a-name-and-more) [b](there.md#twice-1) [c](https://example.org/x) `[d](no)`\n```\n[e](no)\n```\n"
    )
    page.write_text(good + '[f](gone.md) [g](there.md#nowhere) [h](#here) <img src="picture.png">\n')
    assert [line.split(": ", 1)[1] for line in links.broken(page)] == [
        "gone.md: there is no such file",
        "there.md#nowhere: there.md has no such heading",
        "#here: page.md has no such heading",
        "picture.png: there is no such file",
    ]
