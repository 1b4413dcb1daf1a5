# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A copy of a report takes the place of nothing that a run keeps or reads."""

from __future__ import annotations

import os
import pathlib
import socket
import typing as t

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action._open_run import check_places
from ansible_collections.fleetports.compliance.plugins.plugin_utils._action._report_copies import check_copies
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report._report_errors import FormatProblem
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.formats._format_choices import read_choices

OWN, OTHER = "20261123T000000Z-bbbbbb", "20261122T000000Z-aaaaaa"
IN_THIS = "is in the directory of this run"
IN_OTHER = f"is in the directory of the run {OTHER}"


@pytest.fixture(autouse=True)
def _place(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An output directory with a run that is over, a policy, and things that are no regular file."""
    monkeypatch.chdir(tmp_path)
    run = tmp_path / "port-audit" / OTHER
    for folder in ("evidence", "policies", "failures"):
        (run / folder).mkdir(parents=True)
    for name in ("run.json", "SHA256SUMS", "report.html", "evidence/web1.json"):
        (run / name).write_text("{}")
    (tmp_path / "port-audit" / "latest").symlink_to(OTHER)
    (tmp_path / "linked").symlink_to(run / "evidence")
    (tmp_path / "policy.yml").write_text("version: 1\n")
    (tmp_path / "same.yml").symlink_to("policy.yml")
    (tmp_path / "old.xml").write_text("of yesterday")
    (tmp_path / "project" / "policies").mkdir(parents=True)
    os.mkfifo(tmp_path / "pipe")


def _check(*given: t.Any) -> None:
    check_copies(read_choices(given), run=os.path.abspath(f"port-audit/{OWN}"), reads=["policy.yml"])


@pytest.mark.parametrize(
    ("path", "said"),
    [
        pytest.param(f"port-audit/{OWN}/run.json", IN_THIS, id="the record of this run"),
        pytest.param(f"port-audit/{OWN}/policies/{64 * '0'}.json", IN_THIS, id="its policy"),
        pytest.param(f"port-audit/{OWN}/report.html", IN_THIS, id="another format of it"),
        pytest.param(f"port-audit/{OWN}", IN_THIS, id="its directory"),
        pytest.param(f"port-audit/x/../{OWN}/new.xml", IN_THIS, id="a detour"),
        pytest.param(f"port-audit/{OTHER}/evidence/web1.json", IN_OTHER, id="evidence of another run"),
        pytest.param(f"port-audit/{OTHER}/new/new.xml", IN_OTHER, id="something new in another run"),
        pytest.param("port-audit/latest/report.html", IN_OTHER, id="by way of latest"),
        pytest.param("linked/web1.json", IN_OTHER, id="by way of a link"),
        pytest.param("port-audit/latest", "is the link to the newest run", id="latest itself"),
        pytest.param("policy.yml", "is a file that the run reads", id="the policy"),
        pytest.param("./project/../policy.yml", "is a file that the run reads", id="the policy by a detour"),
        pytest.param("same.yml", "is a file that the run reads", id="a link to the policy"),
        pytest.param("project", "is a directory", id="a directory"),
        pytest.param("pipe", "cannot be written: it is not a regular file", id="a pipe"),
        pytest.param("/dev/null", "cannot be written: it is not a regular file", id="a device"),
        pytest.param("/dev/stdout", "cannot be written: it is not a regular file", id="what the process has there"),
        pytest.param("old.xml/new.xml", "old.xml is not a directory", id="below a file"),
    ],
)
def test_a_path_that_a_copy_must_not_have(path: str, said: str) -> None:
    with pytest.raises(FormatProblem) as refused:
        _check("json", {"format": "junit", "path": path})
    assert str(refused.value).startswith(f"the path {path!r} of format junit ")
    assert said in str(refused.value)


def test_a_socket_is_no_place_for_a_copy() -> None:
    with socket.socket(socket.AF_UNIX) as taken:
        taken.bind("taken")
        with pytest.raises(FormatProblem, match="the path 'taken' of format csv cannot be written"):
            _check({"format": "csv", "path": "taken"})


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("reports/junit.xml", id="a folder that is to be made"),
        pytest.param("old.xml", id="a copy of an earlier run"),
        pytest.param("port-audit/junit.xml", id="beside the runs"),
        pytest.param("project/policies/junit.xml", id="a folder that no run has"),
    ],
)
def test_a_path_that_a_copy_may_have(path: str) -> None:
    _check({"format": "junit", "path": path})


@pytest.mark.parametrize("other", ["./a.xml", "project/../a.xml"])
def test_two_formats_have_no_file_together(other: str) -> None:
    with pytest.raises(FormatProblem, match="of format sarif is that of format junit too"):
        _check({"format": "junit", "path": "a.xml"}, {"format": "sarif", "path": other})


@pytest.mark.parametrize("key", ["template", "policy_file"])
def test_what_an_entry_reads_is_not_replaced(key: str) -> None:
    entry = {"format": "html" if key == "template" else "sarif", key: "old.xml"}
    with pytest.raises(FormatProblem, match=r"the path 'old\.xml' of format junit is a file that the run reads"):
        _check(entry, {"format": "junit", "path": "old.xml"})


def test_the_task_that_opens_a_run_refuses_it() -> None:
    run = os.path.abspath(f"port-audit/{OWN}")
    check_places({"formats": ["html"]}, run=run, policy=None)
    with pytest.raises(FormatProblem, match=IN_THIS):
        check_places({"formats": [{"format": "html", "path": f"{run}/run.json"}]}, run=run, policy=None)
