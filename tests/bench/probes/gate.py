# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the verdicts of a run, and prints the CPU seconds that reading them takes: all of it, once for each host.

Arguments: output directory, run, hosts.
"""

from __future__ import annotations

import sys
import time

from ansible_collections.fleetports.compliance.plugins.plugin_utils._evidence.files._run_directory import RunDirectory
from ansible_collections.fleetports.compliance.plugins.plugin_utils._gate._decide import decide
from ansible_collections.fleetports.compliance.plugins.plugin_utils._gate._gate_results import host_result
from ansible_collections.fleetports.compliance.plugins.plugin_utils._gate._gate_rules import GateRules
from ansible_collections.fleetports.compliance.plugins.plugin_utils._gate._verdicts_file import (
    read_verdicts,
    write_verdicts,
)
from ansible_collections.fleetports.compliance.plugins.plugin_utils._judge._judgement import HostResult
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.model._inputs import HostReport

RULES = GateRules(("fail",))
names = [f"host{number:05}" for number in range(int(sys.argv[3]))]
directory = RunDirectory(sys.argv[1], sys.argv[2])
write_verdicts(directory, decide(RULES, [HostReport(name, (), HostResult(name, "pass")) for name in names], []), [])
directory.finish({}, name="run.json")

start = time.process_time()
results = [host_result(read_verdicts(directory), RULES, name, play=None)["gate"] for name in names]
spent = time.process_time() - start
if set(results) != {"open"}:
    raise SystemExit(f"the gate says {set(results)}")
print(spent)
