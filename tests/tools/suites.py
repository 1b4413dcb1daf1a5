# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run suites of tests, then say what each did, how long it took, and how many tests that were.

Usage: suites.py [NAME...]

A suite is a script in tests/tools/suites. It leaves what it counted in a folder of its own: JUnit files of test
runners, and checks.tsv of linters and their like. A suite that this machine cannot run exits 77 and leaves the reason
and the command that would help: that is said loudly at the end, and with CI=true it is a failure.
"""

from __future__ import annotations

import concurrent.futures
import dataclasses
import functools
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import typing as t
import xml.etree.ElementTree as ET

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "tests" / "tools" / "suites"
RESULTS = ROOT / ".build" / "results"
NOT_RUN = 77
# What a push most often breaks comes first. These use one core each, so two lists of them run side by side.
LANES = (("lint", "docs", "integration"), ("browser", "formats"))
# These use every core. One after the other.
ALONE = ("unit", "units", "fleet", "scenes", "sanity")
# Minutes of software emulation: only when it is asked for.
ASKED_FOR = ("hosts",)


@dataclasses.dataclass(frozen=True)
class Count:
    """Tests by their outcome."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped)


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What became of one suite; ``lacking`` is why it could not run and the command that helps."""

    name: str
    word: str
    seconds: float
    count: Count
    lacking: tuple[str, ...] = ()


def count_junit(path: pathlib.Path) -> Count:
    """Count the test cases of a JUnit file, one outcome each (suites nest, so their own sums would count twice)."""
    total = Count()
    for case in ET.parse(path).iter("testcase"):  # noqa: S314 - our own test runners wrote it
        if case.find("failure") is not None or case.find("error") is not None:
            total += Count(failed=1)
        elif case.find("skipped") is not None:
            total += Count(skipped=1)
        else:
            total += Count(passed=1)
    return total


def count_checks(path: pathlib.Path) -> Count:
    """Count the lines ``STATUS<tab>NAME`` that the function check in lib.sh writes."""
    statuses = [line.split("\t")[0] for line in path.read_text(encoding="utf-8").splitlines()]
    failed = statuses.count("FAILED")
    return Count(passed=len(statuses) - failed, failed=failed)


def count_results(results: pathlib.Path) -> Count:
    """Everything that one suite left."""
    counts = [count_junit(path) for path in sorted(results.glob("*.xml"))]
    counts += [count_checks(path) for path in results.glob("checks.tsv")]
    return sum(counts, Count())


def judge(name: str, *, status: int, seconds: float, results: pathlib.Path, ci: bool) -> Outcome:
    """Make an outcome of an exit code and the results. A suite that counted nothing has not passed."""
    count = count_results(results)
    reason = results / "not-run.txt"
    if status == NOT_RUN and reason.exists():
        return Outcome(name, "NOT RUN", seconds, Count(failed=int(ci)), tuple(reason.read_text("utf-8").splitlines()))
    if status == 0 and count.passed and not count.failed:
        return Outcome(name, "passed", seconds, count)
    # A crash before or after the tests is a failure too, which no test counted.
    return Outcome(name, "FAILED", seconds, count if count.failed else count + Count(failed=1))


def run(name: str, *, ci: bool, output: t.IO[bytes] | None = None) -> Outcome:
    """Run one suite, its output going where ours does, or to ``output``."""
    results = RESULTS / name
    shutil.rmtree(results, ignore_errors=True)
    results.mkdir(parents=True)
    begun = time.monotonic()
    environment = {**os.environ, "RESULTS": str(results), "NO_COLOR": "1", "ANSIBLE_NOCOLOR": "1"}
    # Hundreds of programs import the collection anew: compiled files save each of them a second.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    status = subprocess.run(
        [str(SCRIPTS / f"{name}.sh")],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT if output else None,
        check=False,
    ).returncode
    return judge(name, status=status, seconds=time.monotonic() - begun, results=results, ci=ci)


def run_here(name: str, *, ci: bool) -> Outcome:
    """Run one suite and show what it says while it says it."""
    print(f"\n=== {name}", flush=True)
    return run(name, ci=ci)


def run_lane(names: t.Sequence[str], *, ci: bool) -> list[Outcome]:
    """Run suites one after the other beside another lane: what each says is shown in one piece once it has ended."""
    outcomes = []
    for name in names:
        with tempfile.TemporaryFile() as output:
            outcomes.append(run(name, ci=ci, output=output))
            output.seek(0)
            said = output.read().decode("utf-8", "replace")
        print(f"\n=== {name}\n{said}", end="", flush=True)
    return outcomes


def run_all(names: t.Collection[str], *, ci: bool) -> list[Outcome]:
    """Run the lanes side by side if more than one has something to do, then the rest."""
    lanes = [lane for lane in ([name for name in lane if name in names] for lane in LANES) if lane]
    side_by_side = [name for lane in lanes for name in lane] if len(lanes) > 1 else []
    with concurrent.futures.ThreadPoolExecutor(len(LANES)) as pool:
        lane_of = functools.partial(run_lane, ci=ci)
        outcomes = [outcome for lane in pool.map(lane_of, lanes if side_by_side else []) for outcome in lane]
    return outcomes + [run_here(name, ci=ci) for name in names if name not in side_by_side]


def table(outcomes: t.Sequence[Outcome]) -> list[str]:
    """One line a suite."""
    rows = [f"{'suite':<12} {'outcome':<8} {'passed':>7} {'failed':>7} {'skipped':>8} {'seconds':>8}"]
    for it in outcomes:
        counted = f"{it.count.passed:>7} {it.count.failed:>7} {it.count.skipped:>8}"
        rows.append(f"{it.name:<12} {it.word:<8} {counted} {it.seconds:>8.0f}")
    return rows


def warnings(outcomes: t.Sequence[Outcome]) -> list[str]:
    """What did not run, why, and what would make it."""
    lines = []
    for it in outcomes:
        if it.word == "NOT RUN":
            why, *commands = it.lacking
            lines += [f"!!! {it.name} did NOT RUN: {why}.", *(f"!!! It would with: {command}" for command in commands)]
    return lines


def main(names: t.Sequence[str]) -> int:
    """Returns the exit code."""
    ci = os.environ.get("CI") == "true"
    outcomes = run_all(names or [name for lane in LANES for name in lane] + list(ALONE), ci=ci)
    total = sum((outcome.count for outcome in outcomes), Count())
    lines = ["", *table(outcomes), "", *warnings(outcomes)]
    skipped = f", {total.skipped} skipped" if total.skipped else ""
    print("\n".join([*lines, f"{total.passed} passed, {total.failed} failed{skipped}"]), flush=True)
    return int(total.failed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
