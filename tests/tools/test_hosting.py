# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The workflows of the project's hosting run every suite, on every release of ansible-core, and hold no logic."""

from __future__ import annotations

import os
import pathlib
import re
import typing as t

import cores
import pytest
import suites
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
WORKFLOWS = {path.name: path for path in sorted((ROOT / ".github" / "workflows").glob("*.yml"))}
PINNED = re.compile(r"uses: ([\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+|\./\.github/workflows/[\w-]+\.yml)")
# Allowed to fail, and left out of pull requests.
NOT_REQUIRED = {"devel", "hosts"}

Job = dict[str, t.Any]


def jobs(name: str) -> dict[str, Job]:
    return t.cast("dict[str, Job]", yaml.safe_load(WORKFLOWS[name].read_text(encoding="utf-8"))["jobs"])


def steps(name: str) -> t.Iterator[Job]:
    return (step for job in jobs(name).values() for step in job.get("steps", ()))


def test_every_suite_has_a_job() -> None:
    matrix = jobs("test.yml")["suites"]["strategy"]["matrix"]
    run = [*matrix["suite"], *(row["suite"] for row in matrix["include"])]
    assert sorted(run) == sorted([*(name for lane in suites.LANES for name in lane), *suites.ALONE])


def test_a_suite_that_is_only_run_when_asked_for_has_a_job_of_its_name() -> None:
    for name in suites.ASKED_FOR:
        assert jobs("test.yml")[name]["steps"][-1]["run"] == f"make {name}"


def test_every_supported_release_runs_on_its_oldest_and_newest_python() -> None:
    rows = jobs("test.yml")["cores"]["strategy"]["matrix"]["include"]
    wanted = {(release, f"3.{minor}") for release, oldest, newest in cores.RELEASES for minor in (oldest, newest)}
    assert {(row["core"], row["python"]) for row in rows} == wanted


def test_the_oldest_release_is_the_one_that_the_collection_asks_for() -> None:
    requires = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))["requires_ansible"]
    assert requires == f">={cores.RELEASES[0][0]}.0"


def test_the_closing_job_waits_for_all_that_must_pass() -> None:
    every = jobs("test.yml")
    assert set(every["tests"]["needs"]) == set(every) - {"tests"} - NOT_REQUIRED


@pytest.mark.parametrize("name", WORKFLOWS)
class TestEveryWorkflow:
    def test_pins_actions_by_digest_and_names_their_tag(self, name: str) -> None:
        lines = WORKFLOWS[name].read_text(encoding="utf-8").splitlines()
        used = [line.strip().removeprefix("- ") for line in lines if re.match(r"\s*(- )?uses:", line)]
        assert [line for line in used if not PINNED.fullmatch(line)] == []

    def test_pins_one_digest_for_each_action(self, name: str) -> None:
        text = "\n".join(path.read_text(encoding="utf-8") for path in WORKFLOWS.values())
        used = set(re.findall(r"uses: ([\w.-]+/[\w./-]+)@(\S+)", text))
        assert len({action for action, _digest in used}) == len(used), name

    def test_limits_the_time_of_every_job_that_it_runs_itself(self, name: str) -> None:
        assert [key for key, job in jobs(name).items() if "uses" not in job and "timeout-minutes" not in job] == []

    def test_runs_one_line_a_step_and_scripts_that_are_there(self, name: str) -> None:
        lines = [step["run"] for step in steps(name) if "run" in step]
        assert [line for line in lines if "\n" in line] == []
        scripts = [ROOT / line.split()[0] for line in lines if "/" in line.split()[0]]
        assert [str(path) for path in scripts if not os.access(path, os.X_OK)] == []
