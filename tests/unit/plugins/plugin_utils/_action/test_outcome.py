# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the audit task returns: plain JSON types, which is all that a variable of Ansible can hold."""

from __future__ import annotations

import json

from ansible_collections.fleetports.compliance.plugins.plugin_utils._action._outcome import outcome
from ansible_collections.fleetports.compliance.plugins.plugin_utils._judge._model import Finding, HostResult
from ansible_collections.fleetports.compliance.tests.unit.plugins.plugin_utils._report import sample

FINDING = Finding(
    "unassigned-port", "fail", "high", "81/tcp is unassigned", port=81, controls=(("pci-dss", "4.0.1", "1.2.5"),)
)


def test_a_finding_is_its_fields() -> None:
    returned = outcome(HostResult("web1", "fail", findings=(FINDING,)), policy=sample.POLICY, evidence="e", run_id="r")
    (finding,) = json.loads(json.dumps(returned))["findings"]
    assert finding == returned["findings"][0]
    told = {name: finding[name] for name in ("code", "verdict", "port", "host", "controls")}
    assert told == {
        "code": "unassigned-port",
        "verdict": "fail",
        "port": 81,
        "host": None,
        "controls": [["pci-dss", "4.0.1", "1.2.5"]],
    }
    assert isinstance(finding, dict)
