# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SARIF, by its JSON schema and by sarif-multitool with the rules that GitHub has for code scanning."""

from __future__ import annotations

import functools
import json
import os
import pathlib
import re
import subprocess
import typing as t

import fleets
import jsonschema
import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.formats._sarif import LIMIT, to_document

_LARGEST = 10 << 20  # what GitHub takes, compressed


@pytest.fixture(scope="module")
def schema(tools: pathlib.Path) -> t.Any:
    document = json.loads((tools / "npm" / "sarif-2.1.0.json").read_text(encoding="utf-8-sig"))
    return jsonschema.validators.validator_for(document)(document)


def _judged(tools: pathlib.Path, text: str, folder: pathlib.Path, rules: str = "Sarif;Ghas") -> list[str]:
    """What sarif-multitool says of it; it exits 0 whatever that is, so what it wrote is what counts."""
    (folder / "report.sarif").write_text(text, encoding="utf-8")
    command = [
        str(tools / "npm" / "Sarif.Multitool"),
        "validate",
        "report.sarif",
        f"--rule-kind={rules}",
        f"--json-schema={tools / 'npm' / 'sarif-2.1.0.json'}",
        "--output=judged.sarif",
        "--log=ForceOverwrite",
        "--max-file-size-in-kb=200000",
    ]
    environment = {**os.environ, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert "1 files scanned" in done.stdout, done.stdout + done.stderr
    judged = json.loads((folder / "judged.sarif").read_text(encoding="utf-8-sig"))
    return [result["ruleId"] for run in judged["runs"] for result in run.get("results", ())]


@functools.cache
def _document(fleet: str) -> t.Any:
    return to_document(fleets.model(fleet))


def test_the_schema_takes_it(fleet, report, schema):
    errors = [error.message for error in schema.iter_errors(json.loads(report(fleet, "sarif")))]
    assert errors == []


def test_the_schema_is_strict(schema):
    document = json.loads(json.dumps(_document("small")))
    document["runs"][0]["results"][0]["level"] = "fatal"
    assert not schema.is_valid(document)


def test_github_would_take_it(fleet, report, tools, tmp_path):
    # Its rules of style take 15 seconds for the large fleet, and have been asked of the others.
    rules = "Ghas" if fleet == "many" else "Sarif;Ghas"
    assert _judged(tools, report(fleet, "sarif"), tmp_path, rules) == []


def test_the_validator_finds_what_github_refuses(report, tools, tmp_path):
    document = json.loads(report("small", "sarif"))
    del document["runs"][0]["results"][0]["locations"]
    assert _judged(tools, json.dumps(document), tmp_path) != []


def test_every_result_points_at_a_line_of_a_file(fleet):
    for result in _document(fleet)["runs"][0]["results"]:
        (location,) = result["locations"]
        physical = location["physicalLocation"]
        assert physical["artifactLocation"]["uri"]
        assert physical["region"]["startLine"] >= 1


def test_the_policy_line_and_the_hosts_are_in_it():
    results = _document("small")["runs"][0]["results"]
    (wide,) = [it for it in results if it["ruleId"] == "excess-reach/critical"]
    physical = wide["locations"][0]["physicalLocation"]
    assert physical["artifactLocation"] == {"uri": "policy/production.yml", "uriBaseId": "%SRCROOT%"}
    assert physical["region"] == {"startLine": 40, "startColumn": 5}
    assert [it["name"] for it in wide["locations"][0]["logicalLocations"]] == ["db1"]
    assert "[host db1]" in wide["message"]["text"]
    (waived,) = [it for it in results if it.get("suppressions")]
    assert waived["suppressions"][0] == {"kind": "external", "status": "accepted", "justification": "waiver W-1"}


def test_no_text_is_a_link_or_a_placeholder(fleet):
    """Read as 3.11.5 and 3.11.6 have it, and as readers do that know of no escapes."""
    for result in _document(fleet)["runs"][0]["results"]:
        text = result["message"]["text"]
        assert not re.search(r"\[[^\]]*\]\([^)]+\)", text)
        assert not re.search(r"(?<!\{)(?:\{\{)*\{\d+\}(?!\})", text)
        assert "](" not in re.sub(r"\\.", "", text)


def test_what_stands_for_itself_reads_back():
    (text,) = (
        it["message"]["text"]
        for it in _document("hostile")["runs"][0]["results"]
        if "holds it" in it["message"]["text"] and "{0}" in it["message"]["text"]
    )
    said = text.removeprefix("unverified: ").partition(" holds it")[0]
    plain = re.sub(r"\\([\\\[\]])", r"\1", said).replace("{{", "{").replace("}}", "}")
    assert plain.startswith("[text]\\x28https://example.org/x) {0} ![x]\\x28//h/p) fixes #12 ")


def test_severity_is_a_text(fleet):
    for rule in _document(fleet)["runs"][0]["tool"]["driver"]["rules"]:
        assert 0 < float(rule["properties"]["security-severity"]) < 10
        assert isinstance(rule["properties"]["security-severity"], str)


def test_fingerprints_are_distinct_and_stay(fleet):
    results = _document(fleet)["runs"][0]["results"]
    prints = [it["partialFingerprints"]["primaryLocationLineHash"] for it in results]
    assert len(set(prints)) == len(prints)
    again = to_document(fleets.model(fleet))["runs"][0]["results"]
    assert [it["partialFingerprints"]["primaryLocationLineHash"] for it in again] == prints


def test_what_is_beyond_the_limit_is_counted(report):
    document = to_document(fleets.model("many"), single=100)
    results = document["runs"][0]["results"]
    assert len(results) == 101
    assert results[-1]["message"]["text"].startswith("fail: 9,900 more rows of unlisted-listener on 500 hosts")
    assert len(_document("many")["runs"][0]["results"]) == 10_000 <= LIMIT
    assert len(report("many", "sarif")) < 10 * _LARGEST


def test_a_policy_without_a_file_gets_the_one_it_is_told(report):
    document = json.loads(report("small", "sarif", policy_file="policies/ours.yml"))
    uris = {
        location["physicalLocation"]["artifactLocation"]["uri"]
        for result in document["runs"][0]["results"]
        for location in result["locations"]
    }
    assert uris == {"policies/ours.yml"}
