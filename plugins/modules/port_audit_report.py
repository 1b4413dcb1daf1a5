#!/usr/bin/python
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of the action of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: port_audit_report
short_description: Report what the audit of a fleet saw and what it could not see
version_added: 0.1.0
description:
  - Reads the evidence of the run, judges it, renders the reports and finishes the run with a manifest of SHA-256 sums.
  - Every host that the run was meant for is in the report. A host without evidence in this run is V(unverified).
  - Runs once per play on the controller and contacts no host. It cannot run under the C(free) strategy.
author:
  - fleetports maintainers (@fleetports)
extends_documentation_fragment:
  - fleetports.compliance.run.once
  - fleetports.compliance.run
  - fleetports.compliance.run.controls
  - fleetports.compliance.run.hazards
  - fleetports.compliance.run.unreachable
  - fleetports.compliance.run.formats
options:
  template_dirs:
    description:
      - Directories that the report searches for C(report.html.j2), C(report.md.j2) and C(step-summary.md.j2) before it
        uses the role's own templates.
    type: list
    elements: path
    default: []
  fail_on:
    description: What the gate after the report fails on. The reports show it, or show that the gate is off.
    type: list
    elements: str
    choices: [fail, warn, unverified, policy, new]
    default: []
  run_id:
    description:
      - Report an earlier run instead of this one.
      - The task verifies its files against its C(SHA256SUMS) first. See O(verify).
      - A run that was interrupted before its report has no C(SHA256SUMS). The task reports the evidence that the run
        collected so far, with a warning, and the report says so.
    type: str
  verify:
    description:
      - Whether to verify the earlier runs in O(run_id) and O(reference) against their C(SHA256SUMS). The task fails and
        names every file that was altered, is missing or was added. It also fails for a finished run that has no
        C(SHA256SUMS).
      - V(false) uses such a run anyway, with a warning, and writes new sums for O(run_id). C(run.json) records what was
        found, and every later report of the run shows it.
      - Earlier evidence that is used for a host (O(max_evidence_age)) is always verified against the sums of its run.
    type: bool
    default: true
  reference:
    description:
      - An earlier run to compare with, as the directory of the run or as an output directory. Of an output directory,
        the newest finished run is used. Give several runs if the fleet was audited in slices.
      - By default the report compares with no run.
    type: list
    elements: path
    default: []
  fail_on_drift:
    description:
      - The kinds of change since O(reference) to fail on. V(opened) is a new listener, V(widened) is a listener with a
        wider reach, V(replaced) is a listener with another owner, V(moved) is a listener on another address with no
        wider reach, V(closed) is a listener that is gone.
      - The gate also fails for hosts that were not compared or were compared only in part.
    type: list
    elements: str
    choices: [opened, widened, replaced, moved, closed]
    default: []
  max_evidence_age:
    description:
      - The report can use earlier evidence for a host that did not answer in this run. This option sets how old that
        evidence may be, as a number and a unit, such as V(90m), V(24h), V(7d) or V(2w). The default, an empty text,
        uses no earlier evidence.
      - The task takes the newest evidence of the host in the output directory and in O(evidence). It verifies that
        evidence against the C(SHA256SUMS) of its run, copies it unchanged into this run, and judges it by today's
        policy and date. Every report shows its age.
      - If the evidence is older, has a time in the future, was altered, has a newer version or belongs to a run that
        has not finished, the host is not assessed, and the report says why.
      - The report uses no earlier evidence for a host that answered and failed.
    type: str
    default: ""
  evidence:
    description:
      - Where to look for earlier evidence, in addition to O(output_dir), as directories of runs, output directories, or
        patterns of these. Needs O(max_evidence_age).
    type: list
    elements: path
    default: []
seealso:
  - module: fleetports.compliance.port_audit
  - module: fleetports.compliance.port_audit_gate
"""

EXAMPLES = r"""
- name: Report the run
  fleetports.compliance.port_audit_report:
    output_dir: /srv/audit
    formats: [html, json]
  run_once: true
  delegate_to: localhost

- name: Report for a pipeline
  fleetports.compliance.port_audit_report:
    formats:
      - html
      - format: junit
        path: reports/junit.xml
      - format: sarif
        path: reports/port-audit.sarif
        policy_file: policies/production.yml
      - format: openmetrics
        path: /var/lib/prometheus/node-exporter/port_audit.prom
        mode: "0644"
  run_once: true
  delegate_to: localhost

- name: Report the evidence for the controls that an auditor asks for
  fleetports.compliance.port_audit_report:
    controls:
      - pci-dss
      - nist-800-53:CM-7
  run_once: true
  delegate_to: localhost

- name: Report an earlier run again, with other templates
  fleetports.compliance.port_audit_report:
    output_dir: /srv/audit
    run_id: 20261122T225907Z-3f9a1c
    template_dirs:
      - templates/port-audit
  run_once: true
  delegate_to: localhost
"""

RETURN = r"""
verified:
  description: Whether everything that was read from earlier runs was verified against its C(SHA256SUMS).
  returned: success
  type: bool
  sample: true
verdict:
  description: The worst verdict of the fleet and of the policy.
  returned: success
  type: str
  sample: fail
hosts:
  description: Number of hosts by verdict.
  returned: success
  type: dict
  sample: {pass: 36, waived: 1, warn: 1, unverified: 1, fail: 1}
not_assessed:
  description: The hosts that were not assessed, and the reasons.
  returned: success
  type: dict
  sample: {web9: "unreachable: Connection refused"}
files:
  description: Path of every file of the report, by format. If O(formats) asks for a copy, it is the path of the copy.
  returned: success
  type: dict
  sample:
    html: /srv/audit/20261122T225907Z-3f9a1c/report.html
    json: /srv/audit/20261122T225907Z-3f9a1c/report.json
summary:
  description: A short summary for a terminal, as a list of lines.
  returned: success
  type: list
  elements: str
  sample: ["FAIL  40 hosts, 1 fail, 1 unverified"]
run_id:
  description: Identity of the run.
  returned: success
  type: str
  sample: 20261122T225907Z-3f9a1c
run_directory:
  description: The directory of the run, with its evidence and reports.
  returned: success
  type: str
  sample: /srv/audit/20261122T225907Z-3f9a1c
"""
