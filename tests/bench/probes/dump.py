# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The collection without owners inside a running interpreter: prints the CPU seconds of N repetitions as JSON."""

from __future__ import annotations

import json
import sys
import time

from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _snapshot
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux import _collector

times = []
for _ in range(int(sys.argv[1])):
    started = time.process_time()
    _collector.collect(_snapshot.Options(owners="none"))
    times.append(time.process_time() - started)
print(json.dumps(times))
