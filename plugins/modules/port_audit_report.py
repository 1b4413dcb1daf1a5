#!/usr/bin/python
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of the action of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: port_audit_report
short_description: Report what the audit of a fleet saw, and what it did not
version_added: 0.1.0
description:
  - Reads the evidence of the run, judges it, renders the reports and closes the run with a manifest of SHA-256 sums.
  - Every host that the run was meant for is in the report. A host without evidence in this run is V(unverified).
  - Runs once per play on the controller and contacts no host. It cannot run under the C(free) strategy.
author:
  - fleetports maintainers (@fleetports)
extends_documentation_fragment:
  - fleetports.compliance.run.once
  - fleetports.compliance.run
  - fleetports.compliance.run.controls
  - fleetports.compliance.run.unreachable
  - fleetports.compliance.run.formats
options:
  template_dirs:
    description:
      - Directories that are searched for C(report.html.j2), C(report.md.j2) and C(step-summary.md.j2) before the
        role's own templates.
    type: list
    elements: path
    default: []
  fail_on:
    description: What the gate after it fails on. The reports say so, or say that the gate is off.
    type: list
    elements: str
    choices: [fail, warn, unverified, policy, new]
    default: []
  run_id:
    description:
      - Report an earlier run instead of this one.
      - Its files are compared with its C(SHA256SUMS) first. See O(verify).
      - A run that was cut off before its report has none. What it had seen until then is reported, with a warning, and
        the report says so.
    type: str
  verify:
    description:
      - Whether to hold the earlier runs in O(run_id) and O(reference) to their C(SHA256SUMS). Anything that was
        altered, is missing or was added ends the task with an error that names it. So does a run that is over and has
        no C(SHA256SUMS).
      - V(false) uses such a run all the same, with a warning, and writes the sums of O(run_id) anew. C(run.json) keeps
        what was found, and every report of the run shows it from then on.
      - Evidence that stands in for a host (O(max_evidence_age)) is always held to the sums of its run.
    type: bool
    default: true
  reference:
    description:
      - An earlier run to compare with, as the directory of the run or an output directory, of which the newest
        finished run is meant. Several, where the fleet was audited in slices.
      - Default is to compare with none.
    type: list
    elements: path
    default: []
  fail_on_drift:
    description:
      - The kinds of change since O(reference) to fail on. V(opened) is a new listener, V(widened) one that is
        reachable from further away, V(replaced) one that something else holds, V(moved) one that is bound to another
        address of no wider reach, V(closed) one that is gone.
      - Hosts that were not compared fail too, and so do hosts that were compared in part.
    type: list
    elements: str
    choices: [opened, widened, replaced, moved, closed]
    default: []
  max_evidence_age:
    description:
      - How old evidence may be that stands in for a host which did not answer in this run, as a number and a unit, such
        as V(90m), V(24h), V(7d) or V(2w). Empty, the default, means that nothing stands in.
      - The newest evidence of the host in the output directory and in O(evidence) is taken, held to the C(SHA256SUMS)
        of its run, copied into this run as it is, and judged by today's policy and date. Every report shows its age.
      - Evidence that is older, from the future, altered or of a newer version leaves the host not assessed, and the
        report says why. So does evidence of a run that has not finished.
      - A host that answered and failed is not one that did not answer. Nothing stands in for it.
    type: str
    default: ""
  evidence:
    description:
      - Where to look for earlier evidence beside O(output_dir), as directories of runs, output directories, or patterns
        of these. Needs O(max_evidence_age).
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

- name: Report what there is for the controls that an auditor asks for
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
  description: Whether all that was read of earlier runs was held to their C(SHA256SUMS).
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
  description: The hosts that were not seen, and why.
  returned: success
  type: dict
  sample: {web9: "unreachable: Connection refused"}
files:
  description: Path of every file of the report by format; the copy's where O(formats) asks for one.
  returned: success
  type: dict
  sample:
    html: /srv/audit/20261122T225907Z-3f9a1c/report.html
    json: /srv/audit/20261122T225907Z-3f9a1c/report.json
summary:
  description: A short summary for a terminal, line by line.
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
  description: Where the run keeps evidence and reports.
  returned: success
  type: str
  sample: /srv/audit/20261122T225907Z-3f9a1c
"""
