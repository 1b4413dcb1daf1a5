# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The audit of the whole fleet, everything reachable: what it concludes, host by host."""

from __future__ import annotations

import collections
import typing as t

import pytest
import yaml
from _fleet.controller import POLICY, Run
from _fleet.expected import FINDINGS, POLICY_FINDINGS, VERDICTS, Found
from _fleet.fleet import AUDITED
from _fleet.listeners import LISTENERS

HOSTS = [spec.name for spec in AUDITED]


def as_found(finding: t.Mapping[str, t.Any]) -> Found:
    return Found(**{field: finding[field] for field in Found._fields})


def test_the_run_succeeds_and_says_that_the_gate_is_off(audited: Run) -> None:
    assert audited.code == 0
    assert "gate: off" in audited.stdout
    assert "Traceback" not in audited.text
    assert "[WARNING]" not in audited.text
    assert audited.report["summary"]["gate"]["on"] is False


@pytest.mark.parametrize("host", HOSTS)
def test_findings_of_a_host(audited: Run, host: str) -> None:
    found = [as_found(finding) for finding in audited.findings(host)]
    assert sorted(found, key=repr) == sorted(FINDINGS[host], key=repr)


def test_verdicts(audited: Run) -> None:
    assert audited.verdicts() == VERDICTS


def test_findings_about_the_policy(audited: Run) -> None:
    found = audited.findings(None)
    expected = [(code, rule, waiver) for code, rule, waiver, _words in POLICY_FINDINGS]
    assert sorted(((f["code"], f["rule"], f["waiver"]) for f in found), key=repr) == sorted(expected, key=repr)
    messages = {finding["code"]: finding["message"] for finding in found}
    silent = [code for code, _rule, _waiver, words in POLICY_FINDINGS if words not in messages[code]]
    assert silent == []


def test_a_finding_of_a_rule_points_at_its_line_of_the_policy(audited: Run) -> None:
    lines = POLICY.read_text().splitlines()
    wrong = []
    for finding in audited.report["findings"]:
        if finding["rule"] and finding["host"]:
            path, line, _column = finding["place"].rsplit(":", 2)
            if path != str(POLICY) or lines[int(line) - 1].strip() != f"- id: {finding['rule']}":
                wrong.append((finding["rule"], finding["place"]))
    assert wrong == []


def test_summary_counts_what_the_findings_say(audited: Run) -> None:
    summary = audited.report["summary"]
    everything = [found for findings in FINDINGS.values() for found in findings]
    assert summary["hosts"]["expected"] == summary["hosts"]["assessed"] == len(HOSTS)
    assert summary["hosts"]["left_out"] == 0
    assert collections.Counter(summary["hosts"]["by_verdict"]) == collections.Counter(VERDICTS.values())
    assert summary["findings"]["total"] == len(everything)
    assert summary["findings"]["policy"] == len(POLICY_FINDINGS)
    assert summary["listeners"]["total"] == sum(len(seen) for seen in LISTENERS.values())


def test_what_a_pass_rests_on(audited: Run) -> None:
    assert audited.report["approvals"]["basis"] == {"port": 10, "port+unit": 3, "port+owner": 39, "default": 1}


def test_controls_say_what_this_fleet_shows_and_lacks(audited: Run) -> None:
    """Against the policy's file, the inventory and the findings expected, not against other parts of the report."""
    rules = [rule for rule in yaml.safe_load(POLICY.read_text())["rules"] if rule.get("expect") != "forbidden"]
    controls = {control["id"]: control for control in audited.report["controls"]}
    assert {ident: control["rules"] for ident, control in controls.items()} == {
        "2.1.22": ["ssh"],
        "2.2.4": [],
        "2.2.5": ["memcached"],
        "own": ["memcached"],
    }
    assert (controls["own"]["title"], controls["own"]["evidence"]) == (None, [])
    kinds = {kind["name"]: kind for ident in ("2.2.4", "2.2.5") for kind in controls[ident]["evidence"]}
    assert kinds["hosts-assessed"]["shown"][0]["text"] == f"{len(HOSTS)} of {len(HOSTS)} hosts assessed"
    assert kinds["hosts-assessed"]["missing"] == []
    assert kinds["listeners-judged"]["shown"][0]["count"] == sum(len(seen) for seen in LISTENERS.values())
    unowned = sorted(rule["id"] for rule in rules if "owner" not in rule)
    assert named(kinds["approvals-documented"], "without owner") == unowned
    failing = sorted(host for host in HOSTS if any(found.verdict == "fail" for found in FINDINGS[host]))
    assert named(kinds["listeners-approved"], "verdict fail") == failing
    unverified = sorted(host for host in HOSTS if any(found.code == "unverified-owner" for found in FINDINGS[host]))
    assert named(kinds["listeners-judged"], "open verdict") == unverified
    assert named(kinds["insecure-services-justified"], "without security_features") == ["memcached"]
    assert named(kinds["insecure-services-justified"], "without justification") == ["memcached"]


def named(kind: t.Mapping[str, t.Any], words: str) -> list[str]:
    """Whom a kind of evidence says this of, as missing."""
    [fact] = [fact for fact in kind["missing"] if words in fact["text"]]
    return list(fact["names"])


def test_603_is_assigned_and_81_is_not(audited: Run) -> None:
    registry = {finding["port"]: finding["registry"] for finding in audited.findings("web2")}
    assert (registry[603], registry[81]) == ("assigned", "unassigned")
    [found] = [finding for finding in audited.findings("web2") if finding["port"] == 81]
    assert found["owner"] == "backdoor"


def test_what_a_process_calls_itself_is_never_markup(audited: Run) -> None:
    page = (audited.directory / "report.html").read_text()
    assert "<script>alert(1" not in page
    assert "&lt;script&gt;alert(1" in page
    assert "<script>alert(1" not in (audited.directory / "report.md").read_text()
