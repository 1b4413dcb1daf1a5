# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Metrics, by Prometheus' own promtool, and the alert rules that the documentation gives."""

from __future__ import annotations

import json
import re
import subprocess

import fleets
import pytest
from conftest import ROOT

RULES = ROOT / "docs" / "examples" / "prometheus-rules.yml"
_SAMPLE = re.compile(r"(?P<name>[a-z_]+)(?:\{(?P<labels>.*)\})? (?P<value>-?\d+)")


def _promtool(*arguments, text=None, cwd=None):
    command = ["promtool", *arguments]
    return subprocess.run(command, input=text, cwd=cwd, capture_output=True, text=True, check=False)


def test_promtool_takes_it_without_a_word(fleet, report):
    done = _promtool("check", "metrics", text=report(fleet, "openmetrics"))
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_promtool_is_strict(report):
    assert _promtool("check", "metrics", text=report("small", "openmetrics") + "what{ 1\n").returncode != 0


def test_labels_do_not_grow_with_the_fleet(report):
    def series(fleet):
        lines = report(fleet, "openmetrics").splitlines()
        return {line.rsplit(" ", 1)[0] for line in lines if not line.startswith("#")}

    assert series("many") == series("unreachable") == series("empty")
    assert len(series("hostile")) == len(series("small")) < 150


def test_it_counts_what_the_model_counts(fleet, report):
    found = [_SAMPLE.fullmatch(line) for line in report(fleet, "openmetrics").splitlines() if not line.startswith("#")]
    assert all(found)
    values = {(it["name"], it["labels"]): int(it["value"]) for it in found if it}
    summary = fleets.model(fleet).summary
    assert values["port_audit_hosts", 'verdict="fail"'] == summary.hosts["fail"]
    assert values["port_audit_hosts_not_assessed", None] == summary.not_assessed
    findings = sum(value for (name, _labels), value in values.items() if name == "port_audit_findings")
    assert findings == summary.findings
    assert values["port_audit_last_run_timestamp_seconds", None] == 1795388371


def test_it_ends_as_openmetrics_has_it(fleet, report):
    assert report(fleet, "openmetrics").endswith("\n# EOF\n")


def test_promtool_takes_the_alert_rules():
    done = _promtool("check", "rules", str(RULES))
    assert done.returncode == 0, done.stderr
    assert "2 rules found" in done.stdout


_TEST = """
rule_files: [{rules}]
evaluation_interval: 1h
tests:
  - interval: 1h
    input_series:
      - {{series: 'port_audit_hosts{{instance="ops1",verdict="fail"}}', values: '{failing}x60'}}
      - {{series: 'port_audit_hosts{{instance="ops1",verdict="unverified"}}', values: '{unseen}x60'}}
      - {{series: 'port_audit_hosts{{instance="ops1",verdict="warn"}}', values: '7x60'}}
      - {{series: 'port_audit_last_run_timestamp_seconds{{instance="ops1"}}', values: '0x60'}}
    alert_rule_test:
      - {{eval_time: 2h, alertname: PortAuditNotWithinPolicy, exp_alerts: {alerts}}}
      - {{eval_time: 48h, alertname: PortAuditStale, exp_alerts: []}}
      - eval_time: 51h
        alertname: PortAuditStale
        exp_alerts:
          - exp_labels: {{instance: ops1, severity: warning}}
            exp_annotations: {{summary: The last port audit is more than two days old}}
"""


@pytest.mark.parametrize(("failing", "unseen"), [(0, 0), (3, 0), (0, 1), (2, 5)])
def test_the_alerts_fire_when_they_should(tmp_path, failing, unseen):
    said = f"{failing + unseen} hosts are not within the port policy, or were not seen"
    alert = {"exp_labels": {"instance": "ops1", "severity": "warning"}, "exp_annotations": {"summary": said}}
    alerts = json.dumps([alert] if failing + unseen else [])
    case = tmp_path / "case.yml"
    case.write_text(_TEST.format(rules=RULES, failing=failing, unseen=unseen, alerts=alerts))
    done = _promtool("test", "rules", str(case))
    assert done.returncode == 0, done.stdout + done.stderr
