# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The collector as a process of its own: collect once, print the result as JSON. Argument: its options, as JSON.

What a target runs, less Ansible's module machinery. Runs on every Python that a target may have.
"""

from __future__ import annotations

import json
import sys

from ansible_collections.fleetports.compliance.plugins.module_utils._collect import _platform, _unix_entry
from ansible_collections.fleetports.compliance.plugins.module_utils._collect.common import _platforms, _snapshot

options = _snapshot.Options(**json.loads(sys.argv[1]))
collect = _unix_entry.collect if options.collector in _platforms.BY_COMMANDS else _platform.collect
print(json.dumps(collect(options).to_result()))
