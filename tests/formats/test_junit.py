# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""JUnit XML, by the strict schema of Jenkins' xunit plugin and by a reader of it."""

from __future__ import annotations

import pathlib
import xml.etree.ElementTree as ET

import fleets
import junitparser
import pytest
import xmlschema


@pytest.fixture(scope="module")
def schema(tools: pathlib.Path) -> xmlschema.XMLSchema:
    """The stricter of the two that the distribution carries: it knows no ``testcase@file``."""
    texts = {path: path.read_text(encoding="utf-8") for path in tools.glob("sdist/tests/vendor/**/junit-10.xsd")}
    strict = [path for path, text in texts.items() if "SUREFIRE_TIME" in text]
    assert len(strict) == 1
    return xmlschema.XMLSchema(str(strict[0]))


def test_the_schema_takes_it(fleet, report, schema):
    errors = [str(error) for error in schema.iter_errors(report(fleet, "junit"))]
    assert errors == []


def test_the_schema_is_strict(report, schema):
    broken = report("small", "junit").replace("<testcase ", '<testcase file="x" ', 1)
    assert not schema.is_valid(broken)


def test_a_reader_counts_what_the_model_counts(fleet, report):
    parsed = junitparser.JUnitXml.fromstring(report(fleet, "junit").encode())
    summary = fleets.model(fleet).summary
    cases = [case for suite in parsed for case in suite]
    outcomes = [type(result).__name__ for case in cases for result in case.result]
    assert outcomes.count("Failure") == parsed.failures == summary.findings_by_verdict["fail"]
    assert (
        outcomes.count("Error") == parsed.errors == summary.findings_by_verdict["unverified"] + (not summary.expected)
    )
    assert parsed.tests == len(cases)
    assert sum(suite.failures for suite in parsed) == parsed.failures
    assert len(list(parsed)) == summary.expected + 1


def test_no_two_cases_share_a_name(fleet, report):
    cases = list(ET.fromstring(report(fleet, "junit")).iter("testcase"))  # noqa: S314 - our own
    names = [(case.get("classname"), case.get("name")) for case in cases]
    assert len(set(names)) == len(names) > 0


def test_nobody_seen_is_never_green(report):
    for fleet in ("empty", "unreachable"):
        root = ET.fromstring(report(fleet, "junit"))  # noqa: S314 - our own
        assert int(root.get("errors", 0)) > 0


def test_the_content_of_a_failure_says_everything(report):
    failure = next(ET.fromstring(report("small", "junit")).iter("failure"))  # noqa: S314 - our own
    assert "approved up to reach private" in (failure.text or "")
    assert "policy: policy/production.yml:40:5" in (failure.text or "")
    assert "controls: cis-debian-12 1.1.0 2.1.22" in (failure.text or "")
