# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""report.json keeps its schema and says what the verdicts said."""

from __future__ import annotations

import json
import pathlib

import jsonschema
import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._judge._judgement import Finding
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report._build_report import build
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.formats import _json
from ansible_collections.fleetports.compliance.tests.unit.factories import sample
from ansible_collections.fleetports.compliance.tests.unit.factories.evidence import document, gap
from ansible_collections.fleetports.compliance.tests.unit.factories.listeners import listener, owner_named
from ansible_collections.fleetports.compliance.tests.unit.factories.reports import found, host

SCHEMA = json.loads((pathlib.Path(_json.__file__).parents[1] / "report-v1.schema.json").read_text())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def _document(model):
    return json.loads("".join(_json.render(model)))


def test_the_schema_is_one():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize(
    "model",
    [
        pytest.param(sample.model(), id="the sample"),
        pytest.param(sample.model(gate=("fail", "policy"), limit=None, left_out=()), id="with a gate"),
        pytest.param(build(sample.run(policies=()), [], []), id="nobody"),
        pytest.param(build(sample.run(), [host("a", reason="no route")], []), id="nobody assessed"),
    ],
)
def test_it_keeps_its_schema(model):
    VALIDATOR.validate(_document(model))


def test_the_schema_refuses_what_is_not_a_report():
    broken = _document(sample.model())
    broken["findings"][0]["verdict"] = "bad"
    del broken["summary"]["gate"]["on"]
    broken["extra"] = 1
    assert len(list(VALIDATOR.iter_errors(broken))) == 3


def test_what_integrators_build_on():
    report = _document(sample.model())
    assert report["report_version"] == 1
    verdicts = {entry["host"]: entry["verdict"] for entry in report["hosts"]}
    assert verdicts["web1"] == "fail"
    assert verdicts["legacy1"] == "unverified"
    assert list(verdicts) == sorted(verdicts)
    keys = {"code", "verdict", "severity", "host", "protocol", "address", "port", "rule", "message"}
    assert all(keys <= set(finding) for finding in report["findings"])
    stolen = next(finding for finding in report["findings"] if finding["code"] == "wrong-owner")
    assert (stolen["host"], stolen["protocol"], stolen["address"], stolen["port"]) == ("web3", "tcp", "::", 8081)
    assert (stolen["rule"], stolen["expected"]) == ("orders-app", "unit orders.service")


def test_findings_on_the_policy_come_last_without_a_host():
    findings = _document(sample.model())["findings"]
    hosts = [finding["host"] for finding in findings]
    assert hosts[-3:] == [None, None, None]
    assert None not in hosts[:-3]
    assert hosts[:-3] == sorted(hosts[:-3])


def test_who_was_not_assessed_and_why():
    report = _document(sample.model())
    (missed,) = report["coverage"]["not_assessed"]
    assert missed["host"] == "legacy1"
    assert "Connection timed out" in missed["reason"]
    assert report["coverage"]["left_out"] == ["lab1", "lab2"]
    assert report["coverage"]["namespaces"] == {"left_out": 6, "hosts": ["build1"]}
    assert {entry["detail"] for entry in report["coverage"]["gaps"]} == {
        entry["detail"] for entry in next(entry["gaps"] for entry in report["hosts"] if entry["host"] == "dev1")
    }
    assert report["summary"]["hosts"]["assessed"] == 11


def test_names_are_never_cut():
    hosts = [
        host(f"h{n:04}", found(listener(81, owner_named("x")), "unassigned-port", "fail", "81")) for n in range(200)
    ]
    (group,) = _document(build(sample.run(), hosts, []))["groups"]
    assert len(group["hosts"]) == group["count"] == 200


def test_controls_and_gate_are_objects():
    report = _document(sample.model(gate=("fail",)))
    finding = next(finding for finding in report["findings"] if finding["controls"])
    assert finding["controls"] == [{"framework": "cis-debian-12", "version": "1.1.0", "id": "2.1.22"}]
    assert report["summary"]["gate"] == {
        "on": True,
        "fail_on": ["fail"],
        "hosts": 6,  # five that fail, and the one that nobody saw
        "policy_findings": 0,
        "trips": True,
        "max_unreachable": "0",
        "unreachable": 0,
        "forgiven": 0,
        "let_through": 1,
        "run": [],
    }


@pytest.mark.parametrize(
    ("name", "read"),
    [
        pytest.param("caf\udce9", "caf\ufffd", id="a byte that was no UTF-8"),
        pytest.param("\ud800\udc00x", "\U00010000x", id="a pair is a character"),
        pytest.param("\U0001f600", "\U0001f600", id="beyond the basic plane"),
        pytest.param("a\\ud800", "a\\ud800", id="text that only looks like one"),
        pytest.param("\x1b[2J\x9b", "\x1b[2J\x9b", id="controls survive as data"),
    ],
)
def test_any_name_makes_a_file_that_strict_readers_take(name, read):
    hosts = [host("a", findings=[Finding("missing-listener", "fail", "high", "m", owner=name)])]
    text = "".join(_json.render(build(sample.run(), hosts, [])))
    assert text.isascii()
    assert all(character.isprintable() or character == "\n" for character in text)
    assert json.loads(text)["findings"][0]["owner"] == read


def test_it_comes_in_pieces_a_line_for_each_host_and_finding():
    pieces = list(_json.render(sample.model()))
    assert max(map(len, pieces)) < len("".join(pieces)) / 4
    lines = "".join(pieces).splitlines()
    assert sum(line.startswith('{"host": ') for line in lines) == len(sample.hosts())
    assert sum(line.startswith('{"code": ') for line in lines) >= sample.model().summary.findings


def test_gaps_are_passed_on_as_evidence_has_them():
    one = gap("listeners", code="dump-refused", detail="refused", protocol="sctp", family="ipv4")
    model = build(sample.run(), [host("a", evidence=document("a", policy=sample.SHA256, gaps=[one]))], [])
    report = _document(model)
    assert report["hosts"][0]["gaps"] == [one]
    assert report["coverage"]["gaps"] == [{**one, "hosts": ["a"]}]
