# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Times the report of a run that lies on disk, all formats; prints seconds, memory and sizes as one JSON object.

A process for each run: what one needs most is its own. Arguments: directory of the run.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
import types

from ansible_collections.fleetports.compliance.plugins.action.port_audit_report import ActionModule
from ansible_collections.fleetports.compliance.plugins.plugin_utils._report.formats._registry import FORMATS

run = os.path.abspath(sys.argv[1])
arguments = {
    **{name: option.get("default") for name, option in ActionModule.ARGUMENTS.items()},
    "output_dir": os.path.dirname(run),
    "run_id": os.path.basename(run),
    "formats": list(FORMATS),
    "fail_on": ["fail"],
}
action = ActionModule.__new__(ActionModule)
action._task = types.SimpleNamespace(args=arguments, _role=None)  # what Ansible would hand over
started, used = time.monotonic(), time.process_time()
returned = action.perform(arguments, {})
seconds, cpu = time.monotonic() - started, time.process_time() - used
result = {
    "seconds": seconds,
    "cpu": cpu,
    "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    "html": os.path.getsize(returned["files"]["html"]),
    "hosts": sum(returned["hosts"].values()),
    "not_assessed": len(returned["not_assessed"]),
    "formats": len(returned["files"]),
}
print(json.dumps(result))
