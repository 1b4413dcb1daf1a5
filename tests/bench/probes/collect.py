# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The collector as a process of its own: collect once, print the result as JSON. Argument: owners (all, first, none).

What a target runs, less Ansible's module machinery: interpreter start, imports, collection, result.
"""

from __future__ import annotations

import json
import sys

from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _snapshot
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.linux import _collector

# The budget must not end what is to be measured.
options = _snapshot.Options(owners=sys.argv[1], cpu_budget=600.0, wall_limit=600.0)
print(json.dumps(_collector.collect(options).to_result()))
