# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SARIF: what GitHub's code scanning needs of a result, and what it would refuse."""

from __future__ import annotations

import dataclasses
import json
import re
import typing as t

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._policy_model import SEVERITIES, SourcePlace
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report._build_report import ReportModel
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.formats import _sarif
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.model._inputs import Earlier
from ansible_collections.fleetports.compliance.tests.unit.factories import sample
from ansible_collections.fleetports.compliance.tests.unit.factories.gated_hosts import (
    FAILS,
    SSH,
    compared,
    host,
    unseen,
)
from ansible_collections.fleetports.compliance.tests.unit.factories.listeners import listener, owner_named
from ansible_collections.fleetports.compliance.tests.unit.factories.reports import found
from ansible_collections.fleetports.compliance.tests.unit.factories.sample import report_of


def _run(model: ReportModel, **options: t.Any) -> dict[str, t.Any]:
    (run,) = _sarif.to_document(model, **options)["runs"]
    return t.cast("dict[str, t.Any]", run)


def _result(**fields: t.Any) -> dict[str, t.Any]:
    """The result of one finding of one host."""
    given = {"verdict": "fail", "message": "said", **fields}
    judged = found(listener(50_000, owner_named("x")), "unlisted-listener", **given)
    (result,) = _run(report_of(host("a", judged)))["results"]
    return t.cast("dict[str, t.Any]", result)


def test_a_result_points_at_the_line_of_the_policy_and_names_the_hosts() -> None:
    (result,) = (one for one in _run(sample.model())["results"] if one["ruleId"] == "excess-reach/critical")
    (location,) = result["locations"]
    assert location["physicalLocation"] == {
        "artifactLocation": {"uri": "policy/production.yml", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 40, "startColumn": 5},
    }
    assert location["logicalLocations"] == [{"name": "db1", "kind": "resource"}]
    assert result["message"]["text"].endswith(r" [host db1]")


def test_every_result_has_a_place() -> None:
    """GitHub refuses the whole file for one that has none."""
    results = _run(sample.model())["results"]
    places = [one["locations"][0]["physicalLocation"] for one in results]
    assert all(place["artifactLocation"]["uri"] and place["region"]["startLine"] >= 1 for place in places)


@pytest.mark.parametrize(
    ("file", "options", "uri", "base"),
    [
        pytest.param("p.yml", {}, "p.yml", True, id="in the repository"),
        pytest.param("/srv/p.yml", {}, "file:///srv/p.yml", False, id="elsewhere"),
        pytest.param("p.yml", {"policy_file": "ours.yml"}, "ours.yml", True, id="the file that was named"),
    ],
)
def test_files(file: str, options: dict[str, t.Any], uri: str, base: bool) -> None:
    judged = found(listener(81), "unassigned-port", "fail", "said", place=SourcePlace(file, 4, 3))
    (result,) = _run(report_of(host("a", judged)), **options)["results"]
    artifact = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert (artifact["uri"], "uriBaseId" in artifact) == (uri, base)


@pytest.mark.parametrize(("severity", "score"), list(zip(SEVERITIES, ("3.0", "5.5", "8.0", "9.5"), strict=True)))
def test_severity_is_a_score_in_words_of_the_rule(severity: str, score: str) -> None:
    run = _run(report_of(host("a", found(listener(81), "unassigned-port", "fail", "said", severity=severity))))
    (rule,) = run["tool"]["driver"]["rules"]
    assert (rule["id"], rule["properties"]["security-severity"]) == (f"unassigned-port/{severity}", score)
    assert (rule["name"], run["results"][0]["ruleIndex"]) == ("UnassignedPort", 0)


def test_every_result_has_the_rule_that_it_names() -> None:
    run = _run(sample.model())
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert len(set(rules)) == len(rules)
    assert all(rules[result["ruleIndex"]] == result["ruleId"] for result in run["results"])


def test_a_waiver_suppresses() -> None:
    suppressed = _result(verdict="waived", waiver="W-1", before_waiver="fail")["suppressions"]
    assert suppressed == [{"kind": "external", "status": "accepted", "justification": "waiver W-1"}]
    assert "suppressions" not in _result()


@pytest.mark.parametrize(
    ("said", "text"),
    [
        pytest.param("plain", "plain", id="plain"),
        pytest.param("{0}", "{{0}}", id="a placeholder"),
        pytest.param("[a](http://b)", r"\[a\]\\x28http://b)", id="a link"),
        pytest.param("\\[a]", r"\\\[a\]", id="a backslash"),
    ],
)
def test_a_message_stands_for_itself(said: str, text: str) -> None:
    assert _result(message=said)["message"]["text"] == f"fail: {text} [host a]"


def test_what_is_beyond_the_limit_is_counted_and_stays_red() -> None:
    judged = [
        found(listener(50_000 + place, owner_named(f"x{place}")), "unlisted-listener", verdict, f"{place}")
        for place, verdict in enumerate(["fail"] * 4 + ["warn"] * 3)
    ]
    results = _run(report_of(host("a", *judged), gate=("fail",)), single=2)["results"]
    assert [(one["level"], one["message"]["text"]) for one in results[2:]] == [
        ("error", r"fail: 2 more rows of unlisted-listener on 1 host: see report.json"),
        ("warning", r"warn: 3 more rows of unlisted-listener on 1 host: see report.json"),
    ]
    assert len({one["partialFingerprints"]["portAudit/v1"] for one in results}) == 4


def test_beyond_the_limit_what_stops_is_told_apart_from_what_does_not() -> None:
    other = found(listener(82), "unassigned-port", "fail", "82/tcp")
    hosts = [compared(host("new", FAILS), new=True), compared(host("old", other))]
    results = _run(report_of(*hosts, gate=("new",)), single=0)["results"]
    assert [(one["level"], one["properties"]["hosts"]) for one in results] == [("error", 1), ("warning", 1)]
    assert len({one["partialFingerprints"]["portAudit/v1"] for one in results}) == 2


def test_names_of_hosts_are_bounded() -> None:
    (result,) = _run(report_of(*(host(f"h{place:03}", FAILS) for place in range(60))))["results"]
    assert (len(result["locations"][0]["logicalLocations"]), result["properties"]["hosts"]) == (50, 60)


def test_fingerprints_stay_and_github_reads_a_short_one() -> None:
    prints = _result()["partialFingerprints"]
    assert prints == _result()["partialFingerprints"]
    assert prints["primaryLocationLineHash"] == f"{prints['portAudit/v1'][:16]}:1"


@pytest.mark.parametrize(("hosts", "successful"), [([host("a", SSH)], True), ([unseen("a")], False), ([], False)])
def test_a_run_that_assessed_nobody_did_not_succeed(hosts: list[t.Any], successful: bool) -> None:
    run = _run(report_of(*hosts))
    assert run["invocations"][0]["executionSuccessful"] is successful
    assert run["properties"]["hosts"]["expected"] == len(hosts)


def test_the_age_of_evidence_is_told() -> None:
    hosts = [dataclasses.replace(host(name, FAILS), earlier=Earlier("r", age)) for name, age in (("a", 60), ("b", 90))]
    run = _run(report_of(*hosts, host("c", FAILS)))
    assert run["results"][0]["properties"]["oldestEvidenceSeconds"] == run["properties"]["oldestEvidenceSeconds"] == 90
    assert "oldestEvidenceSeconds" not in _result()["properties"]


def test_the_text_is_ascii() -> None:
    text = _sarif.render(report_of(host("größe", FAILS)))
    assert text.isascii()
    assert re.search(r"gr\\u00f6\\u00dfe", text)
    assert json.loads(text)["version"] == "2.1.0"
