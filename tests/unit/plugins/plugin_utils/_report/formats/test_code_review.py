# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What GitHub and GitLab show on a change: limits of the readers, and how grave it is."""

from __future__ import annotations

import dataclasses
import json
import re
import typing as t

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._policy_model import SEVERITIES, SourcePlace
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.formats import _code_review
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.model._inputs import Earlier, HostReport
from ansible_collections.fleetports.compliance.tests.unit.factories.gated_hosts import WAIVED
from ansible_collections.fleetports.compliance.tests.unit.factories.listeners import listener, owner_named
from ansible_collections.fleetports.compliance.tests.unit.factories.reports import found, host
from ansible_collections.fleetports.compliance.tests.unit.factories.sample import report_of


def _busy(number: int, verdict: str = "fail", **fields: t.Any) -> HostReport:
    """A host with so many findings, none like another."""
    seen = (listener(50_000 + place, owner_named(f"x{place}")) for place in range(number))
    return host("a", *(found(one, "unlisted-listener", verdict, f"{one.port}/tcp", **fields) for one in seen))


def _commands(text: str) -> list[str]:
    """The level of each line."""
    return [line.split(" ")[0].strip(":") for line in text.splitlines()]


@pytest.mark.parametrize(
    ("number", "more"), [(10, []), (11, ["1 more row: see the report"]), (13, ["3 more rows: see the report"])]
)
def test_github_is_given_no_more_than_it_shows(number: int, more: list[str]) -> None:
    text = _code_review.github(report_of(_busy(number)))
    assert _commands(text) == ["error"] * 10 + ["notice"] * len(more)
    assert [line.rpartition("::")[2] for line in text.splitlines()[10:]] == more


def test_room_is_left_for_the_lines_below() -> None:
    model = report_of(_busy(13, "waived"), dataclasses.replace(host("b"), earlier=Earlier("r", 7200, "no route")))
    lines = _code_review.github(model).splitlines()
    assert _commands("\n".join(lines)) == ["notice"] * 10
    assert lines[-2].endswith("::1 host did not answer, judged by evidence of up to 2 h 0 min ago")
    assert lines[-1].endswith("::5 more rows: see the report")


@pytest.mark.parametrize(
    ("file", "properties"),
    [
        pytest.param("policy.yml", ["file=policy.yml", "line=4", "col=3"], id="in the checkout"),
        pytest.param("a,b:c%.yml", ["file=a%2Cb%3Ac%25.yml", "line=4", "col=3"], id="signs that GitHub reads"),
        pytest.param("/etc/policy.yml", [], id="elsewhere: nothing to be shown beside"),
    ],
)
def test_where_github_shows_it(file: str, properties: list[str]) -> None:
    (line,) = _code_review.github(report_of(_busy(1, place=SourcePlace(file, 4, 3)))).splitlines()
    assert line.split(" ", 1)[1].split("::")[0].split(",") == [*properties, "title=Not approved by any rule (medium)"]


@pytest.mark.parametrize(
    ("severity", "shown"), list(zip(SEVERITIES, ["minor", "major", "critical", "blocker"], strict=True))
)
def test_gitlab_shows_how_grave_it_is(severity: str, shown: str) -> None:
    (entry,) = json.loads(_code_review.gitlab(report_of(_busy(1, severity=severity))))
    assert entry["severity"] == shown
    (let_through,) = json.loads(_code_review.gitlab(report_of(_busy(1, "warn", severity=severity), gate=("fail",))))
    assert let_through["severity"] == "info"


def test_what_is_waived_is_information() -> None:
    (entry,) = json.loads(_code_review.gitlab(report_of(host("a", WAIVED))))
    assert entry["severity"] == "info"


def test_gitlab_is_given_no_more_than_it_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_code_review, "MOST", 3)
    entries = json.loads(_code_review.gitlab(report_of(_busy(5))))
    assert [entry["check_name"] for entry in entries] == ["unlisted-listener"] * 3 + ["more"]
    assert entries[-1]["description"] == "More findings: 2 more rows: see report.json"
    assert len({entry["fingerprint"] for entry in entries}) == 4
    assert len(json.loads(_code_review.gitlab(report_of(_busy(3))))) == 3


def test_gitlab_reads_a_line_of_a_file() -> None:
    (entry,) = json.loads(_code_review.gitlab(report_of(_busy(1, place=SourcePlace("policy.yml", 4, 3)))))
    assert entry["location"] == {"path": "policy.yml", "lines": {"begin": 4}}
    assert re.fullmatch("[0-9a-f]{64}", entry["fingerprint"])
